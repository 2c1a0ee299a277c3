//! The cells of one timed operation.
//!
//! A block begins with seven cells: how many calls have begun, how many have ended, the extremes of the current window,
//! and the bucket that the last duration fell into. After them, for each outcome, stand the sum of its ticks and its
//! buckets; the sum of `ok` completes the first cache line. At the end stand the extremes of the windows that are over.
//! `_count` and the number of calls by outcome are the sums of the buckets, so they cannot disagree; calls in flight
//! are begun less ended.
//!
//! The bucket is speculated, not searched: the next duration mostly falls into
//! the last one's bucket, so the address of the addition does not wait for the
//! clock. A miss costs one binary search.

use std::ptr::null_mut;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize};

use obs_schema::def::CallOutcome;

use super::alone::skip;
use super::cells::{self, Cells, Shard, cell};
use super::extremes::{self, Extremes};
use super::local::Local;
use super::roster::{Entry, Roster};
use super::tally::{self, bump};

const BEGUN: usize = 0;
const ENDED: usize = 1;
/// The smallest duration of the window, stored as its complement so that 0 means "none".
const LEAST: usize = 2;
const GREATEST: usize = 3;
const GUESS_LOW: usize = 4;
const GUESS_WIDTH: usize = 5;
const GUESS_BUCKET: usize = 6;
const HEADER: usize = 7;
const OUTCOMES: usize = CallOutcome::ALL.len();
/// Cells of one outcome in a block without bounds: the sum, and the one bucket.
const UNTIMED: usize = 2;

/// Where a block is and how it is laid out: the offset of its first cell in the upper half, in the lower the
/// cells of one outcome. One number, so that it is stored and loaded at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block(u64);

/// Every block there is, for a forked child.
static ALL: Roster<Known> = Roster::new(AtomicPtr::new(null_mut()), AtomicUsize::new(0));

struct Known {
    block: Block,
    /// Calls that were under way on the thread that forked.
    open: AtomicU64,
}

/// What a reader finds in a block: totals over all threads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Calls that have begun.
    pub(crate) begun: u64,
    /// Calls that have ended.
    pub(crate) ended: u64,
    /// Sum of the durations of each outcome in ticks.
    pub(crate) sums: [u64; OUTCOMES],
    /// The buckets of each outcome in turn, not cumulative.
    pub(crate) buckets: Vec<u64>,
    /// Threads whose cells changed under every attempt to read them.
    pub(crate) torn: u64,
    /// The cells of one thread, without the header.
    attempt: Vec<u64>,
}

impl Block {
    /// No cells: the offset 0 is never handed out.
    pub(crate) const NONE: Self = Self(0);

    /// Whether there can be a block with so many bucket bounds.
    pub(crate) const fn fits(bounds: usize) -> bool {
        Self::size(bounds) <= cells::PART_CELLS
    }

    const fn size(bounds: usize) -> usize {
        HEADER + OUTCOMES * (bounds + 2) + extremes::KEPT
    }

    /// Reserves the cells of a block with `bounds` bucket bounds.
    pub(crate) fn allocate(bounds: usize) -> Option<Self> {
        // Of each outcome the sum, and a bucket more than there are bounds.
        let stride = u32::try_from(bounds + 2).ok()?;
        let offset = cells::allocate(Self::size(bounds))?;
        let block = Self(u64::from(offset) << 32 | u64::from(stride));
        ALL.add(usize::MAX, || Known {
            block,
            open: AtomicU64::new(0),
        });
        Some(block)
    }

    /// The block in the bits of [`bits`](Self::bits), and whatever else stands in the other bits.
    #[inline(always)]
    pub(crate) const fn from_bits(bits: u64) -> Self {
        Self(bits & Self::MASK)
    }

    /// A number with zeros outside of [`MASK`](Self::MASK).
    pub(crate) const fn bits(self) -> u64 {
        self.0
    }

    /// The bits that a block needs: a stride is never longer than a part of a shard.
    pub(crate) const MASK: u64 = 0xffff_ffff_0000_ffff;

    /// Whether there are cells.
    #[inline(always)]
    pub(crate) fn is_some(self) -> bool {
        self.0 != 0
    }

    /// The offset of the first cell.
    #[inline(always)]
    pub(crate) fn offset(self) -> u32 {
        (self.0 >> 32) as u32
    }

    #[inline(always)]
    fn stride(self) -> usize {
        self.0 as u32 as usize
    }

    /// How many cells there are before those that keep the extremes.
    fn len(self) -> usize {
        HEADER + OUTCOMES * self.stride()
    }

    /// Counts the beginning of a call. False if there are no cells for it: then the end must not be counted either.
    pub(crate) fn begin(self) -> bool {
        let at = self.offset() as usize + BEGUN;
        match cells::own(self.offset()) {
            Some(cells) => bump(cell(cells, at), 1),
            None => {
                let Some(cells) = cells::common(self.offset()) else {
                    return false;
                };
                cell(cells, at).fetch_add(1, Relaxed);
            }
        }
        true
    }

    /// The part of this thread's cells that the block is in, if this thread has it already.
    #[inline(always)]
    pub(crate) fn cells(self, local: &Local) -> Option<&'static Cells> {
        local.cells(self.offset())
    }

    /// Counts the beginning of a call, if this thread has the cells already.
    #[inline(always)]
    pub(crate) fn begin_if_ready(self, local: &Local) -> bool {
        let Some(cells) = self.cells(local) else {
            return false;
        };
        bump(cell(cells, self.offset() as usize + BEGUN), 1);
        true
    }

    /// Counts the end of a call that took `ticks`. `bounds` are the bucket bounds in ticks.
    pub(crate) fn end(self, outcome: CallOutcome, ticks: u64, bounds: &[u64]) {
        match cells::own(self.offset()) {
            Some(cells) => self.end_searched(cells, outcome, ticks, bounds),
            None => self.end_common(outcome, ticks, bounds),
        }
    }

    /// The same, if the duration falls where the last one fell.
    #[inline(always)]
    pub(crate) fn end_if_guessed(self, cells: &Cells, outcome: CallOutcome, ticks: u64) -> bool {
        let at = self.offset() as usize;
        let low = cell(cells, at + GUESS_LOW).load(Relaxed);
        let width = cell(cells, at + GUESS_WIDTH).load(Relaxed);
        if ticks.wrapping_sub(low) >= width {
            return false;
        }
        let bucket = cell(cells, at + GUESS_BUCKET).load(Relaxed) as usize;
        self.tally(cells, outcome, ticks, bucket);
        true
    }

    /// The same wherever the duration falls.
    #[inline(always)]
    pub(crate) fn end_searched(
        self,
        cells: &Cells,
        outcome: CallOutcome,
        ticks: u64,
        bounds: &[u64],
    ) {
        let bucket = look_up(cells, self.offset() as usize, ticks, bounds);
        self.tally(cells, outcome, ticks, bucket);
    }

    /// Counts a call that is not timed, in a block without bounds.
    #[inline(always)]
    pub(crate) fn count(self, cells: &Cells, outcome: CallOutcome) {
        let at = self.offset() as usize;
        tally::enter(cell(cells, at + ENDED));
        tally::publish(cell(cells, at + sum_index(UNTIMED, outcome) + 1));
    }

    #[inline(always)]
    fn tally(self, cells: &Cells, outcome: CallOutcome, ticks: u64, bucket: usize) {
        let at = self.offset() as usize;
        let sum = at + sum_index(self.stride(), outcome);
        tally::enter(cell(cells, at + ENDED));
        bump(cell(cells, sum), ticks);
        tally::publish(cell(cells, sum + 1 + bucket));
    }

    /// The same on the common cells, with locked additions.
    #[cold]
    #[inline(never)]
    fn end_common(self, outcome: CallOutcome, ticks: u64, bounds: &[u64]) {
        let Some(cells) = cells::common(self.offset()) else {
            return skip();
        };
        let at = self.offset() as usize;
        let sum = at + sum_index(self.stride(), outcome);
        tally::enter_common(cell(cells, at + ENDED));
        cell(cells, sum).fetch_add(ticks, Relaxed);
        cell(cells, at + LEAST).fetch_max(!ticks, Relaxed);
        cell(cells, at + GREATEST).fetch_max(ticks, Relaxed);
        tally::publish_common(cell(cells, sum + 1 + bucket_of(ticks, bounds)));
    }

    /// The totals over all threads. Per thread they belong together, unless `torn` says otherwise.
    #[cfg(test)]
    pub(crate) fn read(self) -> Totals {
        let mut totals = Totals::default();
        self.read_into(&mut totals);
        totals
    }

    /// The same into memory that was used before.
    pub(crate) fn read_into(self, totals: &mut Totals) {
        totals.clear(self.stride() - 2);
        let mut attempt = std::mem::take(&mut totals.attempt);
        attempt.clear();
        attempt.resize(self.len() - HEADER, 0);
        cells::each_shard(|shard| {
            if let Some(row) = shard.row(self.offset(), self.len()) {
                read_row(row, &mut attempt, totals);
            }
        });
        totals.attempt = attempt;
    }

    /// Takes the extremes since the last time, and starts a new window.
    pub(crate) fn take_extremes(self) -> Option<Extremes> {
        self.extremes(|header, [least, greatest]| {
            let taken = [
                extremes::take(&header[LEAST], least),
                extremes::take(&header[GREATEST], greatest),
            ];
            // The owner's next call has to look at the extremes again.
            header[GUESS_WIDTH].store(0, Relaxed);
            taken
        })
    }

    /// The extremes since the start. They may be those of a call that the totals have a moment later.
    #[cfg(feature = "export")]
    pub(crate) fn all_extremes(self) -> Option<Extremes> {
        self.extremes(|header, [least, greatest]| {
            [
                extremes::look(&header[LEAST], least),
                extremes::look(&header[GREATEST], greatest),
            ]
        })
    }

    /// The extremes over all threads, of which `read` reads the keys of one in its header and where they are kept.
    fn extremes(
        self,
        read: impl Fn(&[AtomicU64; HEADER], &[AtomicU64; extremes::KEPT]) -> [u64; 2],
    ) -> Option<Extremes> {
        let (mut least, mut greatest) = (0, 0);
        cells::each_shard(|shard| {
            let row = shard.row(self.offset(), self.len() + extremes::KEPT);
            let ends = row.and_then(|row| row.first_chunk().zip(row.last_chunk()));
            if let Some((header, kept)) = ends {
                let [low, high] = read(header, kept);
                least = least.max(low);
                greatest = greatest.max(high);
            }
        });
        (least != 0).then_some(Extremes {
            least: !least,
            greatest,
        })
    }
}

/// Notes how many calls are under way on this thread, by its shard `own`: what has begun and not ended there. Calls
/// that went from one thread to another in between are not told apart.
pub(super) fn note_open(own: Option<&'static Entry<Shard>>) {
    for known in ALL.iter().map(Entry::value) {
        let header = own.and_then(|own| own.value().row(known.block.offset(), HEADER));
        let open = header.map_or(0, |header| {
            let [begun, ended] = [&header[BEGUN], &header[ENDED]].map(|cell| cell.load(Relaxed));
            begun.wrapping_sub(ended).cast_signed().max(0)
        });
        known.open.store(open.cast_unsigned(), Relaxed);
    }
}

/// Lets the calls that were noted have begun, in cells that are 0.
pub(super) fn open_noted(own: Option<&'static Entry<Shard>>) {
    for known in ALL.iter().map(Entry::value) {
        let open = known.open.load(Relaxed);
        let header = own.and_then(|own| own.value().row(known.block.offset(), HEADER));
        if let Some(header) = header.filter(|_| open > 0) {
            header[BEGUN].store(open, Relaxed);
        }
    }
}

/// Searches the bucket, notes the extremes, and remembers the part of the bucket that lies between
/// them: while durations stay there, neither can change.
fn look_up(cells: &Cells, at: usize, ticks: u64, bounds: &[u64]) -> usize {
    let bucket = bucket_of(ticks, bounds);
    let cell = |index| cell(cells, at + index);
    let smallest = !extremes::note(cell(LEAST), !ticks);
    let largest = extremes::note(cell(GREATEST), ticks);
    let floor = bucket
        .checked_sub(1)
        .and_then(|below| bounds.get(below))
        .map_or(0, |b| b + 1);
    let ceiling = bounds.get(bucket).copied().unwrap_or(u64::MAX - 1);
    let from = floor.max(smallest);
    cell(GUESS_LOW).store(from, Relaxed);
    cell(GUESS_WIDTH).store(ceiling.min(largest).saturating_sub(from) + 1, Relaxed);
    cell(GUESS_BUCKET).store(bucket as u64, Relaxed);
    bucket
}

/// The index of the first bound that is not below `ticks`; bounds are inclusive.
fn bucket_of(ticks: u64, bounds: &[u64]) -> usize {
    bounds.partition_point(|&bound| bound < ticks)
}

#[inline(always)]
fn sum_index(stride: usize, outcome: CallOutcome) -> usize {
    HEADER + outcome as usize * stride
}

impl Totals {
    /// The totals of a series that nobody has called, with `bounds` bucket bounds.
    pub(crate) fn clear(&mut self, bounds: usize) {
        (self.begun, self.ended, self.torn) = (0, 0, 0);
        self.sums = [0; OUTCOMES];
        self.buckets.clear();
        self.buckets.resize(OUTCOMES * (bounds + 1), 0);
    }

    /// Adds what one thread has: its header, and the sum and the buckets of each outcome in turn.
    fn add(&mut self, begun: u64, ended: u64, outcomes: &[u64]) {
        self.begun = self.begun.wrapping_add(begun);
        self.ended = self.ended.wrapping_add(ended);
        let stride = (outcomes.len() / OUTCOMES).max(1);
        let mut totals = self.buckets.iter_mut();
        for (sum, cells) in self.sums.iter_mut().zip(outcomes.chunks_exact(stride)) {
            let mut cells = cells.iter();
            *sum = sum.wrapping_add(cells.next().copied().unwrap_or(0));
            for (cell, total) in cells.zip(&mut totals) {
                *total = total.wrapping_add(*cell);
            }
        }
    }
}

/// Adds a thread's cells to `totals`, reading again while a call ends in between.
fn read_row(row: &'static [AtomicU64], attempt: &mut [u64], totals: &mut Totals) {
    let (header, outcomes) = row.split_at(HEADER);
    let stride = (outcomes.len() / OUTCOMES).max(1);
    let (consistent, ended) = tally::read(&header[ENDED], || {
        let mut counted = 0u64;
        for (index, (slot, cell)) in attempt.iter_mut().zip(outcomes).enumerate() {
            if index % stride != 0 {
                *slot = tally::look(cell);
                counted = counted.wrapping_add(*slot);
            }
        }
        let sums = attempt.iter_mut().zip(outcomes).step_by(stride);
        sums.for_each(|(slot, sum)| *slot = tally::look(sum));
        counted
    });
    totals.torn += u64::from(!consistent);
    let begun = header[BEGUN].load(Relaxed);
    totals.add(begun, ended, attempt);
}

const _: () = assert!(GUESS_BUCKET + 1 == HEADER && LEAST < GREATEST && GUESS_LOW < GUESS_WIDTH);
