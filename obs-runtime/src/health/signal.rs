//! What others know of a dependency: the breaker that guards it, and the calls that the program makes anyway.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use obs_schema::health::CheckSettings;

use super::registry::Registry;
use super::slot::Slot;
use super::status::{Health, Status};
use crate::hot::clock;

/// The way by which something other than a check says how a dependency is.
///
/// It belongs to the check of the same name, whichever of the two is made first. If there is no such check, the name
/// shows as a check of its own that is not critical and that nobody runs.
///
/// ```
/// use obs_runtime::health::{Health, Signal, Status};
///
/// let payments = Signal::named("payments");
/// payments.succeeded(); // after each call that went well: one store
/// payments.set(Health::unhealthy("the circuit is open")); // stays until it is set again
/// assert_eq!(payments.status(), Some(Status::Unhealthy));
/// payments.clear();
/// ```
#[derive(Debug, Clone)]
pub struct Signal(Arc<Feed>);

impl Signal {
    /// The signal of the check `name`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::in_registry(Registry::global(), name)
    }

    pub(super) fn in_registry(registry: &Registry, name: &str) -> Self {
        let settings = CheckSettings {
            critical: false,
            ..CheckSettings::DEFAULT
        };
        let make = || Slot::new(name.to_owned(), Vec::new(), settings, None);
        Self(registry.slot_or(name, make).feed.clone())
    }

    /// Says how the dependency is, until the next time. The check is what is worse of this and its own result.
    pub fn set(&self, health: Health) {
        self.0.say(Some(Registry::global().tidied(health)));
    }

    /// Says nothing any more.
    pub fn clear(&self) {
        self.0.say(None);
    }

    /// Notes that a call went well: the check counts as passed when it is due next, without being run, if that was
    /// within its interval.
    pub fn succeeded(&self) {
        self.0.succeeded.store(clock::ticks().max(1), Relaxed);
    }

    /// What was [`set`](Self::set) last.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        self.0.said().map(|health| health.status())
    }
}

/// What a check is told from outside. It outlives the check, as others hold on to it.
#[derive(Debug, Default)]
pub(super) struct Feed {
    /// When a call went well for the last time, in ticks; 0 if none has.
    succeeded: AtomicU64,
    said: Mutex<Option<Health>>,
}

impl Feed {
    pub(super) fn has_succeeded_within(&self, time: Duration) -> bool {
        let last = self.succeeded.load(Relaxed);
        last != 0 && clock::ticks().saturating_sub(last) <= clock::from_duration(time)
    }

    pub(super) fn said(&self) -> Option<Health> {
        self.said
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn say(&self, health: Option<Health>) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = health;
    }
}
