//! Many cells in a row, added up over all threads.
//!
//! Walking over the threads for every cell would cost a cache miss per thread
//! and cell. So the cells around the one that is asked for are added up with it,
//! thread by thread, and the next questions are mostly answered by what is there.

use std::sync::atomic::Ordering::Relaxed;

use super::cells;

/// Cells that are added up at once. A row of so many never crosses the end of a part.
const CHUNK: usize = 64;

/// Totals of single cells for somebody who reads many of them.
#[derive(Debug)]
pub(crate) struct Reducer {
    /// The first cell of the chunk, or `u32::MAX` if there is none.
    first: u32,
    totals: [u64; CHUNK],
}

impl Default for Reducer {
    fn default() -> Self {
        Self {
            first: u32::MAX,
            totals: [0; CHUNK],
        }
    }
}

impl Reducer {
    /// Forgets what it has read: what is asked from now on is not older than this.
    pub(crate) fn start(&mut self) {
        self.first = u32::MAX;
    }

    /// The total of the cell at `offset` over all threads.
    #[inline]
    pub(crate) fn read(&mut self, offset: u32) -> u64 {
        let at = offset as usize % CHUNK;
        let first = offset - at as u32;
        if first != self.first {
            self.reduce(first);
        }
        self.totals[at]
    }

    #[cold]
    fn reduce(&mut self, first: u32) {
        self.first = first;
        self.totals = [0; CHUNK];
        cells::each_shard(|shard| {
            let row = shard.row(first, CHUNK).unwrap_or_default();
            for (total, cell) in self.totals.iter_mut().zip(row) {
                *total = total.wrapping_add(cell.load(Relaxed));
            }
        });
    }
}

const _: () = assert!(cells::PART_CELLS.is_multiple_of(CHUNK));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_has_the_total_of_all_threads() {
        let offsets: Vec<u32> = (0..50).map(|_| cells::allocate(20).unwrap()).collect();
        let count = || {
            for (n, &offset) in offsets.iter().enumerate() {
                cells::add(offset + n as u32 % 20, n as u64);
            }
        };
        std::thread::scope(|scope| (0..3).for_each(|_| drop(scope.spawn(count))));
        let mut reducer = Reducer::default();
        for (n, &offset) in offsets.iter().enumerate() {
            for cell in 0..20 {
                let expected = if n as u32 % 20 == cell {
                    3 * n as u64
                } else {
                    0
                };
                assert_eq!(reducer.read(offset + cell), expected);
            }
        }
        count();
        reducer.start();
        assert_eq!(reducer.read(offsets[49] + 9), 4 * 49);
    }
}
