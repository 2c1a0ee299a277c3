//! A cache of `moka` for threads.

use std::borrow::Borrow;
use std::fmt::{self, Display};
use std::hash::Hash;

use ::moka::sync::{Cache as Inner, CacheBuilder};

use super::{Metered, meant};
use crate::cache::{Cache, CacheOperation, CacheStats, Cleared, Clearing, Pattern};

/// A [`moka::sync::Cache`] that counts what is done with it. Clones are the same cache.
///
/// Patterns are compared with the keys as [`Display`] writes them.
///
/// ```
/// use obs_runtime::cache::{self, Moka};
///
/// let prices: Moka<String, u64> = Moka::build("docs-moka-prices", moka::sync::Cache::builder().max_capacity(1_000));
/// cache::register(prices.clone())?;
/// assert_eq!(prices.get("mug"), None);
/// assert_eq!(prices.get_with("mug".to_owned(), || 1_250), 1_250);
/// assert_eq!(prices.get("mug"), Some(1_250));
/// # Ok::<(), cache::CacheError>(())
/// ```
pub struct Moka<K, V>(Metered<Inner<K, V>>);

impl<K, V> Moka<K, V>
where
    K: Hash + Eq + Display + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The cache that `builder` makes. Its eviction listener is replaced by one that counts.
    #[must_use]
    pub fn build(name: impl Into<String>, builder: CacheBuilder<K, V, Inner<K, V>>) -> Self {
        Self(Metered::new(name, |evictions| {
            let listener = move |_, _, cause| evictions.note(cause);
            builder.eviction_listener(listener).build()
        }))
    }

    /// Says that the builder's weigher gives bytes, so that they are shown.
    #[must_use]
    pub fn weighed_in_bytes(self) -> Self {
        Self(self.0.weighed_in_bytes())
    }

    /// The value of a key.
    pub fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.meter.get(|| self.0.cache.get(key))
    }

    /// The value of a key, which `make` gives if there is none. Threads that ask at the same time wait for one of them. What
    /// `make` takes counts.
    pub fn get_with(&self, key: K, make: impl FnOnce() -> V) -> V {
        let timer = self.0.meter.time(CacheOperation::Get);
        let entry = self.0.cache.entry(key).or_insert_with(make);
        drop(timer);
        self.0.meter.looked_up(!entry.is_fresh());
        entry.into_value()
    }

    /// Sets the value of a key.
    pub fn insert(&self, key: K, value: V) {
        let _timer = self.0.meter.time(CacheOperation::Insert);
        self.0.cache.insert(key, value);
    }

    /// Removes a key, and gives its value.
    pub fn remove<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let _timer = self.0.meter.time(CacheOperation::Remove);
        self.0.cache.remove(key)
    }

    /// The cache itself, for everything else. What is done there is not measured.
    #[must_use]
    pub fn inner(&self) -> &Inner<K, V> {
        &self.0.cache
    }

    fn clear_now(&self, pattern: &Pattern) -> u64 {
        let _timer = self.0.meter.time(CacheOperation::Clear);
        let meant = meant(self.0.cache.iter(), pattern);
        let removed = meant.iter().filter_map(|key| self.0.cache.remove(&**key));
        removed.count() as u64
    }
}

impl<K, V> Cache for Moka<K, V>
where
    K: Hash + Eq + Display + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn name(&self) -> &str {
        self.0.meter.name()
    }

    fn stats(&self) -> CacheStats {
        // Entries are counted when `moka` tidies up, which it does by itself only while it is used.
        self.0.cache.run_pending_tasks();
        let (entries, size) = (self.0.cache.entry_count(), self.0.cache.weighted_size());
        self.0.stats(entries, size)
    }

    fn clear<'a>(&'a self, pattern: &'a Pattern) -> Option<Clearing<'a>> {
        Some(Box::pin(async {
            let removed = self.clear_now(pattern);
            self.0.cache.run_pending_tasks();
            Ok(Cleared::all(removed))
        }))
    }
}

impl<K, V> Clone for Moka<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V> fmt::Debug for Moka<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Moka").field(&self.0.meter).finish()
    }
}
