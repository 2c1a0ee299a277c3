//! The flags of the program, and the functions that have them.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::error::UnknownFlag;
use super::site::{DEBUG_SITES, DebugSite, writing};
use crate::{diagnostics, expiry};

static FLAGS: Mutex<BTreeMap<&'static str, State>> = Mutex::new(BTreeMap::new());

/// A debug flag.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flag {
    /// Its name.
    pub name: &'static str,
    /// Whether it is on.
    pub on: bool,
    /// Until when, if not for good.
    pub until: Option<SystemTime>,
    /// The functions that have it, by their paths.
    pub functions: Vec<&'static str>,
}

#[derive(Debug, Default)]
struct State {
    on: bool,
    /// What it is for good, whatever it is for a while.
    lasting: bool,
    until: Option<SystemTime>,
    sites: Vec<&'static DebugSite>,
}

impl State {
    fn note(&mut self, site: &'static DebugSite) {
        if !self.sites.iter().any(|known| std::ptr::eq(*known, site)) {
            self.sites.push(site);
        }
        site.set(self.on);
    }

    fn set(&mut self, on: bool, until: Option<SystemTime>) {
        if until.is_none() {
            self.lasting = on;
        }
        self.on = on;
        self.until = until;
        self.sites.iter().for_each(|site| site.set(on));
    }

    fn flag(&self, name: &'static str) -> Flag {
        let mut functions: Vec<&str> = self.sites.iter().map(|site| site.function).collect();
        functions.sort_unstable();
        Flag {
            name,
            on: self.on,
            until: self.until,
            functions,
        }
    }
}

/// Notes a function that is called for the first time.
pub(super) fn note(site: &'static DebugSite) {
    lock().entry(site.flag).or_default().note(site);
}

/// Every flag, with all functions that the linker lists.
pub(super) fn all() -> Vec<Flag> {
    let flags = listed();
    flags.iter().map(|(name, state)| state.flag(name)).collect()
}

/// Turns a flag on or off, for good or for a while, and logs that.
pub(super) fn switch(name: &str, on: bool, time: Option<Duration>) -> Result<Flag, UnknownFlag> {
    let mut flags = listed();
    let known = flags.keys().copied().collect();
    let Some((name, state)) = flags
        .iter_mut()
        .find_map(|(own, state)| (*own == name).then_some((*own, state)))
    else {
        let name = name.to_owned();
        return Err(UnknownFlag { name, known });
    };
    let until = time.map(|time| SystemTime::now().checked_add(time));
    let until = until.map(|until| until.unwrap_or(SystemTime::UNIX_EPOCH));
    let before = state.on;
    state.set(on, until);
    let flag = state.flag(name);
    drop(flags);
    match time {
        Some(time) => take_back_after(name, time),
        None => expiry::cancel(&task(name)),
    }
    say(name, before, on);
    Ok(flag)
}

/// The name under which a change is taken back.
fn task(name: &str) -> String {
    format!("debug.{name}")
}

fn take_back_after(name: &'static str, time: Duration) {
    report(
        name,
        expiry::after(&task(name), time, move || writing(|| take_back(name))),
    );
}

/// Says it if nothing will take a change back.
fn report(name: &str, waits: io::Result<()>) {
    if let Err(error) = waits {
        diagnostics::report(&format!(
            "the debug flag `{name}` stays as it is until it is set again: {error}"
        ));
    }
}

/// In a forked child, in which nothing waits any more for the time to take changes back: waits for it again.
pub(crate) fn go_on() {
    let flags = lock();
    let pending = flags
        .iter()
        .filter_map(|(name, state)| Some((*name, state.until?)));
    let pending: Vec<_> = pending.collect();
    drop(flags);
    for (name, until) in pending {
        let waits = expiry::at(&task(name), until, move || writing(|| take_back(name)));
        report(name, waits);
    }
}

/// Makes a flag again what it is for good.
fn take_back(name: &'static str) {
    let mut flags = lock();
    let Some(state) = flags.get_mut(name).filter(|state| state.until.is_some()) else {
        return;
    };
    let (before, on) = (state.on, state.lasting);
    state.set(on, None);
    drop(flags);
    say(name, before, on);
}

/// Logs that a flag was changed.
fn say(name: &str, before: bool, after: bool) {
    #[cfg(feature = "log")]
    {
        let word = |on| if on { "on" } else { "off" };
        let fields = [
            ("flag", name),
            ("before", word(before)),
            ("after", word(after)),
        ];
        crate::log::say(format_args!("debug flag changed"), &fields);
    }
    let _ = (name, before, after);
}

fn listed() -> MutexGuard<'static, BTreeMap<&'static str, State>> {
    let mut flags = lock();
    for site in DEBUG_SITES {
        flags.entry(site.flag).or_default().note(site);
    }
    flags
}

fn lock() -> MutexGuard<'static, BTreeMap<&'static str, State>> {
    FLAGS.lock().unwrap_or_else(PoisonError::into_inner)
}
