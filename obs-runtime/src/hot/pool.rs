//! Segments that are free, and those that wait for the collector.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex, PoisonError, RwLock};

use super::local;
use super::ring::Ring;
use super::segment::{Active, Owned, Segment};

/// Traces that can be open at once. A trace begun beyond that is not recorded, and counted.
pub(crate) const MAX_SEGMENTS: usize = 65_536;
/// Kept segments that can wait for the collector. Beyond that they are dropped, and counted.
pub(crate) const MAX_FINISHED: usize = 4096;

static ALL: RwLock<Vec<&'static Segment>> = RwLock::new(Vec::new());
static FREE: Mutex<Vec<&'static Segment>> = Mutex::new(Vec::new());
static FINISHED: LazyLock<Ring<Owned>> = LazyLock::new(|| Ring::new(MAX_FINISHED));
static CAP: AtomicUsize = AtomicUsize::new(MAX_SEGMENTS);

/// Traces that were not recorded because too many were open.
pub(crate) static REFUSED: AtomicU64 = AtomicU64::new(0);
/// Segments that were kept and then lost because the collector did not keep up.
pub(crate) static OVERRUN: AtomicU64 = AtomicU64::new(0);

/// A free segment, or `None`, counted, when too many are in use.
pub(crate) fn take() -> Option<Owned> {
    if let Some(segment) = local::take_spare() {
        return Some(Owned::new(segment));
    }
    let free = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    free.or_else(grow).map(Owned::new)
}

#[cold]
fn grow() -> Option<&'static Segment> {
    let mut all = ALL.write().unwrap_or_else(PoisonError::into_inner);
    if all.len() >= CAP.load(Relaxed) {
        REFUSED.fetch_add(1, Relaxed);
        return None;
    }
    let segment = Segment::leak(all.len());
    all.push(segment);
    Some(segment)
}

/// Empties a segment and makes it free again.
pub(crate) fn recycle(owned: Owned) {
    give_back(local::keep_spare(owned.into_free()));
}

/// Makes an empty segment free for every thread.
pub(super) fn give_back(segment: Option<&'static Segment>) {
    if let Some(segment) = segment {
        FREE.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(segment);
    }
}

/// Hands a finished segment to the collector; drops and counts it when the queue is full.
pub(crate) fn ship(owned: Owned) {
    if let Err(owned) = FINISHED.push(owned) {
        OVERRUN.fetch_add(1, Relaxed);
        recycle(owned);
    }
}

/// The next finished segment, for the collector.
pub(crate) fn next_finished() -> Option<Owned> {
    FINISHED.pop()
}

/// How many finished segments wait.
pub(crate) fn waiting() -> usize {
    FINISHED.len()
}

/// Changes how many traces can be open at once. Segments that exist already stay.
pub(crate) fn set_cap(cap: usize) {
    CAP.store(cap.min(MAX_SEGMENTS), Relaxed);
}

/// The traces that are open now, at most `limit` of them.
pub(crate) fn active(limit: usize) -> Vec<Active> {
    let all = ALL.read().unwrap_or_else(PoisonError::into_inner);
    all.iter()
        .filter_map(|segment| segment.active())
        .take(limit)
        .collect()
}
