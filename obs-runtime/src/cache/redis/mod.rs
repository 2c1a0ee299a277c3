//! Keys in Redis.

mod keys;
mod server;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ::redis::aio::ConnectionLike;
use ::redis::{FromRedisValue, RedisResult, ToSingleRedisArg, cmd};

use self::server::Server;
use super::{
    Cache, CacheKind, CacheOperation, CacheStats, ClearError, Cleared, Clearing, Meter, Pattern,
};

/// A cache in Redis: the keys of one database that begin with a prefix, over the program's own connection, such as a
/// `MultiplexedConnection` or a `ConnectionManager`, which connects again by itself.
///
/// Hits and misses are those of this handle and its clones. How many keys there are is looked up in the
/// background, at most every ten seconds, once somebody asks: with a prefix they are counted by `SCAN`, as
/// long as that takes no more than 100 calls; without one, the size of the database, the memory of the server and what it
/// evicted are shown, whoever else is in there.
///
/// Clearing goes through the keys by `SCAN` and removes them by `UNLINK`, so the server is never held up. Whatever
/// the server answers, a key that does not begin with the prefix and match the pattern stays. A server that is part of a
/// cluster has some of its keys alone: nothing is cleared or counted there, and clearing is an error that says so.
///
/// ```no_run
/// use std::time::Duration;
/// use obs_runtime::cache::{self, Redis};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let client = redis::Client::open("redis://127.0.0.1/0")?;
/// let connection = client.get_multiplexed_async_connection().await?;
/// let sessions = Redis::new("sessions", "shop:session:", connection);
/// cache::register(sessions.clone())?;
///
/// sessions.insert("17", "ada", Duration::from_secs(600)).await?;
/// let found: Option<String> = sessions.get("17").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Redis<C> {
    prefix: Arc<str>,
    connection: C,
    meter: Meter,
    server: Arc<Server>,
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Redis<C> {
    /// The keys that begin with `prefix`; with an empty one, all of the database.
    #[must_use]
    pub fn new(name: impl Into<String>, prefix: impl Into<Arc<str>>, connection: C) -> Self {
        Self {
            prefix: prefix.into(),
            connection,
            meter: Meter::new(name),
            server: Arc::default(),
        }
    }

    /// The value of a key, without the prefix.
    ///
    /// # Errors
    ///
    /// If Redis does not answer, or the value is of another type. That is neither a hit nor a miss.
    pub async fn get<T: FromRedisValue>(&self, key: &str) -> RedisResult<Option<T>> {
        let _timer = self.meter.time(CacheOperation::Get);
        let mut connection = self.connection.clone();
        let found: Option<T> = cmd("GET")
            .arg(self.full(key))
            .query_async(&mut connection)
            .await?;
        self.meter.looked_up(found.is_some());
        Ok(found)
    }

    /// Sets the value of a key, which goes by itself after a time: at least a millisecond.
    ///
    /// # Errors
    ///
    /// If Redis does not answer.
    pub async fn insert(
        &self,
        key: &str,
        value: impl ToSingleRedisArg,
        time_to_live: Duration,
    ) -> RedisResult<()> {
        let _timer = self.meter.time(CacheOperation::Insert);
        let mut connection = self.connection.clone();
        let millis = u64::try_from(time_to_live.as_millis()).unwrap_or(u64::MAX);
        cmd("SET")
            .arg(self.full(key))
            .arg(value)
            .arg("PX")
            .arg(millis.max(1))
            .query_async(&mut connection)
            .await
    }

    /// Removes a key, and says whether it was there.
    ///
    /// # Errors
    ///
    /// If Redis does not answer.
    pub async fn remove(&self, key: &str) -> RedisResult<bool> {
        let _timer = self.meter.time(CacheOperation::Remove);
        let mut connection = self.connection.clone();
        cmd("UNLINK")
            .arg(self.full(key))
            .query_async(&mut connection)
            .await
    }

    /// Removes the keys that match behind the prefix, for at most 15 seconds.
    ///
    /// # Errors
    ///
    /// If Redis does not answer; the text says how many keys were removed before that. If the server is part of a
    /// cluster; nothing is removed then.
    pub async fn clear(&self, pattern: &Pattern) -> Result<Cleared, ClearError> {
        let _timer = self.meter.time(CacheOperation::Clear);
        let connection = self.connection.clone();
        let cleared = keys::clear(connection, &self.prefix, pattern, keys::LIMIT).await;
        self.server.look(&self.connection, &self.prefix);
        cleared
    }

    fn full(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Cache for Redis<C> {
    fn name(&self) -> &str {
        self.meter.name()
    }

    fn kind(&self) -> CacheKind {
        CacheKind::Redis
    }

    fn stats(&self) -> CacheStats {
        let seen = self.server.seen(&self.connection, &self.prefix);
        CacheStats {
            entries: seen.entries,
            bytes: seen.bytes,
            evictions: seen.evictions,
            ..self.meter.stats()
        }
    }

    fn clear<'a>(&'a self, pattern: &'a Pattern) -> Option<Clearing<'a>> {
        Some(Box::pin(self.clear(pattern)))
    }
}

impl<C> fmt::Debug for Redis<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis")
            .field("name", &self.meter.name())
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
