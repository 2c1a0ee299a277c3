//! The log that a start sets up.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use crate::config::Config;
use crate::log::{self, InitError, LogConfig, LogGuard, LogHandle};

/// The log outlives a stop, because a global subscriber cannot be taken back.
static LOG: OnceLock<LogGuard> = OnceLock::new();

/// What the program makes of the log that the configuration describes.
pub(super) struct Change(Box<dyn FnOnce(LogConfig) -> LogConfig + Send>);

impl Change {
    pub(super) fn none() -> Self {
        Self::of(|log| log)
    }

    pub(super) fn of(change: impl FnOnce(LogConfig) -> LogConfig + Send + 'static) -> Self {
        Self(Box::new(change))
    }
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Change").finish_non_exhaustive()
    }
}

/// Sets the log up, or takes the one that the program has.
pub(super) fn start(config: &Config, change: Change) -> Result<LogHandle, InitError> {
    let logging = &config.monitoring.logging;
    if let Some(log) = log::handle() {
        log.set_levels(log::Levels::from(logging));
        return Ok(log);
    }
    let wanted = LogConfig::of_service(config.service.name, logging);
    let guard = log::init((change.0)(wanted))?;
    log::install_panic_hook();
    let handle = guard.handle().clone();
    let _ = LOG.set(guard);
    Ok(handle)
}

/// Lets the log of a program that has forked write in the child.
pub(super) fn go_on() {
    if let Some(log) = log::handle() {
        log.go_on();
    }
    #[cfg(feature = "http")]
    if crate::fork::generation() > 0 {
        log::temporary::go_on();
    }
}

/// Waits for the lines so far.
pub(super) fn flush(log: &LogHandle, limit: Duration) -> bool {
    log.flush(limit).is_ok()
}
