//! Metrics and where they are served.

use core::time::Duration;

use super::*;

#[test]
fn metrics() {
    let metrics = |metrics| Monitoring { metrics, ..D };
    one(
        metrics(Metrics {
            collectors: &[Collector::Process, Collector::Process],
            ..Metrics::DEFAULT
        }),
        "metrics.collectors",
        "`metrics.collectors` names `process` twice; remove one",
    );
    one(
        metrics(Metrics {
            exporters: &[MetricsExporter::Http, MetricsExporter::Pushgateway],
            interval: Duration::ZERO,
            ..Metrics::DEFAULT
        }),
        "metrics.interval",
        "`metrics.exporters` has `pushgateway` but `metrics.interval` is 0, so it never sends; add `interval = \"10s\"`",
    );
    one(
        metrics(Metrics {
            interval: Duration::from_millis(1),
            ..Metrics::DEFAULT
        }),
        "metrics.interval",
        "`metrics.interval` must be 0 or at least `100ms`; write `interval = \"10s\"`",
    );
    one(
        metrics(Metrics {
            prefix: "shop",
            ..Metrics::DEFAULT
        }),
        "metrics.prefix",
        "the prefix `shop` does not end in `_`; write `shop_`",
    );
    let labels = metrics(Metrics {
        labels: &[("region", "eu"), ("outcome", "x"), ("region", "us")],
        ..Metrics::DEFAULT
    });
    let messages: Vec<_> = said(labels)
        .into_iter()
        .map(|(_, message)| message)
        .collect();
    assert_eq!(
        messages,
        [
            "`outcome` is reserved for a label that operations already have; choose another name",
            "`metrics.labels` has `region` twice; remove one",
        ],
    );
    assert!(
        metrics(Metrics {
            interval: Duration::ZERO,
            ..Metrics::DEFAULT
        })
        .check()
        .is_empty()
    );
}

#[test]
fn metrics_do_not_hide_another_endpoint() {
    for path in [
        "/health",
        "/health/storage",
        "/monitoring",
        "/monitoring/traces",
        "/monitoring/debug/config",
    ] {
        one(
            Monitoring {
                metrics: Metrics {
                    path,
                    ..Metrics::DEFAULT
                },
                ..D
            },
            "metrics.path",
            &format!(
                "`metrics.path` `{path}` is already the path of another endpoint; write `path = \"/metrics\"`"
            ),
        );
    }
    for path in [
        "/monitoring/metrics",
        "/internal/metrics",
        "/monitoring-metrics",
    ] {
        assert!(
            Monitoring {
                metrics: Metrics {
                    path,
                    ..Metrics::DEFAULT
                },
                ..D
            }
            .check()
            .is_empty()
        );
    }
}
