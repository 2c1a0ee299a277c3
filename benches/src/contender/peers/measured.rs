//! measured: dense counters and histograms. 0.0.25, because 0.1.0 needs a newer compiler.

use std::sync::LazyLock;
use std::time::Instant;

use measured::label::StaticLabelSet;
use measured::lasso::{Rodeo, RodeoReader};
use measured::metric::histogram::Thresholds;
use measured::text::BufferedTextEncoder;
use measured::{CounterVec, FixedCardinalityLabel, Gauge, HistogramVec, LabelGroup, MetricGroup};

use super::{BOUNDS, Entry, NARROW};
use crate::body::{FAILING, Failed, body, each};
use crate::case::{Case, Finish, equal};
use crate::paired::Paired;
use crate::scrape::{self, COUNTERS, HISTOGRAMS, REGIONS, TENANTS};
use crate::{exposition, interference, threads};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        contender: "measured",
        scenario: "counter",
        how: "dense CounterVec with one enum label",
        set_up: counter,
    },
    Entry {
        contender: "measured",
        scenario: "red",
        how: "dense HistogramVec with one enum label and Gauge; _count is the number of calls",
        set_up: red,
    },
    Entry {
        contender: "measured",
        scenario: "straddle",
        how: "dense HistogramVec and Gauge, no span",
        set_up: straddle,
    },
    Entry {
        contender: "measured",
        scenario: "threads",
        how: "as in red",
        set_up: || {
            assert!(measured_call(FAILING).is_err());
            threads::case(measured_call, expect_durations)
        },
    },
    Entry {
        contender: "measured",
        scenario: "scrape-counters",
        how: "dense CounterVec of interned strings, BufferedTextEncoder",
        set_up: || scrape::counters(encoder(requests())),
    },
    Entry {
        contender: "measured",
        scenario: "scrape-histograms",
        how: "dense HistogramVec of interned strings, BufferedTextEncoder",
        set_up: || scrape::histograms(encoder(latencies())),
    },
    Entry {
        contender: "measured",
        scenario: "scrape-interference",
        how: "calls as in red, scrapes of 100,000 counters",
        set_up: interference,
    },
    Entry {
        contender: "measured",
        scenario: "memory-series",
        how: "dense CounterVec of interned strings",
        set_up: || scrape::memory(requests, |metrics| encoder(metrics)()),
    },
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, FixedCardinalityLabel)]
#[label(singleton = "outcome")]
enum Outcome {
    Ok,
    Error,
}

type Outcomes = StaticLabelSet<Outcome>;

#[derive(MetricGroup)]
#[metric(new())]
struct Metrics {
    /// Calls.
    calls_total: CounterVec<Outcomes>,
    /// Durations.
    #[metric(metadata = Thresholds::with_buckets(BOUNDS))]
    duration_seconds: HistogramVec<Outcomes, 24>,
    /// Calls in flight.
    in_flight: Gauge,
}

static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);

#[derive(MetricGroup)]
#[metric(new())]
struct NarrowMetrics {
    /// Durations.
    #[metric(metadata = Thresholds::with_buckets(NARROW))]
    duration_seconds: HistogramVec<Outcomes, 10>,
    /// Calls in flight.
    in_flight: Gauge,
}

static NARROW_METRICS: LazyLock<NarrowMetrics> = LazyLock::new(NarrowMetrics::new);

#[inline(never)]
fn counted(input: u64) -> Result<u64, Failed> {
    METRICS.calls_total.inc(Outcome::Ok);
    body(input)
}

#[inline(never)]
fn measured_call(input: u64) -> Result<u64, Failed> {
    let metrics = &*METRICS;
    measure(input, &metrics.in_flight, &metrics.duration_seconds)
}

#[inline(never)]
fn narrow_call(input: u64) -> Result<u64, Failed> {
    let metrics = &*NARROW_METRICS;
    measure(input, &metrics.in_flight, &metrics.duration_seconds)
}

#[inline(always)]
fn measure<const N: usize>(
    input: u64,
    in_flight: &Gauge,
    durations: &HistogramVec<Outcomes, N>,
) -> Result<u64, Failed> {
    in_flight.get_metric().inc();
    let start = Instant::now();
    let result = body(input);
    let outcome = if result.is_ok() {
        Outcome::Ok
    } else {
        Outcome::Error
    };
    durations.observe(outcome, start.elapsed().as_secs_f64());
    in_flight.get_metric().dec();
    result
}

fn counter() -> Box<dyn Case> {
    Paired::new(
        |inputs| each(inputs, counted),
        |given| {
            let calls = exposition::sum(&text(&*METRICS), "calls_total", &[]) as u64;
            equal("calls_total", given.with, calls)
        },
    )
    .boxed()
}

fn red() -> Box<dyn Case> {
    assert!(measured_call(FAILING).is_err());
    Paired::new(
        |inputs| each(inputs, measured_call),
        |given| expect_durations(given.with),
    )
    .boxed()
}

fn straddle() -> Box<dyn Case> {
    assert!(narrow_call(FAILING).is_err());
    Paired::new(
        |inputs| each(inputs, narrow_call),
        |given| expect(&text(&*NARROW_METRICS), given.with),
    )
    .boxed()
}

fn expect_durations(ok: u64) -> Result<Finish, String> {
    expect(&text(&*METRICS), ok)
}

/// Checks the histogram, one failed call included, and the gauge.
fn expect(text: &str, ok: u64) -> Result<Finish, String> {
    let count = |outcome| exposition::sum(text, "duration_seconds_count", &[outcome]) as u64;
    let in_flight = exposition::sum(text, "in_flight", &[]) as u64;
    Ok(equal("durations ok", ok, count("outcome=\"ok\""))?
        .and(equal("durations error", 1, count("outcome=\"error\""))?)
        .and(equal("in_flight", 0, in_flight)?))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, FixedCardinalityLabel)]
enum Method {
    Get,
    Put,
    Post,
    Delete,
}

impl Method {
    /// In the order of [`scrape::METHODS`].
    const ALL: [Self; 4] = [Self::Get, Self::Put, Self::Post, Self::Delete];
}

#[derive(Clone, Copy, LabelGroup)]
#[label(set = RequestSet)]
struct Request<'a> {
    method: Method,
    #[label(fixed_with = RodeoReader)]
    region: &'a str,
    #[label(fixed_with = RodeoReader)]
    tenant: &'a str,
}

fn request_set() -> RequestSet {
    RequestSet {
        method: StaticLabelSet::new(),
        region: Rodeo::from_iter((0..REGIONS).map(scrape::region)).into_reader(),
        tenant: Rodeo::from_iter((0..TENANTS).map(scrape::tenant)).into_reader(),
    }
}

#[derive(MetricGroup)]
#[metric(new())]
struct Requests {
    /// Requests.
    #[metric(init = CounterVec::with_label_set(request_set()))]
    requests_total: CounterVec<RequestSet>,
}

#[derive(MetricGroup)]
#[metric(new())]
struct Latencies {
    /// Latency.
    #[metric(init = HistogramVec::with_label_set_and_metadata(
        request_set(),
        Thresholds::with_buckets(scrape::BOUNDS),
    ))]
    latency_seconds: HistogramVec<RequestSet, 11>,
}

fn request(labels: &scrape::Labels) -> Request<'_> {
    Request {
        method: Method::ALL[labels.method],
        region: &labels.region,
        tenant: &labels.tenant,
    }
}

fn requests() -> Requests {
    let metrics = Requests::new();
    for labels in scrape::label_sets(COUNTERS) {
        metrics
            .requests_total
            .inc_by(request(&labels), scrape::counted(labels.number));
    }
    metrics
}

fn latencies() -> Latencies {
    let metrics = Latencies::new();
    for labels in scrape::label_sets(HISTOGRAMS) {
        let value = scrape::observed(labels.number);
        metrics.latency_seconds.observe(request(&labels), value);
        metrics.latency_seconds.observe(request(&labels), value);
    }
    metrics
}

/// Scrapes with an encoder that is kept.
fn encoder(metrics: impl MetricGroup<BufferedTextEncoder>) -> impl FnMut() -> Vec<u8> {
    let mut encoder = BufferedTextEncoder::new();
    move || {
        let Ok(()) = metrics.collect_group_into(&mut encoder);
        encoder.finish().into()
    }
}

fn text(metrics: &impl MetricGroup<BufferedTextEncoder>) -> String {
    let mut encoder = BufferedTextEncoder::new();
    let Ok(()) = metrics.collect_group_into(&mut encoder);
    String::from_utf8_lossy(&encoder.finish()).into_owned()
}

fn interference() -> Box<dyn Case> {
    let metrics = requests();
    assert!(measured_call(FAILING).is_err());
    let scrape = move || {
        let mut encoder = BufferedTextEncoder::new();
        let Ok(()) = metrics.collect_group_into(&mut encoder);
        drop(encoder.finish());
    };
    interference::case(measured_call, scrape, expect_durations)
}
