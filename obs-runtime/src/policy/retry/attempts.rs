//! The attempts of one call.

use std::time::Duration;

use super::Retry;
use super::advice::Advice;
use super::result::AttemptResult;
use crate::hot::{clock, local};
use crate::op::Clock;
use crate::policy::fate::Fate;
use crate::policy::{Reason, Rejected, limit};
use crate::trace;

/// The attempts of one call.
#[derive(Debug)]
pub struct Attempts<'a> {
    retry: &'a Retry,
    /// How many there were.
    made: u32,
    /// When the first one began, in ticks, if there is a deadline.
    begun: u64,
    /// What a policy inside said to the last one that it rejected.
    after_rejection: Advice,
}

impl<'a> Attempts<'a> {
    #[inline]
    pub(super) fn new(retry: &'a Retry, clock: &impl Clock) -> Self {
        Self {
            retry,
            made: 0,
            begun: match retry.settings.deadline {
                Some(_) => clock.now(),
                None => 0,
            },
            after_rejection: Advice::GiveUp,
        }
    }

    /// Notes that a policy did not let the attempt run: then another one is only made if it says when to come back.
    /// An open breaker does so too, but for the very purpose that nobody calls.
    #[must_use]
    pub fn rejected(&mut self, rejected: Rejected) -> Rejected {
        self.after_rejection = match (rejected.reason(), rejected.retry_after()) {
            (Reason::RateLimited, Some(time)) => Advice::Again(Some(time)),
            _ => Advice::GiveUp,
        };
        rejected
    }

    /// The end of an attempt. Returns the time to wait before the next one, and `None` if it was the last.
    #[inline]
    pub fn next(&mut self, fate: Fate, advice: Advice) -> Option<Duration> {
        let advice = self.about(fate, advice);
        self.follow(advice)
    }

    /// The same where the time passes without blocking the thread. Without something that tells the time there is one
    /// attempt.
    #[inline]
    pub fn next_async(&mut self, fate: Fate, advice: Advice) -> Option<Duration> {
        match self.about(fate, advice) {
            Advice::Again(_) if !limit::has_timer() => self.follow(Advice::GiveUp),
            advice => self.follow(advice),
        }
    }

    /// A rejection says it by itself, whatever error it has become.
    fn about(&self, fate: Fate, advice: Advice) -> Advice {
        match fate {
            Fate::Rejected => self.after_rejection,
            Fate::Ran | Fate::Failed | Fate::TimedOut => advice,
        }
    }

    fn follow(&mut self, advice: Advice) -> Option<Duration> {
        self.made += 1;
        match advice {
            Advice::Done => self.end(AttemptResult::Success),
            Advice::GiveUp => self.end(AttemptResult::NotRetryable),
            Advice::Again(after) => return self.again(after.unwrap_or_default()),
        }
        None
    }

    #[inline(never)]
    fn again(&mut self, after: Duration) -> Option<Duration> {
        match self.decide(after) {
            Ok(delay) => {
                self.retry.results.attempt(AttemptResult::Retried);
                let attempt = u64::from(self.made) + 1;
                let delay_ms = delay.as_secs_f64() * 1e3;
                let about: [(&str, &dyn crate::AttributeValue); 3] = [
                    ("retry.name", &self.retry.name()),
                    ("retry.attempt", &attempt),
                    ("retry.delay_ms", &delay_ms),
                ];
                trace::add_event("retry", &about);
                Some(delay)
            }
            Err(result) => {
                self.end(result);
                None
            }
        }
    }

    fn decide(&self, after: Duration) -> Result<Duration, AttemptResult> {
        let settings = &self.retry.settings;
        if self.made >= settings.attempts {
            return Err(AttemptResult::Exhausted);
        }
        let delay = jittered(settings.delay_after(self.made), settings.jitter).max(after);
        if after > settings.max_delay || self.is_over_after(delay) {
            return Err(AttemptResult::TooLate);
        }
        match self.retry.has_budget() {
            true => Ok(delay),
            false => Err(AttemptResult::OverBudget),
        }
    }

    fn is_over_after(&self, delay: Duration) -> bool {
        self.retry.settings.deadline.is_some_and(|deadline| {
            let next = clock::ticks().saturating_add(clock::from_duration(delay));
            next > self.begun.saturating_add(clock::from_duration(deadline))
        })
    }

    #[inline]
    fn end(&self, result: AttemptResult) {
        let results = &self.retry.results;
        results.attempt(result);
        results.call(self.made, result == AttemptResult::Success);
    }
}

/// A time, shorter by up to this share of it.
fn jittered(time: Duration, jitter: f64) -> Duration {
    let share = (local::random() >> 11) as f64 / (1u64 << 53) as f64;
    let shorter = time.as_secs_f64() * (1.0 - jitter * share).clamp(0.0, 1.0);
    // The longest of all times is not a number of seconds that could be written.
    Duration::try_from_secs_f64(shorter).unwrap_or(time)
}
