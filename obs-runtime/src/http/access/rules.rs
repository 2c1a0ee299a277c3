//! What the configuration says of who may do what.

use obs_schema::monitoring::{Anonymous, ClientAccess, Monitoring};

use super::Access;
use super::file::Place;
use crate::config::Origin;

/// Where the credentials are.
#[derive(Debug, Clone, Default)]
pub(in crate::http) struct Rules {
    pub(in crate::http) anonymous: Option<Access>,
    pub(in crate::http) certified: Option<Access>,
    pub(in crate::http) tokens: Option<Place>,
    /// The user who may fetch the metrics, and where the password is.
    pub(in crate::http) metrics: Option<(String, Place)>,
    /// Whether clients may have certificates instead.
    pub(in crate::http) has_certificates: bool,
}

/// Who can reach the endpoints at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Reach {
    /// The user of the program alone.
    Owner,
    /// The users of this machine.
    Machine,
    /// Anybody, as far as is known.
    World,
}

impl Rules {
    /// What the configuration says. `origin` tells who set a key.
    pub(in crate::http) fn new(monitoring: &Monitoring, origin: impl Fn(&str) -> Origin) -> Self {
        let http = &monitoring.http;
        let place = |key, path: &str| Place::new(key, path, origin(key));
        let user = http.metrics_username;
        Self {
            anonymous: match http.anonymous {
                Anonymous::Auto => None,
                Anonymous::Open => Some(Access::Open),
                Anonymous::Read => Some(Access::Read),
                Anonymous::Write => Some(Access::Write),
            },
            certified: Some(match http.client_access {
                ClientAccess::Read => Access::Read,
                ClientAccess::Write => Access::Write,
            }),
            tokens: place("http.token_file", http.token_file),
            metrics: place("http.metrics_password_file", http.metrics_password_file)
                .map(|place| (user.to_owned(), place)),
            has_certificates: !http.client_ca.is_empty(),
        }
    }

    /// Whether anybody has credentials.
    fn has_credentials(&self) -> bool {
        self.tokens.is_some() || self.metrics.is_some() || self.has_certificates
    }

    /// What callers without credentials may do.
    pub(in crate::http) fn anonymous(&self, reach: Reach) -> Access {
        match self.anonymous {
            Some(access) => access,
            None if reach == Reach::Owner => Access::Write,
            None if self.has_credentials() => Access::Open,
            None => Access::Read,
        }
    }

    /// How much callers without credentials see of what is open to anybody: where the world asks, only what they
    /// were given by name.
    pub(super) fn glimpse(&self, reach: Reach) -> Access {
        match (self.anonymous, reach) {
            (None, Reach::World) => Access::Open,
            _ => self.anonymous(reach),
        }
    }
}
