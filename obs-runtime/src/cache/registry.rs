//! The caches of the program, by name.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};

use super::Cache;
use super::clear::Turn;
use super::metrics::CacheMetrics;
use super::stats::{CacheKind, CacheStats};
use crate::metric;

/// How many caches there can be.
const MAX_CACHES: usize = 100;
/// Bytes of a name.
const MAX_NAME: usize = 128;

static CACHES: RwLock<Vec<Arc<Entry>>> = RwLock::new(Vec::new());

/// A registered cache.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) kind: CacheKind,
    pub(super) cache: Box<dyn Cache>,
    pub(super) turn: Turn,
    #[cfg(feature = "tokio")]
    pub(super) runtime: Option<tokio::runtime::Handle>,
}

/// A registered cache, to [remove](Self::remove) it. It stays when this is dropped.
#[derive(Debug)]
pub struct Registered {
    entry: Arc<Entry>,
    metrics: metric::Registration,
}

/// What a registered cache says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheStatus {
    /// Its name.
    pub name: String,
    /// Where it keeps its entries.
    pub kind: CacheKind,
    /// `None` if it panicked.
    pub stats: Option<CacheStats>,
}

/// Why a cache was not registered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CacheError {
    /// The name is empty, longer than 128 bytes or has control characters.
    Name {
        /// The name.
        name: String,
    },
    /// Another cache has the name.
    Taken {
        /// The name.
        name: String,
    },
    /// There are 100 caches.
    TooMany,
}

/// Makes a cache one of those that are shown and cleared.
///
/// # Errors
///
/// If its name is taken or no name, or there are 100 caches.
pub fn register(cache: impl Cache) -> Result<Registered, CacheError> {
    let entry = Arc::new(Entry {
        name: cache.name().to_owned(),
        kind: cache.kind(),
        cache: Box::new(cache),
        turn: Turn::default(),
        #[cfg(feature = "tokio")]
        runtime: tokio::runtime::Handle::try_current().ok(),
    });
    add(&entry)?;
    let registry = metric::Registry::global();
    let metrics = registry.register_collector(CacheMetrics(entry.clone()));
    Ok(Registered { entry, metrics })
}

fn add(entry: &Arc<Entry>) -> Result<(), CacheError> {
    let name = entry.name.clone();
    if name.is_empty() || name.len() > MAX_NAME || name.contains(char::is_control) {
        return Err(CacheError::Name { name });
    }
    let mut caches = CACHES.write().unwrap_or_else(PoisonError::into_inner);
    match caches.binary_search_by(|other| other.name.cmp(&name)) {
        Ok(_) => Err(CacheError::Taken { name }),
        Err(_) if caches.len() == MAX_CACHES => Err(CacheError::TooMany),
        Err(place) => {
            caches.insert(place, entry.clone());
            Ok(())
        }
    }
}

/// What every registered cache says of itself, by name.
#[must_use]
pub fn statuses() -> Vec<CacheStatus> {
    let all = all();
    all.iter().map(|entry| entry.status()).collect()
}

/// Every registered cache, by name.
pub(super) fn all() -> Vec<Arc<Entry>> {
    let caches = CACHES.read().unwrap_or_else(PoisonError::into_inner);
    caches.clone()
}

impl Entry {
    fn status(&self) -> CacheStatus {
        CacheStatus {
            name: self.name.clone(),
            kind: self.kind,
            stats: catch_unwind(AssertUnwindSafe(|| self.cache.stats())).ok(),
        }
    }
}

impl Registered {
    /// Takes the cache away from what is shown and cleared. Clearing under way goes on.
    pub fn remove(self) {
        metric::Registry::global().unregister(self.metrics);
        let mut caches = CACHES.write().unwrap_or_else(PoisonError::into_inner);
        let gone = caches.extract_if(.., |other| Arc::ptr_eq(other, &self.entry));
        let gone: Vec<_> = gone.collect();
        drop(caches);
        // The cache's own destructor runs without the lock.
        drop(gone);
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.name)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { name } => write!(
                f,
                "`{}` is no name for a cache; write one of 1 to {MAX_NAME} bytes without control characters",
                name.escape_debug()
            ),
            Self::Taken { name } => {
                write!(f, "there is a cache `{name}` already; choose another name")
            }
            Self::TooMany => write!(f, "there are {MAX_CACHES} caches already; remove one"),
        }
    }
}

impl std::error::Error for CacheError {}
