//! Counting without sharing: every thread adds to cells of its own.
//!
//! A cell is a `u64` at an offset that is the same in every thread. A thread's
//! cells form its shard: a directory of segments, allocated when first touched.
//! Only the owner writes a shard, with a plain load and store; a reader adds up
//! all shards. A thread that ends hands its shard to the next one that starts,
//! as it is: cells are cumulative, so totals stay right and memory follows the
//! peak of threads that live at once.
//!
//! Threads beyond a cap, and code that runs after the thread's locals are gone,
//! add to one common shard with locked additions.

use std::sync::atomic::{
    AtomicPtr, AtomicU32, AtomicU64, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};
use std::sync::{Mutex, PoisonError, RwLock};

use super::local;

/// Cells of one segment: 64 KiB.
pub(crate) const SEGMENT_CELLS: usize = 8192;
/// Segments that a shard can have: 8.4 million cells.
const SEGMENTS: usize = 1024;
/// Blocks start on a cache line.
const LINE: u32 = 8;

type Segment = [AtomicU64; SEGMENT_CELLS];

/// The cells of one thread, or the common ones.
pub(crate) struct Shard {
    directory: [AtomicPtr<Segment>; SEGMENTS],
}

/// The cells of the threads that have no shard of their own.
static COMMON: Shard = Shard::new();
/// Every shard there ever was. Shards are never freed.
static SHARDS: RwLock<Vec<&'static Shard>> = RwLock::new(Vec::new());
/// Shards whose thread has ended.
static FREE: Mutex<Vec<&'static Shard>> = Mutex::new(Vec::new());
/// The next offset to hand out. Offset 0 is never handed out: it means "none".
static NEXT: AtomicU32 = AtomicU32::new(LINE);
/// How many shards may exist.
static CAP: AtomicUsize = AtomicUsize::new(0);

/// Reserves `cells` cells in a row, starting on a cache line, and returns the offset of the first.
///
/// `None` when the space is used up or the row is longer than a segment.
pub(crate) fn allocate(cells: usize) -> Option<u32> {
    let size = u32::try_from(cells)
        .ok()?
        .checked_next_multiple_of(LINE)?
        .max(LINE);
    if size as usize > SEGMENT_CELLS {
        return None;
    }
    let mut taken = 0;
    NEXT.fetch_update(Relaxed, Relaxed, |next| {
        taken = fit(next, size)?;
        Some(taken + size)
    })
    .ok()?;
    Some(taken)
}

/// The first offset from `next` on at which `size` cells lie within one segment.
fn fit(next: u32, size: u32) -> Option<u32> {
    let segment = SEGMENT_CELLS as u32;
    let room = segment - next % segment;
    let start = if size <= room { next } else { next + room };
    (start + size <= segment * SEGMENTS as u32).then_some(start)
}

/// Adds to the cell at `offset`.
#[inline]
pub(crate) fn add(offset: u32, n: u64) {
    match own(offset) {
        Some(cell) => bump(cell, n, Relaxed),
        None => common_cell(offset, |cell| {
            cell.fetch_add(n, Relaxed);
        }),
    }
}

/// Adds to the cell at `offset`, which holds the bits of an `f64`.
#[inline]
pub(crate) fn add_f64(offset: u32, x: f64) {
    match own(offset) {
        Some(cell) => {
            let sum = f64::from_bits(cell.load(Relaxed)) + x;
            cell.store(sum.to_bits(), Relaxed);
        }
        None => common_cell(offset, |cell| {
            let _ = cell.fetch_update(Relaxed, Relaxed, |bits| {
                Some((f64::from_bits(bits) + x).to_bits())
            });
        }),
    }
}

/// Adds to a cell that only this thread writes.
#[inline(always)]
pub(super) fn bump(cell: &AtomicU64, n: u64, order: std::sync::atomic::Ordering) {
    cell.store(cell.load(Relaxed).wrapping_add(n), order);
}

/// The total of the cell at `offset` over all threads.
pub(crate) fn read(offset: u32) -> u64 {
    let mut total = 0u64;
    each_shard(|shard| total = total.wrapping_add(shard.load(offset)));
    total
}

/// The total of a cell of `f64` bits over all threads.
pub(crate) fn read_f64(offset: u32) -> f64 {
    let mut total = 0.0;
    each_shard(|shard| total += f64::from_bits(shard.load(offset)));
    total
}

/// Runs `read` so that the totals it reads are those of this thread alone: for tests, which run side
/// by side in one process.
pub(crate) fn only_own<R>(read: impl FnOnce() -> R) -> R {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            local::set_reads_own(self.0);
        }
    }
    let _restore = Restore(local::set_reads_own(true));
    read()
}

/// Calls `visit` with every shard that has cells at `offset`'s segment or not; the shard answers 0 then.
pub(super) fn each_shard(mut visit: impl FnMut(&'static Shard)) {
    if local::reads_own() {
        return local::shard().into_iter().for_each(visit);
    }
    visit(&COMMON);
    for shard in SHARDS.read().unwrap_or_else(PoisonError::into_inner).iter() {
        visit(shard);
    }
}

/// This thread's cell at `offset`, or `None` if this thread has to use the common ones.
#[inline(always)]
fn own(offset: u32) -> Option<&'static AtomicU64> {
    own_row(offset, 1).and_then(|row| row.first())
}

/// This thread's `len` cells from `offset` on. They lie in one segment because [`allocate`] sees to it.
#[inline(always)]
pub(super) fn own_row(offset: u32, len: usize) -> Option<&'static [AtomicU64]> {
    match local::shard().and_then(|shard| shard.row(offset, len)) {
        Some(row) => Some(row),
        None => attach(offset, len),
    }
}

/// The common `len` cells from `offset` on, for threads without a shard of their own.
pub(super) fn common_row(offset: u32, len: usize) -> Option<&'static [AtomicU64]> {
    COMMON.grow(offset);
    COMMON.row(offset, len)
}

#[cold]
fn common_cell(offset: u32, change: impl FnOnce(&AtomicU64)) {
    if let Some(cell) = common_row(offset, 1).and_then(|row| row.first()) {
        change(cell);
    }
}

/// Gives this thread a shard, or its shard the missing segment.
#[cold]
#[inline(never)]
fn attach(offset: u32, len: usize) -> Option<&'static [AtomicU64]> {
    let shard = match local::shard() {
        Some(shard) => shard,
        None => local::adopt()?,
    };
    shard.grow(offset);
    shard.row(offset, len)
}

/// A shard for a new thread: one that an ended thread left, or a new one below the cap.
pub(super) fn acquire() -> Option<&'static Shard> {
    if let Some(shard) = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop() {
        return Some(shard);
    }
    let mut shards = SHARDS.write().unwrap_or_else(PoisonError::into_inner);
    if shards.len() >= cap() {
        return None;
    }
    let shard: &'static Shard = Box::leak(Box::new(Shard::new()));
    shards.push(shard);
    Some(shard)
}

/// Takes back the shard of a thread that ends.
pub(super) fn release(shard: &'static Shard) {
    FREE.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(shard);
}

/// How many shards may exist: 8 per core, at least 64.
fn cap() -> usize {
    match CAP.load(Relaxed) {
        0 => {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let cap = (cores * 8).max(64);
            CAP.store(cap, Relaxed);
            cap
        }
        cap => cap,
    }
}

/// How many shards exist.
pub(crate) fn shards() -> usize {
    SHARDS.read().unwrap_or_else(PoisonError::into_inner).len()
}

impl Shard {
    const fn new() -> Self {
        Self {
            directory: [const { AtomicPtr::new(std::ptr::null_mut()) }; SEGMENTS],
        }
    }

    /// `len` cells from `offset` on, if the segment exists.
    #[inline(always)]
    pub(super) fn row(&self, offset: u32, len: usize) -> Option<&'static [AtomicU64]> {
        let offset = offset as usize;
        let segment = self.directory.get(offset / SEGMENT_CELLS)?.load(Acquire);
        if segment.is_null() {
            return None;
        }
        // SAFETY: a pointer in the directory comes from `grow`, points to a whole segment of
        // atomics that were zeroed before it was published with Release, and is never freed.
        let cells: &'static Segment = unsafe { &*segment };
        let start = offset % SEGMENT_CELLS;
        cells.get(start..start + len)
    }

    fn load(&self, offset: u32) -> u64 {
        self.row(offset, 1)
            .and_then(|row| row.first())
            .map_or(0, |cell| cell.load(Relaxed))
    }

    /// Allocates the segment of `offset` if it is missing.
    fn grow(&self, offset: u32) {
        let Some(slot) = self.directory.get(offset as usize / SEGMENT_CELLS) else {
            return;
        };
        if !slot.load(Acquire).is_null() {
            return;
        }
        let fresh = Box::into_raw(zeroed_segment());
        if slot
            .compare_exchange(std::ptr::null_mut(), fresh, AcqRel, Acquire)
            .is_err()
        {
            // SAFETY: the exchange failed, so `fresh` was not published: this is its only owner.
            drop(unsafe { Box::from_raw(fresh) });
        }
    }
}

fn zeroed_segment() -> Box<Segment> {
    let segment = Box::<Segment>::new_zeroed();
    // SAFETY: an `AtomicU64` of all zero bytes is a valid 0.
    unsafe { segment.assume_init() }
}

/// The ordering with which the last store of an update is made.
pub(super) const PUBLISH: std::sync::atomic::Ordering = Release;
