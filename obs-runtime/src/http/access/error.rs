//! Why credentials cannot be used.

use std::borrow::Cow;
use std::fmt;

use super::file::Place;

/// A file with credentials, a certificate or a key that cannot be used.
///
/// It names the key of the configuration, where that was set, the file, and the line in it; never what
/// is in the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialsError {
    place: String,
    line: Option<usize>,
    message: Cow<'static, str>,
}

impl CredentialsError {
    pub(in crate::http) fn whole(at: &Place, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            place: at.to_string(),
            line: None,
            message: message.into(),
        }
    }

    pub(super) fn line(at: &Place, line: usize, message: String) -> Self {
        Self {
            line: Some(line),
            ..Self::whole(at, message)
        }
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.place)?;
        if let Some(line) = self.line {
            write!(f, " line {line}")?;
        }
        write!(f, " {}", self.message)
    }
}

impl std::error::Error for CredentialsError {}
