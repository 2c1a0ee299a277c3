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
#[should_panic(expected = "`tracing.exporter` is `otlp` but `tracing.enabled` is off")]
fn a_constant_that_contradicts_itself_does_not_compile() {
    CONTRADICTION.assert_valid();
}

#[test]
fn tracing_that_is_off_has_no_settings() {
    let off = Tracing {
        enabled: false,
        ..Tracing::DEFAULT
    };
    one(
        CONTRADICTION,
        "tracing.exporter",
        "`tracing.exporter` is `otlp` but `tracing.enabled` is off; write `exporter = \"none\"` or turn tracing on",
    );
    one(
        Monitoring {
            tracing: Tracing {
                sampler: Sampler::ratio(0.1),
                ..off
            },
            ..D
        },
        "tracing.sampler",
        "`tracing.sampler` is set but `tracing.enabled` is off; leave it out or turn tracing on",
    );
    one(
        Monitoring {
            tracing: Tracing {
                rate_limit: Some(5),
                ..off
            },
            ..D
        },
        "tracing.rate_limit",
        "`tracing.rate_limit` is set but `tracing.enabled` is off; leave it out or turn tracing on",
    );
    one(
        Monitoring {
            logging: Logging {
                correlation: Some(true),
                ..Logging::DEFAULT
            },
            tracing: off,
            ..D
        },
        "logging.correlation",
        "`logging.correlation` is on but `tracing.enabled` is off, so there is no id to log; turn tracing on or leave `correlation` out",
    );
}

#[test]
fn tracing_within_its_ranges() {
    let tracing = |tracing| Monitoring { tracing, ..D };
    one(
        tracing(Tracing {
            sampler: Sampler::ratio(1.5),
            ..Tracing::DEFAULT
        }),
        "tracing.sampler",
        "`tracing.sampler`: a ratio must be between 0 and 1, got 1.5; write `0.015` for 1.5 percent",
    );
    one(
        tracing(Tracing {
            rate_limit: Some(0),
            ..Tracing::DEFAULT
        }),
        "tracing.rate_limit",
        "`tracing.rate_limit` is 0, so the sampler keeps nothing; write `sampler = 0.0` to keep only errors and slow traces",
    );
    one(
        tracing(Tracing {
            store: 100,
            ..Tracing::DEFAULT
        }),
        "tracing.store",
        "`tracing.store` must be at least `64KiB`; write `store = \"32MiB\"`",
    );
    one(
        tracing(Tracing {
            max_spans: 0,
            ..Tracing::DEFAULT
        }),
        "tracing.max_spans",
        "`tracing.max_spans` must be at least 1; turn tracing off with `enabled = false`",
    );
}

#[test]
fn correlation_follows_tracing_unless_it_is_set() {
    assert!(D.correlates());
    assert!(!OFF.correlates());
    let never = Monitoring {
        logging: Logging {
            correlation: Some(false),
            ..Logging::DEFAULT
        },
        ..D
    };
    assert!(!never.correlates());
    assert!(never.check().is_empty());
}

#[test]
fn logging() {
    let logging = |logging| Monitoring { logging, ..D };
    one(
        logging(Logging {
            outputs: &[],
            ..Logging::DEFAULT
        }),
        "logging.outputs",
        "`logging.outputs` is empty, so nothing is logged; write `level = \"off\"` to turn the log off, or `outputs = [\"console\"]`",
    );
    one(
        logging(Logging {
            outputs: &[LogOutput::Console, LogOutput::Console],
            ..Logging::DEFAULT
        }),
        "logging.outputs",
        "`logging.outputs` names `console` twice; remove one",
    );
    one(
        logging(Logging {
            file: "shop.log",
            ..Logging::DEFAULT
        }),
        "logging.file",
        "`logging.file` is set but `logging.outputs` has no `file`; add `\"file\"` to `outputs`",
    );
    assert!(
        logging(Logging {
            level: Level::Off,
            outputs: &[],
            ..Logging::DEFAULT
        })
        .check()
        .is_empty()
    );
}

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
fn endpoints() {
    let http = |http| Monitoring { http, ..D };
    one(
        http(Http {
            enabled: false,
            listen: "0.0.0.0:80",
            ..Http::DEFAULT
        }),
        "http.listen",
        "`http.listen` is set but `http.enabled` is off; leave `listen` out or turn the listener on",
    );
    for listen in [
        "",
        "9464",
        ":9464",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:99999",
        "127.0.0.1:x",
    ] {
        one(
            http(Http {
                listen,
                ..Http::DEFAULT
            }),
            "http.listen",
            &format!("`{listen}` is not an IP address and a port; write `127.0.0.1:9464`"),
        );
    }
    for hosts in ["", "ops", "ops.example.com, monitor-1"] {
        assert!(
            http(Http {
                hosts,
                ..Http::DEFAULT
            })
            .check()
            .is_empty()
        );
    }
    for (hosts, odd) in [
        ("http://ops", ":"),
        ("ops:9464", ":"),
        ("ops/x", "/"),
        ("ops,ä", "ä"),
    ] {
        one(
            http(Http {
                hosts,
                ..Http::DEFAULT
            }),
            "http.hosts",
            &format!(
                "`{odd}` in `http.hosts` is not part of the name of a host; write names without a port, such as `ops.example.com, monitor`"
            ),
        );
    }
    for listen in ["0.0.0.0:0", "[::1]:9464", "localhost:65535"] {
        assert!(
            http(Http {
                listen,
                ..Http::DEFAULT
            })
            .check()
            .is_empty()
        );
    }
    for (prefix, message) in [
        (
            "monitoring",
            "`monitoring` does not begin with `/`; write a path such as `/metrics`",
        ),
        ("/", "`/` ends in `/`; write a path such as `/metrics`"),
        (
            "/a b",
            "`/a b` contains ` ` at position 3; write a path such as `/metrics`",
        ),
        (
            "/a//b",
            "`/a//b` contains `/` at position 4; write a path such as `/metrics`",
        ),
        (
            "/health",
            "`http.prefix` `/health` is already the path of a probe; write `prefix = \"/monitoring\"`",
        ),
    ] {
        one(
            http(Http {
                prefix,
                ..Http::DEFAULT
            }),
            "http.prefix",
            message,
        );
    }
}

#[test]
fn metrics_do_not_hide_another_endpoint() {
    for path in [
        "/health",
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

#[test]
fn samplers() {
    assert_eq!(Sampler::parse("0.25"), Ok(Sampler::ratio(0.25)));
    for word in Sampler::WORDS {
        assert_eq!(Sampler::parse(word).unwrap().to_string(), *word);
    }
    assert_eq!(
        Sampler::parse_otel("traceidratio", Some("0.5")),
        Ok(Sampler {
            ratio: 0.5,
            parent_based: false
        }),
    );
    assert_eq!(
        Sampler::parse_otel("parentbased_traceidratio", None),
        Ok(Sampler::ratio(1.0))
    );
    assert_eq!(
        Sampler::parse_otel("always_on", Some("0.5")).unwrap().ratio,
        1.0
    );
    let error = |text| Sampler::parse(text).unwrap_err().to_string();
    assert_eq!(
        error("2"),
        "a ratio must be between 0 and 1, got 2; write `0.02` for 2 percent"
    );
    assert_eq!(
        error("allways_on"),
        "unknown sampler `allways_on`; did you mean `always_on`?"
    );
    assert_eq!(
        error("jaeger_remote"),
        "unknown sampler `jaeger_remote`; write a ratio such as `0.1`, or one of `parentbased_always_on`, `parentbased_always_off`, `always_on`, `always_off`",
    );
}

#[test]
fn log_filters() {
    let filter = parse_log_filter("debug, hyper=off, shop::db=trace").unwrap();
    assert_eq!(filter.level, Level::Debug);
    assert_eq!(
        filter.targets,
        [("hyper", Level::Off), ("shop::db", Level::Trace)]
    );
    assert_eq!(parse_log_filter("hyper=off").unwrap().level, Level::Info);
    let error = |text: &str| parse_log_filter(text).unwrap_err().to_string();
    assert_eq!(error("inof"), "unknown value `inof`; did you mean `info`?");
    assert_eq!(
        error("info,debug"),
        "`debug` is a second level for all targets; write one level and then `target=level`"
    );
    assert_eq!(
        error("info,=debug"),
        "`` is not a module path; write `info,hyper=warn`"
    );
    assert_eq!(error("info,hyper=loud"), error("loud"));
}

#[test]
fn every_mistake_in_a_log_filter_is_found() {
    let (filter, errors) = read_log_filter("inof,hyper=warn,h2=loud,=off,debug,trace");
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 4, "{texts:?}");
    assert!(texts[0].starts_with("unknown value `inof`"), "{texts:?}");
    assert!(texts[1].starts_with("unknown value `loud`"), "{texts:?}");
    assert!(texts[2].starts_with("`` is not a module path"), "{texts:?}");
    assert!(
        texts[3].starts_with("`trace` is a second level"),
        "{texts:?}"
    );
    assert_eq!(filter.targets, [("hyper", Level::Warn)]);
    assert_eq!(filter.level, Level::Debug);
}
