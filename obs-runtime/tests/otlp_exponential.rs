//! Exponential histograms at an OTLP receiver: a process that has been started so, and a server of the test.
#![cfg(all(feature = "macros", feature = "otlp"))]

use std::net::SocketAddr;
use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::metric::{Registry, snapshot::Value};
use obs_runtime::{Histogram, Metrics, Running, Starter, testing, trace_request};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, ExponentialHistogramDataPoint as Point, Metric,
};
use prost::Message;

mod receiver;

#[trace_request("exponential.work")]
fn work(clock: &testing::VirtualClock, takes: Duration) {
    clock.advance(takes);
}

#[derive(Metrics)]
struct Sizes {
    /// Sizes of parcels.
    #[metric(unit = "bytes", buckets = [10.0, 1000.0])]
    parcel_bytes: Histogram,
}

fn start(address: SocketAddr, temporality: &str) -> Running {
    let endpoint = format!("http://{address}");
    let layers = Layers::default().variables([
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "3600000"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        (
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
            temporality,
        ),
        (
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
            "base2_exponential_bucket_histogram",
        ),
        ("OBS__HTTP__ENABLED", "false"),
        ("OBS_LOG", "off"),
    ]);
    Starter::new(layers).start().unwrap()
}

/// The temporality and the points of one attribute set or more that were received since the last time.
fn received(bodies: &receiver::Bodies, name: &str) -> (i32, Vec<Point>) {
    let bodies = std::mem::take(&mut *bodies.lock().unwrap());
    let requests = bodies
        .iter()
        .map(|body| ExportMetricsServiceRequest::decode(&**body).unwrap());
    let resources = requests.flat_map(|request| request.resource_metrics);
    let scopes = resources.flat_map(|resource| resource.scope_metrics);
    let metrics = scopes.flat_map(|scope| scope.metrics);
    let mut found: Vec<Metric> = metrics.filter(|metric| metric.name == name).collect();
    assert_eq!(found.len(), 1, "{name}");
    match found.remove(0).data {
        Some(Data::ExponentialHistogram(histogram)) => (
            histogram.aggregation_temporality,
            histogram
                .data_points
                .into_iter()
                .filter(|point| point.count > 0)
                .collect(),
        ),
        other => panic!("{other:?}"),
    }
}

fn counts(point: &Point) -> (i32, Vec<u64>) {
    let positive = point.positive.clone().unwrap_or_default();
    (positive.offset, positive.bucket_counts)
}

/// What the declared buckets say, as a scrape reads them.
fn declared(name: &str) -> Vec<u64> {
    let snapshot = Registry::global().snapshot();
    let family = snapshot.family(name).unwrap();
    let mut all = family.series.iter().map(|series| match &series.value {
        Value::Histogram(histogram) => histogram.counts.clone(),
        other => panic!("{other:?}"),
    });
    all.find(|counts| counts.last() > Some(&0)).unwrap()
}

#[test]
fn observations_arrive_in_powers_of_a_base_as_totals_and_as_differences() {
    let (address, bodies) = receiver::start("/v1/metrics", "");
    let running = start(address, "cumulative");
    let clock = testing::virtual_clock();
    let flush = |running: &Running| assert!(running.flush(Duration::from_secs(10)));
    // Between 2^-10 and 2^-9 s, and between 2^-1 and 1 s.
    for millis in [1, 1, 600] {
        work(&clock, Duration::from_millis(millis));
    }
    Sizes::get().parcel_bytes.observe(700.0);
    flush(&running);
    let kept = bodies.lock().unwrap().clone();
    let (temporality, points) = received(&bodies, "operation_duration");
    assert_eq!(temporality, AggregationTemporality::Cumulative as i32);
    assert_eq!(points.len(), 1);
    let point = &points[0];
    assert_eq!((point.scale, point.count, point.zero_count), (3, 3, 0));
    assert!((point.sum.unwrap() - 0.602).abs() < 1e-6);
    let ends = [point.min.unwrap(), point.max.unwrap()];
    assert!((ends[0] - 0.001).abs() < 1e-6 && (ends[1] - 0.6).abs() < 1e-6);
    let (offset, all) = counts(point);
    let place = |seconds: f64| (seconds.log2() * 8.0).ceil() as i32 - 1;
    assert_eq!(offset, place(0.001));
    assert_eq!((all[0], *all.last().unwrap()), (2, 1));
    assert_eq!(all.len() as i32, place(0.6) - place(0.001) + 1);
    *bodies.lock().unwrap() = kept;
    let (_, points) = received(&bodies, "parcel");
    assert_eq!((points[0].scale, points[0].sum), (2, Some(700.0)));
    assert_eq!((points[0].min, points[0].max), (Some(700.0), Some(700.0)));
    assert_eq!(
        counts(&points[0]),
        ((700.0_f64.log2() * 4.0).ceil() as i32 - 1, vec![1])
    );
    assert_eq!(declared("parcel_bytes"), [0, 1, 1]);
    running.shutdown().wait();
    bodies.lock().unwrap().clear();

    let running = start(address, "delta");
    flush(&running);
    assert_eq!(received(&bodies, "operation_duration").1[0].count, 3);
    work(&clock, Duration::from_secs(2));
    flush(&running);
    let (temporality, points) = received(&bodies, "operation_duration");
    assert_eq!(temporality, AggregationTemporality::Delta as i32);
    let point = &points[0];
    assert_eq!((point.count, point.sum), (1, Some(2.0)));
    assert_eq!((point.min, point.max), (None, None));
    assert_eq!(
        counts(point),
        (7, vec![1]),
        "2 s is the upper bound of its bucket"
    );
    assert_eq!(declared("operation_duration_seconds").last(), Some(&4));
    running.shutdown().wait();
}
