//! Metrics go to the servers that people run. Each test starts its server; where the machine does not have it, the
//! test says so and is skipped, or fails with `CHECK_REQUIRE_TOOLS=1`.
#![cfg(feature = "push")]

mod carbon;
mod influxdb;
mod prometheus;
mod pushgateway;
#[allow(dead_code, reason = "other tests ask their servers more")]
mod server;

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::metric::definition::{MetricDef, MetricKind};
use obs_runtime::metric::snapshot::Value;
use obs_runtime::metric::{Counter, Histogram, Instrument, Registry};
use obs_runtime::{Running, Starter};
use server::eventually;

const SOON: Duration = Duration::from_secs(30);

/// A value of a label with everything in it that some protocol ends something with.
const AWKWARD: &str = "say \"hi\", back\\slash = a/b; new\nline %41 \u{fc}ber ~";

static ORDERS: MetricDef =
    MetricDef::new("orders_total", "Orders that came in.", MetricKind::Counter);

static SECONDS: MetricDef = MetricDef {
    unit: "seconds",
    buckets: &[0.5, 1.0],
    ..MetricDef::new("pay_seconds", "What paying takes.", MetricKind::Histogram)
};

/// One process has one monitoring.
fn turn() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The metrics of the program: a counter, and a histogram with one observation in each bucket.
fn orders() -> &'static Counter {
    static ALL: OnceLock<Counter> = OnceLock::new();
    ALL.get_or_init(|| {
        let seconds = Histogram::register(&SECONDS);
        for value in [0.25, 0.75, 2.0] {
            seconds.observe(value);
        }
        let labels = [("text", AWKWARD), ("name", "breaker")];
        Registry::global().register_gauge("queue_depth", "Jobs that wait.", "", &labels, || 2.5);
        Counter::register(&ORDERS)
    })
}

/// A service that pushes when it is told to, and at its end.
fn start(variables: &[(&str, &str)]) -> Running {
    let common = [
        ("OTEL_SERVICE_NAME", "shop"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=pod-7"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LOG", "off"),
        ("OBS__METRICS__INTERVAL", "1h"),
    ];
    let all = common.iter().chain(variables).copied();
    Starter::new(Layers::default().variables(all))
        .start()
        .unwrap()
}

/// What `obs_export_*` says of a sink: produced, delivered, dropped and queued, which add up.
fn books(sink: &str) -> [u64; 4] {
    let snapshot = Registry::global().snapshot();
    let books = [
        "obs_export_items_total",
        "obs_export_delivered_total",
        "obs_export_dropped_total",
        "obs_export_queue_length",
    ]
    .map(|name| {
        let families = snapshot.family(name).into_iter();
        let all = families.flat_map(|family| &family.series);
        let series = all.filter(|series| series.label("sink") == Some(sink));
        let numbers = series.map(|series| match series.value {
            Value::Counter(count) => count,
            Value::Gauge(count) => count as u64,
            ref other => panic!("{other:?}"),
        });
        numbers.sum()
    });
    assert_eq!(books[0], books[1] + books[2] + books[3], "{books:?}");
    books
}

#[test]
fn an_address_that_is_none_is_an_error_at_the_start_and_leaves_nothing_behind() {
    let _turn = turn();
    let start = |url: &str| {
        let variables = [("OBS_PUSHGATEWAY_URL", url), ("OBS_LISTEN", "127.0.0.1:0")];
        let layers = Layers::default().variables(variables);
        Starter::new(layers).start().map(drop)
    };
    for _ in 0..2 {
        assert_eq!(
            start("gateway:9091").unwrap_err().to_string(),
            "OBS_PUSHGATEWAY_URL: not an address; write for example `http://localhost:9091`"
        );
    }
    let message = start("http://me:s3cret@gateway:9091")
        .unwrap_err()
        .to_string();
    assert!(!message.contains("s3cret"), "{message}");
}
