//! The listener of the monitoring endpoints.

mod access;
mod rules;

pub use access::{Anonymous, ClientAccess, SocketAccess};

use super::address::is_socket_address;
use crate::ascii;
use crate::issue::{Finding, Findings, Issue};
use crate::text::Message;

/// Paths outside the prefix that are taken.
const PROBES: &[&str] = &["/live", "/ready", "/startup", "/health"];

/// First segments below the prefix that are taken.
const ROUTES: &[&str] = &[
    "health",
    "system",
    "catalog",
    "traces",
    "profiling",
    "circuit-breakers",
    "cache",
    "analytics",
    "audit",
    "logs",
    "debug",
];

/// Where the monitoring endpoints are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Http {
    /// Whether obs opens a listener of its own. The routes can be mounted in a server of the program either way.
    pub enabled: bool,
    /// The address of the listener: an IP address and a port, 0 for any free one, or `unix:` and a path.
    pub listen: &'static str,
    /// The address of a second listener that has the probes and the metrics alone; empty for none.
    pub probes_listen: &'static str,
    /// Who may connect where the address is a Unix socket.
    pub socket: SocketAccess,
    /// The path before every endpoint but the probes and the metrics.
    pub prefix: &'static str,
    /// Names beside `localhost` under which the listener may be asked, separated by commas.
    pub hosts: &'static str,
    /// What callers without credentials may do.
    pub anonymous: Anonymous,
    /// Whether callers without credentials may read on a listener that other machines can reach. Only together with
    /// [`allow_remote`](Self::allow_remote).
    pub allow_unauthenticated: bool,
    /// Whether those callers may be on other machines.
    pub allow_remote: bool,
    /// The file of tokens and passwords; empty for none.
    pub token_file: &'static str,
    /// The user who may fetch the metrics; empty for everybody.
    pub metrics_username: &'static str,
    /// The file with this user's password or its hash.
    pub metrics_password_file: &'static str,
    /// The file with the certificates of the listener; empty for no TLS.
    pub tls_certificate: &'static str,
    /// The file with the key of the certificate.
    pub tls_key: &'static str,
    /// The file with the authorities whose certificates clients may have; empty for none.
    pub client_ca: &'static str,
    /// What clients with such a certificate may do.
    pub client_access: ClientAccess,
    /// Connections at the same time.
    pub max_connections: u32,
    /// Connections of one address at the same time.
    pub max_connections_per_address: u32,
}

impl Http {
    /// `127.0.0.1:9464`, the address of OpenTelemetry's Prometheus exporter, with `/monitoring` before the paths.
    pub const DEFAULT: Self = Self {
        enabled: true,
        listen: "127.0.0.1:9464",
        prefix: "/monitoring",
        probes_listen: "",
        socket: SocketAccess::Owner,
        hosts: "",
        anonymous: Anonymous::Auto,
        allow_unauthenticated: false,
        allow_remote: false,
        token_file: "",
        metrics_username: "",
        metrics_password_file: "",
        tls_certificate: "",
        tls_key: "",
        client_ca: "",
        client_access: ClientAccess::Read,
        max_connections: 256,
        max_connections_per_address: 64,
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::new()
            .and(check_listen(self.listen))
            .and(self.address_while_off())
            .and(self.probes_address())
            .and(check_url_path(self.prefix, "http.prefix"))
            .and(self.prefix_of_a_probe())
            .and(check_hosts(self.hosts))
            .and(self.half_of_a_login())
            .and(self.half_of_tls())
            .and(self.clients_without_tls())
            .and(self.more_of_one_than_of_all())
    }

    /// [`Http::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    const fn address_while_off(&self) -> Option<Finding> {
        if self.enabled || ascii::eq(self.listen, Self::DEFAULT.listen) {
            return None;
        }
        Some(Finding::new(
            "monitoring.contradiction",
            "http.listen",
            Message::new().str("`http.listen` is set but `http.enabled` is off"),
            "leave `listen` out or turn the listener on",
        ))
    }

    const fn prefix_of_a_probe(&self) -> Option<Finding> {
        if !is_probe(self.prefix) {
            return None;
        }
        Some(Finding::new(
            "monitoring.contradiction",
            "http.prefix",
            Message::new()
                .str("`http.prefix` ")
                .name(self.prefix)
                .str(" is already the path of a probe"),
            "write `prefix = \"/monitoring\"`",
        ))
    }
}

impl Default for Http {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Checks the path of an endpoint: segments of letters, digits, `-`, `_` and `.`, each after a `/`.
#[must_use]
pub const fn check_url_path(path: &str, key: &'static str) -> Option<Finding> {
    let m = Message::new().name(path);
    let message = if !ascii::starts_with(path, "/") {
        m.str(" does not begin with `/`")
    } else if path.len() == 1 || ascii::ends_with(path, "/") {
        m.str(" ends in `/`")
    } else if let Some(at) = odd_byte(path) {
        m.str(" contains ")
            .name(ascii::char_at(path, at))
            .str(" at position ")
            .number(at as u64 + 1)
    } else {
        return None;
    };
    Some(Finding::new(
        "path.syntax",
        key,
        message,
        "write a path such as `/metrics`",
    ))
}

/// Checks that an address is one that the standard library reads as a
/// [`SocketAddr`](core::net::SocketAddr), as names are not looked up, or the absolute path of a Unix socket after
/// `unix:`.
#[must_use]
pub const fn check_listen(listen: &str) -> Option<Finding> {
    check_address(listen, "http.listen")
}

const fn check_address(listen: &str, key: &'static str) -> Option<Finding> {
    if is_socket_address(listen) || is_socket_path(listen) {
        return None;
    }
    Some(Finding::new(
        "address.syntax",
        key,
        Message::new()
            .name(listen)
            .str(" is not an IP address and a port"),
        "write `127.0.0.1:9464`",
    ))
}

const fn is_socket_path(listen: &str) -> bool {
    match ascii::strip_prefix(listen, "unix:") {
        Some(path) => ascii::starts_with(path, "/") && !ascii::ends_with(path, "/"),
        None => false,
    }
}

/// Checks that every name is the name of a host, without a scheme, a port or a path.
const fn check_hosts(hosts: &str) -> Option<Finding> {
    let bytes = hosts.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if !(bytes[i].is_ascii_alphanumeric() || matches!(bytes[i], b'.' | b'-' | b',' | b' ')) {
            return Some(Finding::new(
                "host.syntax",
                "http.hosts",
                Message::new()
                    .name(ascii::char_at(hosts, i))
                    .str(" in `http.hosts` is not part of the name of a host"),
                "write names without a port, such as `ops.example.com, monitor`",
            ));
        }
        i += 1;
    }
    None
}

/// Whether a probe has this path, or that of a group of checks can.
const fn is_probe(path: &str) -> bool {
    ascii::contains(PROBES, path) || ascii::starts_with(path, "/health/")
}

/// Whether an endpoint other than the metrics has this path.
pub(super) const fn is_route(path: &str, prefix: &str) -> bool {
    if is_probe(path) || ascii::eq(path, prefix) {
        return true;
    }
    let Some(below) = ascii::strip_prefix(path, prefix) else {
        return false;
    };
    let Some(below) = ascii::strip_prefix(below, "/") else {
        return false;
    };
    ascii::contains(ROUTES, ascii::split_once(below, b'/').0)
}

const fn odd_byte(path: &str) -> Option<usize> {
    let bytes = path.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let fits =
            bytes[i].is_ascii_alphanumeric() || matches!(bytes[i], b'/' | b'-' | b'_' | b'.');
        if !fits || (i > 0 && bytes[i] == b'/' && bytes[i - 1] == b'/') {
            return Some(i);
        }
        i += 1;
    }
    None
}
