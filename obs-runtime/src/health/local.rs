//! Evidence from inside the process, the only kind that a liveness check may have.
//!
//! A liveness check that fails ends the process, and a restart repairs nothing outside of it: with a database
//! behind it, the failure of that one database restarts every instance at once, and again and again. So such a
//! check is no code that runs at every look. It is a [`Liveness`]: a list, made once, of things in this process that obs
//! itself looks at. The trait for them is sealed, and no result of other code converts into one.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, RwLock, TryLockError};
use std::time::{Duration, Instant};

use obs_schema::value::format_duration;

use super::probe::{BoxedHealth, Probe};
use super::status::Health;
use crate::hot::clock;

/// For how long a look at a lock or a runtime waits.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often a lock is tried meanwhile.
const PAUSE: Duration = Duration::from_millis(1);

pub(super) mod sealed {
    use crate::health::Health;

    /// Keeps others from calling something local that is not.
    pub trait Local: Send + Sync + 'static {
        /// Looks once, within about half a second.
        fn look(&self) -> Health;
    }
}

/// Something inside the process that says whether it lives: a [`Liveness`], a [`Heartbeat`], or
/// [`ready::Memory`](super::ready::Memory).
///
/// The trait is sealed. What asks another process, a disk or the network does not have it, so a liveness check on
/// one does not compile:
///
#[cfg_attr(feature = "macros", doc = "```compile_fail,E0277")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use obs_runtime::health_check;
///
/// #[health_check("database", kind = liveness)]
/// fn database() -> Result<(), std::io::Error> {
///     std::net::TcpStream::connect("db:5432").map(drop)
/// }
/// ```
///
/// The limit of that: the compiler cannot see why a heartbeat stopped. A loop that beats only after each answer of a
/// database makes its liveness depend on it all the same. Beat where the loop comes around, not where work succeeds.
#[diagnostic::on_unimplemented(
    message = "a liveness check cannot depend on `{Self}`: only on what is inside the process",
    label = "not a `LocalCheck`",
    note = "return `Liveness` (heartbeats, locks, the runtime, memory), or write `kind = readiness`: \
            a restart does not repair what is outside"
)]
pub trait LocalCheck: sealed::Local {}

/// What shows that the process lives: all of it must.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use std::sync::Mutex;
/// use std::time::Duration;
/// use obs_runtime::health::{Heartbeat, Liveness};
/// use obs_runtime::health_check;
///
/// static IMPORTER: Heartbeat = Heartbeat::new(Duration::from_secs(30));
/// static ORDERS: Mutex<Vec<u64>> = Mutex::new(Vec::new());
///
/// #[health_check("worker", kind = liveness, unhealthy_threshold = 3)]
/// fn worker() -> Liveness {
///     Liveness::new().heartbeat("importer", &IMPORTER).mutex("orders", &ORDERS)
/// }
///
/// // In the importer's loop:
/// IMPORTER.beat();
/// ```
#[derive(Default)]
#[must_use = "it is what a liveness check looks at"]
pub struct Liveness {
    evidence: Vec<(&'static str, Box<dyn sealed::Local>)>,
}

impl Liveness {
    /// Nothing yet: that the check runs at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// The heart beats.
    pub fn heartbeat(self, name: &'static str, heartbeat: &'static Heartbeat) -> Self {
        self.and(name, heartbeat)
    }

    /// The lock can be had: nobody has held it for half a second. A poisoned one counts as free.
    pub fn mutex<T: Send + ?Sized>(self, name: &'static str, mutex: &'static Mutex<T>) -> Self {
        let is_free = || !matches!(mutex.try_lock(), Err(TryLockError::WouldBlock));
        self.with(name, Lock(is_free))
    }

    /// The same of a lock for readers and writers, to be written.
    pub fn rw_lock<T: Send + Sync + ?Sized>(
        self,
        name: &'static str,
        lock: &'static RwLock<T>,
    ) -> Self {
        let is_free = || !matches!(lock.try_write(), Err(TryLockError::WouldBlock));
        self.with(name, Lock(is_free))
    }

    /// A tokio runtime still runs tasks: one that is spawned ends within half a second.
    #[cfg(feature = "tokio")]
    pub fn runtime(self, name: &'static str, runtime: &tokio::runtime::Handle) -> Self {
        self.with(name, super::runtime::Pulse::new(runtime.clone()))
    }

    /// Something else that is local.
    pub fn and(self, name: &'static str, local: impl LocalCheck) -> Self {
        self.with(name, local)
    }

    fn with(mut self, name: &'static str, local: impl sealed::Local) -> Self {
        self.evidence.push((name, Box::new(local)));
        self
    }
}

impl LocalCheck for Liveness {}

impl sealed::Local for Liveness {
    fn look(&self) -> Health {
        let looks = self
            .evidence
            .iter()
            .map(|(name, local)| (*name, local.look()));
        let worst = looks.max_by_key(|(_, health)| health.status());
        match worst {
            Some((name, health)) if !health.message().is_empty() => {
                let message = format!("{name}: {}", health.message());
                match health.is_failure() {
                    true => Health::unhealthy(message),
                    false => Health::degraded(message),
                }
            }
            _ => Health::healthy(),
        }
    }
}

impl fmt::Debug for Liveness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.evidence.iter().map(|(name, _)| name))
            .finish()
    }
}

/// The sign of life of a loop: it beats each time around.
///
/// A beat is one store. The time until the first one counts from the first look.
#[derive(Debug)]
pub struct Heartbeat {
    within: Duration,
    /// In ticks; 0 before the first beat or look.
    last: AtomicU64,
}

impl Heartbeat {
    /// A heart that is dead if it does not beat for longer than `within`.
    #[must_use]
    pub const fn new(within: Duration) -> Self {
        Self {
            within,
            last: AtomicU64::new(0),
        }
    }

    /// Beats.
    pub fn beat(&self) {
        self.last.store(clock::ticks().max(1), Relaxed);
    }

    fn silence(&self) -> Duration {
        let now = clock::ticks().max(1);
        let last = match self.last.compare_exchange(0, now, Relaxed, Relaxed) {
            Ok(_) => now,
            Err(last) => last,
        };
        Duration::from_nanos(clock::to_nanos(now.saturating_sub(last)))
    }
}

impl LocalCheck for &'static Heartbeat {}
impl LocalCheck for Arc<Heartbeat> {}

impl sealed::Local for &'static Heartbeat {
    fn look(&self) -> Health {
        look_at(self)
    }
}

impl sealed::Local for Arc<Heartbeat> {
    fn look(&self) -> Health {
        look_at(self)
    }
}

fn look_at(heartbeat: &Heartbeat) -> Health {
    let silence = heartbeat.silence();
    if silence <= heartbeat.within {
        return Health::healthy();
    }
    let seconds = Duration::from_secs(silence.as_secs());
    let within = format_duration(heartbeat.within);
    let silence = format_duration(seconds);
    Health::unhealthy(format!(
        "no beat for {silence}, where one is due within {within}"
    ))
}

/// A lock that can be tried.
struct Lock<F>(F);

impl<F: Fn() -> bool + Send + Sync + 'static> sealed::Local for Lock<F> {
    fn look(&self) -> Health {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if (self.0)() {
                return Health::healthy();
            }
            if Instant::now() >= deadline {
                let patience = format_duration(PATIENCE);
                return Health::unhealthy(format!("the lock could not be had within {patience}"));
            }
            std::thread::sleep(PAUSE);
        }
    }
}

/// What is local, as a check like any other.
pub(super) struct LocalProbe(pub(super) Box<dyn sealed::Local>);

impl Probe for LocalProbe {
    fn probe(&self) -> BoxedHealth<'_> {
        Box::pin(async { self.0.look() })
    }
}

/// What a function with `#[health_check(kind = liveness)]` returned.
pub fn local_check<L: LocalCheck>(local: L) -> Box<dyn sealed::Local> {
    Box::new(local)
}
