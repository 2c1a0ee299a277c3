//! From one state to another.

use std::sync::PoisonError;

use obs_schema::resilience::BreakerSettings;

use super::event::EventKind;
use super::feed::Noted;
use super::machine::Machine;
use super::sync::{MutexGuard, Ordering::Relaxed};
use super::word::{State, Word};
use crate::hot::{clock, local};

/// What only changes of the state and of the settings change.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) settings: BreakerSettings,
    /// How often it opened since it was last closed.
    openings: u32,
    pub(super) transitions: Transitions,
    /// When the present state began, in ticks.
    pub(super) since: u64,
}

impl Ledger {
    pub(super) fn new(settings: BreakerSettings, now: u64) -> Self {
        Self {
            settings,
            openings: 0,
            transitions: Transitions::default(),
            since: now,
        }
    }

    /// That of a child of `fork` in the same state.
    pub(super) fn in_child(&self) -> Self {
        Self {
            openings: self.openings,
            ..Self::new(self.settings, self.since)
        }
    }
}

/// How often it went from each state to each other.
pub(super) type Transitions = [[u64; State::ALL.len()]; State::ALL.len()];

impl Machine {
    /// Goes from one state to another, unless it is in another one by now.
    pub(super) fn go(&self, from: Word, to: State, now: u64) -> bool {
        self.go_because(from, to, now, None)
    }

    pub(super) fn go_because(
        &self,
        from: Word,
        to: State,
        now: u64,
        why: Option<EventKind>,
    ) -> bool {
        let mut ledger = self.ledger();
        if self.gate.word() != from {
            return false;
        }
        let events = self.change(&mut ledger, from, to, now, why);
        drop(ledger);
        events.into_iter().for_each(Noted::tell);
        true
    }

    /// Goes to a state whatever the present one is.
    pub(super) fn force(&self, to: State, again: bool) {
        let now = clock::ticks();
        let mut ledger = self.ledger();
        let from = self.gate.word();
        if from.state() == to && !again {
            return;
        }
        let events = self.change(&mut ledger, from, to, now, None);
        drop(ledger);
        events.into_iter().for_each(Noted::tell);
    }

    fn change(
        &self,
        ledger: &mut Ledger,
        from: Word,
        to: State,
        now: u64,
        why: Option<EventKind>,
    ) -> Vec<Noted> {
        let generation = from.generation().next();
        let deadline = match to {
            State::Open => Some(now.saturating_add(open_ticks(ledger))),
            State::HalfOpen => self.rules.half_open_until(now),
            _ => None,
        };
        match to {
            State::Open => ledger.openings = ledger.openings.saturating_add(1),
            State::Closed => ledger.openings = 0,
            _ => {}
        }
        let next = Word::new(to, generation, deadline);
        // Before the state is entered: whoever sees it finds the windows empty.
        let total = self.judged();
        self.count.reset(generation, total);
        self.time.reset(generation, now, total);
        self.begin_calm(next);
        self.gate.shift(from, next);
        self.say_rejected.store(0, Relaxed);
        ledger.since = now;
        let mut events: Vec<_> = why.and_then(|why| self.note(why)).into_iter().collect();
        if from.state() != to {
            let row = ledger.transitions.get_mut(from.state() as usize);
            if let Some(count) = row.and_then(|row| row.get_mut(to as usize)) {
                *count += 1;
            }
            let change = EventKind::StateChange {
                from: from.state(),
                to,
            };
            events.extend(self.note(change));
        }
        events
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For how long it stays open this time.
fn open_ticks(ledger: &Ledger) -> u64 {
    let settings = &ledger.settings;
    let longest = settings.max_recovery_timeout.as_secs_f64();
    // `f64` saturates: after enough times the longest one it is.
    let factor = settings
        .backoff
        .powi(i32::try_from(ledger.openings).unwrap_or(i32::MAX));
    let usual = (settings.recovery_timeout.as_secs_f64() * factor).min(longest);
    let share = (local::random() >> 11) as f64 / (1u64 << 53) as f64;
    let seconds = (usual * (1.0 + settings.jitter * share)).min(longest);
    clock::from_seconds(seconds)
}
