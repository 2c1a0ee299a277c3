//! What others know of a dependency: the breaker that guards it, and the calls that the program makes anyway.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use obs_schema::health::{CheckSettings, HealthKind};

use super::registry::Registry;
use super::slot::Slot;
use super::status::{Health, Status};
use crate::hot::clock;

/// The way by which something other than a check says how a dependency is.
///
/// It belongs to the check of the same name, whichever of the two is made first. If there is no such check, the name
/// shows as a check of its own that is not critical and that nobody runs. In a child of `fork`, one from before says
/// nothing.
///
/// ```
/// use obs_runtime::health::{Health, Signal, Status};
///
/// let payments = Signal::named("payments");
/// payments.succeeded(); // after each call that went well: one store
/// payments.failed(); // after one that did not: the check looks now
/// payments.set(Health::unhealthy("the circuit is open")); // stays until it is set again
/// assert_eq!(payments.status(), Some(Status::Unhealthy));
/// payments.clear();
/// ```
#[derive(Debug, Clone)]
pub struct Signal {
    registry: &'static Registry,
    feed: Arc<Feed>,
}

impl Signal {
    /// The signal of the check `name`.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::in_registry(Registry::global(), name)
    }

    /// Those that there are for what is outside of the process, by the names of their checks. Not those of liveness: a
    /// restart does not repair a callee.
    pub(crate) fn outside() -> Vec<(String, Self)> {
        let registry = Registry::global();
        let slots = registry.slots().into_iter();
        slots
            .filter(|slot| slot.settings.kind != HealthKind::Liveness)
            .map(|slot| {
                let feed = slot.feed.clone();
                (slot.name.clone(), Self { registry, feed })
            })
            .collect()
    }

    pub(super) fn in_registry(registry: &'static Registry, name: &str) -> Self {
        let settings = CheckSettings {
            critical: false,
            ..CheckSettings::DEFAULT
        };
        let make = || Slot::new(name.to_owned(), Vec::new(), settings, None);
        let feed = registry.slot_or(name, make).feed.clone();
        Self { registry, feed }
    }

    /// Says how the dependency is, until the next time. The check is what is worse of this and its own result.
    pub fn set(&self, health: Health) {
        if !self.registry.is_inherited() {
            self.feed.say(Some(self.registry.tidied(health)));
        }
    }

    /// Says nothing any more.
    pub fn clear(&self) {
        if !self.registry.is_inherited() {
            self.feed.say(None);
        }
    }

    /// Notes that a call went well: the check counts as passed when it is due next, without being run, if that was
    /// within its interval.
    pub fn succeeded(&self) {
        self.feed.succeeded.store(clock::ticks().max(1), Relaxed);
    }

    /// Notes that a call failed, which by itself says little: the check is run now and not when it is due, though
    /// at most ten times in its interval.
    pub fn failed(&self) {
        self.feed.succeeded.store(0, Relaxed);
        if !self.feed.alarm.swap(true, Relaxed) && !self.registry.is_inherited() {
            self.registry.bell().ring();
        }
    }

    /// Whether a call went well and none has failed since.
    #[cfg(test)]
    pub(crate) fn has_succeeded(&self) -> bool {
        self.feed.has_succeeded_within(Duration::MAX)
    }

    /// Whether a call has failed since the check ran last.
    #[cfg(test)]
    pub(crate) fn is_alarmed(&self) -> bool {
        self.feed.is_alarmed()
    }

    /// What was [`set`](Self::set) last.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        if self.registry.is_inherited() {
            return None;
        }
        self.feed.said().map(|health| health.status())
    }
}

/// What a check is told from outside. It outlives the check, as others hold on to it.
#[derive(Debug, Default)]
pub(super) struct Feed {
    /// When a call went well for the last time, in ticks; 0 if none has.
    succeeded: AtomicU64,
    /// A call has failed since the last run.
    alarm: AtomicBool,
    said: Mutex<Option<Health>>,
}

impl Feed {
    pub(super) fn has_succeeded_within(&self, time: Duration) -> bool {
        let last = self.succeeded.load(Relaxed);
        last != 0 && clock::ticks().saturating_sub(last) <= clock::from_duration(time)
    }

    pub(super) fn is_alarmed(&self) -> bool {
        self.alarm.load(Relaxed)
    }

    pub(super) fn calm(&self) {
        self.alarm.store(false, Relaxed);
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
