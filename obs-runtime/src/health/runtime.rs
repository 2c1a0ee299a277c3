//! The tokio runtimes in which checks run, and the one that is looked at.

use std::fmt;
use std::future::pending;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::AcqRel, Ordering::Acquire, Ordering::Release};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use once_cell::sync::OnceCell;
use tokio::runtime::{Builder, Handle};

use super::local::sealed::Local;
use super::status::Health;
use crate::fork::PerProcess;

/// For how long a look waits.
const PATIENCE: Duration = Duration::from_millis(500);

static OWN: PerProcess<OnceCell<Handle>> = PerProcess::new();

/// The runtime in which this is called, if there is one.
pub(super) fn current() -> Option<Handle> {
    Handle::try_current().ok()
}

/// A runtime for checks of programs that have none. It starts with the first that needs it, and stays.
pub(super) fn own() -> io::Result<&'static Handle> {
    OWN.get(OnceCell::new).get_or_try_init(|| {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        std::thread::Builder::new()
            .name("obs-health-io".to_owned())
            .spawn(move || runtime.block_on(pending::<()>()))?;
        Ok(handle)
    })
}

/// Whether a runtime still runs tasks.
pub(super) struct Pulse {
    runtime: Handle,
    /// A task of an earlier look has not run yet: another one would wait behind it.
    waiting: Arc<AtomicBool>,
}

impl Pulse {
    pub(super) fn new(runtime: Handle) -> Self {
        Self {
            runtime,
            waiting: Arc::default(),
        }
    }
}

impl Local for Pulse {
    fn look(&self) -> Health {
        if self.waiting.swap(true, AcqRel) {
            return stuck();
        }
        let (send, sent) = sync_channel(1);
        let waiting = Waiting(self.waiting.clone());
        self.runtime.spawn(async move {
            drop(waiting);
            let _ = send.send(());
        });
        match sent.recv_timeout(PATIENCE) {
            Ok(()) => Health::healthy(),
            Err(RecvTimeoutError::Timeout) => stuck(),
            Err(RecvTimeoutError::Disconnected) => Health::unhealthy("the runtime has stopped"),
        }
    }
}

fn stuck() -> Health {
    Health::unhealthy("the runtime does not run tasks")
}

/// Ends the waiting also where the task is dropped unrun.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(false, Release);
    }
}

impl fmt::Debug for Pulse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = self.waiting.load(Acquire);
        f.debug_struct("Pulse")
            .field("waiting", &waiting)
            .finish_non_exhaustive()
    }
}
