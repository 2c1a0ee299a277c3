//! What tells the series of a family apart: the values of all labels.

use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::LazyLock;
use std::sync::atomic::Ordering::Relaxed;

use obs_schema::def::{LabelDef, Values};
use rapidhash::quality::RandomState;

use super::{CUT, MAX_LABEL_BYTES, OVERFLOW, arena, fragment};
use crate::hot::body::cut;

/// The values of all labels, made fit to be compared.
#[derive(Clone, Copy)]
pub(super) struct Key<'a> {
    pub(super) labels: &'static [LabelDef],
    pub(super) values: &'a [&'a str],
    /// Stands for all that is beyond the cap: only finite labels keep their values.
    pub(super) is_overflow: bool,
}

impl<'a> Key<'a> {
    /// `None` if there is not one value per label.
    #[inline]
    pub(super) fn new(labels: &'static [LabelDef], values: &'a [&'a str]) -> Option<Self> {
        (values.len() == labels.len()).then_some(Self {
            labels,
            values,
            is_overflow: false,
        })
    }

    /// Names and values.
    #[inline]
    pub(super) fn pairs(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.labels.iter().zip(self.values);
        pairs.map(move |(label, value)| match label.values {
            Values::Capped { .. } if self.is_overflow => (label.name, OVERFLOW),
            _ => (label.name, cut(value, MAX_LABEL_BYTES)),
        })
    }

    /// Its labels, for ever.
    pub(super) fn keep(self) -> &'static [u8] {
        let mut out = Vec::new();
        self.pairs()
            .for_each(|(name, value)| fragment::push(name, value, &mut out));
        arena::keep(&out)
    }
}

pub(super) fn hash(key: Key<'_>) -> u32 {
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
