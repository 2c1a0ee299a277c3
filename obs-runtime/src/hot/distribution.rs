//! The cells of one histogram of the program's own values.
//!
//! A row of cells: how many observations were added, their sum, their extremes
//! since the last time somebody asked, the buckets, and the extremes of before. The number of
//! observations that readers get is the sum of the buckets, so the two cannot
//! disagree; the first cell tells a reader whether it came in the middle of an
//! update.

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use super::cells::{self, Cells, cell};
use super::extremes;
use super::tally;

const ADDED: usize = 0;
const SUM: usize = 1;
/// The extremes as keys that sort like the values, see [`key`]; the smaller as its complement, so
/// that 0 means "none" in both.
const LEAST: usize = 2;
const GREATEST: usize = 3;
const HEADER: usize = 4;

/// Where the cells of a histogram are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Distribution {
    offset: u32,
    buckets: u32,
}

/// What a reader finds: totals over all threads.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) sum: f64,
    /// Not cumulative; the last is that of `+Inf`.
    pub(crate) buckets: Vec<u64>,
    /// Threads whose cells changed under every attempt to read them.
    pub(crate) torn: u64,
    /// The buckets of one thread.
    attempt: Vec<u64>,
}

impl Counts {
    /// No observations in so many buckets.
    pub(crate) fn clear(&mut self, buckets: usize) {
        (self.sum, self.torn) = (0.0, 0);
        for list in [&mut self.buckets, &mut self.attempt] {
            list.clear();
            list.resize(buckets, 0);
        }
    }
}

impl Distribution {
    /// Whether there can be a histogram with so many bucket bounds.
    pub(crate) const fn fits(bounds: usize) -> bool {
        HEADER + bounds + extremes::KEPT < cells::PART_CELLS
    }

    /// Reserves the cells of a histogram with `bounds` bucket bounds.
    pub(crate) fn allocate(bounds: usize) -> Option<Self> {
        let buckets = u32::try_from(bounds + 1).ok()?;
        let offset = cells::allocate(HEADER + bounds + 1 + extremes::KEPT)?;
        Some(Self { offset, buckets })
    }

    /// The first of the cells, which no other histogram has; never 0.
    pub(crate) fn cell(self) -> u32 {
        self.offset
    }

    /// How many cells there are before those that keep the extremes.
    fn len(self) -> usize {
        HEADER + self.buckets as usize
    }

    /// Adds a finite value that falls into `bucket`.
    #[inline]
    pub(crate) fn add(self, bucket: usize, value: f64) {
        match cells::own(self.offset) {
            Some(cells) => add_own(cells, self.offset as usize, bucket, value),
            None => self.add_common(bucket, value),
        }
    }

    /// The same on the common cells, with locked additions.
    #[cold]
    fn add_common(self, bucket: usize, value: f64) {
        let Some(cells) = cells::common(self.offset) else {
            return;
        };
        let cell = |index| cell(cells, self.offset as usize + index);
        tally::enter_common(cell(ADDED));
        let _ = cell(SUM).fetch_update(Relaxed, Relaxed, |bits| {
            Some((f64::from_bits(bits) + value).to_bits())
        });
        cell(LEAST).fetch_max(!key(value), Relaxed);
        cell(GREATEST).fetch_max(key(value), Relaxed);
        tally::publish_common(cell(HEADER + bucket));
    }

    /// The totals over all threads. Per thread they belong together, unless `torn` says otherwise.
    pub(crate) fn read(self) -> Counts {
        let mut counts = Counts::default();
        self.read_into(&mut counts);
        counts
    }

    /// The same into memory that was used before.
    pub(crate) fn read_into(self, counts: &mut Counts) {
        counts.clear(self.buckets as usize);
        cells::each_shard(|shard| {
            if let Some(row) = shard.row(self.offset, self.len()) {
                read_row(row, counts);
            }
        });
    }

    /// Takes the smallest and the largest value since the last time.
    pub(crate) fn take_extremes(self) -> Option<(f64, f64)> {
        self.extremes(extremes::take)
    }

    /// The smallest and the largest value since the start, maybe of an observation that the buckets have a moment later.
    #[cfg(feature = "export")]
    pub(crate) fn all_extremes(self) -> Option<(f64, f64)> {
        self.extremes(extremes::look)
    }

    /// The extremes over all threads, of which `read` reads a key, from its cell and where it is kept.
    fn extremes(self, read: impl Fn(&AtomicU64, &AtomicU64) -> u64) -> Option<(f64, f64)> {
        let (mut low, mut high) = (0, 0);
        cells::each_shard(|shard| {
            let row = shard.row(self.offset, self.len() + extremes::KEPT);
            let ends = row.and_then(|row| row.first_chunk::<HEADER>().zip(row.last_chunk()));
            if let Some(([_, _, least, greatest], [least_kept, greatest_kept])) = ends {
                low = low.max(read(least, least_kept));
                high = high.max(read(greatest, greatest_kept));
            }
        });
        (low != 0 && high != 0).then(|| (value_of(!low), value_of(high)))
    }
}

#[inline]
fn add_own(cells: &Cells, at: usize, bucket: usize, value: f64) {
    let cell = |index| cell(cells, at + index);
    tally::enter(cell(ADDED));
    let total = f64::from_bits(cell(SUM).load(Relaxed)) + value;
    cell(SUM).store(total.to_bits(), Relaxed);
    let key = key(value);
    extremes::note(cell(LEAST), !key);
    extremes::note(cell(GREATEST), key);
    tally::publish(cell(HEADER + bucket));
}

/// Adds a thread's cells to `counts`, reading again while a value is added in between.
fn read_row(row: &'static [AtomicU64], counts: &mut Counts) {
    let (header, buckets) = row.split_at(HEADER);
    let mut sum = 0.0;
    let (consistent, _) = tally::read(&header[ADDED], || {
        let mut counted = 0u64;
        for (slot, cell) in counts.attempt.iter_mut().zip(buckets) {
            *slot = tally::look(cell);
            counted = counted.wrapping_add(*slot);
        }
        sum = f64::from_bits(tally::look(&header[SUM]));
        counted
    });
    counts.torn += u64::from(!consistent);
    counts.sum += sum;
    for (total, slot) in counts.buckets.iter_mut().zip(&counts.attempt) {
        *total = total.wrapping_add(*slot);
    }
}

/// Numbers that sort like the values. Never 0 nor `u64::MAX` for a value that is not NaN.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 0 {
        bits | 1 << 63
    } else {
        !bits
    }
}

fn value_of(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 {
        key & !(1 << 63)
    } else {
        !key
    })
}

const _: () = assert!(LEAST + 1 == GREATEST && GREATEST + 1 == HEADER);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_summed_and_bounded() {
        let distribution = Distribution::allocate(2).unwrap();
        assert_eq!(distribution.take_extremes(), None);
        for (bucket, value) in [(0, -3.5), (1, 1.0), (2, 8.0), (1, 0.0)] {
            distribution.add(bucket, value);
        }
        let counts = distribution.read();
        assert_eq!(counts.buckets, [1, 2, 1]);
        assert_eq!((counts.sum, counts.torn), (5.5, 0));
        assert_eq!(distribution.take_extremes(), Some((-3.5, 8.0)));
        assert_eq!(distribution.take_extremes(), None);
        distribution.add(1, 0.0);
        assert_eq!(distribution.take_extremes(), Some((0.0, 0.0)));
    }

    #[test]
    fn the_common_cells_count_as_well() {
        let distribution = Distribution::allocate(1).unwrap();
        distribution.add_common(0, 2.0);
        distribution.add(1, -1.0);
        let counts = distribution.read();
        assert_eq!((counts.buckets, counts.sum), (vec![1, 1], 1.0));
        assert_eq!(distribution.take_extremes(), Some((-1.0, 2.0)));
    }

    #[cfg(feature = "export")]
    #[test]
    fn the_extremes_since_the_start_are_those_of_all_windows() {
        let distribution = Distribution::allocate(1).unwrap();
        assert_eq!(distribution.all_extremes(), None);
        distribution.add(0, -2.0);
        distribution.add_common(1, 7.0);
        assert_eq!(distribution.all_extremes(), Some((-2.0, 7.0)));
        distribution.take_extremes();
        distribution.add(0, 0.5);
        assert_eq!(distribution.all_extremes(), Some((-2.0, 7.0)));
        distribution.take_extremes();
        distribution.add(1, 9.0);
        assert_eq!(distribution.all_extremes(), Some((-2.0, 9.0)));
    }

    proptest::proptest! {
        #[test]
        fn keys_sort_like_the_values(a: f64, b: f64) {
            proptest::prop_assume!(!a.is_nan() && !b.is_nan());
            proptest::prop_assert_eq!(value_of(key(a)).to_bits(), a.to_bits());
            if a < b {
                proptest::prop_assert!(key(a) < key(b));
            }
            proptest::prop_assert!(key(a) != 0 && key(a) != u64::MAX);
        }
    }
}
