//! Files that are read again when they change.

use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::error::CredentialsError;
use crate::config::Origin;
use crate::diagnostics;

/// Bytes of such a file.
const MAX: u64 = 1 << 20;

/// A file that the configuration names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct Place {
    key: &'static str,
    path: PathBuf,
    /// Who set the key.
    origin: Origin,
}

/// What tells one version of a file from the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::http) struct Stamp {
    modified: Option<SystemTime>,
    len: u64,
    inode: u64,
}

/// A file, and the version that was read.
#[derive(Debug)]
pub(super) struct Watched {
    place: Place,
    seen: Mutex<Option<Stamp>>,
}

impl Place {
    /// The file at `path`; `None` if that is empty.
    pub(in crate::http) fn new(key: &'static str, path: &str, origin: Origin) -> Option<Self> {
        (!path.is_empty()).then(|| Self {
            key,
            path: path.into(),
            origin,
        })
    }

    #[cfg(feature = "tls")]
    pub(in crate::http) fn path(&self) -> &Path {
        &self.path
    }

    /// The text of a file of moderate size.
    pub(in crate::http) fn read(&self) -> Result<String, CredentialsError> {
        let mut text = String::new();
        let file = File::open(&self.path).map_err(|error| self.unreadable(&error))?;
        let read = file.take(MAX + 1).read_to_string(&mut text);
        read.map_err(|error| self.unreadable(&error))?;
        if text.len() as u64 > MAX {
            return Err(CredentialsError::whole(self, "has more than 1 MiB"));
        }
        Ok(text)
    }

    fn unreadable(&self, error: &std::io::Error) -> CredentialsError {
        CredentialsError::whole(self, format!("cannot be read: {error}"))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.origin != Origin::Default {
            write!(f, "{}: ", self.origin)?;
        }
        write!(f, "`{}`: `{}`", self.key, self.path.display())
    }
}

impl Stamp {
    /// The version that is there now; `None` if there is none.
    pub(in crate::http) fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self {
            modified: metadata.modified().ok(),
            len: metadata.len(),
            inode: inode(&metadata),
        })
    }
}

impl Watched {
    pub(super) fn new(place: Place) -> Self {
        Self {
            place,
            seen: Mutex::new(None),
        }
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    /// Reads the file, and notes its version first: a change meanwhile is seen the next time.
    pub(super) fn read(&self) -> Result<String, CredentialsError> {
        self.changed();
        warn_if_others_can_read(&self.place.path);
        self.place.read()
    }

    /// Whether the file is another one than the last time. A file that is away has not changed.
    pub(super) fn changed(&self) -> bool {
        let Some(now) = Stamp::of(&self.place.path) else {
            return false;
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = seen.as_ref() != Some(&now);
        *seen = Some(now);
        is_new
    }
}

#[cfg(unix)]
fn inode(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> u64 {
    0
}

/// Others than the owner and its group are not to read secrets.
pub(in crate::http) fn warn_if_others_can_read(path: &Path) {
    if can_others_read(path) {
        diagnostics::report(&format!(
            "every user of this machine can read `{}`; `chmod 600` it",
            path.display()
        ));
    }
}

#[cfg(unix)]
fn can_others_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn can_others_read(_: &Path) -> bool {
    false
}
