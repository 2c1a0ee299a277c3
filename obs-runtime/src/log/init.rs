//! The log of a program that has no subscriber of its own.

use std::fmt;
use std::time::Duration;

use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use super::config::LogConfig;
use super::facade::take_log_records;
use super::handle::{self, LogHandle};
use super::layer::layer_and_handle;

/// For how long the end of the program waits for the last lines.
const LAST_FLUSH: Duration = Duration::from_secs(2);

/// Why the log could not be set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InitError {
    /// The program has set a global `tracing` subscriber already.
    SubscriberExists,
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SubscriberExists => f.write_str(
                "a global `tracing` subscriber is set already; add `obs_runtime::log::layer(..)` to it",
            ),
        }
    }
}

impl std::error::Error for InitError {}

/// Makes the log the global subscriber of `tracing`, and the logger of the crate `log` unless there is one.
///
/// ```no_run
/// use obs_runtime::log::{self, LogConfig, LogFormat};
///
/// let _log = log::init(LogConfig::console(LogFormat::Pretty))?;
/// tracing::info!("listening");
/// # Ok::<(), log::InitError>(())
/// ```
///
/// # Errors
///
/// If the program has a global subscriber already: add [`layer`](super::layer()) to that one.
pub fn init(config: LogConfig) -> Result<LogGuard, InitError> {
    let (layer, handle) = layer_and_handle(config);
    let subscriber = Registry::default().with(layer);
    tracing::subscriber::set_global_default(subscriber).map_err(|_| InitError::SubscriberExists)?;
    handle::set_current(handle.clone());
    // A logger that the program has set itself is what it wants.
    take_log_records();
    Ok(LogGuard { handle })
}

/// Writes the last lines when it is dropped, for at most two seconds.
#[derive(Debug)]
#[must_use = "the last lines may be lost without it; keep it until the end of `main`"]
pub struct LogGuard {
    handle: LogHandle,
}

impl LogGuard {
    /// The running log.
    #[must_use]
    pub fn handle(&self) -> &LogHandle {
        &self.handle
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        // The lines that are lost are counted; there is nobody left to tell.
        let _ = self.handle.flush(LAST_FLUSH);
    }
}
