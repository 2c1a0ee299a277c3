//! What the server says of its keys, looked up in the background.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ::redis::aio::ConnectionLike;
use ::redis::{InfoDict, RedisResult, cmd};
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::keys;

/// How old what is known may become before it is looked up anew.
const FRESH: Duration = Duration::from_secs(10);
/// How long looking it up may take.
const LIMIT: Duration = Duration::from_secs(5);

/// What was seen last, and the look under way.
#[derive(Debug)]
pub(super) struct Server {
    runtime: Option<Handle>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    seen: Seen,
    /// When the last look was due.
    looked: Option<Instant>,
    /// The looks that have begun.
    looks: u64,
}

/// What the server said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) entries: Option<u64>,
    pub(super) bytes: Option<u64>,
    pub(super) evictions: Option<u64>,
}

/// For the runtime that it is made in: without one, nothing is looked up.
impl Default for Server {
    fn default() -> Self {
        Self {
            runtime: Handle::try_current().ok(),
            state: Mutex::default(),
        }
    }
}

impl Server {
    /// What was seen last. If that is old, another look begins, which nobody waits for.
    pub(super) fn seen<C>(self: &Arc<Self>, connection: &C, prefix: &Arc<str>) -> Seen
    where
        C: ConnectionLike + Clone + Send + Sync + 'static,
    {
        let (seen, is_due) = self.state().take_turn();
        if is_due {
            self.look(connection, prefix);
        }
        seen
    }

    /// Looks in the background, whatever the age of what was seen.
    pub(super) fn look<C>(self: &Arc<Self>, connection: &C, prefix: &Arc<str>)
    where
        C: ConnectionLike + Clone + Send + Sync + 'static,
    {
        let Some(runtime) = &self.runtime else {
            return;
        };
        let (server, connection, prefix) = (self.clone(), connection.clone(), prefix.clone());
        let looks = {
            let mut state = self.state();
            state.looks += 1;
            state.looks
        };
        runtime.spawn(async move {
            let seen = timeout(LIMIT, look(connection, &prefix)).await;
            server.state().see(looks, seen.ok().and_then(Result::ok));
        });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// What was seen, and whether the caller is the one to look again.
    fn take_turn(&mut self) -> (Seen, bool) {
        let now = Instant::now();
        let is_due = self.looked.is_none_or(|looked| now - looked >= FRESH);
        if is_due {
            self.looked = Some(now);
        }
        (self.seen, is_due)
    }

    /// What a look saw, unless another one has begun since. What is not known any more is shown no more.
    fn see(&mut self, look: u64, seen: Option<Seen>) {
        if look == self.looks {
            self.seen = seen.unwrap_or_default();
        }
    }
}

async fn look<C: ConnectionLike + Clone>(mut connection: C, prefix: &str) -> RedisResult<Seen> {
    if keys::is_in_cluster(&mut connection).await {
        return Ok(Seen::default());
    }
    if !prefix.is_empty() {
        let entries = keys::count(connection, prefix).await?;
        return Ok(Seen {
            entries,
            ..Seen::default()
        });
    }
    let entries = cmd("DBSIZE").query_async(&mut connection).await?;
    let info: InfoDict = cmd("INFO").query_async(&mut connection).await?;
    Ok(Seen {
        entries: Some(entries),
        bytes: info.get("used_memory"),
        evictions: info.get("evicted_keys"),
    })
}
