//! Breakers that are told apart by a key, such as a host or a tenant.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};

use obs_schema::resilience::BreakerSettings;
use rapidhash::quality::RandomState;

use super::books::Books;
use super::circuit::Breaker;
use super::registry;
use super::word::State;
use crate::fork::Renewed;
use crate::hot::body::cut;
use crate::policy::{InvalidSettings, Name};
use crate::series::{MAX_LABEL_BYTES, OVERFLOW};

/// A breaker for each key, up to a number of them.
///
/// When there are too many, the one goes that is closed and was not used for longest. If none is closed, further keys
/// share one breaker, whose key is `__overflow__`.
///
/// ```
/// use obs_runtime::breaker::{Breakers, BreakerSettings};
///
/// let hosts = Breakers::named("docs-hosts", BreakerSettings::DEFAULT, 100).unwrap();
/// let breaker = hosts.get("eu.example.org");
/// assert_eq!(breaker.name(), "docs-hosts:eu.example.org");
/// ```
pub struct Breakers {
    name: String,
    max_keys: usize,
    known: Renewed<RwLock<Known>>,
    /// The settings that they were made with.
    declared: BreakerSettings,
    /// Counts uses: which breaker was used last.
    uses: AtomicU64,
}

type ByKey = HashMap<Box<str>, Entry, RandomState>;

#[derive(Clone)]
struct Known {
    settings: BreakerSettings,
    by_key: ByKey,
}

struct Entry {
    breaker: Arc<Breaker>,
    used: AtomicU64,
}

impl Breakers {
    /// The breakers of this name, which are made if there are none. The settings are those of whoever asked first.
    ///
    /// # Errors
    ///
    /// If the settings contradict themselves.
    pub fn named(
        name: &str,
        settings: BreakerSettings,
        max_keys: usize,
    ) -> Result<Arc<Self>, InvalidSettings> {
        InvalidSettings::none(settings.check())?;
        Ok(registry::keyed(name, settings, max_keys))
    }

    pub(super) fn new(name: &str, settings: BreakerSettings, max_keys: usize) -> Self {
        Self {
            name: name.to_owned(),
            max_keys: max_keys.max(1),
            known: Renewed::new(RwLock::new(Known::none(settings))),
            declared: settings,
            uses: AtomicU64::new(0),
        }
    }

    /// The breaker of this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Arc<Breaker> {
        let key = cut(key, MAX_LABEL_BYTES);
        let now = self.uses.fetch_add(1, Relaxed);
        let known = self.known().read().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = known.by_key.get(key) {
            entry.used.store(now, Relaxed);
            return entry.breaker.clone();
        }
        drop(known);
        self.make(key, now)
    }

    /// Their settings.
    #[must_use]
    pub fn settings(&self) -> BreakerSettings {
        let known = self.known().read().unwrap_or_else(PoisonError::into_inner);
        known.settings
    }

    /// Changes the settings of all of them, and of those to come, as [`Breaker::update`] does.
    ///
    /// # Errors
    ///
    /// If the settings contradict themselves. Then nothing is changed.
    pub fn update(&self, settings: BreakerSettings) -> Result<(), InvalidSettings> {
        InvalidSettings::none(settings.check())?;
        let mut known = self.known().write().unwrap_or_else(PoisonError::into_inner);
        known.settings = settings;
        let mut all = known.by_key.values();
        all.try_for_each(|entry| entry.breaker.update(settings))
    }

    /// In a child of `fork` a copy, unless a thread that is gone was at work on it.
    fn known(&self) -> &RwLock<Known> {
        self.known.get(|former| {
            let known = former.try_read().map(|known| known.clone());
            RwLock::new(known.unwrap_or_else(|_| Known::none(self.declared)))
        })
    }

    pub(super) fn list(&self, into: &mut Vec<Arc<Breaker>>) {
        let known = self.known().read().unwrap_or_else(PoisonError::into_inner);
        let from = into.len();
        into.extend(known.by_key.values().map(|entry| entry.breaker.clone()));
        drop(known);
        if let Some(own) = into.get_mut(from..) {
            own.sort_by(|a, b| a.name().cmp(b.name()));
        }
    }

    fn make(&self, key: &str, now: u64) -> Arc<Breaker> {
        let mut known = self.known().write().unwrap_or_else(PoisonError::into_inner);
        let Known { settings, by_key } = &mut *known;
        if let Some(entry) = by_key.get(key) {
            return entry.breaker.clone();
        }
        let mut books = None;
        let mut key = key;
        if by_key.keys().filter(|key| &***key != OVERFLOW).count() >= self.max_keys {
            match least_used(by_key) {
                // Cells are never given back, so they are passed on.
                Some(old) => {
                    books = by_key
                        .remove(&old)
                        .map(|old| Books::after(&old.breaker.machine().books));
                }
                None => key = OVERFLOW,
            }
        }
        let entry = by_key.entry(key.into()).or_insert_with(|| Entry {
            breaker: Arc::new(self.create(key, *settings, books)),
            used: AtomicU64::new(now),
        });
        entry.breaker.clone()
    }

    fn create(&self, key: &str, settings: BreakerSettings, books: Option<Books>) -> Breaker {
        let name = Name::Shared(format!("{}:{key}", self.name).into());
        Breaker::create(name, settings, books.unwrap_or_else(Books::new))
    }
}

/// The key that was not used for longest and can go: an open breaker knows something that would be lost.
fn least_used(known: &ByKey) -> Option<Box<str>> {
    let closed = known
        .iter()
        .filter(|(key, entry)| &***key != OVERFLOW && entry.breaker.state() == State::Closed);
    let oldest = closed.min_by_key(|(_, entry)| entry.used.load(Relaxed));
    oldest.map(|(key, _)| key.clone())
}

impl Known {
    fn none(settings: BreakerSettings) -> Self {
        Self {
            settings,
            by_key: ByKey::default(),
        }
    }
}

impl Clone for Entry {
    fn clone(&self) -> Self {
        Self {
            breaker: self.breaker.clone(),
            used: AtomicU64::new(self.used.load(Relaxed)),
        }
    }
}

impl fmt::Debug for Breakers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breakers")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
