//! A list that only grows and whose elements never move: read without a lock.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Acquire, Ordering::Release};

/// Elements of the first chunk; every further one has twice as many as the one before.
const FIRST: usize = 16;
/// More chunks than there is room for in memory.
const CHUNKS: usize = 28;

/// See the module.
#[derive(Debug)]
pub(super) struct Rows<T> {
    chunks: [OnceLock<Box<[OnceLock<T>]>>; CHUNKS],
    len: AtomicUsize,
}

impl<T> Rows<T> {
    pub(super) const fn new() -> Self {
        Self {
            chunks: [const { OnceLock::new() }; CHUNKS],
            len: AtomicUsize::new(0),
        }
    }

    /// How many elements can be read.
    pub(super) fn len(&self) -> usize {
        self.len.load(Acquire)
    }

    pub(super) fn get(&self, row: usize) -> Option<&T> {
        let (chunk, at) = place(row)?;
        self.chunks.get(chunk)?.get()?.get(at)?.get()
    }

    /// Puts an element into the next row, which exists for [`get`](Self::get) at once and is counted
    /// by [`publish`](Self::publish). `None` if there are too many. Callers take turns.
    pub(super) fn prepare(&self, value: T) -> Option<usize> {
        let row = self.len();
        let (chunk, at) = place(row)?;
        let chunk = self.chunks.get(chunk)?;
        let size = FIRST << (row / FIRST + 1).ilog2();
        let slots = chunk.get_or_init(|| (0..size).map(|_| OnceLock::new()).collect());
        slots.get(at)?.set(value).ok()?;
        Some(row)
    }

    /// Counts the row that was prepared.
    pub(super) fn publish(&self, row: usize) {
        self.len.store(row + 1, Release);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        let mut left = self.len();
        let chunks = self.chunks.iter().map_while(OnceLock::get);
        chunks.flat_map(move |chunk| {
            let taken = left.min(chunk.len());
            left -= taken;
            chunk.iter().take(taken).filter_map(OnceLock::get)
        })
    }
}

/// The chunk of a row, and its place in there.
fn place(row: usize) -> Option<(usize, usize)> {
    let chunk = (row / FIRST).checked_add(1)?.ilog2();
    let before = FIRST * ((1 << chunk) - 1);
    Some((chunk as usize, row - before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_where_they_were_put() {
        let rows = Rows::new();
        for n in 0..10_000 {
            assert_eq!(rows.prepare(n), Some(n));
            assert_eq!(rows.len(), n);
            rows.publish(n);
        }
        assert!((0..10_000).all(|n| rows.get(n) == Some(&n)));
        assert!(rows.iter().copied().eq(0..10_000));
        assert_eq!(rows.get(10_000), None);
        assert_eq!(rows.get(usize::MAX), None);
    }
}
