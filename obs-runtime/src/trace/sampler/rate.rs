//! A token bucket in one atomic.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const SECOND_NS: u64 = 1_000_000_000;

/// Admits a number of calls per second, with bursts of one second's worth.
///
/// It is the bucket turned around: instead of a level and the time of the last refill it stores the
/// time at which the bucket will be full again. Each admission moves that time by one call's share,
/// and is refused when it would lie more than a second ahead.
#[derive(Debug)]
pub(crate) struct RateLimit {
    /// One call's share of a second.
    share_ns: u64,
    full_at_ns: AtomicU64,
}

impl RateLimit {
    pub(crate) fn per_second(calls: u32) -> Self {
        // No calls at all: a share that no bucket can hold.
        let share_ns = SECOND_NS.checked_div(u64::from(calls)).unwrap_or(u64::MAX);
        Self {
            share_ns: share_ns.max(1),
            full_at_ns: AtomicU64::new(0),
        }
    }

    /// Takes one call's share if there is one.
    pub(crate) fn admit(&self, now_ns: u64) -> bool {
        let take = |full_at_ns: u64| {
            let after = full_at_ns.max(now_ns).saturating_add(self.share_ns);
            (after - now_ns <= SECOND_NS).then_some(after)
        };
        self.full_at_ns.fetch_update(Relaxed, Relaxed, take).is_ok()
    }
}
