//! From label values to the series they name.
//!
//! Labels of finite types are a number, so the series is an element of an array.
//! With a label of free text it is looked up by all values, compared in full:
//! two different label sets are never one series. How many such series there
//! can be is capped; what comes later shares the series `__overflow__`.
//!
//! A series never moves and never goes, so finding one and walking over all of
//! them takes no lock; only creating one does.

mod arena;
pub(crate) mod fragment;
mod index;
mod rows;

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

use obs_schema::def::{LabelDef, Values};
use rapidhash::quality::RandomState;

use self::index::Index;
use self::rows::Rows;
use crate::hot::alone::{alone, skip};
use crate::hot::body::cut;

/// The value that stands for all values beyond the cap.
pub(crate) const OVERFLOW: &str = "__overflow__";
/// Bytes of a label value; the rest is cut off at a character, and counted.
pub(crate) const MAX_LABEL_BYTES: usize = 256;
/// Series of one family that are kept in an array.
const MAX_DENSE: u64 = 1 << 16;

/// Label values that went to `__overflow__`.
pub(crate) static OVERFLOWED: AtomicU64 = AtomicU64::new(0);
/// Label values that were cut.
pub(crate) static CUT: AtomicU64 = AtomicU64::new(0);

/// Which series of a family.
#[derive(Debug, Clone, Copy)]
pub enum SeriesKey<'a> {
    /// The number of the combination, in mixed radix over the finite labels in their order.
    Index(usize),
    /// The values of all labels in their order.
    Values(&'a [&'a str]),
}

/// The series of a family.
#[derive(Debug)]
pub(crate) struct SeriesTable<T> {
    labels: &'static [LabelDef],
    series: Kind<T>,
}

#[derive(Debug)]
enum Kind<T> {
    Dense(Box<[Dense<T>]>),
    Sparse(Box<Sparse<T>>),
}

/// A combination of finite labels.
#[derive(Debug)]
struct Dense<T> {
    value: OnceLock<T>,
    /// Its labels, once somebody has asked for them.
    fragment: OnceLock<&'static [u8]>,
}

/// Series that were created when their labels were first used.
#[derive(Debug)]
struct Sparse<T> {
    rows: Rows<Row<T>>,
    index: Index,
    /// How many there may be without those for the rest.
    cap: usize,
    /// Held while one is created.
    creating: Mutex<()>,
}

#[derive(Debug)]
struct Row<T> {
    fragment: &'static [u8],
    value: T,
}

/// The values of all labels, made fit to be compared.
#[derive(Clone, Copy)]
struct Key<'a> {
    labels: &'static [LabelDef],
    values: &'a [&'a str],
    /// Stands for all that is beyond the cap: only finite labels keep their values.
    is_overflow: bool,
}

impl<T: Clone> SeriesTable<T> {
    /// A table without series.
    pub(crate) fn new(labels: &'static [LabelDef]) -> Self {
        let series = match combinations(labels) {
            Some(count) => Kind::Dense((0..count).map(|_| Dense::new()).collect()),
            None => Kind::Sparse(Box::new(Sparse::new(cap(labels)))),
        };
        Self { labels, series }
    }

    /// How many series there can be, if they are known by numbers.
    pub(crate) fn combinations(&self) -> Option<usize> {
        match &self.series {
            Kind::Dense(all) => Some(all.len()),
            Kind::Sparse(_) => None,
        }
    }

    /// The labels of the family.
    pub(crate) fn labels(&self) -> &'static [LabelDef] {
        self.labels
    }

    /// The series of `key`; `make` creates it when it is new. `None` if that fails or the key is
    /// not one of this family's.
    #[inline]
    pub(crate) fn get(&self, key: SeriesKey<'_>, make: impl FnOnce() -> Option<T>) -> Option<T> {
        match (&self.series, key) {
            (Kind::Dense(all), SeriesKey::Index(index)) => all.get(index)?.get(make),
            (Kind::Dense(all), SeriesKey::Values(values)) => {
                all.get(self.index_of(values)?)?.get(make)
            }
            (Kind::Sparse(all), SeriesKey::Values(values)) => {
                all.get(Key::new(self.labels, values)?, make)
            }
            // Finite labels, but too many combinations for an array.
            (Kind::Sparse(all), SeriesKey::Index(index)) => {
                let values = finite_values(self.labels, index);
                all.get(Key::new(self.labels, &values)?, make)
            }
        }
    }

    /// The number of the combination with these values.
    fn index_of(&self, values: &[&str]) -> Option<usize> {
        if values.len() != self.labels.len() {
            return None;
        }
        let mut index = 0;
        for (label, value) in self.labels.iter().zip(values) {
            let Values::Finite(known) = label.values else {
                return None;
            };
            index = index * known.len() + known.iter().position(|known| known == value)?;
        }
        Some(index)
    }

    /// How many series [`each`](Self::each) visits.
    pub(crate) fn len(&self) -> usize {
        match &self.series {
            Kind::Dense(all) => all.len(),
            Kind::Sparse(all) => all.rows.len(),
        }
    }

    /// Calls `visit` with the labels of every series as a [`fragment`]. A combination of finite labels
    /// that was never used is there as well, without its series. No lock is held meanwhile.
    pub(crate) fn each(&self, mut visit: impl FnMut(&'static [u8], Option<&T>)) {
        match &self.series {
            Kind::Dense(all) => {
                for (index, series) in all.iter().enumerate() {
                    visit(series.fragment(self.labels, index), series.value.get());
                }
            }
            Kind::Sparse(all) => {
                for row in all.rows.iter() {
                    visit(row.fragment, Some(&row.value));
                }
            }
        }
    }
}

impl<T: Clone> Dense<T> {
    const fn new() -> Self {
        Self {
            value: OnceLock::new(),
            fragment: OnceLock::new(),
        }
    }

    #[inline]
    fn get(&self, make: impl FnOnce() -> Option<T>) -> Option<T> {
        if let Some(found) = self.value.get() {
            return Some(found.clone());
        }
        let made = or_skip(alone(make))?;
        Some(self.value.get_or_init(|| made).clone())
    }

    fn fragment(&self, labels: &'static [LabelDef], index: usize) -> &'static [u8] {
        self.fragment.get_or_init(|| {
            let values = finite_values(labels, index);
            Key::new(labels, &values).map_or(&[], |key| key.keep())
        })
    }
}

impl<T: Clone> Sparse<T> {
    const fn new(cap: usize) -> Self {
        Self {
            rows: Rows::new(),
            index: Index::new(),
            cap,
            creating: Mutex::new(()),
        }
    }

    fn get(&self, key: Key<'_>, make: impl FnOnce() -> Option<T>) -> Option<T> {
        self.get_hashed(key, hash, make)
    }

    fn get_hashed(
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

impl<'a> Key<'a> {
    /// `None` if there is not one value per label.
    #[inline]
    fn new(labels: &'static [LabelDef], values: &'a [&'a str]) -> Option<Self> {
        (values.len() == labels.len()).then_some(Self {
            labels,
            values,
            is_overflow: false,
        })
    }

    /// Names and values.
    #[inline]
    fn pairs(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.labels.iter().zip(self.values);
        pairs.map(move |(label, value)| match label.values {
            Values::Capped { .. } if self.is_overflow => (label.name, OVERFLOW),
            _ => (label.name, cut(value, MAX_LABEL_BYTES)),
        })
    }

    /// Its labels, for ever.
    fn keep(self) -> &'static [u8] {
        let mut out = Vec::new();
        self.pairs()
            .for_each(|(name, value)| fragment::push(name, value, &mut out));
        arena::keep(&out)
    }
}

fn hash(key: Key<'_>) -> u32 {
    static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    let mut hasher = STATE.build_hasher();
    for ((_, value), whole) in key.pairs().zip(key.values) {
        if value.len() < whole.len() && !key.is_overflow {
            CUT.fetch_add(1, Relaxed);
        }
        value.hash(&mut hasher);
    }
    hasher.finish() as u32
}

/// What came of making a series. The use of one that could not be made is counted as skipped.
fn or_skip<T>(made: Option<Option<T>>) -> Option<T> {
    made.unwrap_or_else(|| {
        skip();
        None
    })
}

/// How many series there may be.
fn cap(labels: &[LabelDef]) -> usize {
    let counts = labels.iter().map(|label| label.values.count());
    usize::try_from(counts.fold(1, u64::saturating_mul)).unwrap_or(usize::MAX)
}

/// The values of the combination `index` of finite labels.
pub(crate) fn finite_values(labels: &[LabelDef], index: usize) -> Vec<&'static str> {
    let positions = 0..labels.len();
    positions
        .map(|position| finite_value(labels, index, position))
        .collect()
}

/// The value of the label at `position` in the combination with this number; empty if it is not finite.
pub(crate) fn finite_value(labels: &[LabelDef], index: usize, position: usize) -> &'static str {
    let mut index = index;
    for (at, label) in labels.iter().enumerate().rev() {
        let Values::Finite(known) = label.values else {
            continue;
        };
        if at == position {
            let digit = index.checked_rem(known.len()).unwrap_or(0);
            return known.get(digit).copied().unwrap_or("");
        }
        index = index.checked_div(known.len()).unwrap_or(index);
    }
    ""
}

/// How many combinations there are if all labels are finite and an array of them is reasonable.
fn combinations(labels: &[LabelDef]) -> Option<usize> {
    let mut count = 1u64;
    for label in labels {
        let Values::Finite(values) = label.values else {
            return None;
        };
        count = count
            .checked_mul(values.len() as u64)
            .filter(|&count| count <= MAX_DENSE)?;
    }
    usize::try_from(count).ok()
}

#[cfg(test)]
mod tests;
