//! The check of all layers together.

use obs_schema::Issue;
use obs_schema::monitoring::{LogOutput, MetricsExporter, Monitoring};
use obs_schema::option::keys;

use super::merge::Merge;
use super::problem::Origin;
use super::settings::Settings;

/// A setting that makes others pointless.
struct Switch {
    key: &'static str,
    is_off: fn(&Monitoring) -> bool,
    /// What means nothing while it is off.
    moot: &'static [Moot],
}

/// A key, and how it gets its default back.
struct Moot {
    key: &'static str,
    reset: fn(&mut Monitoring, &Monitoring),
}

const fn moot(key: &'static str, reset: fn(&mut Monitoring, &Monitoring)) -> Moot {
    Moot { key, reset }
}

const SWITCHES: &[Switch] = &[
    Switch {
        key: "tracing.enabled",
        is_off: |m| !m.tracing.enabled,
        moot: &[
            moot("tracing.sampler", |m, default| {
                m.tracing.sampler = default.tracing.sampler;
            }),
            moot("tracing.exporter", |m, default| {
                m.tracing.exporter = default.tracing.exporter;
            }),
            moot("tracing.target_per_second", |m, default| {
                m.tracing.target_per_second = default.tracing.target_per_second;
            }),
            moot("tracing.operations", |m, default| {
                m.tracing.operations = default.tracing.operations;
            }),
            moot("tracing.rate_limit", |m, default| {
                m.tracing.rate_limit = default.tracing.rate_limit;
            }),
            moot("logging.correlation", |m, default| {
                m.logging.correlation = default.logging.correlation;
            }),
        ],
    },
    Switch {
        key: "profiling.enabled",
        is_off: |m| !m.profiling.enabled,
        moot: &[moot("profiling.sample", |m, default| {
            m.profiling.sample = default.profiling.sample;
        })],
    },
    Switch {
        key: "http.enabled",
        is_off: |m| !m.http.enabled,
        moot: &[
            moot("http.listen", |m, default| {
                m.http.listen = default.http.listen;
            }),
            moot("http.probes_listen", |m, default| {
                m.http.probes_listen = default.http.probes_listen;
            }),
        ],
    },
    Switch {
        key: "logging.outputs",
        is_off: |m| !m.logging.outputs.contains(&LogOutput::File),
        moot: &[
            moot("logging.file", |m, default| {
                m.logging.file = default.logging.file;
            }),
            moot("logging.rotation", |m, default| {
                m.logging.rotation = default.logging.rotation;
            }),
            moot("logging.max_file_size", |m, default| {
                m.logging.max_file_size = default.logging.max_file_size;
            }),
            moot("logging.max_files", |m, default| {
                m.logging.max_files = default.logging.max_files;
            }),
            moot("logging.max_age", |m, default| {
                m.logging.max_age = default.logging.max_age;
            }),
            moot("logging.max_total_size", |m, default| {
                m.logging.max_total_size = default.logging.max_total_size;
            }),
            moot("logging.compress", |m, default| {
                m.logging.compress = default.logging.compress;
            }),
        ],
    },
    Switch {
        key: "export.spool",
        is_off: |m| m.export.spool.is_empty(),
        moot: &[moot("export.spool_size", |m, default| {
            m.export.spool_size = default.export.spool_size;
        })],
    },
    Switch {
        key: "logging.redact",
        is_off: |m| !m.logging.redact,
        moot: &[moot("logging.redact_keys", |m, default| {
            m.logging.redact_keys = default.logging.redact_keys;
        })],
    },
];

/// Asks the rule book about the settings, each finding at the place that set its key.
pub(super) fn check(merge: &mut Merge) {
    reset_moot(merge);
    for issue in merge.settings.monitoring.check() {
        let origin = merge.origin(&issue.path);
        merge.refuse(origin, issue);
    }
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
        for moot in switch.moot {
            if merge.origin(moot.key).layer() < layer {
                (moot.reset)(&mut merge.settings.monitoring, &Monitoring::DEFAULT);
                merge.origins.remove(moot.key);
            }
        }
    }
}

/// Ways out of the process that this version does not have.
fn warn_of_unsupported(merge: &mut Merge) {
    let m = merge.settings.monitoring;
    let mut missing = Vec::new();
    missing.extend(
        m.logging
            .outputs
            .iter()
            .filter(|output| output.feature().is_some() && !has_log_output(**output))
            .map(|output| ("logging.outputs", output.as_str())),
    );
    missing.extend(
        m.metrics
            .exporters
            .iter()
            .filter(|exporter| exporter.is_push() && !is_available(**exporter))
            .map(|exporter| ("metrics.exporters", exporter.as_str())),
    );
    if m.tracing.exporter.feature().is_some() && !cfg!(feature = "otlp") {
        missing.push(("tracing.exporter", m.tracing.exporter.as_str()));
    }
    for (key, word) in missing {
        let message = format!("`{key}`: this version has no `{word}`, nothing is sent there");
        let origin = merge.origin(key);
        merge.warn(origin, Issue::new("feature.missing", key, message, ""));
    }
}

/// Whether this build sends log records there.
pub(crate) fn has_log_output(output: LogOutput) -> bool {
    match output {
        LogOutput::Console | LogOutput::File => cfg!(feature = "log"),
        LogOutput::Elastic => cfg!(feature = "elastic"),
        LogOutput::Otlp => cfg!(all(feature = "otlp", feature = "log")),
    }
}

/// Whether this build has the exporter.
pub(crate) fn is_available(exporter: MetricsExporter) -> bool {
    let feature = exporter.feature();
    (feature == "push" && cfg!(feature = "push")) || (feature == "otlp" && cfg!(feature = "otlp"))
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
