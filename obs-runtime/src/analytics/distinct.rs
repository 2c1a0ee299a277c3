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
#[derive(Debug, Clone, Default)]
pub(super) struct Union {
    /// Those of slots that have all of theirs.
    keys: Vec<u64>,
    /// Those of the others.
    sketch: Option<HllUnion>,
}

impl Union {
    pub(super) fn of<'a>(slots: impl Iterator<Item = &'a Distinct>) -> Self {
        let mut union = Self::default();
        slots.for_each(|slot| union.add(slot));
        union.tidy();
        union
    }

    pub(super) fn add(&mut self, slot: &Distinct) {
        match slot {
            Distinct::Exact(keys) => self.keys.extend(keys),
            Distinct::Sketch(sketch) => {
                // Never an error: the number of registers is one that there can be.
                self.sketch = self
                    .sketch
                    .take()
                    .or_else(|| HllUnion::new(LG_REGISTERS).ok());
                if let Some(union) = &mut self.sketch {
                    union.update(sketch);
                }
            }
        }
    }

    pub(super) fn users(mut self) -> Users {
        self.tidy();
        let Some(mut union) = self.sketch else {
            return Users {
                count: self.keys.len() as u64,
                is_exact: true,
            };
        };
        self.keys.iter().for_each(|key| union.update_value(key));
        Users {
            count: union.estimate().round() as u64,
            is_exact: false,
        }
    }

    fn tidy(&mut self) {
        self.keys.sort_unstable();
        self.keys.dedup();
    }
}
