//! What was found out about names that are constants of the program.
//!
//! The keys of fields and attributes are a few constants, each of which comes up in every record of its place in the
//! program. What they say is found out once.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Names that are remembered. Others take their places.
const PLACES: usize = 256;
/// Bits of a place for the length of a name; above them is its address, below whether it is a secret's.
const LENGTH_BITS: u32 = 15;

/// Verdicts on names, each found by where the name lies in memory: a constant stays there, and stays the same.
pub(super) struct Verdicts {
    places: [AtomicU64; PLACES],
}

impl Verdicts {
    /// What `judge` says of the name, or said before.
    #[inline]
    pub(super) fn of(&self, name: &'static str, judge: impl FnOnce(&str) -> bool) -> bool {
        let address = name.as_ptr().addr() as u64;
        let (wanted, index) = (entry(address, name.len()), index(address, name.len()));
        let (Some(wanted), Some(place)) = (wanted, self.places.get(index)) else {
            return judge(name);
        };
        let found = place.load(Relaxed);
        if found & !1 == wanted {
            return found & 1 == 1;
        }
        let is_secret = judge(name);
        place.store(wanted | u64::from(is_secret), Relaxed);
        is_secret
    }
}

/// A place that has this name and says that it is not a secret's; `None` if it does not fit into one.
#[inline]
fn entry(address: u64, len: usize) -> Option<u64> {
    let fits = address >> (u64::BITS - LENGTH_BITS - 1) == 0 && len >> LENGTH_BITS == 0;
    fits.then_some(address << (LENGTH_BITS + 1) | (len as u64) << 1)
}

#[inline]
fn index(address: u64, len: usize) -> usize {
    let mixed = (address ^ (len as u64) << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (u64::BITS - PLACES.trailing_zeros())) as usize
}

impl Default for Verdicts {
    fn default() -> Self {
        Self {
            places: [const { AtomicU64::new(0) }; PLACES],
        }
    }
}

impl fmt::Debug for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdicts").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_judged_once() {
        let verdicts = Verdicts::default();
        assert!(verdicts.of("password", |_| true));
        assert!(verdicts.of("password", |_| panic!("it is known")));
        assert!(!verdicts.of("order", |_| false));
        assert!(!verdicts.of("order", |_| panic!("it is known")));
    }

    #[test]
    fn parts_of_one_constant_are_names_of_their_own() {
        let verdicts = Verdicts::default();
        let all: &'static str = "password_count_of_some_length_and_more";
        for _ in 0..2 {
            for end in 1..all.len() {
                let name = &all[..end];
                assert_eq!(verdicts.of(name, |name| name.len() % 3 == 0), end % 3 == 0);
            }
        }
    }

    #[test]
    fn more_names_than_places_are_judged_rightly() {
        let verdicts = Verdicts::default();
        let names: Vec<&'static str> = (0..4 * PLACES)
            .map(|number| &*format!("name_{number}").leak())
            .collect();
        for _ in 0..2 {
            for name in &names {
                assert_eq!(
                    verdicts.of(name, |name| name.ends_with('7')),
                    name.ends_with('7')
                );
            }
        }
    }

    #[test]
    fn a_name_that_fits_no_place_is_judged_each_time() {
        assert_eq!(entry(1 << 48, 1), None);
        assert_eq!(entry(4096, 1 << LENGTH_BITS), None);
        let long: &'static str = "x".repeat(1 << LENGTH_BITS).leak();
        let verdicts = Verdicts::default();
        assert!(verdicts.of(long, |_| true));
        assert!(!verdicts.of(long, |_| false));
    }
}
