//! Traces that show what is in a bucket.
//!
//! The collector offers every trace that it keeps. Each bucket of an operation's
//! histograms remembers the last one, so an exemplar always points to a trace
//! that was kept, and calls cost nothing more for it. A histogram that observes spans
//! of another kind does the same, if those spans carry its mark.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use obs_schema::def::{CallOutcome, OperationDef};
use rapidhash::quality::RandomState;

use super::snapshot::Exemplar;
use crate::fork::PerProcess;
use crate::hot::block::Block;
use crate::hot::clock;
use crate::operation::{self, LiveBlock};
use crate::series::SeriesKey;

/// Series whose exemplars are kept; those of later ones are dropped, and counted.
const MAX_SERIES: usize = 4096;

/// A series by its first cell and, if it is an operation's, its outcome.
type Key = (u32, Option<u8>);

/// The exemplars of each series, sorted by bucket.
type BySeries = HashMap<Key, Vec<Exemplar>, RandomState>;

/// A forked child has none of its parent's.
static KEPT: PerProcess<Mutex<Kept>> = PerProcess::new();

#[derive(Default)]
struct Kept {
    series: BySeries,
    /// The blocks of operations, which never change, by the address of the definition.
    blocks: HashMap<usize, Vec<&'static LiveBlock>, RandomState>,
}

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

/// Remembers calls in the buckets that counted them. Nobody else reads or changes exemplars meanwhile.
pub(crate) fn offers() -> Offers {
    Offers(lock(KEPT.get(Mutex::default)))
}

/// See [`offers`].
pub(crate) struct Offers(MutexGuard<'static, Kept>);

impl Offers {
    /// Remembers a call of `def`, which is registered: every call is of such an operation.
    pub(crate) fn operation(&mut self, def: &'static OperationDef, key: SeriesKey<'_>, call: Call) {
        let Kept { series, blocks } = &mut *self.0;
        let known = blocks
            .entry(std::ptr::from_ref(def).addr())
            .or_insert_with(|| operation::find(def));
        for live in &*known {
            if let Some(block) = live.block(key) {
                keep(series, key_of(block, call.outcome), exemplar(live, call));
            }
        }
    }

    /// Remembers a span in the bucket of the histogram whose mark it carries.
    pub(crate) fn marked(&mut self, mark: u32, call: Call) {
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
        keep(&mut self.0.series, (mark, None), exemplar);
    }
}

/// Lets a histogram have exemplars.
#[cfg(feature = "http")]
pub(super) fn follow(mark: u32, bounds: &'static [f64]) {
    lock(&FOLLOWED).insert(mark, bounds);
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
    if let Some(kept) = lock(KEPT.get(Mutex::default)).series.get(&key) {
        into.extend_from_slice(kept);
    }
}

fn key_of(block: Block, outcome: CallOutcome) -> Key {
    (block.offset(), Some(outcome as u8))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn keep(kept: &mut BySeries, key: Key, exemplar: Exemplar) {
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
    let bucket = live.bucket(call.ticks);
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
