//! The running monitoring, and its end.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering::Release;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use super::collector::Collector;
#[cfg(feature = "log")]
use super::logging;
use super::{State, held};
use crate::config::Config;
use crate::health::Monitor;
use crate::trace::console::Console;
use crate::{diagnostics, fork};

/// How long the end may take.
const SHUTDOWN: Duration = Duration::from_secs(5);

/// The running monitoring of a service. It ends when this is dropped, or by
/// [`shutdown`](Self::shutdown).
///
/// A child of `fork` has a copy that is of no use: its threads are in the parent. There
/// [`flush`](Self::flush) is false, and the end waits for nothing and leaves the parent alone.
#[derive(Debug)]
#[must_use = "the monitoring ends when this is dropped"]
pub struct Running {
    state: Arc<State>,
    collector: &'static Collector,
    /// The process that has the threads.
    process: u32,
    /// Writes kept traces.
    pub(super) console: Option<Console>,
    /// Runs the health checks.
    pub(super) health: Option<Monitor>,
    #[cfg(feature = "log")]
    pub(super) log: Option<crate::log::LogHandle>,
    #[cfg(feature = "export")]
    pub(super) exports: Option<crate::export::Exports>,
    #[cfg(feature = "http")]
    pub(super) http: Option<crate::http::Listener>,
}

impl Running {
    pub(super) fn new(state: Arc<State>, collector: &'static Collector) -> Self {
        Self {
            state,
            collector,
            process: fork::generation(),
            console: None,
            health: None,
            #[cfg(feature = "log")]
            log: None,
            #[cfg(feature = "export")]
            exports: None,
            #[cfg(feature = "http")]
            http: None,
        }
    }

    /// Where the endpoints listen; `None` if they do not, or on a Unix socket. With port 0 in the configuration this
    /// is the port that the system chose.
    #[cfg(feature = "http")]
    #[must_use]
    pub fn address(&self) -> Option<std::net::SocketAddr> {
        self.http.as_ref()?.address()
    }

    /// Where the probes listen that have an address of their own, by `http.probes_listen`.
    #[cfg(feature = "http")]
    #[must_use]
    pub fn probes_address(&self) -> Option<std::net::SocketAddr> {
        self.http.as_ref()?.probes_address()
    }

    /// Waits until what has ended so far is where it belongs: traces in the store and with their receiver, log
    /// lines written, and what the metrics say now pushed where they are. Says whether that was done within `limit`.
    pub fn flush(&self, limit: Duration) -> bool {
        if self.is_inherited() {
            return false;
        }
        let deadline = Instant::now() + limit;
        let is_done = self.collect(limit);
        #[cfg(feature = "export")]
        let is_done = self
            .exports
            .as_ref()
            .is_none_or(|exports| exports.flush(remaining(deadline)))
            && is_done;
        let _ = deadline;
        is_done
    }

    /// The same without what goes to other processes.
    fn collect(&self, limit: Duration) -> bool {
        let collected = self.collector.flush(limit);
        let collected = self
            .console
            .as_ref()
            .is_none_or(|console| console.flush(limit))
            && collected;
        #[cfg(feature = "log")]
        let collected = self
            .log
            .as_ref()
            .is_none_or(|log| logging::flush(log, limit))
            && collected;
        collected
    }

    /// The configuration in force, with the origin of every value.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.state.config
    }

    /// Whether `/ready` says that the service takes requests.
    #[must_use]
    pub fn is_accepting(&self) -> bool {
        self.state.is_ready()
    }

    /// Says over `/ready` that the service takes requests, which it does from the start, or not.
    pub fn set_accepting(&self, accepting: bool) {
        self.state.ready.store(accepting, Release);
    }

    pub(super) fn set_ready(&self) {
        self.set_accepting(true);
    }

    /// Whether the threads are in the process that this one was forked from.
    fn is_inherited(&self) -> bool {
        self.process != fork::generation()
    }

    /// How long others need to see that no more requests are wanted.
    fn shutdown_delay(&self) -> Duration {
        match self.health {
            Some(_) => self.state.config.monitoring.health.shutdown_delay,
            None => Duration::ZERO,
        }
    }

    /// Ends what has threads.
    fn stop_threads(&mut self) {
        std::thread::sleep(self.shutdown_delay());
        let deadline = Instant::now() + SHUTDOWN;
        drop(self.health.take());
        if !self.collect(SHUTDOWN) {
            diagnostics::report("not everything could be flushed within 5 seconds");
        }
        drop(self.console.take());
        #[cfg(feature = "export")]
        if let Some(exports) = self.exports.take() {
            exports.finish(remaining(deadline));
        }
        #[cfg(feature = "http")]
        if let Some(http) = self.http.take() {
            http.stop(remaining(deadline));
        }
        let _ = deadline;
    }

    /// Leaves to the parent what has threads: to stop it would wake those.
    fn leave_threads(&mut self) {
        std::mem::forget(self.console.take());
        std::mem::forget(self.health.take());
        #[cfg(feature = "export")]
        std::mem::forget(self.exports.take());
        #[cfg(feature = "http")]
        std::mem::forget(self.http.take());
    }

    /// Ends the monitoring: `/ready` says no, then, after `health.shutdown_delay`, what is left is flushed and the
    /// endpoints close. Takes five seconds at most after that delay. The future may be awaited on any executor.
    ///
    /// A service that drains its own server before it calls this says with [`set_accepting`](Self::set_accepting) that
    /// it takes no more requests.
    pub fn shutdown(self) -> Shutdown {
        let done = Arc::new(Mutex::new(Done {
            finished: false,
            waker: None,
        }));
        let signal = done.clone();
        if self.is_inherited() {
            drop(self);
            Done::finish(&done);
            return Shutdown { done };
        }
        // On a thread of its own, because the executor's may be the only one it has.
        let running = Mutex::new(Some(self));
        let spawned = std::thread::Builder::new()
            .name("obs-shutdown".to_owned())
            .spawn(move || {
                drop(running.into_inner());
                Done::finish(&signal);
            });
        if spawned.is_err() {
            // The closure and with it the running monitoring were dropped here: it has ended.
            Done::finish(&done);
        }
        Shutdown { done }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.state.ready.store(false, Release);
        if self.is_inherited() {
            self.leave_threads();
            held::release(self.process);
            return;
        }
        self.stop_threads();
        held::release(self.process);
        *super::running()
            .write()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(any(feature = "http", feature = "export"))]
fn remaining(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

#[derive(Debug)]
struct Done {
    finished: bool,
    waker: Option<Waker>,
}

impl Done {
    fn finish(done: &Mutex<Self>) {
        let waker = {
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.finished = true;
            done.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The future of [`Running::shutdown`]. The shutdown goes on without being awaited.
#[derive(Debug)]
#[must_use = "the process may end before the shutdown has"]
pub struct Shutdown {
    done: Arc<Mutex<Done>>,
}

impl Shutdown {
    /// Waits without an executor.
    pub fn wait(self) {
        while !self
            .done
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .finished
        {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Future for Shutdown {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if done.finished {
            return Poll::Ready(());
        }
        done.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}
