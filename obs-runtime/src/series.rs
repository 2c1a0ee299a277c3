//! From label values to the series they name.
//!
//! Labels of finite types are a number, so the series is an element of an array.
//! With a label of free text it is looked up by all values, compared in full:
//! two different label sets are never one series. How many such series there
//! can be is capped; what comes later shares the series `__overflow__`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{OnceLock, PoisonError, RwLock};

use obs_schema::def::{LabelDef, Values};

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
    rows: Rows<T>,
}

#[derive(Debug)]
enum Rows<T> {
    Dense(Box<[OnceLock<T>]>),
    Sparse(RwLock<HashMap<Box<[Box<str>]>, T>>),
}

impl<T: Clone> SeriesTable<T> {
    /// A table without series.
    pub(crate) fn new(labels: &'static [LabelDef]) -> Self {
        let rows = match combinations(labels) {
            Some(count) => Rows::Dense((0..count).map(|_| OnceLock::new()).collect()),
            None => Rows::Sparse(RwLock::default()),
        };
        Self { labels, rows }
    }

    /// How many series there can be, if they are known by numbers.
    pub(crate) fn combinations(&self) -> Option<usize> {
        match &self.rows {
            Rows::Dense(rows) => Some(rows.len()),
            Rows::Sparse(_) => None,
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
        match (&self.rows, key) {
            (Rows::Dense(rows), SeriesKey::Index(index)) => dense(rows.get(index)?, make),
            (Rows::Dense(rows), SeriesKey::Values(values)) => {
                dense(rows.get(self.index_of(values)?)?, make)
            }
            (Rows::Sparse(rows), SeriesKey::Values(values)) => self.sparse(rows, values, make),
            // Finite labels, but too many combinations for an array.
            (Rows::Sparse(rows), SeriesKey::Index(index)) => {
                self.sparse(rows, &finite_values(self.labels, index), make)
            }
        }
    }

    fn sparse(
        &self,
        rows: &RwLock<HashMap<Box<[Box<str>]>, T>>,
        values: &[&str],
        make: impl FnOnce() -> Option<T>,
    ) -> Option<T> {
        if values.len() != self.labels.len() {
            return None;
        }
        let key: Box<[Box<str>]> = values.iter().map(|value| cut_value(value).into()).collect();
        if let Some(found) = read(rows).get(&key) {
            return Some(found.clone());
        }
        let mut rows = rows.write().unwrap_or_else(PoisonError::into_inner);
        let key = if rows.len() < self.cap() || rows.contains_key(&key) {
            key
        } else {
            OVERFLOWED.fetch_add(1, Relaxed);
            self.overflow_of(&key)
        };
        if let Some(found) = rows.get(&key) {
            return Some(found.clone());
        }
        let made = make()?;
        rows.insert(key, made.clone());
        Some(made)
    }

    /// The combination that takes what is beyond the cap: finite labels keep their values.
    fn overflow_of(&self, key: &[Box<str>]) -> Box<[Box<str>]> {
        let pairs = self.labels.iter().zip(key);
        pairs
            .map(|(label, value)| match label.values {
                Values::Finite(_) => value.clone(),
                Values::Capped { .. } => OVERFLOW.into(),
            })
            .collect()
    }

    fn cap(&self) -> usize {
        let count = self
            .labels
            .iter()
            .fold(1u64, |n, label| n.saturating_mul(label.values.count()));
        usize::try_from(count).unwrap_or(usize::MAX)
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

    /// Calls `visit` with the values of every series. A combination of finite labels that was never
    /// used is there as well, without its series. No lock is held meanwhile.
    pub(crate) fn each(&self, mut visit: impl FnMut(&[&str], Option<&T>)) {
        match &self.rows {
            Rows::Dense(rows) => {
                for (index, row) in rows.iter().enumerate() {
                    visit(&finite_values(self.labels, index), row.get());
                }
            }
            Rows::Sparse(rows) => {
                let copy: Vec<_> = read(rows)
                    .iter()
                    .map(|(key, row)| (key.clone(), row.clone()))
                    .collect();
                for (key, row) in &copy {
                    let values: Vec<&str> = key.iter().map(AsRef::as_ref).collect();
                    visit(&values, Some(row));
                }
            }
        }
    }
}

/// The values of the combination `index` of finite labels.
pub(crate) fn finite_values(labels: &[LabelDef], mut index: usize) -> Vec<&'static str> {
    let mut values = vec![""; labels.len()];
    for (label, value) in labels.iter().zip(&mut values).rev() {
        if let Values::Finite(known) = label.values
            && !known.is_empty()
        {
            *value = known.get(index % known.len()).copied().unwrap_or("");
            index /= known.len();
        }
    }
    values
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

#[inline]
fn dense<T: Clone>(row: &OnceLock<T>, make: impl FnOnce() -> Option<T>) -> Option<T> {
    if let Some(found) = row.get() {
        return Some(found.clone());
    }
    let made = make()?;
    Some(row.get_or_init(|| made).clone())
}

fn cut_value(value: &str) -> &str {
    let kept = cut(value, MAX_LABEL_BYTES);
    if kept.len() < value.len() {
        CUT.fetch_add(1, Relaxed);
    }
    kept
}

fn read<T>(
    rows: &RwLock<HashMap<Box<[Box<str>]>, T>>,
) -> std::sync::RwLockReadGuard<'_, HashMap<Box<[Box<str>]>, T>> {
    rows.read().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
