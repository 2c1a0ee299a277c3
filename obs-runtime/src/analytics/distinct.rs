//! How many different users there were: exact up to a bound, then by a HyperLogLog sketch.

use std::sync::LazyLock;

use datasketches::hll::{HllSketch, HllType, HllUnion};
use rapidhash::fast::RandomState;
use std::hash::BuildHasher as _;

/// Users of one slot that are counted one by one. As many as take the memory of a sketch.
pub const EXACT_USERS: usize = 512;

/// The standard error of a number of users that is not exact, as a share of it: that of HyperLogLog with 4096 registers,
/// `1.04 / sqrt(4096)`.
pub const USERS_ERROR: f64 = 0.016_25;

/// The sketches have two to this power registers of a byte.
const LG_REGISTERS: u8 = 12;

/// How many users there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Users {
    /// How many.
    pub count: u64,
    /// Whether it is exactly so many. Otherwise the standard error is [`USERS_ERROR`].
    pub is_exact: bool,
}

/// A user, as it is kept: a hash with the key of this process. That two of a million users have the same has a
/// probability of 1 to 37 million.
pub(super) fn key(user: &str) -> u64 {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    KEY.hash_one(user)
}

/// The users of a slot.
#[derive(Debug, Clone)]
pub(super) enum Distinct {
    /// All of them, sorted.
    Exact(Vec<u64>),
    /// Too many for that.
    Sketch(Box<HllSketch>),
}

impl Default for Distinct {
    fn default() -> Self {
        Self::Exact(Vec::new())
    }
}

impl Distinct {
    pub(super) fn add(&mut self, key: u64) {
        match self {
            Self::Sketch(sketch) => sketch.update(key),
            Self::Exact(keys) => {
                let Err(place) = keys.binary_search(&key) else {
                    return;
                };
                if keys.len() < EXACT_USERS {
                    keys.insert(place, key);
                } else if let Some(mut sketch) = sketch_of(keys) {
                    sketch.update(key);
                    *self = Self::Sketch(Box::new(sketch));
                }
            }
        }
    }

    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Exact(keys) => keys.capacity() * size_of::<u64>(),
            Self::Sketch(sketch) => sketch.estimated_size(),
        }
    }
}

/// `None` never: the number of registers is one that there can be.
fn sketch_of(keys: &[u64]) -> Option<HllSketch> {
    let mut sketch = HllSketch::new(LG_REGISTERS, HllType::Hll8).ok()?;
    keys.iter().for_each(|key| sketch.update(key));
    Some(sketch)
}

/// The users of several slots.
pub(super) fn count<'a>(slots: impl Iterator<Item = &'a Distinct>) -> Users {
    let mut keys: Vec<u64> = Vec::new();
    let mut sketches = Vec::new();
    for slot in slots {
        match slot {
            Distinct::Exact(own) => keys.extend(own),
            Distinct::Sketch(sketch) => sketches.push(sketch),
        }
    }
    keys.sort_unstable();
    keys.dedup();
    let exact = Users {
        count: keys.len() as u64,
        is_exact: true,
    };
    if sketches.is_empty() {
        return exact;
    }
    let Ok(mut union) = HllUnion::new(LG_REGISTERS) else {
        return exact;
    };
    sketches.iter().for_each(|sketch| union.update(sketch));
    keys.iter().for_each(|key| union.update_value(key));
    Users {
        count: union.estimate().round() as u64,
        is_exact: false,
    }
}
