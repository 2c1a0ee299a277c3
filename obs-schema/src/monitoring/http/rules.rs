//! Settings of the listener that mean nothing, or the wrong thing, without others.

use super::{Http, check_address};
use crate::ascii;
use crate::issue::Finding;
use crate::text::Message;

/// A setting that needs another one.
const fn needs(key: &'static str, other: &'static str, help: &'static str) -> Option<Finding> {
    let message = Message::new()
        .name(key)
        .str(" is set but ")
        .name(other)
        .str(" is not");
    Some(Finding::new("monitoring.contradiction", key, message, help))
}

impl Http {
    pub(super) const fn probes_address(&self) -> Option<Finding> {
        let key = "http.probes_listen";
        if self.probes_listen.is_empty() {
            return None;
        }
        if !self.enabled {
            let message =
                Message::new().str("`http.probes_listen` is set but `http.enabled` is off");
            let help = "leave `probes_listen` out or turn the listener on";
            return Some(Finding::new("monitoring.contradiction", key, message, help));
        }
        let is_taken = ascii::eq(self.probes_listen, self.listen);
        if is_taken && !ascii::ends_with(self.listen, ":0") {
            let message =
                Message::new().str("`http.probes_listen` is the address of `http.listen`");
            let help = "give the probes a port of their own, such as `0.0.0.0:9465`";
            return Some(Finding::new("monitoring.contradiction", key, message, help));
        }
        check_address(self.probes_listen, key)
    }

    pub(super) const fn half_of_a_login(&self) -> Option<Finding> {
        let (user, file) = ("http.metrics_username", "http.metrics_password_file");
        match (
            self.metrics_username.is_empty(),
            self.metrics_password_file.is_empty(),
        ) {
            (false, true) => needs(user, file, "set `OBS_METRICS_PASSWORD_FILE` too"),
            (true, false) => needs(file, user, "set `OBS_METRICS_USERNAME` too"),
            _ => None,
        }
    }

    pub(super) const fn half_of_tls(&self) -> Option<Finding> {
        let (certificate, key) = ("http.tls_certificate", "http.tls_key");
        match (self.tls_certificate.is_empty(), self.tls_key.is_empty()) {
            (false, true) => needs(
                certificate,
                key,
                "name the file with the key of the certificate",
            ),
            (true, false) => needs(
                key,
                certificate,
                "name the file with the certificate of the key",
            ),
            _ => None,
        }
    }

    pub(super) const fn clients_without_tls(&self) -> Option<Finding> {
        if self.client_ca.is_empty() || !self.tls_certificate.is_empty() {
            return None;
        }
        let help = "name the listener's own certificate and key";
        needs("http.client_ca", "http.tls_certificate", help)
    }

    pub(super) const fn more_of_one_than_of_all(&self) -> Option<Finding> {
        if self.max_connections_per_address <= self.max_connections {
            return None;
        }
        let key = "http.max_connections_per_address";
        let message = Message::new()
            .str("one address may have ")
            .number(self.max_connections_per_address as u64)
            .str(" connections but there are at most ")
            .number(self.max_connections as u64);
        Some(Finding::new(
            "monitoring.contradiction",
            key,
            message,
            "lower it, or raise `max_connections`",
        ))
    }
}
