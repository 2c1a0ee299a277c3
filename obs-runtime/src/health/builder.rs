//! Checks that are made while the program runs.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use obs_schema::Issue;
use obs_schema::health::{CheckSettings, HealthKind, check_traffic};
use obs_schema::name::{check_group_name, check_health_name};

use super::local::{LocalCheck, LocalProbe};
use super::probe::{Blocking, IntoHealth, Probe};
use super::registry::Registry;
use super::slot::Slot;

/// A check of readiness that waits: a closure that gives a future, or one of [`ready`](mod@super::ready).
///
/// It may be registered before the service is started, and after.
///
/// ```
/// use obs_runtime::health;
///
/// health::check("bank", || async { Ok::<_, std::io::Error>(()) }).register()?;
/// let twice = health::check("bank", || async { true }).register().unwrap_err();
/// assert_eq!(twice.to_string(), "there is a health check `bank` already; choose another name");
/// # Ok::<(), health::HealthError>(())
/// ```
pub fn check(name: impl Into<String>, probe: impl Probe) -> CheckBuilder {
    CheckBuilder::new(name.into(), HealthKind::Readiness, Arc::new(probe))
}

/// A check of readiness that returns when it knows. It has a thread of its own while it runs.
pub fn blocking<F, R>(name: impl Into<String>, look: F) -> CheckBuilder
where
    F: Fn() -> R + Send + Sync + 'static,
    R: IntoHealth + 'static,
{
    check(name, Blocking(look))
}

/// A check of liveness, whose failure ends the process: only on what is inside of it.
///
/// ```compile_fail,E0277
/// use obs_runtime::health::{self, ready::Tcp};
///
/// health::liveness("database", Tcp::new("db:5432"));
/// ```
pub fn liveness(name: impl Into<String>, local: impl LocalCheck) -> CheckBuilder {
    let probe = LocalProbe(Box::new(local));
    CheckBuilder::new(name.into(), HealthKind::Liveness, Arc::new(probe))
}

/// A check that is being described. See [`check`].
#[must_use = "a check runs after `register`"]
pub struct CheckBuilder {
    name: String,
    groups: Vec<String>,
    traffic: String,
    settings: CheckSettings,
    probe: Arc<dyn Probe>,
}

impl CheckBuilder {
    fn new(name: String, kind: HealthKind, probe: Arc<dyn Probe>) -> Self {
        Self {
            name,
            groups: Vec::new(),
            traffic: String::new(),
            settings: CheckSettings {
                kind,
                ..CheckSettings::DEFAULT
            },
            probe,
        }
    }

    /// Makes it a check of the start: it is asked until it passes for the first time, and nothing is ready before.
    pub fn startup(mut self) -> Self {
        self.settings.kind = HealthKind::Startup;
        self
    }

    /// After how long an attempt has failed. By default `health.timeout` of the configuration.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = Some(timeout);
        self
    }

    /// The time from one run to the next. By default `health.interval` of the configuration.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.settings.interval = Some(interval);
        self
    }

    /// How long the first run waits after the start.
    pub fn initial_delay(mut self, delay: Duration) -> Self {
        self.settings.initial_delay = delay;
        self
    }

    /// Whether a failure turns the probe off, as it does by default; otherwise it is a warning.
    pub fn critical(mut self, critical: bool) -> Self {
        self.settings.critical = critical;
        self
    }

    /// Further attempts within a run before it has failed, 0 to 10. By default none.
    pub fn retries(mut self, retries: u32) -> Self {
        self.settings.retries = retries;
        self
    }

    /// How many runs in a row must fail before the check is unhealthy. By default 1. The first result of all decides by
    /// itself.
    pub fn unhealthy_threshold(mut self, runs: u32) -> Self {
        self.settings.unhealthy_threshold = runs;
        self
    }

    /// How many runs in a row must succeed before an unhealthy check is healthy again. By default 1.
    pub fn healthy_threshold(mut self, runs: u32) -> Self {
        self.settings.healthy_threshold = runs;
        self
    }

    /// Puts it into a group, which is asked at `/health/{group}`. It may be in several.
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.groups.push(group.into());
        self
    }

    /// The API of `#[track_external_api]`, or the `system` of `#[track_db_query]`, whose calls say how a check of readiness
    /// is, see [`health`](super#traffic). By default the one with the name of the check.
    pub fn traffic(mut self, dependency: impl Into<String>) -> Self {
        self.traffic = dependency.into();
        self
    }

    /// Registers the check. It runs while the service does.
    ///
    /// # Errors
    ///
    /// If a setting breaks a rule, or another check has the name.
    pub fn register(self) -> Result<Registered, HealthError> {
        self.register_in(Registry::global())
    }

    pub(super) fn register_in(
        self,
        registry: &'static Registry,
    ) -> Result<Registered, HealthError> {
        let issues = self.issues();
        if !issues.is_empty() {
            let name = self.name;
            return Err(HealthError::Invalid { name, issues });
        }
        let slot = Slot::new(self.name, self.groups, self.settings, Some(self.probe));
        let slot = registry.add(slot.fed_by(&self.traffic))?;
        Ok(Registered { registry, slot })
    }

    fn issues(&self) -> Vec<Issue> {
        let name = check_health_name(&self.name).err();
        let groups = self
            .groups
            .iter()
            .filter_map(|group| check_group_name(group).err());
        let names = name.map(|error| error.issue("name")).into_iter();
        let names = names.chain(groups.map(|error| error.issue("group")));
        let traffic = check_traffic(self.settings.kind, &self.traffic);
        let traffic = traffic.map(Issue::from);
        let settings = self.settings.check().into_iter().chain(traffic);
        names.chain(settings).collect()
    }
}

impl fmt::Debug for CheckBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckBuilder")
            .field("name", &self.name)
            .field("groups", &self.groups)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// A registered check. It stays when this is dropped.
#[derive(Debug)]
pub struct Registered {
    registry: &'static Registry,
    slot: Arc<Slot>,
}

impl Registered {
    /// Removes the check. A run under way ends by itself.
    pub fn remove(self) {
        self.registry.remove(&self.slot);
    }
}

/// Why a check was not registered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HealthError {
    /// A setting breaks a rule.
    Invalid {
        /// The name of the check.
        name: String,
        /// What is wrong.
        issues: Vec<Issue>,
    },
    /// A ready-made check cannot be set up.
    Ready {
        /// Why.
        message: String,
    },
    /// There are a thousand checks.
    TooMany,
    /// Another check has the name.
    Taken {
        /// The name.
        name: String,
    },
}

#[cfg(feature = "checks")]
impl HealthError {
    pub(super) fn ready(message: String) -> Self {
        Self::Ready { message }
    }
}

impl fmt::Display for HealthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { name, issues } => {
                write!(f, "health check `{name}`")?;
                for issue in issues {
                    write!(f, ": {issue}")?;
                }
                Ok(())
            }
            Self::Ready { message } => f.write_str(message),
            Self::TooMany => f.write_str("there are 1000 health checks already; remove one"),
            Self::Taken { name } => write!(
                f,
                "there is a health check `{name}` already; choose another name"
            ),
        }
    }
}

impl std::error::Error for HealthError {}
