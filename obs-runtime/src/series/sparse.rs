//! Series that are looked up by their values, up to a cap.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};

use super::index::Index;
use super::key::{Key, hash};
use super::rows::Rows;
use super::{OVERFLOWED, fragment, or_skip};
use crate::hot::alone::alone;

/// Series that were created when their labels were first used.
#[derive(Debug)]
pub(super) struct Sparse<T> {
    pub(super) rows: Rows<Row<T>>,
    index: Index,
    /// How many there may be without those for the rest.
    cap: usize,
    /// Held while one is created.
    creating: Mutex<()>,
}

#[derive(Debug)]
pub(super) struct Row<T> {
    pub(super) fragment: &'static [u8],
    pub(super) value: T,
}

impl<T: Clone> Sparse<T> {
    pub(super) const fn new(cap: usize) -> Self {
        Self {
            rows: Rows::new(),
            index: Index::new(),
            cap,
            creating: Mutex::new(()),
        }
    }

    pub(super) fn get(&self, key: Key<'_>, make: impl FnOnce() -> Option<T>) -> Option<T> {
        self.get_hashed(key, hash, make)
    }

    pub(super) fn get_hashed(
        &self,
        key: Key<'_>,
        hash_of: impl Fn(Key<'_>) -> u32,
        make: impl FnOnce() -> Option<T>,
    ) -> Option<T> {
        let hash = hash_of(key);
        // Asked before the search: when it is full, nothing that the search misses is on its way.
        let is_full = self.is_full();
        if let Some(found) = self.find(key, hash) {
            return Some(found);
        }
        or_skip(alone(|| match is_full {
            true => self.overflow(key, hash_of, make),
            false => self.add(key, hash, hash_of, make),
        }))
    }

    /// A new series, unless another thread has made it meanwhile.
    fn add(
        &self,
        key: Key<'_>,
        hash: u32,
        hash_of: impl Fn(Key<'_>) -> u32,
        make: impl FnOnce() -> Option<T>,
    ) -> Option<T> {
        let creating = self.lock();
        if let Some(found) = self.find(key, hash) {
            return Some(found);
        }
        if !self.is_full() {
            return self.create(key, hash, make);
        }
        drop(creating);
        self.overflow(key, hash_of, make)
    }

    /// The series of what is beyond the cap.
    fn overflow(
        &self,
        key: Key<'_>,
        hash_of: impl Fn(Key<'_>) -> u32,
        make: impl FnOnce() -> Option<T>,
    ) -> Option<T> {
        OVERFLOWED.fetch_add(1, Relaxed);
        let key = Key {
            is_overflow: true,
            ..key
        };
        let hash = hash_of(key);
        if let Some(found) = self.find(key, hash) {
            return Some(found);
        }
        let _creating = self.lock();
        match self.find(key, hash) {
            Some(found) => Some(found),
            None => self.create(key, hash, make),
        }
    }

    fn is_full(&self) -> bool {
        self.rows.len() >= self.cap
    }

    #[inline]
    fn find(&self, key: Key<'_>, hash: u32) -> Option<T> {
        let mut value = None;
        self.index.find(hash, |row| {
            value = self
                .rows
                .get(row)
                .filter(|row| fragment::is(row.fragment, key.pairs()))
                .map(|row| row.value.clone());
            value.is_some()
        });
        value
    }

    fn create(&self, key: Key<'_>, hash: u32, make: impl FnOnce() -> Option<T>) -> Option<T> {
        let value = make()?;
        let row = self.rows.prepare(Row {
            fragment: key.keep(),
            value: value.clone(),
        })?;
        // Who finds no room in the table has to find the row.
        self.index.insert(hash, row, row).then(|| {
            self.rows.publish(row);
            value
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, ()> {
        self.creating.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
