//! Metrics go to an OTLP receiver: a process that has been started, and a server of the test.
#![cfg(all(feature = "macros", feature = "otlp"))]

use std::net::SocketAddr;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::{Running, Starter, trace_request};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{HistogramDataPoint, Metric};
use prost::Message;

mod receiver;

#[trace_request("checkout")]
fn checkout() {}

fn start(address: SocketAddr, interval: &str) -> Running {
    let endpoint = format!("http://{address}");
    let layers = Layers::default().variables([
        ("OTEL_SERVICE_NAME", "shop"),
        ("OTEL_METRICS_EXPORTER", "otlp"),
        ("OTEL_METRIC_EXPORT_INTERVAL", interval),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta"),
        ("OBS_SAMPLER", "1"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LOG", "off"),
    ]);
    Starter::new(layers).start().unwrap()
}

fn metrics(bodies: &Mutex<Vec<Vec<u8>>>) -> Vec<Metric> {
    let bodies = bodies.lock().unwrap();
    let requests = bodies
        .iter()
        .map(|body| ExportMetricsServiceRequest::decode(&**body).unwrap());
    let resources = requests.flat_map(|request| request.resource_metrics);
    let scopes = resources.flat_map(|resource| resource.scope_metrics);
    scopes.flat_map(|scope| scope.metrics).collect()
}

/// How many calls were observed, in the points of all requests together.
fn points(metrics: Vec<Metric>) -> Vec<HistogramDataPoint> {
    let durations = metrics
        .into_iter()
        .filter(|metric| metric.name == "operation_duration");
    let points = durations.flat_map(|metric| {
        assert_eq!(metric.unit, "s");
        match metric.data {
            Some(Data::Histogram(histogram)) => histogram.data_points,
            other => panic!("{other:?}"),
        }
    });
    points.filter(|point| point.count > 0).collect()
}

#[test]
fn what_the_metrics_say_is_sent_at_an_interval_on_demand_and_at_the_end() {
    let (address, bodies) = receiver::start("/v1/metrics", "");
    let running = start(address, "100");
    for _ in 0..3 {
        checkout();
    }
    for _ in 0..200 {
        if !points(metrics(&bodies)).is_empty() {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    assert!(!points(metrics(&bodies)).is_empty(), "no interval has come");
    running.shutdown().wait();

    let running = start(address, "3600000");
    checkout();
    assert!(running.flush(Duration::from_secs(10)));
    let sent = metrics(&bodies);
    assert!(sent.iter().any(|metric| metric.name == "obs_export_items"));
    let count = |points: &[HistogramDataPoint]| points.iter().map(|point| point.count).sum();
    // The second start begins anew: it sends what it finds.
    let before: u64 = count(&points(sent));
    assert_eq!(before, 3 + 4);
    checkout();
    drop(running);
    let points = points(metrics(&bodies));
    assert_eq!(count(&points), before + 1);
    let last = points.last().unwrap();
    assert_eq!(last.count, 1);
    assert!(last.start_time_unix_nano < last.time_unix_nano);
    let first = &points[0];
    assert!(first.start_time_unix_nano <= last.start_time_unix_nano);
}
