//! Levels that hold for a while.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use obs_schema::value::format_duration;

use super::handle::{self, LogHandle};
use super::levels::Levels;
use super::own;
use crate::{diagnostics, expiry};

/// The name of what takes the levels back.
const NAME: &str = "log.levels";

static TEMPORARY: Mutex<Option<Temporary>> = Mutex::new(None);

/// Levels that hold until a time.
#[derive(Debug, Clone)]
pub(crate) struct Temporary {
    /// What holds afterwards.
    pub(crate) former: Levels,
    /// What holds until then.
    levels: Levels,
    /// When that is.
    pub(crate) until: SystemTime,
}

/// What a change of the levels did.
#[derive(Debug)]
pub(crate) struct Change {
    /// The levels before.
    pub(crate) before: Levels,
    /// Until when the new ones hold, if not for good.
    pub(crate) until: Option<SystemTime>,
}

/// The levels that hold for a while, if there are any.
pub(crate) fn current(log: &LogHandle) -> Option<Temporary> {
    let temporary = lock().clone();
    temporary.filter(|temporary| temporary.levels == log.levels())
}

/// Puts levels in force, for good or for a while, and logs that. After a while those hold again that held
/// for good, unless others were put in force meanwhile.
pub(crate) fn change(
    log: &LogHandle,
    levels: Levels,
    time: Option<Duration>,
) -> io::Result<Change> {
    let mut temporary = lock();
    let before = log.levels();
    // What is itself to be taken back is not what to go back to.
    let former = match &*temporary {
        Some(temporary) if temporary.levels == before => temporary.former.clone(),
        _ => before.clone(),
    };
    let until = match time {
        None => {
            expiry::cancel(NAME);
            *temporary = None;
            None
        }
        Some(time) => {
            let until = SystemTime::now().checked_add(time);
            let until = until.ok_or(io::ErrorKind::InvalidInput)?;
            expiry::after(NAME, time, take_back)?;
            *temporary = Some(Temporary {
                former,
                levels: levels.clone(),
                until,
            });
            Some(until)
        }
    };
    drop(temporary);
    put(log, levels, time);
    Ok(Change { before, until })
}

/// In a forked child, in which nothing waits any more for the time to take levels back: waits for it again.
pub(crate) fn go_on() {
    let Some(until) = lock().as_ref().map(|temporary| temporary.until) else {
        return;
    };
    if let Err(error) = expiry::at(NAME, until, take_back) {
        diagnostics::report(&format!(
            "the levels of the log stay as they are until they are set again: {error}"
        ));
    }
}

/// Goes back to the levels that hold for good.
fn take_back() {
    let Some(temporary) = lock().take() else {
        return;
    };
    if let Some(log) = handle::current().filter(|log| log.levels() == temporary.levels) {
        put(&log, temporary.former, None);
    }
}

/// Puts levels in force and says so, under the levels that let it be said.
fn put(log: &LogHandle, levels: Levels, time: Option<Duration>) {
    let (before, after) = (log.levels().to_string(), levels.to_string());
    let time = time.map(format_duration);
    let say = || {
        let mut fields = vec![("before", &*before), ("after", &*after)];
        fields.extend(time.as_deref().map(|time| ("for", time)));
        own::say(format_args!("log levels changed"), &fields);
    };
    let is_loud = log.in_force().allow(own::TARGET, tracing::Level::INFO);
    if is_loud {
        say();
    }
    log.set_levels(levels);
    if !is_loud {
        say();
    }
}

fn lock() -> MutexGuard<'static, Option<Temporary>> {
    TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner)
}
