//! What a breaker says of the health of the callee: the check of the same name takes it in.
//!
//! Nothing of it is done by calls: the background thread looks at the state and at the counts from time to time. So the
//! state is the one that a call would find, and a breaker whose time is over is no longer said to be open, although no
//! call has come to find out. That matters where an open breaker keeps calls away from the whole service.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use super::books::CallResult;
use super::machine::{Machine, effective};
use super::word::State;
use crate::health::{Health, Signal};
use crate::hot::clock;

/// What was said last.
#[derive(Debug, Default)]
pub(super) struct HealthFeed {
    /// Something of the state, which is to be taken back.
    has_said: AtomicBool,
    good: AtomicU64,
    bad: AtomicU64,
}

impl Machine {
    /// Tells the check of the same name, if there is one.
    pub(super) fn feed_health(&self, signals: &[(String, Signal)]) {
        let found = signals.iter().find(|(name, _)| name == self.name.as_str());
        if let Some((_, signal)) = found {
            self.feed_state(signal);
            self.feed_calls(signal);
        }
    }

    fn feed_state(&self, signal: &Signal) {
        let feed = &self.health;
        match about(effective(self.gate.word(), clock::ticks())) {
            Some(health) => {
                if signal.status() != Some(health.status()) {
                    signal.set(health);
                }
                feed.has_said.store(true, Relaxed);
            }
            None if feed.has_said.swap(false, Relaxed) => signal.clear(),
            None => {}
        }
    }

    /// Failures first: they are what is to be looked at.
    fn feed_calls(&self, signal: &Signal) {
        let (mut good, mut bad) = (0, 0);
        for (result, count) in CallResult::ALL.into_iter().zip(self.counts()) {
            match result {
                CallResult::Success => good += count,
                CallResult::Error | CallResult::Timeout => bad += count,
                CallResult::Slow | CallResult::Ignored | CallResult::CircuitOpen => {}
            }
        }
        let feed = &self.health;
        let more_good = feed.good.swap(good, Relaxed) < good;
        if feed.bad.swap(bad, Relaxed) < bad {
            signal.failed();
        } else if more_good {
            signal.succeeded();
        }
    }
}

/// What a state says of the callee.
fn about(state: State) -> Option<Health> {
    match state {
        State::Open => Some(Health::unhealthy("the circuit breaker is open")),
        State::ForcedOpen => Some(Health::unhealthy("the circuit breaker is forced open")),
        State::HalfOpen => Some(Health::degraded("the circuit breaker is half-open")),
        State::Closed | State::Disabled | State::MetricsOnly => None,
    }
}
