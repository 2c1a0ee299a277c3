//! What the configuration says about the endpoints.

use obs_schema::monitoring::{Monitoring, SocketAccess};

use super::access::{Place, Rules};
use super::paths::Paths;
use crate::config::{Config, Origin};
use crate::lifecycle;

/// Where the listener is, what it is called, and whom it answers.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// An IP address and a port, 0 for any free one, or `unix:` and a path.
    pub(super) listen: String,
    /// The same for a second listener that has the probes and the metrics alone; empty for none.
    pub(super) probes_listen: String,
    /// Who may connect to a Unix socket.
    pub(super) socket: SocketAccess,
    /// Names beside `localhost` under which the listener may be asked.
    pub(super) hosts: Vec<String>,
    /// Who may do what.
    pub(super) rules: Rules,
    /// Whether callers without credentials may read on a listener that other machines can reach: only if both say so.
    pub(super) allow_unauthenticated: bool,
    pub(super) allow_remote: bool,
    pub(super) tls: Option<TlsFiles>,
    pub(super) max_connections: u32,
    pub(super) max_connections_per_address: u32,
    pub(super) paths: Paths,
}

/// The files of TLS.
#[derive(Debug, Clone)]
#[cfg_attr(
    not(feature = "tls"),
    expect(dead_code, reason = "refused without the feature")
)]
pub(super) struct TlsFiles {
    pub(super) certificate: Place,
    pub(super) key: Place,
    pub(super) client_ca: Option<Place>,
}

impl Settings {
    /// What is in force; mistakes are reported where their key was set.
    pub(super) fn of(config: &Config) -> Self {
        Self::new(&config.monitoring, |key| config.origin(key).clone())
    }

    fn new(monitoring: &Monitoring, origin: impl Fn(&str) -> Origin) -> Self {
        let http = &monitoring.http;
        let place = |key, path: &str| Place::new(key, path, origin(key));
        let certificate = place("http.tls_certificate", http.tls_certificate);
        let files = certificate.zip(place("http.tls_key", http.tls_key));
        Self {
            listen: http.listen.to_owned(),
            probes_listen: http.probes_listen.to_owned(),
            socket: http.socket,
            hosts: names(http.hosts),
            rules: Rules::new(monitoring, &origin),
            allow_unauthenticated: http.allow_unauthenticated,
            allow_remote: http.allow_remote,
            tls: files.map(|(certificate, key)| TlsFiles {
                certificate,
                key,
                client_ca: place("http.client_ca", http.client_ca),
            }),
            max_connections: http.max_connections,
            max_connections_per_address: http.max_connections_per_address,
            paths: Paths::from(monitoring),
        }
    }
}

impl From<&Monitoring> for Settings {
    fn from(monitoring: &Monitoring) -> Self {
        Self::new(monitoring, |_| Origin::Default)
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
