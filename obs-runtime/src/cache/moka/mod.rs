//! Caches of the crate `moka`.

mod asynchronous;
mod synchronous;

use std::fmt::{self, Display};
use std::sync::Arc;

use ::moka::notification::RemovalCause;

pub use self::asynchronous::AsyncMoka;
pub use self::synchronous::Moka;
use super::{CacheStats, Meter, Pattern};

/// A cache of either kind, and what is counted of it.
#[derive(Clone)]
struct Metered<C> {
    cache: C,
    meter: Meter,
    size_is_bytes: bool,
}

impl<C> Metered<C> {
    /// What `build` makes of a listener that counts evictions.
    fn new(name: impl Into<String>, build: impl FnOnce(Evictions) -> C) -> Self {
        let meter = Meter::new(name);
        Self {
            cache: build(Evictions(meter.clone())),
            meter,
            size_is_bytes: false,
        }
    }

    fn weighed_in_bytes(self) -> Self {
        Self {
            size_is_bytes: true,
            ..self
        }
    }

    /// What it says of itself, with so many entries of this size.
    fn stats(&self, entries: u64, size: u64) -> CacheStats {
        let evictions = self.meter.evictions();
        let stats = self.meter.stats().entries(entries).evictions(evictions);
        match self.size_is_bytes {
            true => stats.bytes(size),
            false => stats,
        }
    }
}

impl<C> fmt::Debug for Metered<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metered")
            .field("meter", &self.meter)
            .field("size_is_bytes", &self.size_is_bytes)
            .finish_non_exhaustive()
    }
}

/// Counts the entries that a cache removes by itself.
struct Evictions(Meter);

impl Evictions {
    fn note(&self, cause: RemovalCause) {
        if cause.was_evicted() {
            self.0.evicted(1);
        }
    }
}

/// The keys of these entries that match.
fn meant<K: Display, V>(
    entries: impl Iterator<Item = (Arc<K>, V)>,
    pattern: &Pattern,
) -> Vec<Arc<K>> {
    let keys = entries.map(|(key, _)| key);
    keys.filter(|key| pattern.matches(key.to_string()))
        .collect()
}
