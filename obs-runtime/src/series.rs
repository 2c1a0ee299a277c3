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
mod combination;
pub(crate) mod fragment;
mod index;
mod key;
mod rows;
mod sparse;

use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;

use obs_schema::def::{LabelDef, Values};

#[cfg(any(feature = "otlp", feature = "log"))]
pub(crate) use self::combination::finite_value;
pub(crate) use self::combination::finite_values;
use self::combination::{cap, combinations};
use self::key::Key;
use self::sparse::Sparse;
use crate::hot::alone::{alone, skip};

/// The value that stands for all values beyond the cap.
pub(crate) const OVERFLOW: &str = "__overflow__";
/// The label `http_route` of a request that no route matched. A template begins with `/`, so it is none.
#[cfg(any(feature = "http", feature = "otlp"))]
pub(crate) const UNMATCHED: &str = "unmatched";
/// Bytes of a label value; the rest is cut off at a character, and counted.
pub(crate) const MAX_LABEL_BYTES: usize = 256;

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

/// What came of making a series. The use of one that could not be made is counted as skipped.
fn or_skip<T>(made: Option<Option<T>>) -> Option<T> {
    made.unwrap_or_else(|| {
        skip();
        None
    })
}

#[cfg(test)]
mod tests;
