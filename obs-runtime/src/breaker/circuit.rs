//! One circuit breaker, as its users have it.

use std::fmt;
use std::sync::Arc;

use obs_schema::resilience::BreakerSettings;

use super::books::Books;
use super::event::EventKind;
use super::feed::{self, Noted, Subscription};
use super::machine::Machine;
use super::permit::Permit;
use super::registry;
use super::word::State;
use crate::fork::Renewed;
use crate::health::Signal;
use crate::hot::clock;
use crate::op::Clock;
use crate::policy::{InvalidSettings, Name, Rejected};

/// A circuit breaker. See the [module](super).
///
/// What it costs while it is closed and all is well: a load and a comparison when a call begins, the same and a
/// count of the thread's own when it ends. A call that fails writes one word that threads share, besides.
///
/// In a child of `fork` it is in the state that it was in, with an empty window; calls of the parent's threads are no
/// longer under way, and how those of the forking thread end decides nothing.
pub struct Breaker {
    machine: Renewed<Machine>,
}

impl Breaker {
    /// The breaker of this name, which is made if there is none. The settings are those of whoever asked first.
    ///
    /// # Errors
    ///
    /// If the settings contradict themselves.
    pub fn named(name: &str, settings: BreakerSettings) -> Result<Arc<Self>, InvalidSettings> {
        InvalidSettings::none(settings.check())?;
        Ok(registry::named(name, settings))
    }

    pub(super) fn create(name: Name, settings: BreakerSettings, books: Books) -> Self {
        Self::of(Machine::new(name, settings, books))
    }

    /// The same, but nobody is told what happens to it.
    pub(super) fn unlisted(name: Name, settings: BreakerSettings, books: Books) -> Self {
        Self::of(Machine::new(name, settings, books).unlisted())
    }

    fn of(machine: Machine) -> Self {
        Self {
            machine: Renewed::new(machine),
        }
    }

    /// That of this process.
    #[inline(always)]
    pub(super) fn machine(&self) -> &Machine {
        match self.machine.if_first() {
            Some(machine) => machine,
            None => self.machine_of_child(),
        }
    }

    #[inline(never)]
    fn machine_of_child(&self) -> &Machine {
        self.machine.get(Machine::in_child)
    }

    /// Gets the events of this breaker from now on. See [`subscribe`](super::subscribe()).
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        feed::subscribe_to(self.name())
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.machine().name.as_str()
    }

    /// Asks to be let through.
    ///
    /// # Errors
    ///
    /// If it is open, or half-open and enough calls are under way.
    #[inline]
    pub fn enter(&self) -> Result<Permit<'_>, Rejected> {
        self.machine().enter_at(clock::ticks)
    }

    /// The same for a function that may know what time it is.
    #[doc(hidden)]
    #[inline(always)]
    pub fn enter_with(&self, clock: &impl Clock) -> Result<Permit<'_>, Rejected> {
        self.machine().enter_at(|| clock.now())
    }

    /// Calls `body` if the breaker lets it through, and looks at what it returns: an `Err` is a failure.
    ///
    /// # Errors
    ///
    /// Those of the body, and the rejection.
    pub fn call<T, E: From<Rejected>>(&self, body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let permit = self.enter()?;
        let value = body();
        match &value {
            Ok(_) => permit.success(),
            Err(_) => permit.failure(),
        }
        value
    }

    /// What it does with calls now: an open breaker whose time is over is half-open, although no call has come to
    /// find out.
    #[must_use]
    pub fn state(&self) -> State {
        self.machine().state()
    }

    /// Closes it, with an empty window.
    pub fn reset(&self) {
        let machine = self.machine();
        machine.force(State::Closed, true);
        machine
            .note(EventKind::Reset)
            .into_iter()
            .for_each(Noted::tell);
    }

    /// Rejects all calls from now on.
    pub fn force_open(&self) {
        self.machine().force(State::ForcedOpen, false);
    }

    /// Lets all calls through from now on and looks at none of them.
    pub fn disable(&self) {
        self.machine().force(State::Disabled, false);
    }

    /// Lets all calls through from now on and looks at them, but never opens.
    pub fn only_measure(&self) {
        self.machine().force(State::MetricsOnly, false);
    }

    /// Its settings.
    #[must_use]
    pub fn settings(&self) -> BreakerSettings {
        self.machine().ledger().settings
    }

    /// Changes its settings. The state, its deadline and what is in the window stay as they are; they are judged by
    /// the new settings from the next call on.
    ///
    /// # Errors
    ///
    /// If the settings contradict themselves. Then nothing is changed.
    pub fn update(&self, settings: BreakerSettings) -> Result<(), InvalidSettings> {
        InvalidSettings::none(settings.check())?;
        self.machine().update(settings);
        Ok(())
    }

    /// What has to be done from time to time. `signals` are those of all health checks.
    pub(super) fn tick(&self, signals: &[(String, Signal)]) {
        let machine = self.machine();
        machine.tick();
        machine.feed_health(signals);
    }
}

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.machine().fmt(f)
    }
}
