//! Counting without sharing: every thread adds to cells of its own.
//!
//! A cell is a `u64` at an offset that is the same in every thread. A thread's
//! cells form its shard: a directory of parts, allocated when first touched.
//! Only the owner writes a shard, with a plain load and store; a reader adds up
//! all shards. A thread that ends hands its shard to the next one that starts,
//! as it is: cells are cumulative, so totals stay right and memory follows the
//! peak of threads that live at once.
//!
//! Threads beyond a cap, and code that runs after the thread's locals are gone,
//! add to one common shard with locked additions.

use std::ptr::null_mut;
use std::sync::atomic::{
    AtomicPtr, AtomicU32, AtomicU64, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed},
};

use super::alone::alone;
use super::local;
use super::roster::{Entry, Roster};
use super::tally::bump;

/// Cells of one part of a shard: 64 KiB.
pub(crate) const PART_CELLS: usize = 8192;
/// Parts that a shard can have: 8.4 million cells.
const PARTS: usize = 1024;
/// Blocks start on a cache line.
const LINE: u32 = 8;

/// A part of a shard. An index is taken modulo its length, so no access needs a check.
pub(crate) type Cells = [AtomicU64; PART_CELLS];

/// The cells of one thread, or the common ones.
pub(crate) struct Shard {
    directory: [AtomicPtr<Cells>; PARTS],
}

/// The cells of the threads that have no shard of their own.
static COMMON: Shard = Shard::new();
/// The shards of the threads that there are, and of those that have ended.
static SHARDS: Roster<Shard> = Roster::new(AtomicPtr::new(null_mut()), AtomicUsize::new(0));
/// The next offset to hand out. Offset 0 is never handed out: it means "none".
static NEXT: AtomicU32 = AtomicU32::new(LINE);
/// How many shards may exist.
static CAP: AtomicUsize = AtomicUsize::new(0);

/// Reserves `cells` cells in a row, starting on a cache line, and returns the offset of the first.
///
/// `None` when the space is used up or the row is longer than a part.
pub(crate) fn allocate(cells: usize) -> Option<u32> {
    let size = u32::try_from(cells)
        .ok()?
        .checked_next_multiple_of(LINE)?
        .max(LINE);
    if size as usize > PART_CELLS {
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

/// The first offset from `next` on at which `size` cells lie within one part.
fn fit(next: u32, size: u32) -> Option<u32> {
    let part = PART_CELLS as u32;
    let room = part - next % part;
    let start = if size <= room { next } else { next + room };
    (start + size <= part * PARTS as u32).then_some(start)
}

/// Adds to the cell at `offset`.
#[inline]
pub(crate) fn add(offset: u32, n: u64) {
    match own(offset) {
        Some(cells) => bump(cell(cells, offset as usize), n),
        None => common_cell(offset, |cell| {
            cell.fetch_add(n, Relaxed);
        }),
    }
}

/// Adds to the cell at `offset`, which holds the bits of an `f64`.
#[inline]
pub(crate) fn add_f64(offset: u32, x: f64) {
    match own(offset) {
        Some(cells) => {
            let cell = cell(cells, offset as usize);
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

/// The cell with an offset that lies in this part.
#[inline(always)]
pub(super) fn cell(cells: &Cells, offset: usize) -> &AtomicU64 {
    &cells[offset % PART_CELLS]
}

/// The total of the cell at `offset` over all threads.
pub(crate) fn read(offset: u32) -> u64 {
    let mut total = 0u64;
    each_shard(|shard| total = total.wrapping_add(shard.load(offset)));
    total
}

/// The totals of the `N` cells from `offset` on, which were allocated together.
pub(crate) fn read_row<const N: usize>(offset: u32) -> [u64; N] {
    let mut totals = [0u64; N];
    each_shard(|shard| {
        let row = shard.row(offset, N).unwrap_or_default();
        for (total, cell) in totals.iter_mut().zip(row) {
            *total = total.wrapping_add(cell.load(Relaxed));
        }
    });
    totals
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

/// Calls `visit` with every shard, also those without the cells in question.
pub(super) fn each_shard(mut visit: impl FnMut(&'static Shard)) {
    if local::reads_own() {
        return local::shard()
            .into_iter()
            .for_each(|own| visit(own.value()));
    }
    visit(&COMMON);
    for shard in SHARDS.iter() {
        visit(shard.value());
    }
}

/// The part of this thread's cells that `offset` is in, or `None` if this thread has to use the common
/// ones.
#[inline(always)]
pub(super) fn own(offset: u32) -> Option<&'static Cells> {
    match local::get().cells(offset) {
        Some(cells) => Some(cells),
        None => attach(offset),
    }
}

/// The same of the cells of threads without a shard.
pub(super) fn common(offset: u32) -> Option<&'static Cells> {
    let present = COMMON.part(offset);
    present.or_else(|| {
        alone(|| {
            COMMON.grow(offset);
            COMMON.part(offset)
        })?
    })
}

#[cold]
fn common_cell(offset: u32, change: impl FnOnce(&AtomicU64)) {
    if let Some(cells) = common(offset) {
        change(cell(cells, offset as usize));
    }
}

/// Gives this thread a shard, or its shard the missing part.
#[cold]
#[inline(never)]
fn attach(offset: u32) -> Option<&'static Cells> {
    alone(|| {
        let shard = match local::shard() {
            Some(shard) => shard,
            None => local::adopt()?,
        };
        shard.value().grow(offset);
        shard.value().part(offset)
    })?
}

/// A shard for a new thread: one that an ended thread left, or a new one below the cap.
pub(super) fn acquire() -> Option<&'static Entry<Shard>> {
    SHARDS.take(cap(), Shard::new)
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
    SHARDS.len()
}

/// Sets every cell to 0, and gives all shards but `own` back. Only to be called where this thread is the only one.
pub(super) fn forget(own: Option<&'static Entry<Shard>>) {
    let end = NEXT.load(Relaxed);
    COMMON.clear(end);
    SHARDS.iter().for_each(|shard| shard.value().clear(end));
    SHARDS.keep_only(own);
}

impl Shard {
    const fn new() -> Self {
        Self {
            directory: [const { AtomicPtr::new(null_mut()) }; PARTS],
        }
    }

    /// The part with the cell `offset`, if it exists.
    #[inline(always)]
    pub(super) fn part(&self, offset: u32) -> Option<&'static Cells> {
        let part = self.directory[offset as usize / PART_CELLS % PARTS].load(Acquire);
        // SAFETY: a pointer in the directory is null or comes from `grow`; then it points to a whole
        // part of atomics that were zeroed before it was published with Release, and is never freed.
        unsafe { part.as_ref() }
    }

    /// `len` cells from `offset` on, if they exist. They lie in one part because [`allocate`] sees to it.
    pub(super) fn row(&self, offset: u32, len: usize) -> Option<&'static [AtomicU64]> {
        let start = offset as usize % PART_CELLS;
        self.part(offset)?.get(start..start + len)
    }

    fn load(&self, offset: u32) -> u64 {
        self.part(offset)
            .map_or(0, |cells| cell(cells, offset as usize).load(Relaxed))
    }

    /// Sets the cells before `end` to 0. Those that are 0 are not written: the memory of a forked child becomes
    /// its own by being written.
    fn clear(&self, end: u32) {
        for first in (0..end).step_by(PART_CELLS) {
            let used = (end - first) as usize;
            let cells = self.part(first).into_iter().flatten().take(used);
            for cell in cells.filter(|cell| cell.load(Relaxed) != 0) {
                cell.store(0, Relaxed);
            }
        }
    }

    /// Allocates the part of `offset` if it is missing.
    fn grow(&self, offset: u32) {
        let slot = &self.directory[offset as usize / PART_CELLS % PARTS];
        if !slot.load(Acquire).is_null() {
            return;
        }
        let fresh = Box::into_raw(zeroed_part());
        if slot
            .compare_exchange(null_mut(), fresh, AcqRel, Acquire)
            .is_err()
        {
            // SAFETY: the exchange failed, so `fresh` was not published: this is its only owner.
            drop(unsafe { Box::from_raw(fresh) });
        }
    }
}

fn zeroed_part() -> Box<Cells> {
    let part = Box::<Cells>::new_zeroed();
    // SAFETY: an `AtomicU64` of all zero bytes is a valid 0.
    unsafe { part.assume_init() }
}
