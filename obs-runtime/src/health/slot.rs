//! A check with its results, and what it is doing.
//!
//! A check runs at most once at a time. A run that is over its time has failed; if it cannot be ended, because
//! it blocks, it keeps the place until it returns, and each interval that it stays away is another failure.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use obs_schema::def::Source;
use obs_schema::health::{CheckSettings, HealthKind};
use obs_schema::monitoring;

use super::probe::Probe;
use super::signal::Feed;
use super::state::{State, Turn};
use super::status::{Health, Status};
use super::tracker::{Change, Run, Tracker};
use super::traffic::Traffic;

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

impl Slot {
    pub(super) fn new(
        name: String,
        groups: Vec<String>,
        settings: CheckSettings,
        probe: Option<Arc<dyn Probe>>,
    ) -> Self {
        let has_traffic = settings.kind == HealthKind::Readiness && probe.is_some();
        let traffic = has_traffic.then(|| Traffic::of(&name));
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
                traffic,
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

    /// Goes by the calls of this dependency, or of the one with its own name if this is empty.
    pub(super) fn fed_by(self, dependency: &str) -> Self {
        if !dependency.is_empty() && self.probe.is_some() {
            self.lock().traffic = Some(Traffic::of(dependency));
        }
        self
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
            state.forget_traffic(now);
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
        let traffic = state.traffic.as_mut().map(|traffic| traffic.look(now));
        let (seen, has_failed) = traffic.unwrap_or_default();
        let told = || {
            let has_succeeded = self.feed.has_succeeded_within(state.timing.interval);
            (has_succeeded && !has_failed).then(Health::healthy)
        };
        let seen = seen.or_else(told)?;
        let is_degraded = state.tracker.status() == Some(Status::Degraded);
        (seen.status() != Status::Healthy || !is_degraded).then_some(seen)
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
        // The check's own calls are no news to it.
        state.forget_traffic(Instant::now());
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

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
