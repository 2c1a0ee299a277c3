mod http;
mod logging;
mod metrics;
mod tracing;

use core::time::Duration;

use super::*;

const D: Monitoring = Monitoring::DEFAULT;
const _: () = D.assert_valid();
const OFF: Monitoring = Monitoring {
    tracing: Tracing {
        enabled: false,
        ..Tracing::DEFAULT
    },
    ..D
};
const _: () = OFF.assert_valid();
const CONTRADICTION: Monitoring = Monitoring {
    tracing: Tracing {
        enabled: false,
        exporter: TraceExporter::Otlp,
        ..Tracing::DEFAULT
    },
    ..D
};
const _: () = assert!(!CONTRADICTION.findings().is_empty());

/// The messages of everything wrong with `monitoring`, by path.
fn said(monitoring: Monitoring) -> Vec<(String, String)> {
    monitoring
        .check()
        .into_iter()
        .map(|issue| (issue.path.clone(), issue.to_string()))
        .collect()
}

fn one(monitoring: Monitoring, path: &str, message: &str) {
    assert_eq!(said(monitoring), [(path.to_owned(), message.to_owned())]);
}

#[test]
fn profiling_and_health() {
    one(
        Monitoring {
            profiling: Profiling {
                enabled: false,
                sample: 0.5,
            },
            ..D
        },
        "profiling.sample",
        "`profiling.sample` is set but `profiling.enabled` is off; write `enabled = true` or leave `sample` out",
    );
    one(
        Monitoring {
            profiling: Profiling {
                enabled: true,
                sample: -1.0,
            },
            ..D
        },
        "profiling.sample",
        "`profiling.sample`: a ratio must be between 0 and 1, got -1; write `0.1` for ten percent",
    );
    one(
        Monitoring {
            health: Health {
                timeout: Duration::from_secs(11),
                ..Health::DEFAULT
            },
            ..D
        },
        "health.timeout",
        "`health.timeout` is longer than `health.interval`, so the next check begins first; make `timeout` at most `interval`",
    );
    one(
        Monitoring {
            health: Health {
                interval: Duration::ZERO,
                ..Health::DEFAULT
            },
            ..D
        },
        "health.interval",
        "`health.interval` must be above 0; leave `interval` out for the default",
    );
}

#[test]
fn all_mistakes_are_reported_together() {
    let monitoring = Monitoring {
        metrics: Metrics {
            prefix: "shop-",
            path: "metrics",
            ..Metrics::DEFAULT
        },
        tracing: Tracing {
            max_active: 0,
            ..Tracing::DEFAULT
        },
        http: Http {
            listen: "",
            ..Http::DEFAULT
        },
        ..D
    };
    let paths: Vec<_> = said(monitoring).into_iter().map(|(path, _)| path).collect();
    assert_eq!(
        paths,
        [
            "metrics.path",
            "metrics.prefix",
            "tracing.max_active",
            "http.listen"
        ]
    );
}
