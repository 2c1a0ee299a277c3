//! The thread that takes what the calling threads leave behind, and that of the windows.
//!
//! There is one of each per process, and none in a child of `fork` before its own start. They start with the first [`start`](crate::start) and stay, so
//! that a service that is stopped and started again finds them running. They are two because the
//! windows ask the program's own collectors, which may take their time; traces do not wait for them.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use once_cell::sync::OnceCell;

use crate::breaker;
use crate::fork::{self, PerProcess};
use crate::hot::clock;
use crate::metric::window;
use crate::trace::{Store, collector};

/// How often finished traces are fetched.
const DRAIN: Duration = Duration::from_millis(50);
/// How often the clock is checked, and ticks are related to the wall clock anew.
const ANCHOR: Duration = Duration::from_secs(1);
/// How often old traces are removed.
const EXPIRE: Duration = Duration::from_secs(5);

static COLLECTOR: PerProcess<OnceCell<Collector>> = PerProcess::new();

/// The way to the thread.
#[derive(Debug)]
pub(super) struct Collector {
    commands: Mutex<Sender<Command>>,
    /// The process that has the thread.
    process: u32,
}

enum Command {
    /// Fetch what there is, then answer.
    Flush(SyncSender<()>),
    /// Keep traces for so long.
    MaxAge(Duration),
}

/// What the thread does from time to time.
struct Chore {
    every: Duration,
    due: Instant,
}

impl Collector {
    /// The thread, started if need be. It keeps traces in `store`.
    pub(super) fn get(store: &'static Store) -> std::io::Result<&'static Self> {
        COLLECTOR.get(OnceCell::new).get_or_try_init(|| {
            let (commands, received) = channel();
            std::thread::Builder::new()
                .name("obs-collector".to_owned())
                .spawn(move || run(store, &received))?;
            // If this fails, the other ends with its channel.
            std::thread::Builder::new()
                .name("obs-windows".to_owned())
                .spawn(window::keep)?;
            Ok(Self {
                commands: Mutex::new(commands),
                process: fork::generation(),
            })
        })
    }

    /// For how long traces are kept.
    pub(super) fn set_max_age(&self, max_age: Duration) {
        self.send(Command::MaxAge(max_age));
    }

    /// Waits until everything that has ended by now is stored, at most for `limit`. Says whether it is;
    /// it never is in a child that does not have the thread.
    pub(super) fn flush(&self, limit: Duration) -> bool {
        if self.process != fork::generation() {
            return false;
        }
        let (done, answer) = sync_channel(1);
        self.send(Command::Flush(done));
        answer.recv_timeout(limit).is_ok()
    }

    fn send(&self, command: Command) {
        // The thread ends only if it panicked; then there is nobody to tell.
        let _ = self
            .commands
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send(command);
    }
}

impl Chore {
    fn new(every: Duration) -> Self {
        Self {
            every,
            due: Instant::now() + every,
        }
    }

    /// Whether it is time. After a pause of the whole machine the missed turns are not made up for.
    fn is_due(&mut self, now: Instant) -> bool {
        let due = now >= self.due;
        if due {
            self.due = now + self.every;
        }
        due
    }
}

fn run(store: &Store, commands: &Receiver<Command>) {
    let mut max_age = Duration::MAX;
    let mut clock = clock::Watch::new();
    let mut anchor = Chore::new(ANCHOR);
    let mut expiry = Chore::new(EXPIRE);
    loop {
        match commands.recv_timeout(DRAIN) {
            Ok(Command::MaxAge(age)) => max_age = age,
            Ok(Command::Flush(done)) => {
                collector::drain(store);
                let _ = done.send(());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        collector::drain(store);
        breaker::tick();
        let now = Instant::now();
        if anchor.is_due(now) {
            clock.renew();
        }
        if expiry.is_due(now) {
            expire(store, max_age);
        }
    }
}

fn expire(store: &Store, max_age: Duration) {
    let Ok(now) = SystemTime::now().duration_since(UNIX_EPOCH) else {
        return;
    };
    let oldest = now.saturating_sub(max_age);
    store.remove_older_than(u64::try_from(oldest.as_nanos()).unwrap_or(u64::MAX));
}
