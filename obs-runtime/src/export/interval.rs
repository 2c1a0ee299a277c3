//! What the metrics say, read at an interval for the exporters that send it away.
//!
//! One reading serves all of them. It is taken on a thread of its own, because the program's collectors may
//! take their time, and never while another is being taken: a turn that is missed is not made up for.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

use obs_schema::monitoring::Metrics;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::delivery::{Batch, Dispatch, Queue};
use crate::diagnostics;
use crate::hot::{clock, local};
use crate::metric::snapshot::Snapshot;

/// The longest interval.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// How many may wait for a reading out of turn. Whoever comes then is told at once that there is none.
const WISHES: usize = 64;

/// What the metrics said at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) snapshot: &'a Snapshot,
    /// When that was, in nanoseconds since 1970.
    pub(crate) unix_ns: u64,
    /// Whether the program ends: there will be no other reading.
    #[cfg_attr(
        not(feature = "push"),
        allow(dead_code, reason = "others end without a word")
    )]
    pub(crate) is_last: bool,
}

/// Turns readings into items of an exporter.
pub(crate) trait Encode: Send + 'static {
    /// Adds the items of a reading to `batch`.
    fn encode(&mut self, reading: Reading<'_>, batch: &mut Batch);
}

/// An exporter that gets readings.
pub(crate) struct Outlet {
    encoder: Box<dyn Encode>,
    queue: Arc<Queue>,
    /// Kept for its memory.
    batch: Batch,
}

impl Outlet {
    /// What `encoder` makes of readings goes into `queue`.
    pub(crate) fn new(encoder: impl Encode, queue: Arc<Queue>) -> Self {
        Self {
            encoder: Box::new(encoder),
            queue,
            batch: Batch::default(),
        }
    }

    /// What became of the items so far.
    #[cfg(all(test, feature = "push"))]
    pub(crate) fn queue(&self) -> Arc<Queue> {
        self.queue.clone()
    }

    fn take(&mut self, reading: Reading<'_>) {
        self.batch.clear();
        self.encoder.encode(reading, &mut self.batch);
        self.queue.push_all(&self.batch);
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").finish_non_exhaustive()
    }
}

/// The readings at an interval. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct Interval {
    wishes: mpsc::Sender<Wish>,
}

/// A reading out of turn.
#[derive(Debug)]
struct Wish {
    is_last: bool,
    done: SyncSender<()>,
}

impl Interval {
    /// Begins to read what `source` says for `outlets`, on the exporters' thread.
    pub(crate) fn start(
        every: Duration,
        source: impl Fn() -> Snapshot + Send + 'static,
        outlets: Vec<Outlet>,
        dispatch: &Dispatch,
    ) -> Self {
        let (wishes, received) = mpsc::channel(WISHES);
        let reader = Reader {
            source: Box::new(source),
            outlets,
        };
        dispatch.spawn(run(reader, every, received));
        Self { wishes }
    }

    /// Hands a reading to every exporter now. Says whether that was done within `limit`.
    pub(crate) fn read(&self, limit: Duration) -> bool {
        self.wish(false, limit)
    }

    /// Hands the last reading to every exporter. Says whether that was done within `limit`.
    pub(crate) fn finish(&self, limit: Duration) -> bool {
        self.wish(true, limit)
    }

    fn wish(&self, is_last: bool, limit: Duration) -> bool {
        let (done, answer) = sync_channel(1);
        let wish = Wish { is_last, done };
        self.wishes.try_send(wish).is_ok() && answer.recv_timeout(limit).is_ok()
    }
}

/// Takes readings.
struct Reader {
    source: Box<dyn Fn() -> Snapshot + Send>,
    outlets: Vec<Outlet>,
}

impl Reader {
    fn read(&mut self, is_last: bool) {
        let snapshot = (self.source)();
        let reading = Reading {
            snapshot: &snapshot,
            unix_ns: clock::now_unix_nanos(),
            is_last,
        };
        for outlet in &mut self.outlets {
            outlet.take(reading);
        }
    }
}

/// Takes a reading at every turn and whenever one is wished for, up to the last.
async fn run(mut reader: Reader, every: Duration, mut wishes: mpsc::Receiver<Wish>) {
    let every = every.clamp(Metrics::MIN_INTERVAL, LONGEST);
    let mut timer = interval_at(Instant::now() + first(every), every);
    timer.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        let wish = tokio::select! {
            _ = timer.tick() => None,
            wish = wishes.recv() => match wish {
                Some(wish) => Some(wish),
                None => return,
            },
        };
        let is_last = wish.as_ref().is_some_and(|wish| wish.is_last);
        let reading = spawn_blocking(move || {
            reader.read(is_last);
            reader
        });
        match reading.await {
            Ok(back) => reader = back,
            Err(_) => {
                return diagnostics::report("a reading of the metrics panicked: no more are sent");
            }
        }
        // Whoever does not wait any more need not be told.
        let _ = wish.map(|wish| wish.done.try_send(()));
        if is_last {
            return;
        }
    }
}

/// When the first reading is taken: left to chance within the second half of an interval, so that programs that
/// start together do not send together.
fn first(every: Duration) -> Duration {
    let chance = f64::from(local::random_trace_id() as u32) / f64::from(u32::MAX);
    every.mul_f64(0.5 + chance / 2.0)
}
