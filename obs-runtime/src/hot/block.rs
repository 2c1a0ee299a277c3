//! The cells of one timed operation.
//!
//! A block begins with seven cells: how many calls have begun, how many have
//! ended, the extremes of the current window, and the bucket that the last
//! duration fell into. After them, for each outcome, stand the sum of its ticks
//! and its buckets; the sum of `ok` completes the first cache line. `_count` and
//! the number of calls by outcome are the sums of the buckets, so they cannot
//! disagree; calls in flight are begun less ended.
//!
//! The bucket is speculated, not searched: the next duration mostly falls into
//! the last one's bucket, so the address of the addition does not wait for the
//! clock. A miss costs one binary search.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::{Acquire, Relaxed};

use obs_schema::def::CallOutcome;

use super::cells::{self, PUBLISH, bump};

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

/// Where a block is and how it is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    /// The offset of its first cell.
    pub(crate) offset: u32,
    /// Cells of one outcome: its sum, then a bucket for each bound and one more.
    pub(crate) stride: u32,
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
}

/// The extremes of a window in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extremes {
    pub(crate) least: u64,
    pub(crate) greatest: u64,
}

impl Block {
    /// Reserves the cells of a block with `bounds` bucket bounds.
    pub(crate) fn allocate(bounds: usize) -> Option<Self> {
        let stride = u32::try_from(bounds + 2).ok()?;
        let offset = cells::allocate(HEADER + OUTCOMES * (bounds + 2))?;
        Some(Self { offset, stride })
    }

    fn len(self) -> usize {
        HEADER + OUTCOMES * self.stride as usize
    }

    /// Counts the beginning of a call.
    #[inline(always)]
    pub(crate) fn begin(self) {
        cells::add(self.offset + BEGUN as u32, 1);
    }

    /// Counts the end of a call that took `ticks`. `bounds` are the bucket bounds in ticks.
    #[inline]
    pub(crate) fn end(self, outcome: CallOutcome, ticks: u64, bounds: &[u64]) {
        match cells::own_row(self.offset, self.len()) {
            Some(row) => end_own(row, self.stride as usize, outcome, ticks, bounds),
            None => self.end_common(outcome, ticks, bounds),
        }
    }

    /// The same on the common cells, with locked additions.
    #[cold]
    fn end_common(self, outcome: CallOutcome, ticks: u64, bounds: &[u64]) {
        let Some(row) = cells::common_row(self.offset, self.len()) else {
            return;
        };
        let bucket = bucket_of(ticks, bounds);
        let [_, ended, least, greatest, ..] = row else {
            return;
        };
        ended.fetch_add(1, Relaxed);
        if let Some(sum) = row.get(sum_index(self.stride as usize, outcome)) {
            sum.fetch_add(ticks, Relaxed);
        }
        least.fetch_max(!ticks, Relaxed);
        greatest.fetch_max(ticks, Relaxed);
        if let Some(cell) = row.get(bucket_index(self.stride as usize, outcome, bucket)) {
            cell.fetch_add(1, PUBLISH);
        }
    }

    /// The totals over all threads. Per thread they belong together, unless `torn` says otherwise.
    pub(crate) fn read(self) -> Totals {
        let mut totals = Totals::zero(self.stride as usize - 2);
        let mut attempt = vec![0; self.len() - HEADER];
        cells::each_shard(|shard| {
            if let Some(row) = shard.row(self.offset, self.len()) {
                read_row(row, &mut attempt, &mut totals);
            }
        });
        totals
    }

    /// Takes the extremes since the last time, and starts a new window.
    pub(crate) fn take_extremes(self) -> Option<Extremes> {
        let (mut least, mut greatest) = (0, 0);
        cells::each_shard(|shard| {
            let Some(row) = shard.row(self.offset, HEADER) else {
                return;
            };
            let [_, _, low, high, _, width, _] = row else {
                return;
            };
            least = least.max(low.swap(0, Relaxed));
            greatest = greatest.max(high.swap(0, Relaxed));
            // The owner's next call has to look at the extremes again.
            width.store(0, Relaxed);
        });
        (least != 0).then_some(Extremes {
            least: !least,
            greatest,
        })
    }
}

#[inline(always)]
fn end_own(row: &[AtomicU64], stride: usize, outcome: CallOutcome, ticks: u64, bounds: &[u64]) {
    let [_, ended, _, _, low, width, guess, ..] = row else {
        return;
    };
    bump(ended, 1, Relaxed);
    // A reader that sees the bucket's addition sees these two, and one that sees `ended` ahead of
    // the buckets knows that it came in between.
    #[cfg(not(target_arch = "x86_64"))]
    std::sync::atomic::fence(std::sync::atomic::Ordering::Release);
    if let Some(sum) = row.get(sum_index(stride, outcome)) {
        bump(sum, ticks, Relaxed);
    }
    let hit = ticks.wrapping_sub(low.load(Relaxed)) < width.load(Relaxed);
    let bucket = if hit {
        guess.load(Relaxed) as usize
    } else {
        look_up(row, ticks, bounds)
    };
    if let Some(cell) = row.get(bucket_index(stride, outcome, bucket)) {
        bump(cell, 1, PUBLISH);
    }
}

/// Searches the bucket, notes the extremes, and remembers the part of the bucket that lies between
/// them: while durations stay there, neither can change.
#[cold]
#[inline(never)]
fn look_up(row: &[AtomicU64], ticks: u64, bounds: &[u64]) -> usize {
    let bucket = bucket_of(ticks, bounds);
    let [_, _, least, greatest, low, width, guess, ..] = row else {
        return bucket;
    };
    let smallest = (!least.load(Relaxed)).min(ticks);
    let largest = greatest.load(Relaxed).max(ticks);
    least.store(!smallest, Relaxed);
    greatest.store(largest, Relaxed);
    let floor = bucket
        .checked_sub(1)
        .and_then(|below| bounds.get(below))
        .map_or(0, |b| b + 1);
    let ceiling = bounds.get(bucket).copied().unwrap_or(u64::MAX - 1);
    let from = floor.max(smallest);
    low.store(from, Relaxed);
    width.store(ceiling.min(largest).saturating_sub(from) + 1, Relaxed);
    guess.store(bucket as u64, Relaxed);
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

#[inline(always)]
fn bucket_index(stride: usize, outcome: CallOutcome, bucket: usize) -> usize {
    sum_index(stride, outcome) + 1 + bucket
}

impl Totals {
    /// The totals of a series that nobody has called, with `bounds` bucket bounds.
    pub(crate) fn zero(bounds: usize) -> Self {
        Self {
            buckets: vec![0; OUTCOMES * (bounds + 1)],
            ..Self::default()
        }
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
    const ATTEMPTS: usize = 4;
    let (header, outcomes) = row.split_at(HEADER);
    let stride = (outcomes.len() / OUTCOMES).max(1);
    let mut consistent = false;
    let mut ended = 0;
    for _ in 0..ATTEMPTS {
        let mut counted = 0u64;
        // The buckets first: they are written last.
        for (index, (slot, cell)) in attempt.iter_mut().zip(outcomes).enumerate() {
            if index % stride != 0 {
                *slot = cell.load(Acquire);
                counted = counted.wrapping_add(*slot);
            }
        }
        let sums = attempt.iter_mut().zip(outcomes).step_by(stride);
        sums.for_each(|(slot, sum)| *slot = sum.load(Acquire));
        ended = header[ENDED].load(Acquire);
        if ended == counted {
            consistent = true;
            break;
        }
        std::hint::spin_loop();
    }
    totals.torn += u64::from(!consistent);
    totals.add(header[BEGUN].load(Relaxed), ended, attempt);
}

const _: () = assert!(GUESS_BUCKET + 1 == HEADER && LEAST < GREATEST && GUESS_LOW < GUESS_WIDTH);
