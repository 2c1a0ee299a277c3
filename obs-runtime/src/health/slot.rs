//! A check with its results, and what it is doing.
//!
//! A check runs at most once at a time. A run that is over its time has failed; if it cannot be ended, because
//! it blocks, it keeps the place until it returns, and each interval that it stays away is another failure.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use obs_schema::def::Source;
use obs_schema::health::{CheckSettings, CheckTiming, HealthKind};
use obs_schema::monitoring;
use obs_schema::value::format_duration;

use super::attempt::too_slow;
use super::probe::Probe;
use super::signal::Feed;
use super::status::{Health, Status};
use super::tracker::{Change, Run, Tracker};
use super::traffic::Traffic;

/// How much longer than its time limit an attempt may take before it is given up from outside. What can be
/// ended has ended itself by then.
const GRACE: Duration = Duration::from_millis(50);

/// A check.
pub(super) struct Slot {
    pub(super) name: String,
    pub(super) groups: Vec<String>,
    pub(super) settings: CheckSettings,
    pub(super) source: Option<Source>,
    /// `None` if it only takes in signals.
    pub(super) probe: Option<Arc<dyn Probe>>,
    #[cfg(feature = "tokio")]
    pub(super) runtime: Option<tokio::runtime::Handle>,
    /// What others say of it.
    pub(super) feed: Arc<Feed>,
    state: Mutex<State>,
}

/// What a check is doing, and what came out so far.
#[derive(Debug)]
pub(super) struct State {
    pub(super) tracker: Tracker,
    pub(super) timing: CheckTiming,
    pub(super) running: Option<Running>,
    /// When it runs again; `None` if it does not.
    next: Option<Instant>,
    /// When it was due last.
    began: Option<Instant>,
    /// What the program calls anyway, if that says how the check is.
    traffic: Option<Traffic>,
    runs: u64,
}

/// A run under way.
#[derive(Debug)]
pub(super) struct Running {
    id: u64,
    pub(super) since: Instant,
    deadline: Instant,
    /// It has been counted as a failure and not returned.
    given_up: bool,
}

/// What is to be done about a check.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing before this time.
    Wait(Option<Instant>),
    /// Run it under this number; look again at this time.
    Run(u64, Instant),
}

impl Slot {
    pub(super) fn new(
        name: String,
        groups: Vec<String>,
        settings: CheckSettings,
        probe: Option<Arc<dyn Probe>>,
    ) -> Self {
        Self {
            name,
            groups,
            settings,
            source: None,
            probe,
            #[cfg(feature = "tokio")]
            runtime: super::runtime::current(),
            feed: Arc::default(),
            state: Mutex::new(State {
                tracker: Tracker::default(),
                timing: settings.timing(&monitoring::Health::DEFAULT),
                running: None,
                next: None,
                began: None,
                traffic: None,
                runs: 0,
            }),
        }
    }

    pub(super) fn at(self, source: Source) -> Self {
        Self {
            source: Some(source),
            ..self
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the check run from now on, as if it never had.
    pub(super) fn begin(&self, config: &monitoring::Health, now: Instant) {
        let mut state = self.lock();
        state.timing = self.settings.timing(config);
        state.tracker = Tracker::default();
        if self.probe.is_some() {
            state.next = now.checked_add(self.settings.initial_delay);
            let has_traffic = self.settings.kind == HealthKind::Readiness;
            state.traffic = has_traffic.then(|| Traffic::new(&self.name, now));
        }
    }

    /// Lets it run no more.
    pub(super) fn end(&self) {
        self.lock().next = None;
    }

    /// Says what is to be done now, and which status that came to.
    pub(super) fn tend(&self, now: Instant) -> (Turn, Option<Change>) {
        let mut state = self.lock();
        if state.running.is_some() {
            let change = state.watch(&self.settings, now);
            return (Turn::Wait(state.next_look()), change);
        }
        let due = self.due(&state);
        if due.is_none_or(|due| now < due) {
            return (Turn::Wait(due), None);
        }
        self.feed.calm();
        state.next = now.checked_add(state.timing.interval);
        state.began = Some(now);
        let Some(health) = self.seen(&mut state, now) else {
            return (state.start(now), None);
        };
        let seen = Run {
            health,
            ended: now,
            took: Duration::ZERO,
        };
        let change = state.tracker.note(seen, &self.settings);
        (Turn::Wait(state.next), change)
    }

    /// What calls of the program have shown since the last look, if that is as good as a run. That they go well does
    /// not say that nothing is degraded.
    fn seen(&self, state: &mut State, now: Instant) -> Option<Health> {
        let traffic = state.traffic.as_mut();
        let (calls, within) = traffic.map_or_else(Default::default, |t| t.take(&self.name, now));
        let told = || {
            let has_succeeded = self.feed.has_succeeded_within(state.timing.interval);
            (calls.bad == 0 && has_succeeded).then(Health::healthy)
        };
        let seen = calls.judged(&self.name, within).or_else(told)?;
        let is_degraded = state.tracker.status() == Some(Status::Degraded);
        (seen.is_failure() || !is_degraded).then_some(seen)
    }

    /// When the check runs: early if a call that the program made has failed.
    fn due(&self, state: &State) -> Option<Instant> {
        let next = state.next?;
        let Some(began) = state.began.filter(|_| self.feed.is_alarmed()) else {
            return Some(next);
        };
        let rest = (state.timing.interval / 10).max(CheckSettings::MIN_INTERVAL);
        Some(next.min(began + rest))
    }

    /// Begins the next attempt of a run, unless that has been given up.
    pub(super) fn next_attempt(&self, id: u64) -> Option<Duration> {
        let mut state = self.lock();
        let timeout = state.timing.timeout;
        let running = state.running.as_mut().filter(|running| running.id == id)?;
        if running.given_up {
            return None;
        }
        running.deadline = Instant::now() + timeout;
        Some(timeout)
    }

    /// Ends a run. What comes after its time has been counted already.
    pub(super) fn finish(&self, id: u64, health: Health) -> Option<Change> {
        let mut state = self.lock();
        let running = state.running.take_if(|running| running.id == id)?;
        if let Some(traffic) = &mut state.traffic {
            // The check's own calls are no news to it.
            *traffic = Traffic::new(&self.name, Instant::now());
        }
        if running.given_up {
            return None;
        }
        let ended = Instant::now();
        let took = ended.saturating_duration_since(running.since);
        let has_passed = !health.is_failure();
        let change = state.tracker.note(
            Run {
                health,
                ended,
                took,
            },
            &self.settings,
        );
        if has_passed && self.is_asked_once() && state.tracker.status() != Some(Status::Unhealthy) {
            state.next = None;
        }
        change
    }

    /// The status: what the check found and what others say, whichever is worse.
    pub(super) fn status(&self) -> Option<Status> {
        let found = self.lock().tracker.status();
        found.max(self.feed.said().map(|health| health.status()))
    }

    fn is_asked_once(&self) -> bool {
        self.settings.kind == HealthKind::Startup
    }
}

impl State {
    fn is_due(&self, now: Instant) -> bool {
        self.next.is_some_and(|next| now >= next)
    }

    fn start(&mut self, now: Instant) -> Turn {
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
    fn watch(&mut self, settings: &CheckSettings, now: Instant) -> Option<Change> {
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
    fn next_look(&self) -> Option<Instant> {
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

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
