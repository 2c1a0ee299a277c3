//! What is known of a breaker.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::books::CallResult;
use super::circuit::Breaker;
use super::machine::Machine;
use super::word::State;
use crate::hot::clock;

/// What is known of a circuit breaker at one moment.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Status {
    /// What it does with calls.
    pub state: State,
    /// Since when.
    pub since: SystemTime,
    /// When an open one lets calls through again, or a half-open one is open again.
    pub until: Option<SystemTime>,
    /// How many calls are in the window; without a window, the failures in a row.
    pub window_calls: u64,
    /// The share of them that failed; 0 if there are none.
    pub failure_ratio: f64,
    /// The share of them that were slow; 0 if there are none.
    pub slow_ratio: f64,
    /// How many calls ended in each way since the start.
    pub calls: Vec<(CallResult, u64)>,
    /// How often it went from one state to another since the start.
    pub transitions: Vec<(State, State, u64)>,
}

impl Breaker {
    /// What is known of it.
    #[must_use]
    pub fn status(&self) -> Status {
        let machine = self.machine();
        let tally = machine.tally();
        let (state, since, until) = machine.now();
        Status {
            state,
            since: time(since),
            until: until.map(time),
            window_calls: tally.calls,
            failure_ratio: tally.failure_ratio(),
            slow_ratio: tally.slow_ratio(),
            calls: CallResult::ALL.into_iter().zip(machine.counts()).collect(),
            transitions: machine.listed_transitions(),
        }
    }
}

impl Machine {
    fn listed_transitions(&self) -> Vec<(State, State, u64)> {
        let all = State::ALL.into_iter().zip(self.transitions());
        all.flat_map(|(from, row)| {
            let row = State::ALL.into_iter().zip(row);
            row.map(move |(to, count)| (from, to, count))
        })
        .filter(|(_, _, count)| *count > 0)
        .collect()
    }
}

fn time(ticks: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_nanos(clock::to_unix_nanos(ticks))
}
