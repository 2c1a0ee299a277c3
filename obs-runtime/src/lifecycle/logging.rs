//! The log that a start sets up.

use std::sync::OnceLock;
use std::time::Duration;

use crate::config::Config;
use crate::log::{self, InitError, LogConfig, LogGuard, LogHandle};

/// The log outlives a stop, because a global subscriber cannot be taken back.
static LOG: OnceLock<LogGuard> = OnceLock::new();

/// Sets the log up, or takes the one that the program has.
pub(super) fn start(config: &Config) -> Result<LogHandle, InitError> {
    let logging = &config.monitoring.logging;
    if let Some(log) = log::handle() {
        log.set_levels(log::Levels::from(logging));
        return Ok(log);
    }
    let wanted = LogConfig::of_service(config.service.name, logging);
    let guard = log::init(wanted)?;
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
