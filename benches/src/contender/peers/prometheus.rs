//! prometheus: counters and histograms.

use std::sync::{LazyLock, OnceLock};
use std::time::Instant;

use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder, default_registry,
};

use super::{BOUNDS, Entry, NARROW};
use crate::body::{FAILING, Failed, body, each};
use crate::case::{Case, Finish, equal};
use crate::paired::Paired;
use crate::scrape::{self, COUNTERS, HISTOGRAMS, METHODS};
use crate::{interference, threads};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        contender: "prometheus",
        scenario: "counter",
        how: "IntCounterVec, labels looked up in each call",
        set_up: counter_vec,
    },
    Entry {
        contender: "prometheus-child",
        scenario: "counter",
        how: "IntCounter resolved before",
        set_up: counter_child,
    },
    Entry {
        contender: "prometheus",
        scenario: "red",
        how: "IntCounterVec, HistogramVec and IntGaugeVec, labels looked up in each call",
        set_up: red_vec,
    },
    Entry {
        contender: "prometheus-child",
        scenario: "red",
        how: "Histogram and IntGauge resolved before; _count is the number of calls",
        set_up: red_child,
    },
    Entry {
        contender: "prometheus-child",
        scenario: "straddle",
        how: "Histogram and IntGauge resolved before, no span",
        set_up: straddle,
    },
    Entry {
        contender: "prometheus-child",
        scenario: "threads",
        how: "as in red",
        set_up: || {
            assert!(measured_child(FAILING).is_err());
            threads::case(measured_child, expect_durations)
        },
    },
    Entry {
        contender: "prometheus",
        scenario: "scrape-counters",
        how: "TextEncoder::encode_utf8 into a new String of the last size",
        set_up: || scrape::counters(encoder(counters())),
    },
    Entry {
        contender: "prometheus",
        scenario: "scrape-histograms",
        how: "TextEncoder::encode_utf8 into a new String of the last size",
        set_up: || scrape::histograms(encoder(histograms())),
    },
    Entry {
        contender: "prometheus",
        scenario: "scrape-interference",
        how: "calls as in red with children, scrapes of 100,000 counters",
        set_up: interference,
    },
    Entry {
        contender: "prometheus",
        scenario: "memory-series",
        how: "IntCounterVec",
        set_up: || scrape::memory(counters, |registry| encoder(registry)()),
    },
];

struct Vecs {
    calls: IntCounterVec,
    durations: HistogramVec,
    in_flight: IntGaugeVec,
}

struct Children {
    calls: IntCounter,
    ok: Histogram,
    failed: Histogram,
    in_flight: IntGauge,
}

/// The bounds of the durations: the scenario decides.
static DURATIONS: OnceLock<&'static [f64]> = OnceLock::new();

static VECS: LazyLock<Vecs> = LazyLock::new(|| {
    let labels = &["operation", "outcome"];
    let calls = Opts::new("calls_total", "Calls.");
    let durations = HistogramOpts::new("duration_seconds", "Durations.");
    let durations = durations.buckets(DURATIONS.get_or_init(|| &BOUNDS).to_vec());
    let in_flight = Opts::new("in_flight", "Calls in flight.");
    let vecs = Vecs {
        calls: IntCounterVec::new(calls, labels).expect("the name is right"),
        durations: HistogramVec::new(durations, labels).expect("the name is right"),
        in_flight: IntGaugeVec::new(in_flight, &["operation"]).expect("the name is right"),
    };
    let registered = [
        default_registry().register(Box::new(vecs.calls.clone())),
        default_registry().register(Box::new(vecs.durations.clone())),
        default_registry().register(Box::new(vecs.in_flight.clone())),
    ];
    assert!(registered.iter().all(Result::is_ok), "the names are free");
    vecs
});

static CHILDREN: LazyLock<Children> = LazyLock::new(|| Children {
    calls: VECS.calls.with_label_values(&["work", "ok"]),
    ok: VECS.durations.with_label_values(&["work", "ok"]),
    failed: VECS.durations.with_label_values(&["work", "error"]),
    in_flight: VECS.in_flight.with_label_values(&["work"]),
});

/// The children of a histogram with one more label.
struct Labelled {
    even: Histogram,
    odd: Histogram,
    failed: Histogram,
}

static LABELLED: LazyLock<Labelled> = LazyLock::new(|| {
    let options = HistogramOpts::new("labelled_seconds", "Durations.").buckets(BOUNDS.to_vec());
    let durations = HistogramVec::new(options, &["operation", "outcome", "parity"]);
    let durations = durations.expect("the name is right");
    let registered = default_registry().register(Box::new(durations.clone()));
    assert!(registered.is_ok(), "the name is free");
    Labelled {
        even: durations.with_label_values(&["work", "ok", "even"]),
        odd: durations.with_label_values(&["work", "ok", "odd"]),
        failed: durations.with_label_values(&["work", "error", "even"]),
    }
});

#[inline(never)]
fn counted_vec(input: u64) -> Result<u64, Failed> {
    VECS.calls.with_label_values(&["work", "ok"]).inc();
    body(input)
}

#[inline(never)]
fn counted_child(input: u64) -> Result<u64, Failed> {
    CHILDREN.calls.inc();
    body(input)
}

#[inline(never)]
fn measured_vec(input: u64) -> Result<u64, Failed> {
    let in_flight = VECS.in_flight.with_label_values(&["work"]);
    in_flight.inc();
    let start = Instant::now();
    let result = body(input);
    let labels = ["work", if result.is_ok() { "ok" } else { "error" }];
    let took = start.elapsed().as_secs_f64();
    VECS.durations.with_label_values(&labels).observe(took);
    VECS.calls.with_label_values(&labels).inc();
    in_flight.dec();
    result
}

#[inline(never)]
pub(super) fn measured_child(input: u64) -> Result<u64, Failed> {
    measure(input, body)
}

/// Calls by outcome, durations and calls in flight around `work`.
#[inline(always)]
pub(super) fn measure(
    input: u64,
    work: impl FnOnce(u64) -> Result<u64, Failed>,
) -> Result<u64, Failed> {
    let children = &*CHILDREN;
    children.in_flight.inc();
    let start = Instant::now();
    let result = work(input);
    let durations = if result.is_ok() {
        &children.ok
    } else {
        &children.failed
    };
    durations.observe(start.elapsed().as_secs_f64());
    children.in_flight.dec();
    result
}

/// The same with one more label, whose children are resolved before as well.
#[inline(always)]
pub(super) fn measure_labelled(
    input: u64,
    parity: &'static str,
    work: impl FnOnce(u64) -> Result<u64, Failed>,
) -> Result<u64, Failed> {
    let labelled = &*LABELLED;
    let in_flight = &CHILDREN.in_flight;
    in_flight.inc();
    let start = Instant::now();
    let result = work(input);
    let durations = match (parity, &result) {
        ("even", Ok(_)) => &labelled.even,
        (_, Ok(_)) => &labelled.odd,
        (_, Err(_)) => &labelled.failed,
    };
    durations.observe(start.elapsed().as_secs_f64());
    in_flight.dec();
    result
}

fn counter_vec() -> Box<dyn Case> {
    Paired::new(
        |inputs| each(inputs, counted_vec),
        |given| equal("calls_total", given.with, CHILDREN.calls.get()),
    )
    .boxed()
}

fn counter_child() -> Box<dyn Case> {
    Paired::new(
        |inputs| each(inputs, counted_child),
        |given| equal("calls_total", given.with, CHILDREN.calls.get()),
    )
    .boxed()
}

fn red_vec() -> Box<dyn Case> {
    assert!(measured_vec(FAILING).is_err());
    Paired::new(
        |inputs| each(inputs, measured_vec),
        |given| {
            let calls = equal("calls_total", given.with, CHILDREN.calls.get())?;
            Ok(calls.and(expect_durations(given.with)?))
        },
    )
    .boxed()
}

fn red_child() -> Box<dyn Case> {
    assert!(measured_child(FAILING).is_err());
    Paired::new(
        |inputs| each(inputs, measured_child),
        |given| expect_durations(given.with),
    )
    .boxed()
}

fn straddle() -> Box<dyn Case> {
    let _ = DURATIONS.set(&NARROW);
    red_child()
}

/// Checks the histograms, one failed call included, and the gauge.
pub(super) fn expect_durations(ok: u64) -> Result<Finish, String> {
    let count = |histogram: &Histogram| histogram.get_sample_count();
    Ok(equal("duration_seconds ok", ok, count(&CHILDREN.ok))?
        .and(equal("duration_seconds error", 1, count(&CHILDREN.failed))?)
        .and(equal(
            "in_flight",
            0,
            CHILDREN.in_flight.get().unsigned_abs(),
        )?))
}

/// The same for the labelled histogram, without failed calls.
pub(super) fn expect_labelled(ok: u64) -> Result<Finish, String> {
    let (even, odd) = (&LABELLED.even, &LABELLED.odd);
    let count = even.get_sample_count() + odd.get_sample_count();
    equal("labelled_seconds", ok, count)
}

const LABELS: [&str; 3] = ["method", "region", "tenant"];

fn counters() -> Registry {
    let counters = IntCounterVec::new(Opts::new("requests_total", "Requests."), &LABELS);
    let counters = counters.expect("the name is right");
    for labels in scrape::label_sets(COUNTERS) {
        let values = [METHODS[labels.method], &labels.region, &labels.tenant];
        counters
            .with_label_values(&values)
            .inc_by(scrape::counted(labels.number));
    }
    registry_of(Box::new(counters))
}

fn histograms() -> Registry {
    let options = HistogramOpts::new("latency_seconds", "Latency.");
    let histograms = HistogramVec::new(options.buckets(scrape::BOUNDS.to_vec()), &LABELS);
    let histograms = histograms.expect("the name is right");
    for labels in scrape::label_sets(HISTOGRAMS) {
        let values = [METHODS[labels.method], &labels.region, &labels.tenant];
        let histogram = histograms.with_label_values(&values);
        histogram.observe(scrape::observed(labels.number));
        histogram.observe(scrape::observed(labels.number));
    }
    registry_of(Box::new(histograms))
}

fn registry_of(collector: Box<dyn prometheus::core::Collector>) -> Registry {
    let registry = Registry::new();
    registry.register(collector).expect("the name is free");
    registry
}

fn encoder(registry: Registry) -> impl FnMut() -> Vec<u8> {
    let mut size = 0;
    move || {
        let mut out = String::with_capacity(size);
        let encoded = TextEncoder::new().encode_utf8(&registry.gather(), &mut out);
        encoded.expect("a string takes everything");
        size = out.len();
        out.into_bytes()
    }
}

fn interference() -> Box<dyn Case> {
    let registry = counters();
    assert!(measured_child(FAILING).is_err());
    let scrape = move || {
        let mut out = String::new();
        let encoded = TextEncoder::new().encode_utf8(&registry.gather(), &mut out);
        encoded.expect("a string takes everything");
    };
    interference::case(measured_child, scrape, expect_durations)
}
