//! The breakers of the program, by name.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use obs_schema::resilience::BreakerSettings;
use obs_schema::suggest;

use super::books::Books;
use super::circuit::Breaker;
use super::keyed::Breakers;
use super::site;
use crate::diagnostics;
use crate::fork::{self, Renewed};
use crate::health::Signal;
use crate::policy::Name;

/// How many names there can be. Breakers beyond work, but are shown nowhere and shared by nobody.
const MAX_NAMES: usize = 1_000;

type ByName = Mutex<BTreeMap<&'static str, Entry>>;

static BREAKERS: Renewed<ByName> = Renewed::from_the_start(Mutex::new(BTreeMap::new()));
/// Whether the background thread calls [`tick`]: the last process that had one, from 1 on.
static TICKING: AtomicU32 = AtomicU32::new(0);

#[derive(Debug, Clone)]
enum Entry {
    One(Arc<Breaker>),
    Keyed(Arc<Breakers>),
}

/// A name that no circuit breaker of the program has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownBreaker {
    /// The name as it was given.
    pub name: String,
    /// The names that there are.
    pub known: Vec<String>,
}

impl fmt::Display for UnknownBreaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.known.iter().map(String::as_str).collect();
        write!(f, "no circuit breaker `{}`; ", self.name)?;
        match suggest(&self.name, &names) {
            Some(meant) => write!(f, "did you mean `{meant}`?"),
            None if names.is_empty() => f.write_str("the program has none"),
            None => write!(f, "there are `{}`", names.join("`, `")),
        }
    }
}

impl std::error::Error for UnknownBreaker {}

/// The breaker of this name.
///
/// # Errors
///
/// If there is none.
pub fn find(name: &str) -> Result<Arc<Breaker>, UnknownBreaker> {
    let all = all();
    match all.iter().find(|breaker| breaker.name() == name) {
        Some(breaker) => Ok(breaker.clone()),
        None => Err(UnknownBreaker {
            name: name.to_owned(),
            known: all.iter().map(|one| one.name().to_owned()).collect(),
        }),
    }
}

/// Whether there can be a breaker of this name: there is one, or there are some with keys, of which this one may come later.
///
/// # Errors
///
/// If not, with the names that there are, and those that there can be with the key of this one.
#[cfg(feature = "http")]
pub(crate) fn expect(name: &str) -> Result<(), UnknownBreaker> {
    let Err(mut unknown) = find(name) else {
        return Ok(());
    };
    let with_keys = names_with_keys();
    let is_of = |base: &&str| {
        let rest = name.strip_prefix(base);
        rest.is_some_and(|rest| rest.starts_with(':'))
    };
    if with_keys.iter().any(is_of) {
        return Ok(());
    }
    if let Some((_, key)) = name.split_once(':') {
        let names = with_keys.iter().map(|base| format!("{base}:{key}"));
        unknown.known.extend(names);
        unknown.known.sort_unstable();
        unknown.known.dedup();
    }
    Err(unknown)
}

/// The names of the breakers that have keys.
#[cfg(feature = "http")]
fn names_with_keys() -> Vec<&'static str> {
    let entries = lock();
    let with_keys = entries
        .iter()
        .filter(|(_, entry)| matches!(entry, Entry::Keyed(_)));
    with_keys.map(|(name, _)| *name).collect()
}

/// Every breaker of the program, by name, those of keys included.
#[must_use]
pub fn all() -> Vec<Arc<Breaker>> {
    site::register_all();
    let entries: Vec<Entry> = lock().values().cloned().collect();
    let mut all = Vec::new();
    for entry in entries {
        match entry {
            Entry::One(breaker) => all.push(breaker),
            Entry::Keyed(breakers) => breakers.list(&mut all),
        }
    }
    all
}

/// What has to be done from time to time.
pub(crate) fn tick() {
    TICKING.store(this_process(), Relaxed);
    let breakers = all();
    if breakers.is_empty() {
        return;
    }
    let signals = Signal::outside();
    for breaker in breakers {
        breaker.tick(&signals);
    }
}

pub(super) fn is_ticking() -> bool {
    TICKING.load(Relaxed) == this_process()
}

fn this_process() -> u32 {
    fork::generation().wrapping_add(1)
}

/// The breaker of this name. The settings have been checked.
pub(super) fn named(name: &str, settings: BreakerSettings) -> Arc<Breaker> {
    let mut breakers = lock();
    match breakers.get(name) {
        Some(Entry::One(breaker)) => {
            let breaker = breaker.clone();
            drop(breakers);
            warn_of_others(&breaker, &settings);
            return breaker;
        }
        Some(Entry::Keyed(_)) => {
            drop(breakers);
            diagnostics::report(&format!(
                "the circuit breaker `{name}` has keys in one place and none in another; rename one"
            ));
            return Arc::new(Breaker::unlisted(
                Name::Shared(name.into()),
                settings,
                Books::new(),
            ));
        }
        None => {}
    }
    if breakers.len() == MAX_NAMES {
        drop(breakers);
        report_full(name);
        return Arc::new(Breaker::unlisted(
            Name::Shared(name.into()),
            settings,
            Books::new(),
        ));
    }
    // As many as there are names are leaked at the most.
    let name: &'static str = String::leak(name.to_owned());
    let breaker = Arc::new(new(Name::Static(name), settings));
    breakers.insert(name, Entry::One(breaker.clone()));
    breaker
}

/// The breakers of this name that have keys. The settings have been checked.
pub(super) fn keyed(name: &str, settings: BreakerSettings, max_keys: usize) -> Arc<Breakers> {
    let mut breakers = lock();
    if let Some(Entry::Keyed(found)) = breakers.get(name) {
        return found.clone();
    }
    let made = Arc::new(Breakers::new(name, settings, max_keys));
    if breakers.len() == MAX_NAMES || breakers.contains_key(name) {
        drop(breakers);
        report_full(name);
        return made;
    }
    breakers.insert(String::leak(name.to_owned()), Entry::Keyed(made.clone()));
    made
}

fn new(name: Name, settings: BreakerSettings) -> Breaker {
    Breaker::create(name, settings, Books::new())
}

fn warn_of_others(breaker: &Breaker, settings: &BreakerSettings) {
    if breaker.settings() != *settings {
        diagnostics::report(&format!(
            "the circuit breaker `{}` is declared with different settings; those of the first place hold",
            breaker.name()
        ));
    }
}

fn report_full(name: &str) {
    diagnostics::report(&format!(
        "the circuit breaker `{name}` is shown nowhere: its name is taken, or there are {MAX_NAMES} already"
    ));
}

fn lock() -> MutexGuard<'static, BTreeMap<&'static str, Entry>> {
    let breakers = BREAKERS.get(fork::copied);
    breakers.lock().unwrap_or_else(PoisonError::into_inner)
}
