//! Where telemetry waits for a receiver that is away.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A directory; with everything in it gone in the end.
#[derive(Debug)]
pub(crate) struct Disk {
    path: PathBuf,
    is_mounted: bool,
}

impl Disk {
    /// As much as the file system of temporary files has.
    pub(crate) fn with_room(name: &str) -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("obs-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self {
            path,
            is_mounted: false,
        })
    }

    /// A file system of its own, which a few batches fill.
    pub(crate) fn without_room(name: &str) -> io::Result<Self> {
        let mut disk = Self::with_room(name)?;
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"]);
        if !mount.arg(&disk.path).status()?.success() {
            return Err(io::Error::other("no file system can be mounted"));
        }
        disk.is_mounted = true;
        Ok(disk)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes what a caller left.
    pub(crate) fn clear(&self) -> io::Result<()> {
        for entry in std::fs::read_dir(&self.path)? {
            let path = entry?.path();
            if path.is_dir() {
                std::fs::remove_dir_all(path)?;
            } else {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.is_mounted {
            let _ = Command::new("umount").arg("-l").arg(&self.path).status();
        }
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
