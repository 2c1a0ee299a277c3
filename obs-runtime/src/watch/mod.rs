//! Gauges of what the program has anyway: pools, queues, connections.
//!
//! A closure says how things are, and is asked at every scrape. It is a collector of its own: one that panics or
//! hangs costs its own series and is counted in `obs_collector_errors_total`.
//!
//! | what | metrics |
//! |---|---|
//! | [`pool`] | `pool_size` by `pool` and `state` (`idle`, `used`), `pool_max_size`, `pool_waiting` |
//! | `sqlx_pool` (feature `sqlx`) | `db_client_connections` by `db_client_connection_pool_name` and `db_client_connection_state`, `db_client_connection_max` |
//! | [`queue`], `channel` (feature `tokio`) | `queue_depth`, `queue_capacity` by `queue` |
//! | [`connections`] | `open_connections` by `of` |
//!
//! ```
//! use std::sync::{Arc, Mutex};
//! use obs_runtime::metric::Registry;
//! use obs_runtime::metric::snapshot::Value;
//! use obs_runtime::watch::{self, QueueState};
//!
//! let mails = Arc::new(Mutex::new(vec!["welcome", "invoice"]));
//! let waiting = mails.clone();
//! watch::queue("mails", move || QueueState::new(waiting.lock().map_or(0, |mails| mails.len() as u64)));
//!
//! let snapshot = Registry::global().snapshot();
//! let depth = snapshot.family("queue_depth").unwrap();
//! assert_eq!(depth.series[0].value, Value::Gauge(2.0));
//! ```

#[cfg(feature = "tokio")]
mod channel;
#[cfg(feature = "sqlx")]
mod database;
#[cfg(test)]
mod tests;

use crate::collect::{Collect, Sink};
use crate::metric::{Registration, Registry};

#[cfg(feature = "tokio")]
pub use self::channel::channel;
#[cfg(feature = "sqlx")]
pub use self::database::sqlx_pool;

/// How full a pool is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolState {
    /// What is in use.
    pub used: u64,
    /// What is there and not in use.
    pub idle: u64,
    /// How much there can be.
    pub max: Option<u64>,
    /// Who waits for something to become idle.
    pub waiting: Option<u64>,
}

impl PoolState {
    /// So much in use, and so much idle.
    #[must_use]
    pub const fn new(used: u64, idle: u64) -> Self {
        Self {
            used,
            idle,
            max: None,
            waiting: None,
        }
    }

    /// The same in a pool that can be so big.
    #[must_use]
    pub const fn max(self, max: u64) -> Self {
        Self {
            max: Some(max),
            ..self
        }
    }

    /// The same with so many who wait.
    #[must_use]
    pub const fn waiting(self, waiting: u64) -> Self {
        Self {
            waiting: Some(waiting),
            ..self
        }
    }
}

/// How full a queue is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueState {
    /// What waits in it.
    pub depth: u64,
    /// How much it can hold.
    pub capacity: Option<u64>,
}

impl QueueState {
    /// So much in it.
    #[must_use]
    pub const fn new(depth: u64) -> Self {
        Self {
            depth,
            capacity: None,
        }
    }

    /// The same in a queue that can hold so much.
    #[must_use]
    pub const fn capacity(self, capacity: u64) -> Self {
        Self {
            capacity: Some(capacity),
            ..self
        }
    }
}

/// Something that is watched. It goes on when this is dropped.
#[derive(Debug)]
pub struct Watched(Registration);

impl Watched {
    /// Watches it no more.
    pub fn remove(self) {
        Registry::global().unregister(self.0);
    }
}

/// Watches a pool of anything: connections, buffers, threads. `read` may say `None` where there is nothing to say, as
/// when the pool is gone.
///
/// ```
/// use obs_runtime::watch::{self, PoolState};
///
/// watch::pool("renderers", || PoolState::new(3, 1).max(8).waiting(0));
/// ```
pub fn pool<S>(name: impl Into<String>, read: impl Fn() -> S + Send + Sync + 'static) -> Watched
where
    S: Into<Option<PoolState>>,
{
    let name = name.into();
    watch("pool", move |sink| {
        if let Some(state) = read().into() {
            pool_gauges(&name, state, sink);
        }
    })
}

/// Watches a queue.
pub fn queue<S>(name: impl Into<String>, read: impl Fn() -> S + Send + Sync + 'static) -> Watched
where
    S: Into<Option<QueueState>>,
{
    let name = name.into();
    watch("queue", move |sink| {
        if let Some(state) = read().into() {
            queue_gauges(&name, state, sink);
        }
    })
}

/// Watches how many connections of a kind are open, such as those of a server for web sockets.
///
/// ```
/// use std::sync::Arc;
/// use obs_runtime::watch;
///
/// let viewers = Arc::new(());
/// let seen = Arc::downgrade(&viewers);
/// watch::connections("viewers", move || seen.strong_count() as u64);
/// ```
pub fn connections<S>(
    name: impl Into<String>,
    read: impl Fn() -> S + Send + Sync + 'static,
) -> Watched
where
    S: Into<Option<u64>>,
{
    let name = name.into();
    watch("connections", move |sink| {
        let labels = [("of", name.as_str())];
        let help = "Connections that are open.";
        sink.gauge("open_connections", help, "", &labels, number(read().into()));
    })
}

fn pool_gauges(pool: &str, state: PoolState, sink: &mut Sink<'_>) {
    let labels = [("pool", pool)];
    for (word, size) in [("idle", state.idle), ("used", state.used)] {
        let labels = [("pool", pool), ("state", word)];
        let help = "What there is in a pool, by whether it is in use.";
        sink.gauge("pool_size", help, "", &labels, size as f64);
    }
    let help = "How much there can be in a pool.";
    sink.gauge("pool_max_size", help, "", &labels, number(state.max));
    let help = "Who waits for something in a pool to become idle.";
    sink.gauge("pool_waiting", help, "", &labels, number(state.waiting));
}

fn queue_gauges(queue: &str, state: QueueState, sink: &mut Sink<'_>) {
    let labels = [("queue", queue)];
    let help = "What waits in a queue.";
    sink.gauge("queue_depth", help, "", &labels, state.depth as f64);
    let help = "How much a queue can hold.";
    sink.gauge("queue_capacity", help, "", &labels, number(state.capacity));
}

fn number(count: Option<u64>) -> Option<f64> {
    count.map(|count| count as f64)
}

/// Registers a closure as a collector of this name.
fn watch(collector: &'static str, read: impl Fn(&mut Sink<'_>) + Send + Sync + 'static) -> Watched {
    Watched(Registry::global().register_collector(Reading { collector, read }))
}

struct Reading<F> {
    collector: &'static str,
    read: F,
}

impl<F: Fn(&mut Sink<'_>) + Send + Sync> Collect for Reading<F> {
    fn name(&self) -> &str {
        self.collector
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        (self.read)(sink);
    }
}
