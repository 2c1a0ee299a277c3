//! What the configuration says about the endpoints.

use obs_schema::monitoring::Monitoring;

use super::paths::Paths;
use crate::lifecycle;

/// Where the listener is, and what it is called.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// An IP address and a port; 0 for any free one.
    pub(super) listen: String,
    /// Names beside `localhost` under which the listener may be asked.
    pub(super) hosts: Vec<String>,
    /// Whether other machines may reach it although it asks nobody who they are.
    pub(super) allow_unauthenticated: bool,
    pub(super) paths: Paths,
}

impl From<&Monitoring> for Settings {
    fn from(monitoring: &Monitoring) -> Self {
        Self {
            listen: monitoring.http.listen.to_owned(),
            hosts: names(monitoring.http.hosts),
            allow_unauthenticated: monitoring.http.allow_unauthenticated,
            paths: Paths::from(monitoring),
        }
    }
}

/// The names of a list with commas.
fn names(list: &str) -> Vec<String> {
    let names = list.split(',').map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

impl From<&Monitoring> for Paths {
    fn from(monitoring: &Monitoring) -> Self {
        Self {
            prefix: monitoring.http.prefix.to_owned(),
            metrics: monitoring.metrics.path.to_owned(),
        }
    }
}

impl Default for Paths {
    fn default() -> Self {
        Self::from(&Monitoring::DEFAULT)
    }
}

/// The paths of the running service, or else the default ones.
pub(super) fn paths() -> Paths {
    lifecycle::state().map_or_else(Paths::default, |state| {
        Paths::from(&state.config.monitoring)
    })
}
