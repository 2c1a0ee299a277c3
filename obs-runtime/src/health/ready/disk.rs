//! Room on a file system.

use std::path::PathBuf;

use super::at_once;
use crate::collect::host::Filesystem;
use crate::health::{BoxedHealth, Health, Probe};

/// How much room the file system of a path has, for an ordinary user: below 10 % it is degraded, below 5 %
/// unhealthy, unless told otherwise. The share of files it can still hold counts the same.
///
/// ```
/// use obs_runtime::health::{self, ready::Disk};
///
/// health::check("disk", Disk::new("/var/lib").degraded_below(0.2).unhealthy_below(0.1))
///     .critical(false)
///     .register()?;
/// # Ok::<(), health::HealthError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Disk {
    path: PathBuf,
    degraded: f64,
    unhealthy: f64,
    unhealthy_bytes: u64,
}

impl Disk {
    /// The file system that `path` is on.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            degraded: 0.1,
            unhealthy: 0.05,
            unhealthy_bytes: 0,
        }
    }

    /// The free share below which it is degraded, from 0 to 1.
    #[must_use]
    pub fn degraded_below(self, share: f64) -> Self {
        Self {
            degraded: share,
            ..self
        }
    }

    /// The free share below which it is unhealthy, from 0 to 1.
    #[must_use]
    pub fn unhealthy_below(self, share: f64) -> Self {
        Self {
            unhealthy: share,
            ..self
        }
    }

    /// The free bytes below which it is unhealthy, whatever share that is.
    #[must_use]
    pub fn unhealthy_below_bytes(self, bytes: u64) -> Self {
        Self {
            unhealthy_bytes: bytes,
            ..self
        }
    }

    fn look(&self) -> Health {
        let path = self.path.display();
        match Filesystem::read(&self.path) {
            Some(found) => self.judge(&found),
            None => Health::unhealthy(format!("the file system of `{path}` does not answer")),
        }
    }

    fn judge(&self, found: &Filesystem) -> Health {
        let bytes = found.available as f64 / found.size as f64;
        let files = found.files_free.zip(found.files);
        let files = files.map_or(1.0, |(free, all)| free as f64 / all as f64);
        let (share, what) = if files < bytes {
            (files, "files")
        } else {
            (bytes, "space")
        };
        let message = || {
            format!(
                "{:.1} % of the {what} of `{}` is free",
                share * 100.0,
                self.path.display()
            )
        };
        let health = if share < self.unhealthy || found.available < self.unhealthy_bytes {
            Health::unhealthy(message())
        } else if share < self.degraded {
            Health::degraded(message())
        } else {
            Health::healthy()
        };
        health
            .with("available_bytes", found.available)
            .with("size_bytes", found.size)
            .with("free_share", share)
    }
}

impl Probe for Disk {
    fn probe(&self) -> BoxedHealth<'_> {
        at_once(|| self.look())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Status;

    #[test]
    fn the_file_system_of_the_program_is_measured() {
        let here = std::env::temp_dir();
        let found = Filesystem::read(&here).unwrap();
        let at = |unhealthy, degraded| {
            Disk::new(&here)
                .unhealthy_below(unhealthy)
                .degraded_below(degraded)
                .look()
        };
        assert_eq!(at(0.0, 0.0).status(), Status::Healthy);
        assert_eq!(at(0.0, 1.1).status(), Status::Degraded);
        let bad = at(1.1, 1.1);
        assert_eq!(bad.status(), Status::Unhealthy);
        assert!(bad.message().contains("% of the "), "{}", bad.message());
        let (name, size) = &bad.details()[1];
        assert_eq!(
            (&**name, size.to_string()),
            ("size_bytes", found.size.to_string())
        );
        let bytes = Disk::new(&here)
            .unhealthy_below(0.0)
            .unhealthy_below_bytes(u64::MAX);
        assert_eq!(bytes.look().status(), Status::Unhealthy);
    }

    #[test]
    fn a_path_that_is_not_there_is_unhealthy() {
        let health = Disk::new("/no/such/place").look();
        assert_eq!(
            health.message(),
            "the file system of `/no/such/place` does not answer"
        );
    }
}
