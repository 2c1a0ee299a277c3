//! One batch as a file.
//!
//! ```text
//! 8 bytes   "obsbatch"
//! u32       version: 1
//! u32       CRC-32 of everything behind it
//! u32       number of items
//! u32       bytes of the origin
//! u32 each  where the items end
//!           the origin, then the items
//! ```
//!
//! Numbers have their lowest byte first.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use super::writing::Writing;
use crate::export::delivery::Batch;

/// The ending of a file that is not whole yet.
pub(super) const UNFINISHED: &str = "part";

const MAGIC: &[u8; 8] = b"obsbatch";
const VERSION: u32 = 1;
/// Magic, version, checksum.
const PREFIX: usize = 16;
/// The prefix, the number of items, the length of the origin.
const HEAD: usize = 24;

/// Writes a batch to `path`: all of it is there under that name, or nothing, because it failed or was called off. Returns
/// the size of the file.
///
/// The operating system has it then; it is not forced to the disk, so that a power failure may cost it.
///
/// # Errors
///
/// If the file cannot be written. What was is removed.
pub(super) fn write(path: &Path, batch: &Batch, writing: &Writing) -> io::Result<u64> {
    let content = encode(batch);
    let unfinished = path.with_extension(UNFINISHED);
    let written = create(&unfinished)
        .and_then(|mut file| file.write_all(&content))
        .and_then(|()| writing.finish(|| fs::rename(&unfinished, path)));
    if let Err(error) = written {
        let _ = fs::remove_file(&unfinished);
        return Err(error);
    }
    Ok(content.len() as u64)
}

/// Reads a batch.
///
/// # Errors
///
/// If the file cannot be read, or is not what was written.
pub(super) fn read(path: &Path) -> io::Result<Batch> {
    decode(&fs::read(path)?).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// How many items a file says that it has.
///
/// # Errors
///
/// If the file cannot be read, or begins differently.
pub(super) fn count(path: &Path) -> io::Result<usize> {
    let mut head = [0; HEAD];
    File::open(path)?.read_exact(&mut head)?;
    let items = starts_well(&head).then(|| number(&head, PREFIX)).flatten();
    items.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// An empty file that only its owner can read: what comes into it is what the program reports of its users.
pub(super) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn encode(batch: &Batch) -> Vec<u8> {
    let origin = batch.origin().unwrap_or_default();
    let mut out = Vec::with_capacity(HEAD + batch.size() + origin.len());
    let put = |out: &mut Vec<u8>, number: u32| out.extend_from_slice(&number.to_le_bytes());
    out.extend_from_slice(MAGIC);
    put(&mut out, VERSION);
    put(&mut out, 0);
    put(&mut out, batch.len() as u32);
    put(&mut out, origin.len() as u32);
    batch.ends().iter().for_each(|end| put(&mut out, *end));
    out.extend_from_slice(origin);
    out.extend_from_slice(batch.bytes());
    let sum = crc32fast::hash(out.get(PREFIX..).unwrap_or_default());
    if let Some(place) = out.get_mut(12..PREFIX) {
        place.copy_from_slice(&sum.to_le_bytes());
    }
    out
}

fn decode(content: &[u8]) -> Option<Batch> {
    let (prefix, rest) = content.split_at_checked(PREFIX)?;
    let is_whole = starts_well(prefix) && number(prefix, 12)? == crc32fast::hash(rest) as usize;
    if !is_whole {
        return None;
    }
    let (items, origin) = (number(rest, 0)?, number(rest, 4)?);
    let (ends, rest) = rest
        .get(HEAD - PREFIX..)?
        .split_at_checked(items.checked_mul(4)?)?;
    let (origin, bytes) = rest.split_at_checked(origin)?;
    let ends = ends.as_chunks().0;
    let ends = ends.iter().copied().map(u32::from_le_bytes).collect();
    Batch::restore(bytes.to_vec(), ends, origin)
}

fn starts_well(content: &[u8]) -> bool {
    content.starts_with(MAGIC) && number(content, MAGIC.len()) == Some(VERSION as usize)
}

fn number(content: &[u8], at: usize) -> Option<usize> {
    let bytes = content.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(items: &[&[u8]], origin: &[u8]) -> Batch {
        let mut batch = Batch::default();
        items.iter().for_each(|item| batch.push(item));
        batch.set_origin(origin.into());
        batch
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(
            items: Vec<Vec<u8>>,
            origin: Vec<u8>,
        ) {
            let items: Vec<&[u8]> = items.iter().map(|item| &**item).collect();
            let written = batch(&items, &origin);
            proptest::prop_assert_eq!(decode(&encode(&written)), Some(written));
        }

        #[test]
        fn a_file_with_any_byte_changed_is_no_batch(at: proptest::sample::Index, by in 1u8..) {
            let mut content = encode(&batch(&[b"first", b"", b"third"], b"shop"));
            let at = at.index(content.len());
            content[at] ^= by;
            proptest::prop_assert_eq!(decode(&content), None);
        }

        #[test]
        fn a_file_that_ends_early_is_no_batch(left: proptest::sample::Index) {
            let content = encode(&batch(&[b"first", b"second"], b"shop"));
            let left = left.index(content.len());
            proptest::prop_assert_eq!(decode(&content[..left]), None);
        }
    }

    #[test]
    fn a_file_is_there_as_a_whole_and_for_its_owner_only() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("1.batch");
        let size = write(&path, &batch(&[b"a", b"b"], b""), &Writing::default()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), size);
        assert_eq!(count(&path).unwrap(), 2);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::MetadataExt::mode(&fs::metadata(&path).unwrap());
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
