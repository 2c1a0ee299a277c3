//! The listener of the monitoring endpoints.

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
    "logs",
    "debug",
];

/// Where the monitoring endpoints are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Http {
    /// Whether obs opens a listener of its own. The routes can be mounted in a server of the program either way.
    pub enabled: bool,
    /// The address of the listener: an IP address and a port, 0 for any free one.
    pub listen: &'static str,
    /// The path before every endpoint but the probes and the metrics.
    pub prefix: &'static str,
    /// Names beside `localhost` under which the listener may be asked, separated by commas.
    pub hosts: &'static str,
    /// Whether other machines may reach the listener although it asks nobody who they are.
    pub allow_unauthenticated: bool,
}

impl Http {
    /// `127.0.0.1:9464`, the address of OpenTelemetry's Prometheus exporter, with `/monitoring` before the paths.
    pub const DEFAULT: Self = Self {
        enabled: true,
        listen: "127.0.0.1:9464",
        prefix: "/monitoring",
        hosts: "",
        allow_unauthenticated: false,
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::new()
            .and(check_listen(self.listen))
            .and(self.address_while_off())
            .and(check_url_path(self.prefix, "http.prefix"))
            .and(self.prefix_of_a_probe())
            .and(check_hosts(self.hosts))
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
/// [`SocketAddr`](core::net::SocketAddr): names are not looked up.
#[must_use]
pub const fn check_listen(listen: &str) -> Option<Finding> {
    if is_socket_address(listen) {
        return None;
    }
    Some(Finding::new(
        "address.syntax",
        "http.listen",
        Message::new()
            .name(listen)
            .str(" is not an IP address and a port"),
        "write `127.0.0.1:9464`",
    ))
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
