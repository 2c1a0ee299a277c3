//! Traces that show what is in a bucket.
//!
//! The collector offers every trace that it keeps. Each bucket of an operation's
//! histograms remembers the last one, so an exemplar always points to a trace
//! that was kept, and calls cost nothing more for it. A histogram that observes spans
//! of another kind does the same, if those spans carry its mark.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use obs_schema::def::{CallOutcome, OperationDef};

use super::snapshot::Exemplar;
use crate::hot::block::Block;
use crate::hot::clock;
use crate::operation::{self, LiveBlock};
use crate::series::SeriesKey;

/// Series whose exemplars are kept; those of later ones are dropped, and counted.
const MAX_SERIES: usize = 4096;

/// A series by its first cell and, if it is an operation's, its outcome.
type Key = (u32, Option<u8>);

static KEPT: Mutex<BTreeMap<Key, Vec<Exemplar>>> = Mutex::new(BTreeMap::new());

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

/// Remembers a call of `def` in the buckets that counted it.
pub(crate) fn offer(def: &'static OperationDef, key: SeriesKey<'_>, call: Call) {
    for live in operation::find(def) {
        if let Some(block) = live.block(key) {
            keep(key_of(block, call.outcome), exemplar(live, call));
        }
    }
}

/// Lets a histogram have exemplars.
#[cfg(feature = "http")]
pub(super) fn follow(mark: u32, bounds: &'static [f64]) {
    lock(&FOLLOWED).insert(mark, bounds);
}

/// Remembers a span in the bucket of the histogram whose mark it carries.
pub(crate) fn offer_marked(mark: u32, call: Call) {
    let Some(bounds) = lock(&FOLLOWED).get(&mark).copied() else {
        return;
    };
    let value = clock::to_seconds(call.ticks);
    let exemplar = Exemplar {
        bucket: bounds.partition_point(|&bound| bound < value),
        trace_id: call.trace_id,
        value,
        unix_ns: call.unix_ns,
    };
    keep((mark, None), exemplar);
}

/// The exemplars of a series, sorted by bucket. They replace what was there.
pub(super) fn of(block: Block, outcome: CallOutcome, into: &mut Vec<Exemplar>) {
    kept(key_of(block, outcome), into);
}

/// The exemplars of a histogram, sorted by bucket.
pub(super) fn of_histogram(mark: u32, into: &mut Vec<Exemplar>) {
    kept((mark, None), into);
}

fn kept(key: Key, into: &mut Vec<Exemplar>) {
    into.clear();
    if let Some(kept) = lock(&KEPT).get(&key) {
        into.extend_from_slice(kept);
    }
}

fn key_of(block: Block, outcome: CallOutcome) -> Key {
    (block.offset(), Some(outcome as u8))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn keep(key: Key, exemplar: Exemplar) {
    let mut kept = lock(&KEPT);
    if kept.len() >= MAX_SERIES && !kept.contains_key(&key) {
        DROPPED.fetch_add(1, Relaxed);
        return;
    }
    let series = kept.entry(key).or_default();
    match series.binary_search_by_key(&exemplar.bucket, |known| known.bucket) {
        Ok(at) => {
            if let Some(known) = series.get_mut(at) {
                *known = exemplar;
            }
        }
        Err(at) => series.insert(at, exemplar),
    }
}

fn exemplar(live: &LiveBlock, call: Call) -> Exemplar {
    let bucket = live.bounds().partition_point(|&bound| bound < call.ticks);
    Exemplar {
        bucket,
        trace_id: call.trace_id,
        value: within(live.buckets(), bucket, clock::to_seconds(call.ticks)),
        unix_ns: call.unix_ns,
    }
}

/// `seconds`, moved into its bucket: ticks that are longer than a nanosecond may have been rounded
/// across a bound.
fn within(bounds: &[f64], bucket: usize, seconds: f64) -> f64 {
    let above = bucket.checked_sub(1).and_then(|below| bounds.get(below));
    let low = above.map_or(0.0, |bound| bound.next_up());
    let high = bounds.get(bucket).copied().unwrap_or(f64::MAX);
    seconds.max(low).min(high)
}
