//! Traces that show what is in a bucket.
//!
//! The collector offers every trace that it keeps. Each bucket of an operation's
//! histograms remembers the last one, so an exemplar always points to a trace
//! that was kept, and calls cost nothing more for it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use obs_schema::def::{CallOutcome, OperationDef};

use super::snapshot::Exemplar;
use crate::hot::block::Block;
use crate::hot::clock;
use crate::operation::{self, LiveBlock};
use crate::series::SeriesKey;

/// Series whose exemplars are kept; those of later ones are dropped, and counted.
const MAX_SERIES: usize = 4096;

/// A series by its first cell and its outcome.
type Key = (u32, u8);

static KEPT: Mutex<BTreeMap<Key, Vec<Exemplar>>> = Mutex::new(BTreeMap::new());

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
            keep(block, call.outcome, exemplar(live, call));
        }
    }
}

/// The exemplars of a series, sorted by bucket.
pub(super) fn of(block: Block, outcome: CallOutcome) -> Vec<Exemplar> {
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.get(&key(block, outcome)).cloned().unwrap_or_default()
}

fn key(block: Block, outcome: CallOutcome) -> Key {
    (block.offset, outcome as u8)
}

fn keep(block: Block, outcome: CallOutcome, exemplar: Exemplar) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let key = key(block, outcome);
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
