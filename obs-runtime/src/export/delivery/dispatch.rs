//! The thread on which everything leaves the process.

use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::books;
use super::courier::{self, Sink};
use super::limits::Limits;
use super::queue::Queue;
use super::spool::{Shelf, SpoolSettings};
use crate::diagnostics;

/// What the thread gets beyond the deadline to drop connections and say that it is done.
const GRACE: Duration = Duration::from_millis(250);

/// See the module. It ends when this is dropped; what waits then is lost, unless it was [finished](Self::finish).
#[derive(Debug)]
pub(crate) struct Dispatch {
    runtime: Handle,
    spool: Option<SpoolSettings>,
    queues: Mutex<Vec<Arc<Queue>>>,
    /// Dropped to end the thread.
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Dispatch {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// If the system has no thread, or no event queue for it.
    pub(crate) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .thread_name("obs-export-io")
            .on_thread_start(keep_quiet)
            .build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new()
            .name("obs-export".to_owned())
            .spawn(move || {
                keep_quiet();
                // An error says that the other end was dropped, which is how it is told.
                let _ = runtime.block_on(stopped);
                // A request may be stuck in a lookup of a name: nobody waits for that.
                runtime.shutdown_background();
            })?;
        Ok(Self {
            runtime: handle,
            spool: None,
            queues: Mutex::default(),
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Keeps what sinks have on disk until it is settled, for all that are opened from now on.
    ///
    /// # Errors
    ///
    /// If the directory cannot be made, or nothing be written to it.
    pub(crate) fn spool_to(&mut self, spool: SpoolSettings) -> io::Result<()> {
        spool.check()?;
        self.spool = Some(spool);
        Ok(())
    }

    /// Begins to deliver to `sink` what comes into the queue that is returned.
    pub(crate) fn open(&self, sink: impl Sink, limits: Limits) -> Arc<Queue> {
        let shelf = self.shelf(&sink);
        let limits = if shelf.is_some() {
            limits.with_spool()
        } else {
            limits
        };
        let queue = Arc::new(Queue::new(limits));
        if let Some((shelf, found)) = &shelf {
            queue.take_over(*found);
            queue.note_spool(shelf.bytes());
        }
        let (name, served) = (sink.name(), queue.clone());
        let work = self.runtime.spawn(async move {
            let shelf = shelf.map(|(shelf, _)| shelf);
            courier::run(sink, &served, shelf.as_ref()).await;
        });
        let left = queue.clone();
        self.runtime.spawn(async move {
            if work.await.is_err() {
                diagnostics::report(&format!("{name}: the sink panicked, nothing is delivered"));
                left.close();
            }
        });
        books::show(name, queue.clone());
        self.lock().push(queue.clone());
        queue
    }

    /// The shelf of a sink, and how many items are on it from before.
    fn shelf(&self, sink: &impl Sink) -> Option<(Shelf, usize)> {
        let spool = self.spool.as_ref().filter(|_| sink.origin().is_some())?;
        let name = sink.name();
        let shelf = Shelf::open(spool, name);
        let report = |error: &io::Error| {
            let path = spool.directory.display();
            diagnostics::report(&format!(
                "{name}: cannot use {path}, keeps what it has in memory: {error}"
            ));
        };
        shelf.inspect_err(report).ok()
    }

    /// Runs a task beside the couriers until the thread ends. What blocks belongs on `spawn_blocking`.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(work);
    }

    /// Waits until everything that has come in by now is settled, at most for `limit`. Says whether it is.
    pub(crate) fn flush(&self, limit: Duration) -> bool {
        let deadline = std::time::Instant::now() + limit;
        let queues = self.lock().clone();
        // All of them hurry before the first is waited for.
        for queue in &queues {
            queue.hurry();
        }
        queues
            .iter()
            .all(|queue| queue.flush(deadline.saturating_duration_since(std::time::Instant::now())))
    }

    /// Takes nothing more in, delivers what it can within `limit`, and gives the rest up.
    pub(crate) fn finish(&self, limit: Duration) {
        let deadline = Instant::now() + limit;
        let queues = self.lock().clone();
        queues.iter().for_each(|queue| queue.end(deadline));
        let until = std::time::Instant::now() + limit + GRACE;
        for queue in queues {
            queue.wait_for_end(until.saturating_duration_since(std::time::Instant::now()));
            queue.close();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Queue>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Dispatch {
    fn drop(&mut self) {
        let queues = std::mem::take(&mut *self.lock());
        queues.iter().for_each(|queue| queue.end(Instant::now()));
        queues.iter().for_each(|queue| queue.close());
        self.stop = None;
        // From within a runtime of the program this would block one of its threads, for as long as it takes
        // to leave a loop.
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What happens on this thread is not logged: each record of a delivery would be the cause of the next.
fn keep_quiet() {
    #[cfg(feature = "log")]
    std::mem::forget(crate::log::suppress());
}
