//! The check of all layers together.

use std::net::SocketAddr;

use obs_schema::Issue;
use obs_schema::monitoring::{Http, LogOutput, Logging, Monitoring, Profiling, Tracing};
use obs_schema::option::keys;

use super::merge::Merge;
use super::problem::Origin;
use super::settings::Settings;

/// A setting that makes others pointless.
struct Switch {
    key: &'static str,
    is_off: fn(&Monitoring) -> bool,
    /// Keys that mean nothing while it is off, and how they get their default back.
    moot: &'static [(&'static str, fn(&mut Monitoring))],
}

const SWITCHES: &[Switch] = &[
    Switch {
        key: "tracing.enabled",
        is_off: |m| !m.tracing.enabled,
        moot: &[
            ("tracing.sampler", |m| {
                m.tracing.sampler = Tracing::DEFAULT.sampler
            }),
            ("tracing.exporter", |m| {
                m.tracing.exporter = Tracing::DEFAULT.exporter
            }),
            ("tracing.rate_limit", |m| {
                m.tracing.rate_limit = Tracing::DEFAULT.rate_limit
            }),
            ("logging.correlation", |m| {
                m.logging.correlation = Logging::DEFAULT.correlation
            }),
        ],
    },
    Switch {
        key: "profiling.enabled",
        is_off: |m| !m.profiling.enabled,
        moot: &[("profiling.sample", |m| {
            m.profiling.sample = Profiling::DEFAULT.sample
        })],
    },
    Switch {
        key: "http.enabled",
        is_off: |m| !m.http.enabled,
        moot: &[("http.listen", |m| m.http.listen = Http::DEFAULT.listen)],
    },
    Switch {
        key: "logging.outputs",
        is_off: |m| !m.logging.outputs.contains(&LogOutput::File),
        moot: &[("logging.file", |m| m.logging.file = Logging::DEFAULT.file)],
    },
];

/// Asks the rule book about the settings, each finding at the place that set its key.
pub(super) fn check(merge: &mut Merge) {
    reset_moot(merge);
    for issue in merge.settings.monitoring.check() {
        let origin = merge.origin(&issue.path);
        merge.refuse(origin, issue);
    }
    check_address(merge);
    warn_of_unsupported(merge);
}

/// Takes back what a weaker layer said about something that a stronger one turned off.
///
/// Whoever turns tracing off in production need not know what the code says about sampling. Within one
/// layer the same is a contradiction, and the rule book says so.
fn reset_moot(merge: &mut Merge) {
    for switch in SWITCHES {
        if !(switch.is_off)(&merge.settings.monitoring) {
            continue;
        }
        let layer = merge.origin(switch.key).layer();
        for (key, reset) in switch.moot {
            if merge.origin(key).layer() < layer {
                reset(&mut merge.settings.monitoring);
                merge.origins.remove(*key);
            }
        }
    }
}

/// The rule book knows the shape of an address; whether it is one, the standard library knows.
fn check_address(merge: &mut Merge) {
    const KEY: &str = "http.listen";
    let listen = merge.settings.monitoring.http.listen;
    let origin = merge.origin(KEY);
    let known = merge.problems.iter().any(|problem| problem.key == KEY);
    if known || listen.parse::<SocketAddr>().is_ok() {
        return;
    }
    let message = format!("`{listen}` is not an IP address and a port");
    let issue = Issue::new("address.syntax", KEY, message, "write `127.0.0.1:9464`");
    merge.refuse(origin, issue);
}

/// Ways out of the process that this version does not have.
fn warn_of_unsupported(merge: &mut Merge) {
    let m = merge.settings.monitoring;
    let mut missing = Vec::new();
    missing.extend(
        m.logging
            .outputs
            .iter()
            .filter(|output| output.feature().is_some())
            .map(|output| ("logging.outputs", output.as_str())),
    );
    missing.extend(
        m.metrics
            .exporters
            .iter()
            .filter(|exporter| exporter.is_push())
            .map(|exporter| ("metrics.exporters", exporter.as_str())),
    );
    if m.tracing.exporter.feature().is_some() {
        missing.push(("tracing.exporter", m.tracing.exporter.as_str()));
    }
    for (key, word) in missing {
        let message = format!("`{key}`: this version has no `{word}`, nothing is sent there");
        let origin = merge.origin(key);
        merge.warn(origin, Issue::new("feature.missing", key, message, ""));
    }
}

/// Which keys a constant sets: those whose value is not the default.
pub(super) fn mark_attribute(merge: &mut Merge, origin: &Origin) {
    let mut defaults = Settings::DEFAULT;
    for key in keys() {
        let name = key.to_string();
        let own = merge.settings.slot(&name).map(|slot| slot.show());
        let default = defaults.slot(&name).map(|slot| slot.show());
        if own != default {
            merge.origins.insert(name, origin.clone());
        }
    }
}
