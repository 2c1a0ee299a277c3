//! From a hash to the rows that have it: read without a lock.
//!
//! A hash table with open addressing. It is never rehashed in place: when it is
//! full, one of twice the size takes its place, and the old one stays where it
//! is for those who read it just now. All old ones together are as large as the
//! present one.

use std::sync::OnceLock;
use std::sync::atomic::{
    AtomicU64, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};

/// Slots of the first table.
const FIRST: usize = 32;
/// Tables, each twice as large as the one before.
const TABLES: usize = 27;

/// See the module.
#[derive(Debug)]
pub(super) struct Index {
    /// A slot holds the hash in its upper half and the number of the row, plus 1, in its lower; 0 is empty.
    tables: [OnceLock<Box<[AtomicU64]>>; TABLES],
    present: AtomicUsize,
}

impl Index {
    pub(super) const fn new() -> Self {
        Self {
            tables: [const { OnceLock::new() }; TABLES],
            present: AtomicUsize::new(0),
        }
    }

    /// The row with this hash that `is_it`. A row that is being inserted may be missed.
    #[inline]
    pub(super) fn find(&self, hash: u32, mut is_it: impl FnMut(usize) -> bool) -> Option<usize> {
        let table = self.tables.get(self.present.load(Acquire))?.get()?;
        for slot in probe(table, hash) {
            match split(slot.load(Acquire)) {
                None => return None,
                Some((other, row)) if other == hash && is_it(row) => return Some(row),
                Some(_) => {}
            }
        }
        None
    }

    /// Adds a row that is not there. `len` rows are. Returns whether there was room. Callers take turns.
    pub(super) fn insert(&self, hash: u32, row: usize, len: usize) -> bool {
        let mut present = self.present.load(Relaxed);
        // At most seven eighths are in use, so every search ends at an empty slot.
        while (len + 1) * 8 > (FIRST << present) * 7 {
            present += 1;
        }
        let Some(slot) = self.tables.get(present) else {
            return false;
        };
        let table = slot.get_or_init(|| (0..FIRST << present).map(|_| AtomicU64::new(0)).collect());
        let before = self.present.load(Relaxed);
        if before != present {
            let old = self.tables.get(before).and_then(OnceLock::get);
            for slot in old.into_iter().flatten() {
                if let Some((hash, row)) = split(slot.load(Relaxed)) {
                    put(table, hash, row);
                }
            }
            self.present.store(present, Release);
        }
        put(table, hash, row)
    }
}

fn put(table: &[AtomicU64], hash: u32, row: usize) -> bool {
    let Some(number) = u32::try_from(row).ok().and_then(|row| row.checked_add(1)) else {
        return false;
    };
    let empty = probe(table, hash).find(|slot| slot.load(Relaxed) == 0);
    let Some(slot) = empty else { return false };
    slot.store(u64::from(hash) << 32 | u64::from(number), Release);
    true
}

/// All slots, beginning with the one that a hash should be in.
#[inline]
fn probe(table: &[AtomicU64], hash: u32) -> impl Iterator<Item = &AtomicU64> {
    let start = hash as usize & table.len().wrapping_sub(1);
    let (before, from) = table.split_at_checked(start).unwrap_or((table, &[]));
    from.iter().chain(before)
}

#[inline]
fn split(slot: u64) -> Option<(u32, usize)> {
    let row = (slot as u32).checked_sub(1)?;
    Some(((slot >> 32) as u32, row as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_the_same_hash_are_told_apart() {
        let index = Index::new();
        let hash = |row: usize| (row % 3) as u32;
        for row in 0..500 {
            assert_eq!(index.find(hash(row), |found| found == row), None);
            assert!(index.insert(hash(row), row, row));
        }
        for row in 0..500 {
            assert_eq!(index.find(hash(row), |found| found == row), Some(row));
            assert_eq!(index.find(hash(row + 1), |found| found == row), None);
        }
    }
}
