//! What came in, and what became of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::answer::Loss;
use super::queue::Queue;
use crate::fork::PerProcess;

/// Every sink that this process ever had: what it counted stays.
static SINKS: PerProcess<Mutex<Vec<Shown>>> = PerProcess::new();

type Shown = (&'static str, Arc<Queue>);

/// The books of the sinks, by name.
pub(crate) fn sinks() -> BTreeMap<&'static str, Books> {
    let sinks = lock().clone();
    let mut all: BTreeMap<_, Books> = BTreeMap::new();
    for (name, queue) in sinks {
        all.entry(name).or_default().add(&queue.books());
    }
    all
}

/// Shows the books of a sink from now on.
pub(super) fn show(name: &'static str, queue: Arc<Queue>) {
    lock().push((name, queue));
}

fn lock() -> MutexGuard<'static, Vec<Shown>> {
    let sinks = SINKS.get(Mutex::default).lock();
    sinks.unwrap_or_else(PoisonError::into_inner)
}

/// The books of one sink. At any time `produced` is the sum of `delivered`, all of `lost`, and `queued`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Books {
    /// Items that were handed over, and those that an earlier process left on disk.
    pub(crate) produced: u64,
    /// Items that the receiver took.
    pub(crate) delivered: u64,
    lost: [u64; Loss::ALL.len()],
    /// Items that wait or are being sent.
    pub(crate) queued: u64,
    /// Bytes of those in memory, and of those on disk.
    pub(crate) queued_bytes: u64,
    pub(crate) spooled_bytes: u64,
    /// Requests that were made, and of those the ones made again.
    pub(crate) requests: u64,
    pub(crate) retries: u64,
    /// Requests by what they took: a count per bound of [`BOUNDS`], not cumulative, and one for those above.
    pub(crate) durations: [u64; BOUNDS.len() + 1],
    /// What all requests took together.
    pub(crate) time: Duration,
}

/// The bounds of the durations of requests in seconds.
pub(crate) const BOUNDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0];

impl Books {
    /// So many items have come in.
    pub(in crate::export) fn produce(&mut self, items: usize) {
        self.produced += items as u64;
        self.queued += items as u64;
    }

    /// So many items have arrived.
    pub(super) fn deliver(&mut self, items: usize) {
        self.delivered += items as u64;
        self.queued = self.queued.saturating_sub(items as u64);
    }

    /// So many items are given up.
    pub(in crate::export) fn lose(&mut self, items: usize, why: Loss) {
        if let Some(lost) = self.lost.get_mut(why as usize) {
            *lost += items as u64;
        }
        self.queued = self.queued.saturating_sub(items as u64);
    }

    /// A request is over.
    pub(super) fn request(&mut self, again: bool, took: Duration) {
        self.requests += 1;
        self.retries += u64::from(again);
        self.time += took;
        let seconds = took.as_secs_f64();
        let bucket = BOUNDS.partition_point(|bound| *bound < seconds);
        if let Some(count) = self.durations.get_mut(bucket) {
            *count += 1;
        }
    }

    /// Items that were lost for this reason.
    pub(crate) fn lost(&self, why: Loss) -> u64 {
        self.lost.get(why as usize).copied().unwrap_or(0)
    }

    /// Leaves out so many items that wait: others speak of them.
    pub(super) fn leave_out(&mut self, items: u64) {
        self.produced = self.produced.saturating_sub(items);
        self.queued = self.queued.saturating_sub(items);
    }

    /// Adds the books of what else there is of a sink.
    pub(super) fn add(&mut self, other: &Self) {
        self.produced += other.produced;
        self.delivered += other.delivered;
        self.queued += other.queued;
        self.queued_bytes += other.queued_bytes;
        self.spooled_bytes += other.spooled_bytes;
        self.requests += other.requests;
        self.retries += other.retries;
        self.time += other.time;
        let counts = self.lost.iter_mut().chain(&mut self.durations);
        for (sum, count) in counts.zip(other.lost.iter().chain(&other.durations)) {
            *sum += count;
        }
    }

    /// Items that are settled: delivered or lost.
    pub(super) fn settled(&self) -> u64 {
        self.delivered + self.lost.iter().sum::<u64>()
    }
}
