//! Traces that show what is in a bucket.
//!
//! The collector offers every trace that it keeps. Each bucket of an operation's
//! histograms remembers the last one, so an exemplar always points to a trace
//! that was kept, and calls cost nothing more for it. A histogram that observes spans
//! of another kind does the same, if those spans carry its mark.

mod kept;
mod series;

use std::collections::BTreeMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, MutexGuard, PoisonError};

use obs_schema::def::{CallOutcome, OperationDef};

use self::kept::Kept;
use self::series::Bounds;
use super::snapshot::Exemplar;
use crate::fork::PerProcess;
use crate::hot::block::Block;
use crate::series::SeriesKey;

/// A forked child has none of its parent's.
static KEPT: PerProcess<Mutex<Kept>> = PerProcess::new();

/// The bounds of the histograms that spans carry the mark of, by it.
static FOLLOWED: Mutex<BTreeMap<u32, &'static [f64]>> = Mutex::new(BTreeMap::new());

/// Exemplars that found no room.
pub(crate) static DROPPED: AtomicU64 = AtomicU64::new(0);

/// A finished call of a kept trace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) outcome: CallOutcome,
    /// How long it took.
    pub(crate) ticks: u64,
    pub(crate) trace_id: u128,
    /// When it ended, in nanoseconds since 1970.
    pub(crate) unix_ns: u64,
}

/// A series by its first cell and, if it is an operation's, its outcome.
type Key = (u32, Option<u8>);

/// Remembers calls in the buckets that counted them. Nobody else reads or changes exemplars meanwhile.
pub(crate) fn offers() -> Offers {
    Offers(lock(KEPT.get(Mutex::default)))
}

/// See [`offers`].
pub(crate) struct Offers(MutexGuard<'static, Kept>);

impl Offers {
    /// Remembers a call of `def`, which is registered: every call is of such an operation.
    pub(crate) fn operation(&mut self, def: &'static OperationDef, key: SeriesKey<'_>, call: Call) {
        match key {
            SeriesKey::Index(combination) => self.0.put(def, combination, call),
            SeriesKey::Values(_) => drop(self.0.find_and_put(def, key, call)),
        }
    }

    /// Remembers a span in the bucket of the histogram whose mark it carries.
    pub(crate) fn marked(&mut self, mark: u32, call: Call) {
        if let Some(bounds) = lock(&FOLLOWED).get(&mark).copied() {
            self.0.put_at((mark, None), Bounds::Histogram(bounds), call);
        }
    }
}

/// Lets a histogram have exemplars.
#[cfg(feature = "http")]
pub(super) fn follow(mark: u32, bounds: &'static [f64]) {
    lock(&FOLLOWED).insert(mark, bounds);
}

/// The exemplars of a series, sorted by bucket. They replace what was there.
pub(super) fn of(block: Block, outcome: CallOutcome, into: &mut Vec<Exemplar>) {
    read(key_of(block, outcome), into);
}

/// The exemplars of a histogram, sorted by bucket.
pub(super) fn of_histogram(mark: u32, into: &mut Vec<Exemplar>) {
    read((mark, None), into);
}

fn read(key: Key, into: &mut Vec<Exemplar>) {
    into.clear();
    lock(KEPT.get(Mutex::default)).read(key, into);
}

fn key_of(block: Block, outcome: CallOutcome) -> Key {
    (block.offset(), Some(outcome as u8))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
