//! Every check of the program.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use obs_schema::monitoring;

use super::builder::HealthError;
use super::function::HEALTH_CHECKS;
use super::slot::Slot;
use super::status::Health;
use super::tracker::Change;
use crate::diagnostics;
use crate::fork::{self, PerProcess};
use crate::redact::Redaction;

/// How many checks there can be, signals of their own included.
const MAX_CHECKS: usize = 1_000;

static GLOBAL: PerProcess<Registry> = PerProcess::new();

/// The checks, by name.
pub(crate) struct Registry {
    slots: RwLock<Vec<Arc<Slot>>>,
    /// What holds while checks run.
    started: Mutex<Option<monitoring::Health>>,
    redaction: RwLock<Option<Redaction>>,
    bell: Bell,
    /// The process that it is for.
    process: u32,
}

impl Registry {
    /// That of the process.
    pub(crate) fn global() -> &'static Self {
        GLOBAL.get(Self::new)
    }

    pub(super) fn new() -> Self {
        Self {
            slots: RwLock::default(),
            started: Mutex::new(None),
            redaction: RwLock::new(Some(Redaction::new())),
            bell: Bell::default(),
            process: fork::generation(),
        }
    }

    /// Whether it is that of the process that this one was forked from: its locks may never be given back.
    pub(super) fn is_inherited(&self) -> bool {
        self.process != fork::generation()
    }

    /// Adds a check, and lets it run if checks do.
    pub(super) fn add(&self, mut slot: Slot) -> Result<Arc<Slot>, HealthError> {
        let slot = {
            let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
            let same = slots.iter().find(|other| other.name == slot.name);
            match same {
                Some(other) if other.probe.is_some() => {
                    let name = slot.name.clone();
                    return Err(HealthError::Taken { name });
                }
                // Somebody holds its signal: it goes on under the check.
                Some(other) => slot.feed = other.feed.clone(),
                None if slots.len() >= MAX_CHECKS => return Err(HealthError::TooMany),
                None => {}
            }
            slots.retain(|other| other.name != slot.name);
            let slot = Arc::new(slot);
            slots.push(slot.clone());
            slots.sort_by(|one, other| one.name.cmp(&other.name));
            slot
        };
        if let Some(config) = self.started() {
            slot.begin(&config, Instant::now());
            self.bell.ring();
        }
        Ok(slot)
    }

    /// Adds the functions with `#[health_check]`. They were added before if the service was started before.
    fn add_functions(&self) {
        for function in HEALTH_CHECKS {
            // Functions that one `macro_rules` makes are in the same place.
            let def = &function.def;
            let has_it =
                |slot: &Arc<Slot>| slot.source == Some(def.source) && slot.name == def.name;
            if self.slots().iter().any(has_it) {
                continue;
            }
            // A liveness check is the program's own code that names what is to be looked at.
            match catch_unwind(AssertUnwindSafe(|| function.slot())) {
                Ok(slot) => report(self.add(slot)),
                Err(_) => {
                    let name = function.def.name;
                    diagnostics::report(&format!(
                        "the health check `{name}` panicked and is left out"
                    ));
                }
            }
        }
    }

    /// Removes a check.
    pub(super) fn remove(&self, slot: &Arc<Slot>) {
        let mut slots = self.slots.write().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|other| !Arc::ptr_eq(other, slot));
        slot.end();
    }

    /// The check with this name, or a new one.
    pub(super) fn slot_or(&self, name: &str, make: impl Fn() -> Slot) -> Arc<Slot> {
        let find = || self.slots().into_iter().find(|slot| slot.name == name);
        find().unwrap_or_else(|| match self.add(make()) {
            Ok(slot) => slot,
            // Another thread was faster, or there is no room.
            Err(_) => find().unwrap_or_else(|| Arc::new(make())),
        })
    }

    /// Every check, by name.
    pub(super) fn slots(&self) -> Vec<Arc<Slot>> {
        self.slots
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Lets every check run.
    pub(super) fn begin(&self, config: &monitoring::Health, redaction: Option<Redaction>) {
        *self
            .redaction
            .write()
            .unwrap_or_else(PoisonError::into_inner) = redaction;
        self.add_functions();
        self.begin_without_functions(config);
    }

    pub(super) fn begin_without_functions(&self, config: &monitoring::Health) {
        *self.lock_started() = Some(*config);
        let now = Instant::now();
        for slot in self.slots() {
            slot.begin(config, now);
        }
    }

    /// Lets no check run any more.
    pub(super) fn end(&self) {
        *self.lock_started() = None;
        for slot in self.slots() {
            slot.end();
        }
        self.bell.ring();
    }

    pub(super) fn started(&self) -> Option<monitoring::Health> {
        *self.lock_started()
    }

    /// A result without secrets.
    pub(super) fn tidied(&self, health: Health) -> Health {
        let redaction = self
            .redaction
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        health.tidied(redaction.as_ref())
    }

    pub(super) fn bell(&self) -> &Bell {
        &self.bell
    }

    fn lock_started(&self) -> MutexGuard<'_, Option<monitoring::Health>> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn report(added: Result<Arc<Slot>, HealthError>) {
    if let Err(error) = added {
        diagnostics::report(&error.to_string());
    }
}

/// Logs that a check has another status than before.
pub(super) fn say(slot: &Slot, change: Change) {
    #[cfg(feature = "log")]
    {
        use super::status::Status;
        let why = slot
            .lock()
            .tracker
            .last
            .as_ref()
            .map(|run| run.health.message().to_owned());
        let fields = [
            ("check", slot.name.as_str()),
            ("kind", slot.settings.kind.as_str()),
            ("before", change.from.map_or("unknown", Status::as_str)),
            ("after", change.to.as_str()),
            ("reason", why.as_deref().unwrap_or("")),
        ];
        let is_news = change.from.is_some() || change.to != Status::Healthy;
        let level = match change.to {
            Status::Healthy => tracing::Level::INFO,
            Status::Degraded | Status::Unhealthy => tracing::Level::WARN,
        };
        if is_news {
            crate::log::say_as(level, format_args!("health check changed"), &fields);
        }
    }
    let _ = (slot, change);
}

/// Wakes the thread that tends the checks.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rings: Mutex<u64>,
    rung: Condvar,
}

impl Bell {
    pub(super) fn ring(&self) {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.rung.notify_all();
    }

    /// How often it has rung.
    pub(super) fn rings(&self) -> u64 {
        *self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it has rung more often than `heard`, or until a time.
    pub(super) fn wait(&self, heard: u64, until: Instant) {
        let rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        let left = until.saturating_duration_since(Instant::now());
        let _ = self
            .rung
            .wait_timeout_while(rings, left, |rings| *rings == heard);
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registry")
            .field("slots", &self.slots())
            .finish_non_exhaustive()
    }
}
