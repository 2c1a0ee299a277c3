//! The file that is being written.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;

use crate::log::sink::StreamSink;

/// A log file: open, and at its end.
#[derive(Debug)]
pub(super) struct OpenFile {
    stream: StreamSink<File>,
    identity: Identity,
    /// Bytes in the file; those that other processes add are noticed by [`OpenFile::is_at`].
    len: u64,
    /// Whether it is a file on a disk. A pipe or a device has neither a size nor a successor.
    regular: bool,
}

/// What tells a file from another one at the same path: its file system and its number there.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = ();

impl OpenFile {
    /// Opens the file at `path`, and makes it and the directories above it if they are not there. The time
    /// is that of the last line in it, if there is one.
    pub(super) fn open(path: &Path) -> io::Result<(Self, Option<SystemTime>)> {
        let file = open_or_make(path)?;
        let metadata = file.metadata()?;
        let (len, regular) = (metadata.len(), metadata.is_file());
        let torn = regular && len > 0 && is_torn(path);
        let open = Self {
            stream: StreamSink::new(file).after_torn_line(torn),
            identity: identity(&metadata),
            len,
            regular,
        };
        let last = metadata.modified().ok().filter(|_| regular && len > 0);
        Ok((open, last))
    }

    /// Whether `extra` bytes more make it larger than `max`. An empty file takes anything.
    pub(super) fn is_full(&self, extra: usize, max: u64) -> bool {
        self.can_rotate() && self.len.saturating_add(extra as u64) > max
    }

    /// How many bytes it takes before it is larger than `max`; any number if it cannot give way.
    pub(super) fn room(&self, max: u64) -> usize {
        match max.checked_sub(self.len) {
            Some(room) if self.regular && room > 0 => usize::try_from(room).unwrap_or(usize::MAX),
            _ => usize::MAX,
        }
    }

    /// Whether it is a file on a disk.
    pub(super) fn is_regular(&self) -> bool {
        self.regular
    }

    /// Whether there is something in it that can be put aside.
    pub(super) fn can_rotate(&self) -> bool {
        self.regular && self.len > 0
    }

    /// Whether this is still the file at `path`: somebody may have moved it or deleted it. Takes note of its
    /// size on the way.
    pub(super) fn is_at(&mut self, path: &Path) -> bool {
        match fs::metadata(path) {
            Ok(metadata) if identity(&metadata) == self.identity => {
                self.len = metadata.len();
                true
            }
            Ok(_) => false,
            // A directory that cannot be read for a moment does not mean that the file is gone.
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        }
    }

    /// Writes lines at the end: how many bytes, and why not all.
    ///
    /// Of a line for which there was no room, nothing stays behind.
    pub(super) fn append(&mut self, lines: &[u8]) -> (usize, io::Result<()>) {
        let (written, result) = self.stream.append(lines);
        self.len = self.len.saturating_add(written as u64);
        if result.is_err() {
            self.take_back(lines.get(..written).unwrap_or_default());
        }
        (written, result)
    }

    /// Takes the part of a line off the end of the file, unless somebody else has written behind it: then
    /// the next line begins with a line feed.
    fn take_back(&mut self, written: &[u8]) {
        let whole = written.iter().rposition(|byte| *byte == b'\n');
        let torn = written.len() - whole.map_or(0, |at| at + 1);
        let file = self.stream.stream();
        let is_last = || file.metadata().is_ok_and(|now| now.len() == self.len);
        if torn == 0 || !self.regular || !is_last() {
            return;
        }
        let len = self.len.saturating_sub(torn as u64);
        if file.set_len(len).is_ok() {
            self.len = len;
            self.stream.mend();
        }
    }
}

fn open_or_make(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, super::FILE_MODE);
    match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_directory(path.parent())?;
            options.open(path)
        }
        result => result,
    }
}

fn make_directory(path: Option<&Path>) -> io::Result<()> {
    let Some(path) = path.filter(|path| !path.as_os_str().is_empty()) else {
        return Ok(());
    };
    let mut directory = DirBuilder::new();
    directory.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut directory, super::DIRECTORY_MODE);
    directory.create(path)
}

/// Whether the last line in the file has no end: a process was killed while it wrote. A file that cannot be
/// read counts as whole.
fn is_torn(path: &Path) -> bool {
    let last = || -> io::Result<u8> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::End(-1))?;
        let mut byte = [0];
        file.read_exact(&mut byte)?;
        Ok(byte[0])
    };
    last().is_ok_and(|byte| byte != b'\n')
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {}
