//! A disk that is soon full.

use std::path::Path;
use std::process::Command;

/// A file system of 64 KiB.
pub(crate) struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// `None` without the right to mount one, which is said.
    pub(crate) fn mount() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]);
        let status = mount.arg(directory.path()).status();
        if status.is_ok_and(|status| status.success()) {
            return Some(Self(directory));
        }
        eprintln!("skipped: no file system can be mounted here");
        None
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}
