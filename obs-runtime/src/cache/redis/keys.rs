//! Going through keys by `SCAN`.

use std::time::{Duration, Instant};

use ::redis::aio::ConnectionLike;
use ::redis::{FromRedisValue as _, InfoDict, RedisResult, Value, cmd};

use crate::cache::{ClearError, Cleared, Pattern};

/// For how long keys are looked through.
pub(super) const LIMIT: Duration = Duration::from_secs(15);
/// Keys that the server looks at in one call: about a millisecond of its time.
const AT_ONCE: usize = 1_000;
/// Calls that counting may take.
const MAX_CALLS: usize = 100;

/// Why nothing is removed in a cluster.
const IN_CLUSTER: &str = "the server is part of a Redis cluster, where `SCAN` finds the keys of one server alone, so \
     nothing was removed; clear by a client that asks every server of the cluster";

/// The way through the keys of a database that match a pattern.
struct Scan<C> {
    connection: C,
    pattern: String,
    /// `None` at the end.
    cursor: Option<u64>,
}

impl<C: ConnectionLike> Scan<C> {
    /// The keys that begin with `prefix` and go on as `rest` says.
    fn new(connection: C, prefix: &str, rest: &str) -> Self {
        Self {
            connection,
            pattern: format!("{}{rest}", Pattern::escape(prefix)),
            cursor: Some(0),
        }
    }

    /// The next keys, also none of them, or `None` at the end. A key may come several times.
    async fn next(&mut self) -> RedisResult<Option<Vec<Vec<u8>>>> {
        let Some(cursor) = self.cursor else {
            return Ok(None);
        };
        let (next, keys): (u64, Vec<Vec<u8>>) = cmd("SCAN")
            .arg(cursor)
            .arg("MATCH")
            .arg(&self.pattern)
            .arg("COUNT")
            .arg(AT_ONCE)
            .query_async(&mut self.connection)
            .await?;
        self.cursor = (next != 0).then_some(next);
        Ok(Some(keys))
    }

    /// Removes keys, and says how many were there.
    async fn unlink(&mut self, keys: &[Vec<u8>]) -> RedisResult<u64> {
        match keys.is_empty() {
            true => Ok(0),
            false => {
                let mut unlink = cmd("UNLINK");
                unlink.arg(keys).query_async(&mut self.connection).await
            }
        }
    }
}

/// Whether the server has a part of the keys of a cluster. One that the program may not ask this counts as alone.
pub(super) async fn is_in_cluster<C: ConnectionLike>(connection: &mut C) -> bool {
    let mut info = cmd("INFO");
    let said: RedisResult<Value> = info.arg("cluster").query_async(connection).await;
    match said {
        // A connection to a cluster asks several servers.
        Ok(Value::Map(_)) => true,
        Ok(said) => {
            let said = InfoDict::from_redis_value(said);
            said.is_ok_and(|said| said.get::<u8>("cluster_enabled") == Some(1))
        }
        Err(_) => false,
    }
}

/// Removes the keys that begin with `prefix` and match behind it. After `limit` it stops.
pub(super) async fn clear<C: ConnectionLike>(
    mut connection: C,
    prefix: &str,
    pattern: &Pattern,
    limit: Duration,
) -> Result<Cleared, ClearError> {
    let deadline = Instant::now() + limit;
    if is_in_cluster(&mut connection).await {
        return Err(IN_CLUSTER.into());
    }
    let mut entries = 0;
    let cleared = clear_counting(connection, prefix, pattern, deadline, &mut entries).await;
    match cleared {
        Ok(true) => Ok(Cleared::all(entries)),
        Ok(false) => Ok(Cleared::part(entries)),
        Err(error) => Err(format!("{error}; {entries} keys were removed before that").into()),
    }
}

/// Says whether all keys were looked at.
async fn clear_counting<C: ConnectionLike>(
    connection: C,
    prefix: &str,
    pattern: &Pattern,
    deadline: Instant,
    removed: &mut u64,
) -> RedisResult<bool> {
    let mut scan = Scan::new(connection, prefix, pattern.as_redis());
    while let Some(mut keys) = scan.next().await? {
        // The server has compared them already. What would be lost by its mistake is compared once more.
        keys.retain(|key| is_meant(key, prefix, pattern));
        for keys in keys.chunks(AT_ONCE) {
            *removed += scan.unlink(keys).await?;
        }
        if scan.cursor.is_some() && Instant::now() >= deadline {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_meant(key: &[u8], prefix: &str, pattern: &Pattern) -> bool {
    key.strip_prefix(prefix.as_bytes())
        .is_some_and(|rest| pattern.matches(rest))
}

/// How many keys begin with `prefix`; `None` if there are too many to be looked through. Keys that come and go meanwhile
/// may count or not.
pub(super) async fn count<C: ConnectionLike>(
    connection: C,
    prefix: &str,
) -> RedisResult<Option<u64>> {
    let mut scan = Scan::new(connection, prefix, "*");
    let mut found = 0;
    for _ in 0..MAX_CALLS {
        match scan.next().await? {
            Some(keys) => found += keys.len() as u64,
            None => return Ok(Some(found)),
        }
    }
    Ok(scan.cursor.is_none().then_some(found))
}
