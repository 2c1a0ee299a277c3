//! A cache of `moka` for tasks.

use std::borrow::Borrow;
use std::fmt::{self, Display};
use std::future::Future;
use std::hash::Hash;
use std::pin::pin;
use std::task::{Context, Waker};

use ::moka::future::{Cache as Inner, CacheBuilder};

use super::{Metered, meant};
use crate::cache::{Cache, CacheOperation, CacheStats, Cleared, Clearing, Pattern};

/// A [`moka::future::Cache`] that counts what is done with it: [`Moka`](super::Moka) for tasks.
///
/// ```
/// use obs_runtime::cache::{self, AsyncMoka};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let prices: AsyncMoka<String, u64> =
///     AsyncMoka::build("docs-async-prices", moka::future::Cache::builder().max_capacity(1_000));
/// cache::register(prices.clone())?;
/// assert_eq!(prices.get_with("mug".to_owned(), async { 1_250 }).await, 1_250);
/// assert_eq!(prices.get("mug").await, Some(1_250));
/// # Ok::<(), cache::CacheError>(())
/// # }).unwrap();
/// ```
pub struct AsyncMoka<K, V>(Metered<Inner<K, V>>);

impl<K, V> AsyncMoka<K, V>
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
    pub async fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.meter.get_async(self.0.cache.get(key)).await
    }

    /// The value of a key, which `make` gives if there is none. Tasks that ask at the same time wait for one of them. What
    /// `make` takes counts.
    pub async fn get_with(&self, key: K, make: impl Future<Output = V>) -> V {
        let timer = self.0.meter.time(CacheOperation::Get);
        let entry = self.0.cache.entry(key).or_insert_with(make).await;
        drop(timer);
        self.0.meter.looked_up(!entry.is_fresh());
        entry.into_value()
    }

    /// Sets the value of a key.
    pub async fn insert(&self, key: K, value: V) {
        let _timer = self.0.meter.time(CacheOperation::Insert);
        self.0.cache.insert(key, value).await;
    }

    /// Removes a key, and gives its value.
    pub async fn remove<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let _timer = self.0.meter.time(CacheOperation::Remove);
        self.0.cache.remove(key).await
    }

    /// The cache itself, for everything else. What is done there is not measured.
    #[must_use]
    pub fn inner(&self) -> &Inner<K, V> {
        &self.0.cache
    }

    /// Has `moka` count its entries, which it does by itself only while it is used. It waits for nothing: what another
    /// task is at already is left to that one.
    fn tidy_up(&self) {
        let tidying = pin!(self.0.cache.run_pending_tasks());
        let _ = tidying.poll(&mut Context::from_waker(Waker::noop()));
    }

    async fn clear_now(&self, pattern: &Pattern) -> u64 {
        let _timer = self.0.meter.time(CacheOperation::Clear);
        let meant = meant(self.0.cache.iter(), pattern);
        let mut removed = 0;
        for key in meant {
            removed += u64::from(self.0.cache.remove(&*key).await.is_some());
        }
        self.0.cache.run_pending_tasks().await;
        removed
    }
}

impl<K, V> Cache for AsyncMoka<K, V>
where
    K: Hash + Eq + Display + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    fn name(&self) -> &str {
        self.0.meter.name()
    }

    fn stats(&self) -> CacheStats {
        self.tidy_up();
        let (entries, size) = (self.0.cache.entry_count(), self.0.cache.weighted_size());
        self.0.stats(entries, size)
    }

    fn clear<'a>(&'a self, pattern: &'a Pattern) -> Option<Clearing<'a>> {
        Some(Box::pin(async {
            Ok(Cleared::all(self.clear_now(pattern).await))
        }))
    }
}

impl<K, V> Clone for AsyncMoka<K, V> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K, V> fmt::Debug for AsyncMoka<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AsyncMoka").field(&self.0.meter).finish()
    }
}
