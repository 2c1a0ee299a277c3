//! metrics with metrics-exporter-prometheus.

use std::sync::LazyLock;
use std::time::Instant;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use super::{BOUNDS, Entry};
use crate::body::{FAILING, Failed, body, each};
use crate::case::{Case, Finish, equal};
use crate::paired::Paired;
use crate::scrape::{self, COUNTERS, HISTOGRAMS, METHODS};
use crate::{exposition, interference, threads};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        contender: "metrics",
        scenario: "counter",
        how: "counter! in each call, metrics-exporter-prometheus",
        set_up: || counting(counted),
    },
    Entry {
        contender: "metrics-handle",
        scenario: "counter",
        how: "handle of counter! resolved before",
        set_up: || counting(counted_by_handle),
    },
    Entry {
        contender: "metrics",
        scenario: "red",
        how: "counter!, histogram! and gauge! in each call",
        set_up: || red(measured),
    },
    Entry {
        contender: "metrics-handle",
        scenario: "red",
        how: "handles resolved before; _count is the number of calls",
        set_up: || red(measured_by_handle),
    },
    Entry {
        contender: "metrics-handle",
        scenario: "threads",
        how: "as in red",
        set_up: || {
            assert!(measured_by_handle(FAILING).is_err());
            threads::case(measured_by_handle, expect_durations)
        },
    },
    Entry {
        contender: "metrics",
        scenario: "scrape-counters",
        how: "PrometheusHandle::render",
        set_up: || {
            fill_counters();
            scrape::counters(|| render().into_bytes())
        },
    },
    Entry {
        contender: "metrics",
        scenario: "scrape-histograms",
        how: "PrometheusHandle::render",
        set_up: || {
            fill_histograms();
            scrape::histograms(|| render().into_bytes())
        },
    },
    Entry {
        contender: "metrics",
        scenario: "scrape-interference",
        how: "calls as in red with handles, scrapes of 100,000 counters",
        set_up: || {
            fill_counters();
            assert!(measured_by_handle(FAILING).is_err());
            interference::case(measured_by_handle, || drop(render()), expect_durations)
        },
    },
    Entry {
        contender: "metrics",
        scenario: "memory-series",
        how: "counter!",
        set_up: || {
            LazyLock::force(&EXPORTER);
            scrape::memory(fill_counters, |()| render().into_bytes())
        },
    },
];

static EXPORTER: LazyLock<PrometheusHandle> = LazyLock::new(|| {
    let bounds = if HISTOGRAM_BOUNDS.get().is_some() {
        &scrape::BOUNDS[..]
    } else {
        &BOUNDS
    };
    let builder = PrometheusBuilder::new().set_buckets(bounds);
    let installed = builder.and_then(PrometheusBuilder::install_recorder);
    installed.expect("there is no recorder yet")
});

/// Set where the histograms are those of the scrape.
static HISTOGRAM_BOUNDS: std::sync::OnceLock<()> = std::sync::OnceLock::new();

struct Handles {
    calls: Counter,
    ok: Histogram,
    failed: Histogram,
    in_flight: Gauge,
}

static HANDLES: LazyLock<Handles> = LazyLock::new(|| {
    LazyLock::force(&EXPORTER);
    Handles {
        calls: counter!("calls_total", "operation" => "work", "outcome" => "ok"),
        ok: histogram!("duration_seconds", "operation" => "work", "outcome" => "ok"),
        failed: histogram!("duration_seconds", "operation" => "work", "outcome" => "error"),
        in_flight: gauge!("in_flight", "operation" => "work"),
    }
});

fn render() -> String {
    EXPORTER.render()
}

#[inline(never)]
fn counted(input: u64) -> Result<u64, Failed> {
    counter!("calls_total", "operation" => "work", "outcome" => "ok").increment(1);
    body(input)
}

#[inline(never)]
fn counted_by_handle(input: u64) -> Result<u64, Failed> {
    HANDLES.calls.increment(1);
    body(input)
}

#[inline(never)]
fn measured(input: u64) -> Result<u64, Failed> {
    let in_flight = gauge!("in_flight", "operation" => "work");
    in_flight.increment(1.0);
    let start = Instant::now();
    let result = body(input);
    let took = start.elapsed();
    let outcome = if result.is_ok() { "ok" } else { "error" };
    histogram!("duration_seconds", "operation" => "work", "outcome" => outcome).record(took);
    counter!("calls_total", "operation" => "work", "outcome" => outcome).increment(1);
    in_flight.decrement(1.0);
    result
}

#[inline(never)]
fn measured_by_handle(input: u64) -> Result<u64, Failed> {
    let handles = &*HANDLES;
    handles.in_flight.increment(1.0);
    let start = Instant::now();
    let result = body(input);
    let durations = if result.is_ok() {
        &handles.ok
    } else {
        &handles.failed
    };
    durations.record(start.elapsed());
    handles.in_flight.decrement(1.0);
    result
}

fn counting(work: fn(u64) -> Result<u64, Failed>) -> Box<dyn Case> {
    LazyLock::force(&HANDLES);
    Paired::new(
        move |inputs| each(inputs, work),
        |given| {
            let calls = exposition::sum(&render(), "calls_total", &[]) as u64;
            equal("calls_total", given.with, calls)
        },
    )
    .boxed()
}

fn red(work: fn(u64) -> Result<u64, Failed>) -> Box<dyn Case> {
    LazyLock::force(&HANDLES);
    assert!(work(FAILING).is_err());
    Paired::new(
        move |inputs| each(inputs, work),
        |given| expect_durations(given.with),
    )
    // The exporter's own thread does so every few seconds; samples wait in memory until then.
    .drain(10, || EXPORTER.run_upkeep())
    .boxed()
}

/// Checks the histograms, one failed call included, and the gauge.
fn expect_durations(ok: u64) -> Result<Finish, String> {
    let text = render();
    let count = |outcome| exposition::sum(&text, "duration_seconds_count", &[outcome]) as u64;
    let in_flight = exposition::sum(&text, "in_flight", &[]) as u64;
    Ok(equal("durations ok", ok, count("outcome=\"ok\""))?
        .and(equal("durations error", 1, count("outcome=\"error\""))?)
        .and(equal("in_flight", 0, in_flight)?))
}

fn fill_counters() {
    LazyLock::force(&EXPORTER);
    for labels in scrape::label_sets(COUNTERS) {
        let values = [
            ("method", METHODS[labels.method].to_owned()),
            ("region", labels.region),
            ("tenant", labels.tenant),
        ];
        counter!("requests_total", &values).increment(scrape::counted(labels.number));
    }
}

fn fill_histograms() {
    let _ = HISTOGRAM_BOUNDS.set(());
    LazyLock::force(&EXPORTER);
    for labels in scrape::label_sets(HISTOGRAMS) {
        let values = [
            ("method", METHODS[labels.method].to_owned()),
            ("region", labels.region),
            ("tenant", labels.tenant),
        ];
        let histogram = histogram!("latency_seconds", &values);
        histogram.record(scrape::observed(labels.number));
        histogram.record(scrape::observed(labels.number));
    }
}
