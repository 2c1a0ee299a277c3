//! The tokio runtimes of the program.
//!
//! Only what tokio has declared stable is read, so no `--cfg tokio_unstable` is needed.

use std::fmt;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeMetrics};

use super::{Collect, Sink};

#[cfg(test)]
mod tests;

/// How many runtimes can be watched at once.
pub const MAX_RUNTIMES: usize = 16;

/// How many workers of one runtime are listed.
pub const MAX_WORKERS: usize = 256;

/// Collects `tokio_*` of the runtimes that were registered with it.
///
/// A registration does not keep a runtime alive: once it is shut down, its series are
/// gone. What tells is one idle task that is spawned on the runtime and that the
/// runtime drops when it ends; `tokio_alive_tasks` leaves it out.
///
/// ```
/// use obs_runtime::collect::{Collect, Runtimes, Sink};
///
/// let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// let runtimes = Runtimes::new();
/// runtimes.register("main", tokio.handle()).unwrap();
///
/// let mut families = Vec::new();
/// runtimes.collect(&mut Sink::new(&mut families));
/// assert_eq!(families[0].name, "tokio_workers");
/// ```
#[derive(Debug, Default)]
pub struct Runtimes {
    watched: Mutex<Vec<Watched>>,
}

#[derive(Debug)]
struct Watched {
    name: String,
    handle: Handle,
    alive: Weak<()>,
}

/// Why a runtime was not registered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegisterError {
    /// Another runtime that still runs has this name.
    NameTaken(String),
    /// [`MAX_RUNTIMES`] runtimes are registered and run.
    TooMany,
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NameTaken(name) => write!(
                f,
                "a running tokio runtime is already registered as `{name}`; register this one by another name"
            ),
            Self::TooMany => write!(
                f,
                "{MAX_RUNTIMES} tokio runtimes are registered already; register only those that matter"
            ),
        }
    }
}

impl std::error::Error for RegisterError {}

impl Runtimes {
    /// A collector without runtimes.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            watched: Mutex::new(Vec::new()),
        }
    }

    /// The collector that `/metrics` of this process shows.
    #[must_use]
    pub fn global() -> &'static Self {
        static GLOBAL: OnceLock<Runtimes> = OnceLock::new();
        GLOBAL.get_or_init(Self::new)
    }

    /// Watches the runtime of `handle`; `name` becomes the label `runtime`.
    ///
    /// Registering a runtime a second time keeps its first name.
    ///
    /// # Errors
    ///
    /// [`RegisterError`] if the name is in use or there is no more room.
    pub fn register(&self, name: impl Into<String>, handle: &Handle) -> Result<(), RegisterError> {
        let name = name.into();
        let gone = self.take_gone();
        let sign = Arc::new(());
        {
            let mut watched = self.lock();
            if watched.iter().any(|other| other.handle.id() == handle.id()) {
                return Ok(());
            }
            if watched.iter().any(|other| other.name == name) {
                return Err(RegisterError::NameTaken(name));
            }
            if watched.len() >= MAX_RUNTIMES {
                return Err(RegisterError::TooMany);
            }
            watched.push(Watched {
                name,
                handle: handle.clone(),
                alive: Arc::downgrade(&sign),
            });
        }
        // The sign lives as long as the task, and the task as long as the runtime. On
        // a runtime that has ended already it is dropped at once.
        handle.spawn(async move {
            let _sign = sign;
            pending::<()>().await;
        });
        drop(gone);
        Ok(())
    }

    /// Removes the runtimes that have ended. The caller drops them outside of the lock.
    fn take_gone(&self) -> Vec<Watched> {
        let ended = |runtime: &mut Watched| runtime.alive.strong_count() == 0;
        self.lock().extract_if(.., ended).collect()
    }

    /// The runtimes that are watched, by name.
    pub(crate) fn running(&self) -> Vec<(String, RuntimeMetrics)> {
        let metrics = |runtime: &Watched| (runtime.name.clone(), runtime.handle.metrics());
        self.lock().iter().map(metrics).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Collect for Runtimes {
    fn name(&self) -> &str {
        "runtime"
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        drop(self.take_gone());
        for (name, metrics) in self.running() {
            whole(&name, &metrics, sink);
            workers(&name, &metrics, sink);
        }
    }
}

fn whole(name: &str, metrics: &RuntimeMetrics, sink: &mut Sink<'_>) {
    let labels = [("runtime", name)];
    // The task that this collector spawned is not the program's.
    let tasks = metrics.num_alive_tasks().saturating_sub(1);
    let mut gauge = |name, help, value: usize| sink.gauge(name, help, "", &labels, value as f64);
    gauge(
        "tokio_workers",
        "Worker threads of the runtime.",
        metrics.num_workers(),
    );
    gauge(
        "tokio_alive_tasks",
        "Tasks of the runtime that have not ended.",
        tasks,
    );
    gauge(
        "tokio_global_queue_depth",
        "Tasks that wait for any worker of the runtime.",
        metrics.global_queue_depth(),
    );
}

/// Tokio keeps these numbers where 64-bit atomics exist.
#[cfg(target_has_atomic = "64")]
fn workers(name: &str, metrics: &RuntimeMetrics, sink: &mut Sink<'_>) {
    let count = metrics.num_workers();
    for worker in 0..count.min(MAX_WORKERS) {
        let number = worker.to_string();
        let labels = [("runtime", name), ("worker", number.as_str())];
        let busy: Duration = metrics.worker_total_busy_duration(worker);
        sink.counter(
            "tokio_worker_busy_seconds_total",
            "Time that the worker spent with tasks.",
            "seconds",
            &labels,
            busy.as_secs_f64(),
        );
        sink.counter(
            "tokio_worker_parks_total",
            "Times the worker had nothing to do and went to sleep.",
            "",
            &labels,
            metrics.worker_park_count(worker) as f64,
        );
    }
    sink.drop_samples(2 * count.saturating_sub(MAX_WORKERS) as u64);
}

#[cfg(not(target_has_atomic = "64"))]
fn workers(_name: &str, _metrics: &RuntimeMetrics, _sink: &mut Sink<'_>) {}
