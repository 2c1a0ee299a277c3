//! prometheus-client: counters and histograms.

use std::sync::LazyLock;
use std::time::Instant;

use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::{BOUNDS, Entry};
use crate::body::{FAILING, Failed, body, each};
use crate::case::{Case, Finish, equal};
use crate::paired::Paired;
use crate::scrape::{self, COUNTERS, HISTOGRAMS, METHODS};
use crate::{exposition, interference, threads};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        contender: "prometheus-client",
        scenario: "counter",
        how: "Family::get_or_create in each call",
        set_up: || counting(counted),
    },
    Entry {
        contender: "prometheus-client-handle",
        scenario: "counter",
        how: "Counter resolved before",
        set_up: || counting(counted_by_handle),
    },
    Entry {
        contender: "prometheus-client",
        scenario: "red",
        how: "Family::get_or_create of Counter, Histogram and Gauge in each call",
        set_up: || red(measured),
    },
    Entry {
        contender: "prometheus-client-handle",
        scenario: "red",
        how: "Histogram and Gauge resolved before; _count is the number of calls",
        set_up: || red(measured_by_handle),
    },
    Entry {
        contender: "prometheus-client-handle",
        scenario: "threads",
        how: "as in red",
        set_up: || {
            assert!(measured_by_handle(FAILING).is_err());
            threads::case(measured_by_handle, expect_durations)
        },
    },
    Entry {
        contender: "prometheus-client",
        scenario: "scrape-counters",
        how: "text::encode into a new String of the last size",
        set_up: || scrape::counters(encoder(counters())),
    },
    Entry {
        contender: "prometheus-client",
        scenario: "scrape-histograms",
        how: "text::encode into a new String of the last size",
        set_up: || scrape::histograms(encoder(histograms())),
    },
    Entry {
        contender: "prometheus-client",
        scenario: "scrape-interference",
        how: "calls as in red with handles, scrapes of 100,000 counters",
        set_up: interference,
    },
    Entry {
        contender: "prometheus-client",
        scenario: "memory-series",
        how: "Family",
        set_up: memory,
    },
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]
enum Outcome {
    Ok,
    Error,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    operation: &'static str,
    outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    operation: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: &'static str,
    region: String,
    tenant: String,
}

/// Makes histograms with the bounds of the benchmark.
#[derive(Debug, Clone)]
struct Durations(&'static [f64]);

impl MetricConstructor<Histogram> for Durations {
    fn new_metric(&self) -> Histogram {
        Histogram::new(self.0.iter().copied())
    }
}

const OK: Call = Call {
    operation: "work",
    outcome: Outcome::Ok,
};
const FAILED: Call = Call {
    operation: "work",
    outcome: Outcome::Error,
};
const WORK: Operation = Operation { operation: "work" };

struct Metrics {
    calls: Family<Call, Counter>,
    durations: Family<Call, Histogram, Durations>,
    in_flight: Family<Operation, Gauge>,
    calls_ok: Counter,
    ok: Histogram,
    failed: Histogram,
    in_flight_of_work: Gauge,
}

static METRICS: LazyLock<Metrics> = LazyLock::new(|| {
    let calls = Family::<Call, Counter>::default();
    let durations = Family::new_with_constructor(Durations(&BOUNDS));
    let in_flight = Family::<Operation, Gauge>::default();
    Metrics {
        calls_ok: calls.get_or_create_owned(&OK),
        ok: durations.get_or_create_owned(&OK),
        failed: durations.get_or_create_owned(&FAILED),
        in_flight_of_work: in_flight.get_or_create_owned(&WORK),
        calls,
        durations,
        in_flight,
    }
});

#[inline(never)]
fn counted(input: u64) -> Result<u64, Failed> {
    METRICS.calls.get_or_create(&OK).inc();
    body(input)
}

#[inline(never)]
fn counted_by_handle(input: u64) -> Result<u64, Failed> {
    METRICS.calls_ok.inc();
    body(input)
}

#[inline(never)]
fn measured(input: u64) -> Result<u64, Failed> {
    let metrics = &*METRICS;
    metrics.in_flight.get_or_create(&WORK).inc();
    let start = Instant::now();
    let result = body(input);
    let call = if result.is_ok() { &OK } else { &FAILED };
    let took = start.elapsed().as_secs_f64();
    metrics.durations.get_or_create(call).observe(took);
    metrics.calls.get_or_create(call).inc();
    metrics.in_flight.get_or_create(&WORK).dec();
    result
}

#[inline(never)]
fn measured_by_handle(input: u64) -> Result<u64, Failed> {
    let metrics = &*METRICS;
    metrics.in_flight_of_work.inc();
    let start = Instant::now();
    let result = body(input);
    let durations = if result.is_ok() {
        &metrics.ok
    } else {
        &metrics.failed
    };
    durations.observe(start.elapsed().as_secs_f64());
    metrics.in_flight_of_work.dec();
    result
}

fn counting(work: fn(u64) -> Result<u64, Failed>) -> Box<dyn Case> {
    Paired::new(
        move |inputs| each(inputs, work),
        |given| equal("calls_total", given.with, METRICS.calls_ok.get()),
    )
    .boxed()
}

fn red(work: fn(u64) -> Result<u64, Failed>) -> Box<dyn Case> {
    assert!(work(FAILING).is_err());
    Paired::new(
        move |inputs| each(inputs, work),
        |given| expect_durations(given.with),
    )
    .boxed()
}

/// Checks the histograms, one failed call included, and the gauge.
fn expect_durations(ok: u64) -> Result<Finish, String> {
    let mut registry = Registry::default();
    registry.register("duration_seconds", "Durations", METRICS.durations.clone());
    let text = String::from_utf8_lossy(&encoder(registry)()).into_owned();
    let count = |outcome| exposition::sum(&text, "duration_seconds_count", &[outcome]) as u64;
    let in_flight = METRICS.in_flight_of_work.get().unsigned_abs();
    Ok(equal("durations ok", ok, count("outcome=\"Ok\""))?
        .and(equal("durations error", 1, count("outcome=\"Error\""))?)
        .and(equal("in_flight", 0, in_flight)?))
}

fn request(labels: scrape::Labels) -> Request {
    Request {
        method: METHODS[labels.method],
        region: labels.region,
        tenant: labels.tenant,
    }
}

fn counters() -> Registry {
    let family = Family::<Request, Counter>::default();
    for labels in scrape::label_sets(COUNTERS) {
        let count = scrape::counted(labels.number);
        family.get_or_create(&request(labels)).inc_by(count);
    }
    let mut registry = Registry::default();
    registry.register("requests", "Requests", family);
    registry
}

fn histograms() -> Registry {
    let family = Family::new_with_constructor(Durations(&scrape::BOUNDS));
    for labels in scrape::label_sets(HISTOGRAMS) {
        let value = scrape::observed(labels.number);
        let histogram: Histogram = family.get_or_create_owned(&request(labels));
        histogram.observe(value);
        histogram.observe(value);
    }
    let mut registry = Registry::default();
    registry.register("latency_seconds", "Latency", family);
    registry
}

fn encoder(registry: Registry) -> impl FnMut() -> Vec<u8> {
    let mut size = 0;
    move || {
        let mut out = String::with_capacity(size);
        text::encode(&mut out, &registry).expect("a string takes everything");
        size = out.len();
        out.into_bytes()
    }
}

fn interference() -> Box<dyn Case> {
    let registry = counters();
    assert!(measured_by_handle(FAILING).is_err());
    let scrape = move || {
        let mut out = String::new();
        text::encode(&mut out, &registry).expect("a string takes everything");
    };
    interference::case(measured_by_handle, scrape, expect_durations)
}

fn memory() -> Box<dyn Case> {
    scrape::memory(counters, |registry| encoder(registry)())
}
