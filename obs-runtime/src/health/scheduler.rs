//! The thread that starts the checks when they are due.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Acquire, Ordering::Release};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::attempt::attempt;
use super::registry::{Registry, say};
use super::slot::Slot;
use super::state::Turn;
use super::status::Health;
use crate::config::Config;
use crate::redact::Redaction;

/// How long the thread sleeps where nothing is due.
const IDLE: Duration = Duration::from_secs(3_600);
/// The longest pause between two attempts of a run.
const PAUSE: Duration = Duration::from_millis(100);

/// The running checks. They end when this is dropped; a run under way may outlive it.
#[derive(Debug)]
pub(crate) struct Monitor {
    registry: &'static Registry,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Monitor {
    /// Lets the checks of the program run, if the configuration wants that.
    pub(crate) fn start(config: &Config) -> io::Result<Option<Self>> {
        let monitoring = &config.monitoring;
        if !monitoring.health.enabled {
            return Ok(None);
        }
        let registry = Registry::global();
        let redaction = Redaction::of(&monitoring.logging);
        registry.begin(&monitoring.health, redaction);
        Self::tend(registry).map(Some)
    }

    /// Tends the checks of a registry, which have begun.
    pub(super) fn tend(registry: &'static Registry) -> io::Result<Self> {
        let stopped = Arc::<AtomicBool>::default();
        let stop = stopped.clone();
        let thread = thread::Builder::new()
            .name("obs-health".to_owned())
            .spawn(move || run(registry, &stop))?;
        Ok(Self {
            registry,
            stopped,
            thread: Some(thread),
        })
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.stopped.store(true, Release);
        self.registry.end();
        if let Some(thread) = self.thread.take() {
            // It never waits for a check.
            let _ = thread.join();
        }
    }
}

fn run(registry: &'static Registry, stopped: &AtomicBool) {
    while !stopped.load(Acquire) {
        // Before the look, so that what changes meanwhile is not slept through.
        let heard = registry.bell().rings();
        let now = Instant::now();
        let mut until = now + IDLE;
        for slot in registry.slots() {
            let next = tend(registry, &slot, now);
            until = next.map_or(until, |next| until.min(next));
        }
        registry.bell().wait(heard, until);
    }
}

/// Does what is due, and says when to look again.
fn tend(registry: &'static Registry, slot: &Arc<Slot>, now: Instant) -> Option<Instant> {
    let (turn, change) = slot.tend(now);
    if let Some(change) = change {
        say(slot, change);
    }
    match turn {
        Turn::Wait(until) => until,
        Turn::Run(id, until) => {
            begin(registry, slot, id);
            Some(until)
        }
    }
}

/// Runs a check on a thread of its own.
fn begin(registry: &'static Registry, slot: &Arc<Slot>, id: u64) {
    let own = slot.clone();
    let spawned = thread::Builder::new()
        .name("obs-check".to_owned())
        .spawn(move || {
            let health = look(&own, id);
            end(registry, &own, id, health);
        });
    if let Err(error) = spawned {
        let health = Health::unhealthy(format!("cannot start a thread: {error}"));
        end(registry, slot, id, health);
    }
}

fn end(registry: &'static Registry, slot: &Slot, id: u64, health: Health) {
    let change = slot.finish(id, registry.tidied(health));
    if let Some(change) = change {
        say(slot, change);
    }
    registry.bell().ring();
}

/// A run: attempts until one succeeds.
fn look(slot: &Slot, id: u64) -> Health {
    let Some(probe) = &slot.probe else {
        return Health::healthy();
    };
    #[cfg(feature = "tokio")]
    let _inside = match enter(slot) {
        Ok(inside) => inside,
        Err(error) => return Health::unhealthy(format!("cannot start a runtime: {error}")),
    };
    let mut health = Health::unhealthy("the check was given up");
    for count in 1..=slot.settings.attempts() {
        let Some(timeout) = slot.next_attempt(id) else {
            break;
        };
        health = attempt(&**probe, timeout);
        if !health.is_failure() {
            break;
        }
        if count < slot.settings.attempts() {
            thread::sleep(PAUSE.min(timeout));
        }
    }
    health
}

#[cfg(feature = "tokio")]
fn enter(slot: &Slot) -> io::Result<tokio::runtime::EnterGuard<'_>> {
    let handle = match &slot.runtime {
        Some(handle) => handle,
        None => super::runtime::own()?,
    };
    Ok(handle.enter())
}
