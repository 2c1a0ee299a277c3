//! Why an exporter cannot start.

use std::fmt;
use std::path::Path;

/// Why an exporter cannot start.
#[derive(Clone, PartialEq, Eq)]
pub struct ExportError {
    message: String,
}

impl ExportError {
    /// A variable of the environment makes no sense.
    pub(super) fn variable(name: &str, message: &str) -> Self {
        Self {
            message: format!("{name}: {message}"),
        }
    }

    /// A file cannot be read, or is not what it should be.
    pub(super) fn file(path: &Path, problem: impl fmt::Display) -> Self {
        Self {
            message: format!("`{}`: {problem}", path.display()),
        }
    }

    /// The same, with the setting that led to it.
    pub(super) fn of(self, setting: &str) -> Self {
        Self::variable(setting, &self.message)
    }

    pub(super) fn thread(error: impl fmt::Display) -> Self {
        Self {
            message: format!("cannot start the exporters' thread: {error}"),
        }
    }

    pub(super) fn client(error: impl fmt::Display) -> Self {
        Self {
            message: format!("cannot set up the exporters' HTTP client: {error}"),
        }
    }
}

impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ExportError {}
