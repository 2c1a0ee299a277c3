//! Bounded reading of the kernel's text files, and the few shapes that they have.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The largest file that is read whole: `/proc/stat` of a machine with some
/// hundred CPUs is the longest of those read on every scrape.
pub(super) const MAX_BYTES: u64 = 256 * 1024;

/// The text of `path`, or `None` if it cannot be read.
///
/// What lies beyond [`MAX_BYTES`] is cut at the end of a line, so that no number is
/// ever half read. Bytes that are not UTF-8 (a file name in a mount table) are
/// replaced.
pub(super) fn read(path: &Path) -> Option<String> {
    let mut bytes = Vec::with_capacity(4096);
    let file = File::open(path).ok()?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).ok()?;
    if bytes.len() as u64 > MAX_BYTES {
        let end = bytes.iter().rposition(|&byte| byte == b'\n').unwrap_or(0);
        bytes.truncate(end);
    }
    Some(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    })
}

/// A file that holds one number, alone on its line.
pub(super) fn read_number(path: &Path) -> Option<u64> {
    read(path)?.trim().parse().ok()
}

/// The first number behind `key` and its separator, in a file of `key value` or
/// `key: value` lines.
pub(super) fn field(text: &str, key: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| {
        let rest = line.strip_prefix(key)?;
        rest.strip_prefix(':')
            .or_else(|| rest.starts_with([' ', '\t']).then_some(rest))
    })?;
    value.split_whitespace().next()?.parse().ok()
}

/// A field that the kernel gives in units of 1024 bytes.
pub(super) fn field_kib(text: &str, key: &str) -> Option<u64> {
    field(text, key)?.checked_mul(1024)
}

/// A count as a sample's value.
pub(super) fn count(number: Option<u64>) -> Option<f64> {
    number.map(|number| number as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let text = "MemTotalX: 1 kB\nMemTotal:\t 24 kB\nusage_usec 7\nempty:\n";
        assert_eq!(field(text, "MemTotal"), Some(24));
        assert_eq!(field_kib(text, "MemTotal"), Some(24 * 1024));
        assert_eq!(field(text, "usage_usec"), Some(7));
        assert_eq!(field(text, "usage"), None);
        assert_eq!(field(text, "empty"), None);
    }

    #[test]
    fn numbers_that_do_not_fit_are_missing() {
        assert_eq!(field("a: 18446744073709551616", "a"), None);
        assert_eq!(field_kib("a: 18446744073709551615", "a"), None);
        assert_eq!(field("a: -1", "a"), None);
    }

    #[test]
    fn long_files_are_cut_at_a_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("long");
        std::fs::write(&path, "number 123456789\n".repeat(40_000)).unwrap();
        let text = read(&path).unwrap();
        assert!(text.len() as u64 <= MAX_BYTES && text.len() as u64 > MAX_BYTES - 20);
        assert!(text.lines().all(|line| line == "number 123456789"));
    }

    #[test]
    fn bytes_that_are_not_text_are_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("bytes");
        std::fs::write(&path, b"name \xff\xfe\nsize 3\n").unwrap();
        assert_eq!(field(&read(&path).unwrap(), "size"), Some(3));
        assert_eq!(read(&dir.path().join("absent")), None);
        assert_eq!(read(dir.path()), None);
    }
}
