//! How many connections a listener accepts in a while.
//!
//! A connection costs the kernel and this thread some fifty microseconds, whatever comes of it, and that is all a flood of
//! them can take from the service. Those beyond wait in the queue of the socket, and when that is full, with whoever makes them.

use std::time::{Duration, Instant};

/// A while: short, so that there is no long burst of work in it.
const WHILE: Duration = Duration::from_millis(10);
/// Connections in a while: 2,000 a second.
const MAX: u32 = 20;

/// What was accepted of late.
#[derive(Debug)]
pub(super) struct Pace {
    begun: Instant,
    accepted: u32,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            begun: now,
            accepted: 0,
        }
    }

    /// Counts a connection, and says how long to wait before the next one.
    pub(super) fn count(&mut self, now: Instant) -> Option<Duration> {
        if now.saturating_duration_since(self.begun) >= WHILE {
            *self = Self::new(now);
        }
        self.accepted += 1;
        let end = self.begun + WHILE;
        (self.accepted >= MAX).then(|| end.saturating_duration_since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_taken_in_at_a_bounded_rate() {
        let begun = Instant::now();
        let (mut pace, mut now, mut accepted) = (Pace::new(begun), begun, 0);
        while now < begun + Duration::from_secs(1) {
            accepted += 1;
            now += Duration::from_micros(20);
            now += pace.count(now).unwrap_or_default();
        }
        assert!((1_900..=2_100).contains(&accepted), "{accepted}");
    }

    #[test]
    fn who_comes_now_and_then_does_not_wait() {
        let begun = Instant::now();
        let mut pace = Pace::new(begun);
        for n in 0..1_000 {
            let now = begun + Duration::from_millis(n);
            assert_eq!(pace.count(now), None);
        }
    }
}
