//! The caches of the program: how well they do, and how they are cleared.
//!
//! | question | answer |
//! |---|---|
//! | how does a cache become one of obs's? | it implements [`Cache`], and is [registered](register) |
//! | and one of the crate `moka`? | `Moka`, `AsyncMoka` (feature `moka`) |
//! | and keys in Redis? | `Redis` (feature `redis`) |
//! | who counts hits and misses? | the cache, or a [`Meter`] in front of it |
//! | which keys are cleared? | those that match a [`Pattern`], and never another one |
//!
//! A registered cache has the metrics `cache_hits_total`, `cache_misses_total`, `cache_hit_ratio`,
//! `cache_entries`, `cache_size_bytes` and `cache_evictions_total`, as far as it knows them, with the labels `cache` and
//! `kind`; what a [`Meter`] measures is `cache_operation_duration_seconds`. `/monitoring/cache/status` shows the
//! same, and `POST /monitoring/cache/memory/clear` and `/cache/redis/clear` clear by pattern.
//!
//! ```
//! use std::collections::HashMap;
//! use std::sync::{Arc, Mutex};
//! use obs_runtime::cache::{self, Cache, CacheStats, Cleared, Clearing, Meter, Pattern};
//!
//! struct Prices {
//!     meter: Meter,
//!     known: Mutex<HashMap<String, u64>>,
//! }
//!
//! impl Prices {
//!     fn get(&self, sku: &str) -> Option<u64> {
//!         self.meter.get(|| self.known.lock().ok()?.get(sku).copied())
//!     }
//! }
//!
//! impl Cache for Prices {
//!     fn name(&self) -> &str {
//!         self.meter.name()
//!     }
//!
//!     fn stats(&self) -> CacheStats {
//!         let entries = self.known.lock().map_or(0, |known| known.len());
//!         self.meter.stats().entries(entries as u64)
//!     }
//!
//!     fn clear<'a>(&'a self, pattern: &'a Pattern) -> Option<Clearing<'a>> {
//!         Some(Box::pin(async move {
//!             let mut known = self.known.lock().map_err(|_| "a thread panicked in it")?;
//!             let gone = known.extract_if(|sku, _| pattern.matches(sku)).count();
//!             Ok(Cleared::all(gone as u64))
//!         }))
//!     }
//! }
//!
//! let prices = Arc::new(Prices {
//!     meter: Meter::new("docs-mod-prices"),
//!     known: Mutex::new(HashMap::from([("mug".to_owned(), 1_250)])),
//! });
//! cache::register(prices.clone())?;
//! assert_eq!(prices.get("mug"), Some(1_250));
//! assert_eq!(prices.stats().hit_ratio(), Some(1.0));
//! # Ok::<(), cache::CacheError>(())
//! ```

mod clear;
mod meter;
mod metrics;
#[cfg(feature = "moka")]
mod moka;
mod pattern;
#[cfg(feature = "redis")]
mod redis;
mod registry;
mod stats;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

#[cfg(feature = "moka")]
pub use self::moka::{AsyncMoka, Moka};
#[cfg(feature = "redis")]
pub use self::redis::Redis;
pub use clear::{Attempt, MAX_CLEAR, clear};
pub use meter::{CacheOperation, Meter};
pub use pattern::{Pattern, PatternError};
pub use registry::{CacheError, CacheStatus, Registered, register, statuses};
pub use stats::{CacheKind, CacheStats};

/// A cache of the program.
///
/// A scrape asks for the name, the kind and the stats, so these return at once; a cache that panics there is missing
/// from the answer.
pub trait Cache: Send + Sync + 'static {
    /// Its name: the label `cache`, one of few. It does not change.
    fn name(&self) -> &str;

    /// Where it keeps its entries. It does not change.
    fn kind(&self) -> CacheKind {
        CacheKind::Memory
    }

    /// What it knows of itself.
    fn stats(&self) -> CacheStats;

    /// Takes out the entries whose keys match, and says how many there were. `None` if it cannot do that, as by
    /// default.
    ///
    /// The future is polled on a thread of its own, inside the tokio runtime in which the cache was registered, and
    /// dropped after [`MAX_CLEAR`].
    fn clear<'a>(&'a self, pattern: &'a Pattern) -> Option<Clearing<'a>> {
        let _ = pattern;
        None
    }
}

/// The future of [`Cache::clear`].
pub type Clearing<'a> = Pin<Box<dyn Future<Output = Result<Cleared, ClearError>> + 'a>>;

/// Why a cache could not be cleared.
pub type ClearError = Box<dyn Error + Send + Sync>;

/// What went out of a cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cleared {
    /// Entries that are gone.
    pub entries: u64,
    /// Whether all were looked at.
    pub complete: bool,
}

impl Cleared {
    /// So many entries, and all were looked at.
    #[must_use]
    pub const fn all(entries: u64) -> Self {
        Self {
            entries,
            complete: true,
        }
    }

    /// So many entries, but there may be more that match.
    #[must_use]
    pub const fn part(entries: u64) -> Self {
        Self {
            entries,
            complete: false,
        }
    }
}

impl<C: Cache + ?Sized> Cache for Arc<C> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn kind(&self) -> CacheKind {
        (**self).kind()
    }

    fn stats(&self) -> CacheStats {
        (**self).stats()
    }

    fn clear<'a>(&'a self, pattern: &'a Pattern) -> Option<Clearing<'a>> {
        (**self).clear(pattern)
    }
}
