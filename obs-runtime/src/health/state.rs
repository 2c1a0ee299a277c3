//! The state of a check.

use std::time::{Duration, Instant};

use obs_schema::health::{CheckSettings, CheckTiming};
use obs_schema::value::format_duration;

use super::attempt::too_slow;
use super::status::Health;
use super::tracker::{Change, Run, Tracker};
use super::traffic::Traffic;

/// How much longer than its time limit an attempt may take before it is given up from outside. What can be
/// ended has ended itself by then.
const GRACE: Duration = Duration::from_millis(50);

/// What a check is doing, and what came out so far.
#[derive(Debug)]
pub(super) struct State {
    pub(super) tracker: Tracker,
    pub(super) timing: CheckTiming,
    pub(super) running: Option<Running>,
    /// When it runs again; `None` if it does not.
    pub(super) next: Option<Instant>,
    /// When it was due last.
    pub(super) began: Option<Instant>,
    /// What the program calls anyway, if that says how the check is.
    pub(super) traffic: Option<Traffic>,
    pub(super) runs: u64,
}

/// A run under way.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) id: u64,
    pub(super) since: Instant,
    pub(super) deadline: Instant,
    /// It has been counted as a failure and not returned.
    pub(super) given_up: bool,
}

/// What is to be done about a check.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing before this time.
    Wait(Option<Instant>),
    /// Run it under this number; look again at this time.
    Run(u64, Instant),
}

impl State {
    fn is_due(&self, now: Instant) -> bool {
        self.next.is_some_and(|next| now >= next)
    }

    /// Takes no calls before this time into account.
    pub(super) fn forget_traffic(&mut self, now: Instant) {
        if let Some(traffic) = &mut self.traffic {
            traffic.forget(now);
        }
    }

    pub(super) fn start(&mut self, now: Instant) -> Turn {
        self.runs += 1;
        let deadline = now + self.timing.timeout;
        self.running = Some(Running {
            id: self.runs,
            since: now,
            deadline,
            given_up: false,
        });
        Turn::Run(self.runs, deadline + GRACE)
    }

    /// Counts a run that is over its time as a failure, and again each time that the next one is due.
    pub(super) fn watch(&mut self, settings: &CheckSettings, now: Instant) -> Option<Change> {
        let is_due = self.is_due(now);
        let timeout = self.timing.timeout;
        let running = self.running.as_mut()?;
        let is_over = match running.given_up {
            true => is_due,
            false => now >= running.deadline + GRACE,
        };
        if !is_over {
            return None;
        }
        let health = running.give_up(now, timeout);
        let took = now.saturating_duration_since(running.since);
        if is_due {
            self.next = now.checked_add(self.timing.interval);
        }
        let ended = now;
        self.tracker.note(
            Run {
                health,
                ended,
                took,
            },
            settings,
        )
    }

    /// When a run under way is to be looked at again.
    pub(super) fn next_look(&self) -> Option<Instant> {
        match &self.running {
            Some(running) if !running.given_up => Some(running.deadline + GRACE),
            _ => self.next,
        }
    }
}

impl Running {
    fn give_up(&mut self, now: Instant, timeout: Duration) -> Health {
        if !self.given_up {
            self.given_up = true;
            return too_slow(timeout);
        }
        let away = now.saturating_duration_since(self.since);
        let away = format_duration(Duration::from_secs(away.as_secs().max(1)));
        Health::unhealthy(format!("it has not returned for {away}"))
    }
}
