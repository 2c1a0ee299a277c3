//! Ratios that follow the load: so many traces a second of each root operation.
//!
//! How many traces an operation began in the last second says at which ratio the next second has as many kept
//! ones as are wanted. The trace id decides as with any ratio; only where the load grows within
//! a second, the rest of it is left out.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Places for operations. Those that find none share the last one.
const PLACES: usize = 1024;
/// Places that are looked at for an operation.
const PROBES: usize = 16;
const WINDOW_NS: u64 = 1_000_000_000;
/// More than threads differ in what they think the time is.
const STEP_BACK_NS: u64 = WINDOW_NS;
/// How many times the wanted number is kept in a second at most, before the ratio is known.
const BURST: u64 = 2;
/// The weight of the last second when it was not much busier than the ones before.
const NEWEST: f64 = 0.3;

/// The operations and their ratios.
#[derive(Debug)]
pub(super) struct Adaptive {
    target: u32,
    places: Box<[Place]>,
}

/// What is known of an operation.
#[derive(Debug, Default)]
struct Place {
    /// The hash of the name; 0 where the place is free.
    key: AtomicU64,
    /// When the second began that is counted.
    start_ns: AtomicU64,
    /// Traces that began since.
    begun: AtomicU64,
    /// Those of them that are kept.
    kept: AtomicU64,
    /// Traces per second, as the bits of an `f64`; 0 before it is known.
    rate: AtomicU64,
}

impl Adaptive {
    /// Aims at this many traces a second of each operation.
    pub(super) fn new(target: u32) -> Self {
        let places = std::iter::repeat_with(Place::default).take(PLACES);
        Self {
            target,
            places: places.collect(),
        }
    }

    /// Whether a trace with this place in 0..1 is kept.
    #[inline(never)]
    pub(super) fn admit(&self, operation: &str, position: f64, now_ns: u64) -> bool {
        let Some(place) = self.place(hash(operation)) else {
            return true;
        };
        place.turn(now_ns);
        place.begun.fetch_add(1, Relaxed);
        let wanted = f64::from(self.target);
        let rate = f64::from_bits(place.rate.load(Relaxed));
        if rate > wanted && position >= wanted / rate {
            return false;
        }
        let most = u64::from(self.target) * BURST;
        place.kept.fetch_add(1, Relaxed) < most
    }

    /// The place of an operation, taken if it is free.
    fn place(&self, key: u64) -> Option<&Place> {
        let first = key as usize % PLACES;
        let places = self.places.iter().cycle().skip(first).take(PROBES);
        for place in places {
            let owner = match place.key.load(Relaxed) {
                0 => match place.key.compare_exchange(0, key, Relaxed, Relaxed) {
                    Ok(_) => key,
                    Err(owner) => owner,
                },
                owner => owner,
            };
            if owner == key {
                return Some(place);
            }
        }
        self.places.last()
    }
}

impl Place {
    /// Ends the second if it is over.
    fn turn(&self, now_ns: u64) {
        let start = self.start_ns.load(Relaxed);
        let elapsed = now_ns.saturating_sub(start);
        let is_back = start.saturating_sub(now_ns) >= STEP_BACK_NS;
        if elapsed < WINDOW_NS && !is_back {
            return;
        }
        let turned = self
            .start_ns
            .compare_exchange(start, now_ns, Relaxed, Relaxed);
        if turned.is_err() {
            return;
        }
        let begun = self.begun.swap(0, Relaxed);
        self.kept.store(0, Relaxed);
        if begun == 0 || is_back {
            return;
        }
        let newest = begun as f64 * WINDOW_NS as f64 / elapsed as f64;
        let known = f64::from_bits(self.rate.load(Relaxed));
        let rate = if newest > 2.0 * known || newest < known / 2.0 {
            newest
        } else {
            known + NEWEST * (newest - known)
        };
        self.rate.store(rate.to_bits(), Relaxed);
    }
}

/// FNV-1a, mixed so that any of its bits are good ones. Never 0.
fn hash(name: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325, step);
    (hash ^ (hash >> 32))
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(20)
        .max(1)
}

#[cfg(test)]
mod tests;
