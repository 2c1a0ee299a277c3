//! What can go wrong at the start.

use std::fmt;
use std::io;

use crate::config::ConfigError;

/// Why the monitoring did not start. Nothing is left running then.
///
/// `Debug` shows the same as `Display`: it is what people see when `main` returns the error, or when
/// it is unwrapped.
#[non_exhaustive]
pub enum StartError {
    /// Something in the configuration is wrong.
    Config(ConfigError),
    /// The monitoring of this process has been started and not stopped.
    AlreadyRunning,
    /// A thread could not be started.
    Thread(io::Error),
    /// The endpoints could not be opened.
    #[cfg(feature = "http")]
    Listen(crate::http::ListenError),
    /// An exporter could not be set up.
    #[cfg(feature = "export")]
    Export(crate::export::ExportError),
    /// The log could not be set up.
    #[cfg(feature = "log")]
    Log(crate::log::InitError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => fmt::Display::fmt(error, f),
            Self::AlreadyRunning => f.write_str(
                "the monitoring is running already; keep the value that `start` returned, and start again after its `shutdown`",
            ),
            Self::Thread(error) => write!(f, "cannot start a thread: {error}"),
            #[cfg(feature = "http")]
            Self::Listen(error) => fmt::Display::fmt(error, f),
            #[cfg(feature = "export")]
            Self::Export(error) => fmt::Display::fmt(error, f),
            #[cfg(feature = "log")]
            Self::Log(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl fmt::Debug for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Thread(error) => Some(error),
            _ => None,
        }
    }
}

impl From<ConfigError> for StartError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}
