//! Both formats, byte for byte.

use super::*;
use crate::metric::snapshot::{Exemplar, Histogram, Summary};

fn everything() -> Snapshot {
    let mut latency = Histogram::from_buckets(vec![0.005, 1.0, 10.0], &[2, 3, 0, 1], 42.5);
    latency.exemplars = vec![
        Exemplar {
            bucket: 1,
            trace_id: 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c,
            value: 0.67,
            unix_ns: 1_520_879_607_789_000_000,
        },
        Exemplar {
            bucket: 3,
            trace_id: 1,
            value: 40.0,
            unix_ns: 1_520_879_607_005_999_999,
        },
    ];
    let size = Summary {
        quantiles: vec![(0.5, 12.0), (0.99, f64::NAN)],
        count: 3,
        sum: 36.5,
    };
    Snapshot {
        common: labels(&[("service", "shop")]),
        families: vec![
            family(
                "basket_bytes",
                Kind::Summary,
                "bytes",
                vec![series(&[], Value::Summary(size))],
            ),
            family(
                "build_info",
                Kind::Info,
                "",
                vec![series(&[("version", "1.0")], Value::Info)],
            ),
            family(
                "latency_seconds",
                Kind::Histogram,
                "seconds",
                vec![series(&[("route", "/a")], Value::Histogram(latency))],
            ),
            family(
                "orders_total",
                Kind::Counter,
                "",
                vec![
                    series(
                        &[("result", "ok")],
                        Value::Counter(18_446_744_073_709_551_615),
                    ),
                    series(&[("service", "other")], Value::FloatCounter(0.1)),
                ],
            ),
            family(
                "queue_depth",
                Kind::Gauge,
                "",
                vec![series(&[], Value::Gauge(f64::INFINITY))],
            ),
            family(
                "sent_bytes_total",
                Kind::Counter,
                "bytes",
                vec![series(&[], Value::Counter(7))],
            ),
        ],
    }
}

#[test]
fn text_0_0_4() {
    assert_eq!(
        text(&everything(), Format::TEXT),
        r#"# HELP basket_bytes Help.
# TYPE basket_bytes summary
basket_bytes{service="shop",quantile="0.5"} 12
basket_bytes{service="shop",quantile="0.99"} NaN
basket_bytes_sum{service="shop"} 36.5
basket_bytes_count{service="shop"} 3
# HELP build_info Help.
# TYPE build_info gauge
build_info{service="shop",version="1.0"} 1
# HELP latency_seconds Help.
# TYPE latency_seconds histogram
latency_seconds_bucket{service="shop",route="/a",le="0.005"} 2
latency_seconds_bucket{service="shop",route="/a",le="1.0"} 5
latency_seconds_bucket{service="shop",route="/a",le="10.0"} 5
latency_seconds_bucket{service="shop",route="/a",le="+Inf"} 6
latency_seconds_sum{service="shop",route="/a"} 42.5
latency_seconds_count{service="shop",route="/a"} 6
# HELP orders_total Help.
# TYPE orders_total counter
orders_total{service="shop",result="ok"} 18446744073709551615
orders_total{service="other"} 0.1
# HELP queue_depth Help.
# TYPE queue_depth gauge
queue_depth{service="shop"} +Inf
# HELP sent_bytes_total Help.
# TYPE sent_bytes_total counter
sent_bytes_total{service="shop"} 7
"#
    );
}

#[test]
fn openmetrics_1_0() {
    assert_eq!(
        text(&everything(), Format::OPENMETRICS),
        r#"# TYPE basket_bytes summary
# UNIT basket_bytes bytes
# HELP basket_bytes Help.
basket_bytes{service="shop",quantile="0.5"} 12
basket_bytes{service="shop",quantile="0.99"} NaN
basket_bytes_count{service="shop"} 3
basket_bytes_sum{service="shop"} 36.5
# TYPE build info
# HELP build Help.
build_info{service="shop",version="1.0"} 1
# TYPE latency_seconds histogram
# UNIT latency_seconds seconds
# HELP latency_seconds Help.
latency_seconds_bucket{service="shop",route="/a",le="0.005"} 2
latency_seconds_bucket{service="shop",route="/a",le="1.0"} 5 # {trace_id="0af7651916cd43dd8448eb211c80319c"} 0.67 1520879607.789
latency_seconds_bucket{service="shop",route="/a",le="10.0"} 5
latency_seconds_bucket{service="shop",route="/a",le="+Inf"} 6 # {trace_id="00000000000000000000000000000001"} 40 1520879607.005
latency_seconds_sum{service="shop",route="/a"} 42.5
latency_seconds_count{service="shop",route="/a"} 6
# TYPE orders counter
# HELP orders Help.
orders_total{service="shop",result="ok"} 18446744073709551615
orders_total{service="other"} 0.1
# TYPE queue_depth gauge
# HELP queue_depth Help.
queue_depth{service="shop"} +Inf
# TYPE sent_bytes counter
# UNIT sent_bytes bytes
# HELP sent_bytes Help.
sent_bytes_total{service="shop"} 7
# EOF
"#
    );
}

#[test]
fn nothing_is_an_exposition_too() {
    assert_eq!(text(&Snapshot::default(), Format::TEXT), "");
    assert_eq!(text(&Snapshot::default(), Format::OPENMETRICS), "# EOF\n");
}

#[test]
fn what_would_break_a_line_is_escaped() {
    let value = "quote\" slash\\ line\nfeed \0 nul 🦀 {}=,#";
    let mut odd = family(
        "odd",
        Kind::Gauge,
        "",
        vec![series(&[("a", value)], Value::Gauge(1.0))],
    );
    odd.help = "quote\" slash\\ line\nfeed".into();
    let snapshot = Snapshot {
        common: labels(&[("b", "x\"y")]),
        families: vec![odd],
    };
    let sample = "odd{b=\"x\\\"y\",a=\"quote\\\" slash\\\\ line\\nfeed \0 nul 🦀 {}=,#\"} 1\n";
    assert_eq!(
        text(&snapshot, Format::TEXT),
        format!("# HELP odd quote\" slash\\\\ line\\nfeed\n# TYPE odd gauge\n{sample}")
    );
    assert_eq!(
        text(&snapshot, Format::OPENMETRICS),
        format!("# TYPE odd gauge\n# HELP odd quote\\\" slash\\\\ line\\nfeed\n{sample}# EOF\n")
    );
}

#[test]
fn a_sum_that_is_no_counter_is_left_out_of_openmetrics() {
    let temperature = Histogram::from_buckets(vec![-10.0, 0.0], &[1, 1, 1], 5.0);
    let below = Summary {
        quantiles: vec![(0.5, -3.0), (1.0, 2.0)],
        count: 2,
        sum: -1.0,
    };
    let snapshot = Snapshot {
        common: Vec::new(),
        families: vec![
            family(
                "t",
                Kind::Histogram,
                "",
                vec![series(&[], Value::Histogram(temperature))],
            ),
            family(
                "u",
                Kind::Summary,
                "",
                vec![series(&[], Value::Summary(below))],
            ),
        ],
    };
    let openmetrics = text(&snapshot, Format::OPENMETRICS);
    let samples: Vec<_> = openmetrics
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert_eq!(
        samples,
        [
            "t_bucket{le=\"-10.0\"} 1",
            "t_bucket{le=\"0.0\"} 2",
            "t_bucket{le=\"+Inf\"} 3",
            "u{quantile=\"1.0\"} 2",
            "u_count 2",
        ]
    );
    assert!(text(&snapshot, Format::TEXT).contains("t_sum 5\nt_count 3\n"));
}

#[test]
fn a_counter_of_another_library_gets_its_suffix_in_openmetrics() {
    let snapshot = Snapshot {
        common: Vec::new(),
        families: vec![family(
            "hits",
            Kind::Counter,
            "seconds",
            vec![series(&[], Value::Counter(2))],
        )],
    };
    assert!(text(&snapshot, Format::TEXT).ends_with("# TYPE hits counter\nhits 2\n"));
    // The unit is not in the name, so it cannot be said.
    assert_eq!(
        text(&snapshot, Format::OPENMETRICS),
        "# TYPE hits counter\n# HELP hits Help.\nhits_total 2\n# EOF\n"
    );
}
