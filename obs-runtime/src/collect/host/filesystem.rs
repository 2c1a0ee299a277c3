//! How full a file system is, by `statvfs`.

use std::path::Path;

use crate::collect::Sink;
use crate::collect::source::count;

/// Space and files of one file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Filesystem {
    /// Its size in bytes.
    pub size: u64,
    /// Unused bytes.
    pub free: u64,
    /// Unused bytes that an ordinary user may take; the rest of `free` is reserved for root.
    pub available: u64,
    /// How many files it can hold; `None` where there is no fixed number.
    pub files: Option<u64>,
    /// How many more files it can hold.
    pub files_free: Option<u64>,
}

impl Filesystem {
    /// Asks the file system that `path` is on. `None` if it does not answer or has no size.
    #[cfg(unix)]
    #[must_use]
    #[allow(
        clippy::unnecessary_cast,
        clippy::cast_lossless,
        reason = "the C types have other widths elsewhere"
    )]
    pub fn read(path: &Path) -> Option<Self> {
        let answer = nix::sys::statvfs::statvfs(path).ok()?;
        let unit = answer.fragment_size() as u64;
        let files = Some(answer.files() as u64).filter(|&files| files > 0);
        Some(Self {
            size: (answer.blocks() as u64)
                .checked_mul(unit)
                .filter(|&size| size > 0)?,
            free: (answer.blocks_free() as u64).checked_mul(unit)?,
            available: (answer.blocks_available() as u64).checked_mul(unit)?,
            files,
            files_free: files.map(|_| answer.files_free() as u64),
        })
    }

    /// Asks the file system that `path` is on: not possible on this platform.
    #[cfg(not(unix))]
    #[must_use]
    pub fn read(_path: &Path) -> Option<Self> {
        None
    }

    pub(super) fn collect(&self, mount: &Path, sink: &mut Sink<'_>) {
        let mount = mount.to_string_lossy();
        let labels = [("mountpoint", &*mount)];
        let mut gauge = |name, help, unit, value| sink.gauge(name, help, unit, &labels, value);
        let (size, free, available) = (self.size as f64, self.free as f64, self.available as f64);
        gauge(
            "system_disk_size_bytes",
            "Size of the file system.",
            "bytes",
            Some(size),
        );
        gauge(
            "system_disk_free_bytes",
            "Unused space of the file system.",
            "bytes",
            Some(free),
        );
        gauge(
            "system_disk_available_bytes",
            "Unused space of the file system that is not reserved for root.",
            "bytes",
            Some(available),
        );
        gauge(
            "system_disk_files",
            "How many files the file system can hold.",
            "",
            count(self.files),
        );
        gauge(
            "system_disk_files_free",
            "How many more files the file system can hold.",
            "",
            count(self.files_free),
        );
    }
}
