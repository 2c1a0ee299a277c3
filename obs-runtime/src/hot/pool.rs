//! Segments that are free, and those that wait for the collector.

use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::alone::alone;
use super::local;
use super::published::Published;
use super::ring::Ring;
use super::roster::{Entry, Roster};
use super::segment::{Active, Owned, Segment};

/// Traces that can be open at once. A trace begun beyond that is not recorded, and counted.
pub(crate) const MAX_SEGMENTS: usize = 65_536;
/// Kept segments that can wait for the collector. Beyond that they are dropped, and counted.
pub(crate) const MAX_FINISHED: usize = 4096;

type Free = Mutex<Vec<&'static Segment>>;

static ALL: Roster<Segment> = Roster::new(AtomicPtr::new(null_mut()), AtomicUsize::new(0));
static FREE: Published<Free> = Published::nothing();
static FINISHED: Published<Ring<Owned>> = Published::nothing();
static CAP: AtomicUsize = AtomicUsize::new(MAX_SEGMENTS);
/// How many segments have been made.
static NUMBERS: AtomicUsize = AtomicUsize::new(0);
/// How many there were when this process was forked.
static ABANDONED: AtomicUsize = AtomicUsize::new(0);

/// Traces that were not recorded because too many were open.
pub(crate) static REFUSED: AtomicU64 = AtomicU64::new(0);
/// Segments that were kept and then lost because the collector did not keep up.
pub(crate) static OVERRUN: AtomicU64 = AtomicU64::new(0);

/// A free segment, or `None`, counted, when too many are in use.
pub(crate) fn take() -> Option<Owned> {
    if let Some(segment) = local::take_spare() {
        return Some(Owned::new(segment));
    }
    let taken = alone(|| lock_free().pop().or_else(grow));
    let segment = taken.unwrap_or_else(|| {
        REFUSED.fetch_add(1, Relaxed);
        None
    });
    segment.map(Owned::new)
}

#[cold]
fn grow() -> Option<&'static Segment> {
    let cap = CAP.load(Relaxed) + ABANDONED.load(Relaxed);
    let added = ALL.add(cap, || Segment::new(NUMBERS.fetch_add(1, Relaxed)));
    if added.is_none() {
        REFUSED.fetch_add(1, Relaxed);
    }
    added.map(Entry::value)
}

/// In a forked child: leaves every trace to the parent, and every segment but those that this thread has. Another
/// thread may have been writing to any of the others, or holding the lock of the free ones, and is gone.
pub(super) fn abandon() {
    ALL.iter().for_each(|entry| entry.value().abandon());
    FREE.clear();
    FINISHED.clear();
    ABANDONED.store(ALL.len(), Relaxed);
}

fn lock_free() -> MutexGuard<'static, Vec<&'static Segment>> {
    let free = FREE.get_or_make(Free::default);
    free.lock().unwrap_or_else(PoisonError::into_inner)
}

fn finished() -> &'static Ring<Owned> {
    FINISHED.get_or_make(|| Ring::new(MAX_FINISHED))
}

/// Empties a segment and makes it free again.
pub(crate) fn recycle(owned: Owned) {
    give_back(local::keep_spare(owned.into_free()));
}

/// Makes an empty segment free for every thread.
pub(super) fn give_back(segment: Option<&'static Segment>) {
    if let Some(segment) = segment {
        alone(|| lock_free().push(segment));
    }
}

/// Hands a finished segment to the collector; drops and counts it when the queue is full.
pub(crate) fn ship(owned: Owned) {
    let finished = FINISHED.get().or_else(|| alone(finished));
    let refused = match finished {
        Some(finished) => finished.push(owned).err(),
        None => Some(owned),
    };
    if let Some(owned) = refused {
        OVERRUN.fetch_add(1, Relaxed);
        recycle(owned);
    }
}

/// The next finished segment, for the collector.
pub(crate) fn next_finished() -> Option<Owned> {
    FINISHED.get()?.pop()
}

/// How many finished segments wait.
pub(crate) fn waiting() -> usize {
    FINISHED.get().map_or(0, Ring::len)
}

/// Changes how many traces can be open at once. Segments that exist already stay.
pub(crate) fn set_cap(cap: usize) {
    CAP.store(cap.min(MAX_SEGMENTS), Relaxed);
}

/// The traces that are open now, at most `limit` of them.
pub(crate) fn active(limit: usize) -> Vec<Active> {
    ALL.iter()
        .filter_map(|entry| entry.value().active())
        .take(limit)
        .collect()
}
