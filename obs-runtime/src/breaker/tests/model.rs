//! A circuit breaker as the documentation describes it: every call is remembered, and everything is counted anew
//! whenever somebody asks.

use std::time::Duration;

use obs_schema::resilience::{BreakerSettings, Window};

use crate::breaker::{CallResult, State};

/// How a call can end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Success,
    Failure,
    Timeout,
    Ignored,
    Dropped,
}

/// A call that was let through and has not ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    era: u64,
    begin: Duration,
    /// Whether somebody wanted to know how long it takes when it began.
    is_timed: bool,
    is_counted: bool,
}

#[derive(Debug, Clone, Copy)]
struct Done {
    at: Duration,
    failed: bool,
    slow: bool,
}

#[derive(Debug)]
pub(super) struct Model {
    pub(super) settings: BreakerSettings,
    now: Duration,
    state: State,
    era: u64,
    since: Duration,
    deadline: Option<Duration>,
    openings: i32,
    window: Vec<Done>,
    admitted: u32,
    trial: Vec<Done>,
    pub(super) calls: Vec<Call>,
    pub(super) counts: [u64; 6],
}

impl Model {
    pub(super) fn new(settings: BreakerSettings) -> Self {
        Self {
            settings,
            now: Duration::ZERO,
            state: State::Closed,
            era: 0,
            since: Duration::ZERO,
            deadline: None,
            openings: 0,
            window: Vec::new(),
            admitted: 0,
            trial: Vec::new(),
            calls: Vec::new(),
            counts: [0; 6],
        }
    }

    /// Whether a call is let through.
    pub(super) fn enter(&mut self) -> bool {
        let is_due = self.deadline.is_some_and(|deadline| self.now >= deadline);
        match self.state {
            State::Open if is_due => self.go(State::HalfOpen),
            State::HalfOpen if is_due => self.go(State::Open),
            _ => {}
        }
        let passes = match self.state {
            State::Closed | State::MetricsOnly | State::Disabled => true,
            State::HalfOpen => self.admitted < self.settings.half_open_calls,
            State::Open | State::ForcedOpen => false,
        };
        if passes {
            self.admitted += u32::from(self.state == State::HalfOpen);
            self.calls.push(Call {
                era: self.era,
                begin: self.now,
                is_timed: self.settings.slow_call.is_some() && self.state != State::Disabled,
                is_counted: false,
            });
        } else {
            self.count(CallResult::CircuitOpen);
        }
        passes
    }

    pub(super) fn end(&mut self, at: usize, how: How) {
        let call = self.calls.remove(at);
        if call.is_counted {
            return;
        }
        let slow = self.is_slow(&call);
        match how {
            How::Success if slow => self.count(CallResult::Slow),
            How::Success => self.count(CallResult::Success),
            How::Failure => self.count(CallResult::Error),
            How::Timeout => self.count(CallResult::Timeout),
            How::Ignored => self.count(CallResult::Ignored),
            How::Dropped => {}
        }
        match how {
            How::Ignored | How::Dropped => {
                if call.era == self.era && self.state == State::HalfOpen {
                    self.admitted -= 1;
                }
            }
            _ => self.record(&call, how != How::Success, slow),
        }
    }

    /// Time passes, and then somebody looks at the calls under way.
    pub(super) fn advance(&mut self, by: Duration) {
        self.now += by;
        for at in 0..self.calls.len() {
            let call = self.calls[at];
            if !call.is_counted && self.is_slow(&call) {
                self.calls[at].is_counted = true;
                self.count(CallResult::Slow);
                self.record(&call, false, true);
            }
        }
    }

    /// What is judged from time to time: there may be enough calls in the window by now.
    pub(super) fn look(&mut self) {
        if matches!(self.settings.window, Window::Time(_)) && self.state == State::Closed {
            self.judge();
        }
    }

    pub(super) fn force(&mut self, state: State) {
        if state != self.state || state == State::Closed {
            self.go(state);
        }
    }

    /// The state that a call would find.
    pub(super) fn state(&self) -> State {
        let is_due = self.deadline.is_some_and(|deadline| self.now >= deadline);
        match self.state {
            State::Open if is_due => State::HalfOpen,
            State::HalfOpen if is_due => State::Open,
            state => state,
        }
    }

    /// Calls, failures and slow calls in the window.
    pub(super) fn tally(&self) -> (u64, u64, u64) {
        let of = |calls: &[Done]| {
            let failed = calls.iter().filter(|call| call.failed).count();
            let slow = calls.iter().filter(|call| call.slow).count();
            (calls.len() as u64, failed as u64, slow as u64)
        };
        match self.settings.window {
            Window::Consecutive => {
                let bad = self.window.iter().rev().take_while(|c| c.failed || c.slow);
                let bad = bad.count() as u64;
                (bad, bad, 0)
            }
            Window::Count(size) => {
                let first = self.window.len().saturating_sub(size as usize);
                of(&self.window[first..])
            }
            Window::Time(span) => {
                let slot = span / 30;
                let slot_of = |at: Duration| (at - self.since).as_nanos() / slot.as_nanos();
                let first = (slot_of(self.now) + 1).saturating_sub(30);
                let inside = self.window.iter().filter(|call| slot_of(call.at) >= first);
                of(&inside.copied().collect::<Vec<_>>())
            }
        }
    }

    fn is_slow(&self, call: &Call) -> bool {
        let slow = self.settings.slow_call;
        call.is_timed && slow.is_some_and(|slow| self.now - call.begin >= slow)
    }

    fn record(&mut self, call: &Call, failed: bool, slow: bool) {
        if call.era != self.era {
            return;
        }
        let done = Done {
            at: self.now,
            failed,
            slow,
        };
        match self.state {
            State::HalfOpen => {
                self.trial.push(done);
                self.judge_trial();
            }
            State::Closed | State::MetricsOnly => {
                self.window.push(done);
                self.judge();
            }
            _ => {}
        }
    }

    fn judge(&mut self) {
        let (calls, failed, slow) = self.tally();
        let is_bad = match self.settings.window {
            Window::Consecutive => calls >= u64::from(self.settings.failure_threshold),
            _ => calls >= u64::from(self.settings.min_calls) && self.is_bad(calls, failed, slow),
        };
        if is_bad && self.state == State::Closed {
            self.go(State::Open);
        }
    }

    fn judge_trial(&mut self) {
        let permits = u64::from(self.settings.half_open_calls);
        let failed = self.trial.iter().filter(|call| call.failed).count() as u64;
        let slow = self.trial.iter().filter(|call| call.slow).count() as u64;
        let is_bad = match self.settings.window {
            Window::Consecutive => failed + slow > 0,
            _ => self.is_bad(permits, failed, slow),
        };
        if is_bad {
            self.go(State::Open);
        } else if self.trial.len() as u64 >= permits {
            self.go(State::Closed);
        }
    }

    fn is_bad(&self, calls: u64, failed: u64, slow: u64) -> bool {
        let share = |part: u64| part as f64 / calls as f64;
        let watches = self.settings.slow_call.is_some();
        share(failed) >= self.settings.failure_rate
            || (watches && share(slow) >= self.settings.slow_rate)
    }

    fn go(&mut self, state: State) {
        self.state = state;
        self.era += 1;
        self.since = self.now;
        self.window.clear();
        self.trial.clear();
        self.admitted = 0;
        self.deadline = match state {
            State::Open => {
                let factor = self.settings.backoff.powi(self.openings);
                let time = self.settings.recovery_timeout.mul_f64(factor);
                Some(self.now + time.min(self.settings.max_recovery_timeout))
            }
            State::HalfOpen if !self.settings.half_open_max.is_zero() => {
                Some(self.now + self.settings.half_open_max)
            }
            _ => None,
        };
        match state {
            State::Open => self.openings += 1,
            State::Closed => self.openings = 0,
            _ => {}
        }
    }

    fn count(&mut self, result: CallResult) {
        self.counts[result as usize] += 1;
    }
}
