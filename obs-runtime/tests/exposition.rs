//! What a program serves, read from outside.
//!
//! With `OBS_DUMP_DIR` set, the expositions are also written there, as `*.prom` and `*.openmetrics`,
//! for parsers that are not written in Rust.

use std::path::Path;
use std::time::Duration;

use obs_runtime::collect::{BuildInfo, Cgroups, Host, Process};
use obs_runtime::metric::definition::{LabelDef, MetricDef, MetricKind, Values};
use obs_runtime::metric::encode::Format;
use obs_runtime::metric::{Instrument, Registry};
use obs_runtime::{Counter, Family, Gauge, Histogram, Info, Labels, SeriesKey, Summary};

static ORDERS: MetricDef = MetricDef {
    labels: Customer::LABELS,
    ..MetricDef::new("orders_total", "Orders received.", MetricKind::Counter)
};
static REVENUE: MetricDef =
    MetricDef::new("revenue_total", "Money received.", MetricKind::FloatCounter);
static QUEUE: MetricDef = MetricDef::new("queue_depth", "Jobs that wait.", MetricKind::Gauge);
static WAIT: MetricDef = MetricDef {
    unit: "seconds",
    buckets: &[0.000_01, 0.005, 0.1, 1.0, 2.5, 1_000_000.0],
    ..MetricDef::new("wait_seconds", "Time in the queue.", MetricKind::Histogram)
};
static CHANGE: MetricDef = MetricDef {
    unit: "celsius",
    buckets: &[-10.0, 0.0, 10.0],
    ..MetricDef::new(
        "change_celsius",
        "Difference to yesterday.",
        MetricKind::Histogram,
    )
};
static BASKET: MetricDef = MetricDef {
    unit: "bytes",
    objectives: &[(0.5, 0.05), (0.99, 0.001)],
    max_age_secs: 60.0,
    ..MetricDef::new("basket_bytes", "Size of the basket.", MetricKind::Summary)
};
static EMPTY: MetricDef = MetricDef {
    objectives: &[(0.5, 0.05)],
    max_age_secs: 60.0,
    ..MetricDef::new("unused", "Nothing was observed.", MetricKind::Summary)
};
static DEPLOYMENT: MetricDef = MetricDef::new(
    "deployment_info",
    "Where it runs: a \"quote\", a \\ and\na second line.",
    MetricKind::Info,
);

struct Customer(String);

impl Labels for Customer {
    const LABELS: &'static [LabelDef] = &[LabelDef {
        name: "customer",
        values: Values::Capped { max_series: 20 },
    }];

    fn with_key<R>(&self, use_key: impl FnOnce(SeriesKey<'_>) -> R) -> R {
        use_key(SeriesKey::Values(&[&self.0]))
    }
}

const NAMES: &[&str] = &[
    "plain",
    "\"quoted\"",
    "back\\slash",
    "line\nfeed",
    "carriage\rreturn",
    "nul\0byte",
    "emoji 🦀",
    "{}=,# EOF",
    "",
];

fn fill(registry: &Registry) {
    let orders = Family::<Counter, Customer>::register_in(registry, &ORDERS);
    for name in NAMES {
        orders.with(&Customer((*name).to_owned())).add(2);
    }
    orders.with(&Customer("long ".repeat(2000))).inc();
    Counter::<f64>::register_in(registry, &REVENUE).add(1234.5);
    Gauge::register_in(registry, &QUEUE).set(f64::NEG_INFINITY);
    let wait = Histogram::register_in(registry, &WAIT);
    wait.observe_duration(Duration::from_millis(5));
    wait.observe(1e300);
    Histogram::register_in(registry, &CHANGE).observe(-3.5);
    let basket = Summary::register_in(registry, &BASKET);
    (1..=1000).for_each(|bytes| basket.observe(f64::from(bytes)));
    Summary::register_in(registry, &EMPTY);
    Info::register_in(registry, &DEPLOYMENT).set(&[("region", "eu"), ("note", "a \"b\"\n")]);
    registry.register_collector(Process::new());
    registry.register_collector(Host::new());
    registry.register_collector(Cgroups::new());
    registry.register_collector(BuildInfo::new("1.0.0"));
}

fn dump(name: &str, text: &[u8]) {
    if let Some(dir) = std::env::var_os("OBS_DUMP_DIR") {
        std::fs::write(Path::new(&dir).join(name), text).unwrap();
    }
}

#[test]
fn the_program_serves_both_formats() {
    let registry = Registry::global();
    fill(registry);
    for (suffix, prefix) in [("", ""), ("_named", "shop_")] {
        registry.set_prefix(prefix);
        registry.set_common_labels([("service", "shop \"1\"")]);
        let text = registry.scrape(Format::TEXT);
        let openmetrics = registry.scrape(Format::OPENMETRICS);
        dump(&format!("exposition{suffix}.prom"), &text);
        dump(&format!("exposition{suffix}.openmetrics"), &openmetrics);
        let text = String::from_utf8(text).unwrap();
        let openmetrics = String::from_utf8(openmetrics).unwrap();
        let sample = |name: &str, rest: &str| {
            format!("\n{prefix}{name}{{service=\"shop \\\"1\\\"\"{rest}\n")
        };
        for line in [
            sample("revenue_total", "} 1234.5"),
            sample("orders_total", ",customer=\"line\\nfeed\"} 2"),
            sample("wait_seconds_bucket", ",le=\"1e+06\"} 1"),
            sample("wait_seconds_count", "} 2"),
            sample("basket_bytes_count", "} 1000"),
            sample("unused_count", "} 0"),
            sample(
                "deployment_info",
                ",region=\"eu\",note=\"a \\\"b\\\"\\n\"} 1",
            ),
            sample("obs_label_values_cut_total", "} 1"),
        ] {
            assert!(text.contains(&line), "{line} in {text}");
            assert!(openmetrics.contains(&line), "{line} in {openmetrics}");
        }
        assert!(text.contains(&format!("\n# TYPE {prefix}orders_total counter\n")));
        assert!(openmetrics.contains(&format!("\n# TYPE {prefix}orders counter\n")));
        assert!(openmetrics.ends_with("\n# EOF\n"));
    }
}
