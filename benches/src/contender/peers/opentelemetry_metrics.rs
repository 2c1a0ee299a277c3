//! The OpenTelemetry SDK: metrics.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use opentelemetry::KeyValue;
use opentelemetry::metrics::{
    BoundCounter, BoundHistogram, Counter, Histogram, MeterProvider, UpDownCounter,
};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::metrics::data::{
    AggregatedMetrics, MetricData, ResourceMetrics, ScopeMetrics, SumDataPoint,
};
use opentelemetry_sdk::metrics::exporter::PushMetricExporter;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider, Temporality};

use super::{BOUNDS, Entry};
use crate::body::{FAILING, Failed, body, each};
use crate::case::{Case, Finish, equal};
use crate::paired::Paired;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        contender: "opentelemetry",
        scenario: "counter",
        how: "Counter with two attributes",
        set_up: || counter(counted),
    },
    Entry {
        contender: "opentelemetry-bound",
        scenario: "counter",
        how: "BoundCounter, which is experimental",
        set_up: || counter(counted_bound),
    },
    Entry {
        contender: "opentelemetry",
        scenario: "red",
        how: "Counter, Histogram and UpDownCounter with attributes",
        set_up: || red(measured),
    },
    Entry {
        contender: "opentelemetry-bound",
        scenario: "red",
        how: "BoundCounter and BoundHistogram, which are experimental, and UpDownCounter",
        set_up: || red(measured_bound),
    },
    Entry {
        contender: "opentelemetry-bound",
        scenario: "threads",
        how: "as in red",
        set_up: || {
            assert!(measured_bound(FAILING).is_err());
            crate::threads::case(measured_bound, check_red)
        },
    },
];

/// What the last collection said.
#[derive(Debug, Default)]
struct Totals {
    calls: AtomicU64,
    durations: AtomicU64,
    in_flight: AtomicI64,
}

struct Exporter(Arc<Totals>);

impl PushMetricExporter for Exporter {
    async fn export(&self, metrics: &ResourceMetrics) -> OTelSdkResult {
        for metric in metrics.scope_metrics().flat_map(ScopeMetrics::metrics) {
            match metric.data() {
                AggregatedMetrics::U64(MetricData::Sum(sum)) => {
                    let total = sum.data_points().map(SumDataPoint::value).sum();
                    self.0.calls.store(total, Relaxed);
                }
                AggregatedMetrics::I64(MetricData::Sum(sum)) => {
                    let total = sum.data_points().map(SumDataPoint::value).sum();
                    self.0.in_flight.store(total, Relaxed);
                }
                AggregatedMetrics::F64(MetricData::Histogram(histogram)) => {
                    let total = histogram
                        .data_points()
                        .map(|point| point.bucket_counts().sum::<u64>())
                        .sum();
                    self.0.durations.store(total, Relaxed);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}

struct Instruments {
    provider: SdkMeterProvider,
    totals: Arc<Totals>,
    calls: Counter<u64>,
    durations: Histogram<f64>,
    in_flight: UpDownCounter<i64>,
    ok: [KeyValue; 2],
    failed: [KeyValue; 2],
    operation: [KeyValue; 1],
    calls_ok: BoundCounter<u64>,
    calls_failed: BoundCounter<u64>,
    durations_ok: BoundHistogram<f64>,
    durations_failed: BoundHistogram<f64>,
}

static INSTRUMENTS: LazyLock<Instruments> = LazyLock::new(|| {
    let totals = Arc::<Totals>::default();
    let reader = PeriodicReader::builder(Exporter(totals.clone()))
        .with_interval(Duration::from_secs(60))
        .build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    let meter = provider.meter("benchmark");
    let calls = meter.u64_counter("calls").build();
    let durations = meter
        .f64_histogram("duration")
        .with_unit("s")
        .with_boundaries(BOUNDS.to_vec())
        .build();
    let operation = KeyValue::new("operation", "work");
    let ok = [operation.clone(), KeyValue::new("outcome", "ok")];
    let failed = [operation.clone(), KeyValue::new("outcome", "error")];
    Instruments {
        totals,
        in_flight: meter.i64_up_down_counter("in_flight").build(),
        calls_ok: calls.bind(&ok),
        calls_failed: calls.bind(&failed),
        durations_ok: durations.bind(&ok),
        durations_failed: durations.bind(&failed),
        calls,
        durations,
        ok,
        failed,
        operation: [operation],
        provider,
    }
});

#[inline(never)]
fn counted(input: u64) -> Result<u64, Failed> {
    let all = &*INSTRUMENTS;
    all.calls.add(1, &all.ok);
    body(input)
}

#[inline(never)]
fn counted_bound(input: u64) -> Result<u64, Failed> {
    INSTRUMENTS.calls_ok.add(1);
    body(input)
}

#[inline(never)]
fn measured(input: u64) -> Result<u64, Failed> {
    let all = &*INSTRUMENTS;
    all.in_flight.add(1, &all.operation);
    let start = Instant::now();
    let result = body(input);
    let attributes = if result.is_ok() { &all.ok } else { &all.failed };
    all.durations
        .record(start.elapsed().as_secs_f64(), attributes);
    all.calls.add(1, attributes);
    all.in_flight.add(-1, &all.operation);
    result
}

#[inline(never)]
fn measured_bound(input: u64) -> Result<u64, Failed> {
    let all = &*INSTRUMENTS;
    all.in_flight.add(1, &all.operation);
    let start = Instant::now();
    let result = body(input);
    let (durations, calls) = if result.is_ok() {
        (&all.durations_ok, &all.calls_ok)
    } else {
        (&all.durations_failed, &all.calls_failed)
    };
    durations.record(start.elapsed().as_secs_f64());
    calls.add(1);
    all.in_flight.add(-1, &all.operation);
    result
}

fn counter(work: fn(u64) -> Result<u64, Failed>) -> Box<dyn Case> {
    Paired::new(
        move |inputs| each(inputs, work),
        |given| {
            let totals = collect()?;
            equal("calls", given.with, totals.calls.load(Relaxed))
        },
    )
    .boxed()
}

fn red(work: fn(u64) -> Result<u64, Failed>) -> Box<dyn Case> {
    assert!(work(FAILING).is_err());
    Paired::new(
        move |inputs| each(inputs, work),
        |given| check_red(given.with),
    )
    .boxed()
}

fn check_red(ok: u64) -> Result<Finish, String> {
    let totals = collect()?;
    let in_flight = totals.in_flight.load(Relaxed).unsigned_abs();
    Ok(equal("calls", ok + 1, totals.calls.load(Relaxed))?
        .and(equal("duration", ok + 1, totals.durations.load(Relaxed))?)
        .and(equal("in_flight", 0, in_flight)?))
}

fn collect() -> Result<Arc<Totals>, String> {
    let flushed = INSTRUMENTS.provider.force_flush();
    flushed.map_err(|error| error.to_string())?;
    Ok(INSTRUMENTS.totals.clone())
}
