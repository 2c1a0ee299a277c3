//! Functions with `#[health_check]`.

use std::fmt;
use std::sync::Arc;

use obs_schema::health::HealthCheckDef;

use super::local::LocalProbe;
use super::local::sealed::Local;
use super::probe::{Blocking, BoxedHealth, Probe};
use super::slot::Slot;
use super::status::Health;

/// Every function with `#[health_check]` of the program.
#[linkme::distributed_slice]
pub static HEALTH_CHECKS: [HealthFunction];

/// A function with `#[health_check]`.
#[derive(Debug)]
pub struct HealthFunction {
    /// What is said about it.
    pub def: HealthCheckDef,
    /// How it is called.
    pub run: HealthRun,
}

/// How a function is called.
pub enum HealthRun {
    /// It returns when it knows.
    Blocking(fn() -> Health),
    /// It returns a future.
    Waiting(fn() -> BoxedHealth<'static>),
    /// It is called once, and says what is to be looked at.
    Local(fn() -> Box<dyn Local>),
}

impl HealthFunction {
    pub(super) fn slot(&self) -> Slot {
        let def = &self.def;
        let groups = Some(def.group).filter(|group| !group.is_empty());
        let groups = groups.into_iter().map(str::to_owned).collect();
        let probe = self.run.probe();
        let slot = Slot::new(def.name.to_owned(), groups, def.settings, Some(probe));
        slot.fed_by(def.traffic).at(def.source)
    }
}

impl HealthRun {
    fn probe(&self) -> Arc<dyn Probe> {
        match *self {
            Self::Blocking(function) => Arc::new(Blocking(function)),
            Self::Waiting(function) => Arc::new(Waiting(function)),
            Self::Local(function) => Arc::new(LocalProbe(function())),
        }
    }
}

/// A function that returns a future.
struct Waiting(fn() -> BoxedHealth<'static>);

impl Probe for Waiting {
    fn probe(&self) -> BoxedHealth<'_> {
        (self.0)()
    }
}

impl fmt::Debug for HealthRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Blocking(_) => "Blocking",
            Self::Waiting(_) => "Waiting",
            Self::Local(_) => "Local",
        })
    }
}
