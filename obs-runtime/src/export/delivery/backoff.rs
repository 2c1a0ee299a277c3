//! Pauses between attempts.

use std::time::Duration;

use tokio::time::Instant;

use super::limits::Retry;

/// How often and since when something has been tried in vain.
#[derive(Debug)]
pub(super) struct Backoff {
    retry: Retry,
    attempts: u32,
    since: Instant,
}

impl Backoff {
    pub(super) fn new(retry: Retry, now: Instant) -> Self {
        Self {
            retry,
            attempts: 0,
            since: now,
        }
    }

    /// The pause before the next attempt, or `None` if it has been tried for long enough. `after` is what the
    /// receiver asked for, `chance` a number from 0 to 1.
    pub(super) fn pause(
        &mut self,
        now: Instant,
        after: Option<Duration>,
        chance: f64,
    ) -> Option<Duration> {
        let tried = now.saturating_duration_since(self.since);
        let factor = 1u32.checked_shl(self.attempts).unwrap_or(u32::MAX);
        self.attempts = self.attempts.saturating_add(1);
        let whole = self
            .retry
            .first
            .saturating_mul(factor)
            .min(self.retry.longest);
        let pause = whole.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0);
        let pause = pause.max(after.unwrap_or_default());
        (tried.saturating_add(pause) <= self.retry.within).then_some(pause)
    }

    /// How long it is still tried.
    pub(super) fn left(&self, now: Instant) -> Duration {
        let tried = now.saturating_duration_since(self.since);
        self.retry.within.saturating_sub(tried)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Retry = Retry {
        first: Duration::from_secs(1),
        longest: Duration::from_secs(10),
        within: Duration::from_secs(60),
    };

    #[test]
    fn pauses_double_up_to_the_longest() {
        let now = Instant::now();
        let mut backoff = Backoff::new(RETRY, now);
        let pauses: Vec<_> = (0..6).map(|_| backoff.pause(now, None, 1.0)).collect();
        let seconds = [1, 2, 4, 8, 10, 10].map(|s| Some(Duration::from_secs(s)));
        assert_eq!(pauses, seconds);
    }

    #[test]
    fn half_of_a_pause_is_chance() {
        let now = Instant::now();
        let pause = Backoff::new(RETRY, now).pause(now, None, 0.0);
        assert_eq!(pause, Some(Duration::from_millis(500)));
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_but_not_for_less() {
        let now = Instant::now();
        let asked = |seconds| {
            let after = Some(Duration::from_secs(seconds));
            Backoff::new(RETRY, now).pause(now, after, 1.0)
        };
        assert_eq!(asked(0), Some(Duration::from_secs(1)));
        assert_eq!(asked(25), Some(Duration::from_secs(25)));
        assert_eq!(asked(61), None);
    }

    #[test]
    fn it_ends_when_the_time_is_up() {
        let now = Instant::now();
        let mut backoff = Backoff::new(RETRY, now);
        let late = now + Duration::from_secs(59);
        assert_eq!(backoff.pause(late, None, 1.0), Some(Duration::from_secs(1)));
        assert_eq!(backoff.pause(late, None, 1.0), None);
    }

    #[test]
    fn no_number_of_attempts_overflows() {
        let now = Instant::now();
        let mut backoff = Backoff::new(RETRY, now);
        for _ in 0..100 {
            assert!(backoff.pause(now, None, 0.5) <= Some(RETRY.longest));
        }
    }
}
