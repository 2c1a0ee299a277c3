//! Counts by name, for a bounded number of names.

use std::collections::HashMap;

use rapidhash::fast::RandomState;

use crate::hot::body::cut;
use crate::series::OVERFLOW;

/// Different names of one kind in one slot, without `__overflow__`.
pub const MAX_NAMES: usize = 500;
/// Bytes of a name that are kept.
const MAX_NAME_BYTES: usize = 128;

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Table<R>(HashMap<Box<str>, R, RandomState>);

/// What a change of a table did beside the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    /// Memory that it took.
    pub(super) bytes: usize,
    /// Whether there was no room for the name.
    pub(super) overflowed: bool,
}

impl<R> Default for Table<R> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<R: Default> Table<R> {
    /// The most that a row takes beside its name: the table is up to 7/16 empty, and the name is an allocation.
    const ROW_BYTES: usize = size_of::<(Box<str>, R)>() * 5 / 2 + 24;

    /// Changes the row of a name.
    pub(super) fn change(&mut self, name: &str, change: impl FnOnce(&mut R)) -> Change {
        let name = cut(name, MAX_NAME_BYTES);
        if let Some(row) = self.0.get_mut(name) {
            change(row);
            return Change {
                bytes: 0,
                overflowed: false,
            };
        }
        let overflowed = self.0.len() >= MAX_NAMES;
        let name = if overflowed { OVERFLOW } else { name };
        let before = self.0.len();
        change(self.0.entry(name.into()).or_default());
        let is_new = self.0.len() > before;
        Change {
            bytes: if is_new {
                Self::ROW_BYTES + name.len()
            } else {
                0
            },
            overflowed,
        }
    }

    /// Every name with its row.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&str, &R)> {
        self.0.iter().map(|(name, row)| (&**name, row))
    }
}
