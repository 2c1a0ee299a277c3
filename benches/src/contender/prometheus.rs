//! prometheus: counters and histograms.

use std::sync::LazyLock;
use std::time::Instant;

use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    default_registry,
};

use super::{BOUNDS, Entry};
use crate::body::{FAILING, Failed, body, each};
use crate::case::{Case, Finish, equal};
use crate::paired::Paired;

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

static VECS: LazyLock<Vecs> = LazyLock::new(|| {
    let labels = &["operation", "outcome"];
    let calls = Opts::new("calls_total", "Calls.");
    let durations = HistogramOpts::new("duration_seconds", "Durations.").buckets(BOUNDS.to_vec());
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
