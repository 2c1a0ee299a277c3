//! Metrics against the official messages.

use obs_schema::monitoring::HistogramForm;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{HistogramDataPoint, Metric};
use proptest::prelude::*;
use prost::Message;

use crate::config::Layers;
use crate::export::delivery::Batch;
use crate::export::otlp::metrics::{encode, join};
use crate::export::otlp::resource::Frame;
use crate::export::otlp::temporality::Changes;
use crate::metric::ends::Ends;
use crate::metric::exponential::tests as exponential;
use crate::metric::snapshot::{
    Exemplar, Family, Histogram, Kind, Label, Series, Snapshot, Summary, Value,
};

const STARTED: u64 = 1_000;
const DELTA: i32 = 1;
const CUMULATIVE: i32 = 2;

fn labels(pairs: &[(&'static str, &'static str)]) -> Vec<Label> {
    let pairs = pairs.iter();
    pairs
        .map(|(name, value)| ((*name).into(), (*value).into()))
        .collect()
}

fn family(name: &'static str, unit: &'static str, kind: Kind, series: Vec<Series>) -> Family {
    Family {
        name: name.into(),
        help: "What it is.".into(),
        kind,
        unit: unit.into(),
        series,
    }
}

fn single(name: &'static str, unit: &'static str, kind: Kind, value: Value) -> Snapshot {
    let series = Series {
        labels: labels(&[("a", "b")]),
        value,
    };
    Snapshot {
        common: labels(&[("service", "shop"), ("region", "eu"), ("a", "hidden")]),
        families: vec![family(name, unit, kind, vec![series])],
    }
}

/// A snapshot with one gauge.
pub(super) fn gauge(name: &'static str, value: f64) -> Snapshot {
    single(name, "", Kind::Gauge, Value::Gauge(value))
}

fn histogram(buckets: &[u64]) -> Histogram {
    Histogram::from_buckets(vec![0.1, 1.0], buckets, 2.5)
}

/// A request with what a snapshot says.
pub(super) fn request(snapshot: &Snapshot) -> Vec<u8> {
    let mut batch = Batch::default();
    encode(
        &mut batch,
        snapshot,
        &mut Changes::new(false, STARTED),
        HistogramForm::Exponential,
        2_000,
    );
    let service = Layers::default().load().unwrap().service;
    let mut out = Vec::new();
    Frame::new(&service).around(&mut out, &join(&batch), None);
    out
}

fn read(request: &[u8]) -> Vec<Metric> {
    let mut request = ExportMetricsServiceRequest::decode(request).unwrap();
    let mut resource = request.resource_metrics.remove(0);
    resource.scope_metrics.remove(0).metrics
}

fn sent(snapshot: &Snapshot) -> Vec<Metric> {
    read(&request(snapshot))
}

/// What is sent of a snapshot that was taken then.
fn sent_at(changes: &mut Changes, snapshot: &Snapshot, now: u64) -> Vec<Metric> {
    let mut batch = Batch::default();
    encode(
        &mut batch,
        snapshot,
        changes,
        HistogramForm::Exponential,
        now,
    );
    let scope = join(&batch);
    let scope = opentelemetry_proto::tonic::metrics::v1::ScopeMetrics::decode(&*scope);
    scope.unwrap().metrics
}

/// What is sent of snapshots that follow each other.
fn sent_changes(snapshots: &[Snapshot]) -> Vec<Vec<Metric>> {
    let mut changes = Changes::new(true, STARTED);
    let sent = snapshots
        .iter()
        .zip(1..)
        .map(|(snapshot, turn)| sent_at(&mut changes, snapshot, STARTED + turn * 10));
    sent.collect()
}

fn data(mut metrics: Vec<Metric>) -> Data {
    assert_eq!(metrics.len(), 1);
    metrics.remove(0).data.unwrap()
}

fn of_histogram(metrics: Vec<Metric>) -> (i32, HistogramDataPoint) {
    let Data::Histogram(mut histogram) = data(metrics) else {
        panic!("no histogram");
    };
    assert_eq!(histogram.data_points.len(), 1);
    (
        histogram.aggregation_temporality,
        histogram.data_points.remove(0),
    )
}

#[test]
fn a_counter_is_a_sum_that_only_grows() {
    let snapshot = single("orders_total", "", Kind::Counter, Value::Counter(7));
    let metrics = sent(&snapshot);
    assert_eq!((&*metrics[0].name, &*metrics[0].unit), ("orders", ""));
    assert_eq!(metrics[0].description, "What it is.");
    let Data::Sum(sum) = data(metrics) else {
        panic!("no sum");
    };
    assert!(sum.is_monotonic);
    assert_eq!(sum.aggregation_temporality, CUMULATIVE);
    let point = &sum.data_points[0];
    assert_eq!(point.value, Some(Number::AsInt(7)));
    assert_eq!(
        (point.start_time_unix_nano, point.time_unix_nano),
        (STARTED, 2_000)
    );
    let attributes: Vec<_> = point
        .attributes
        .iter()
        .map(|attribute| {
            let value = attribute.value.clone().unwrap().value;
            let Some(any_value::Value::StringValue(text)) = value else {
                panic!("{value:?}");
            };
            (attribute.key.clone(), text)
        })
        .collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(attributes, [pair("a", "b"), pair("region", "eu")]);
}

#[test]
fn what_goes_up_and_down_is_no_total() {
    let Data::Gauge(gauge) = data(sent(&gauge("depth", -1.5))) else {
        panic!("no gauge");
    };
    assert_eq!(gauge.data_points[0].value, Some(Number::AsDouble(-1.5)));
    assert_eq!(gauge.data_points[0].start_time_unix_nano, 0);
    let Data::Sum(info) = data(sent(&single("build_info", "", Kind::Info, Value::Info))) else {
        panic!("no sum");
    };
    assert!(!info.is_monotonic);
    assert_eq!(info.data_points[0].value, Some(Number::AsInt(1)));
}

#[test]
fn a_histogram_has_buckets_and_exemplars() {
    let mut value = histogram(&[3, 0, 1]);
    value.exemplars.push(Exemplar {
        bucket: 2,
        trace_id: 0xabc,
        value: 2.0,
        unix_ns: 1_500,
    });
    let value = Value::Histogram(value);
    let snapshot = single("wait_seconds", "seconds", Kind::Histogram, value);
    let metrics = sent(&snapshot);
    assert_eq!((&*metrics[0].name, &*metrics[0].unit), ("wait", "s"));
    let (temporality, point) = of_histogram(metrics);
    assert_eq!(temporality, CUMULATIVE);
    assert_eq!((point.count, point.sum), (4, Some(2.5)));
    assert_eq!(point.bucket_counts, [3, 0, 1]);
    assert_eq!(point.explicit_bounds, [0.1, 1.0]);
    assert_eq!(point.exemplars[0].trace_id, 0xabc_u128.to_be_bytes());
    assert_eq!(point.exemplars[0].time_unix_nano, 1_500);
}

#[test]
fn a_histogram_has_the_extremes_that_are_known() {
    let of_powers = || {
        let (buckets, exponential) = exponential::counted("seconds", &[0.5, 2.0]);
        let mut value = Histogram::from_buckets(exponential::DECLARED, &buckets, 2.5);
        value.exponential = Some(exponential);
        value
    };
    for (least, greatest) in [
        (None, None),
        (Some(0.0), None),
        (None, Some(2.0)),
        (Some(-0.5), Some(2.0)),
    ] {
        let sent = |mut value: Histogram| {
            value.ends = Ends { least, greatest };
            let value = Value::Histogram(value);
            sent(&single("wait_seconds", "seconds", Kind::Histogram, value))
        };
        let (_, point) = of_histogram(sent(histogram(&[3, 0, 1])));
        assert_eq!((point.min, point.max), (least, greatest));
        let Data::ExponentialHistogram(powers) = data(sent(of_powers())) else {
            panic!("no exponential histogram");
        };
        let point = &powers.data_points[0];
        assert_eq!((point.min, point.max), (least, greatest));
    }
}

#[test]
fn the_extremes_since_the_start_are_not_said_of_what_came_since_the_last_time() {
    let snapshot = |buckets: &[u64]| {
        let mut value = histogram(buckets);
        value.ends = (0.01, 2.0).into();
        let value = Value::Histogram(value);
        single("wait_seconds", "seconds", Kind::Histogram, value)
    };
    let sent = sent_changes(&[snapshot(&[3, 0, 1]), snapshot(&[4, 0, 1])]);
    let ends = sent.into_iter().map(|metrics| {
        let (_, point) = of_histogram(metrics);
        (point.min, point.max)
    });
    // The first time everything is new.
    assert_eq!(
        ends.collect::<Vec<_>>(),
        [(Some(0.01), Some(2.0)), (None, None)]
    );
}

#[test]
fn a_summary_leaves_out_quantiles_of_nothing() {
    let value = Value::Summary(Summary {
        quantiles: vec![(0.5, f64::NAN), (0.9, 3.0)],
        count: 2,
        sum: 4.0,
    });
    let Data::Summary(summary) = data(sent(&single("size", "", Kind::Summary, value))) else {
        panic!("no summary");
    };
    let point = &summary.data_points[0];
    assert_eq!((point.count, point.sum), (2, 4.0));
    assert_eq!(point.quantile_values.len(), 1);
    assert_eq!(point.quantile_values[0].quantile, 0.9);
}

#[test]
fn names_and_labels_are_those_of_the_conventions() {
    for (name, unit, expected, ucum) in [
        (
            "http_server_request_duration_seconds",
            "seconds",
            "http.server.request.duration",
            "s",
        ),
        ("received_bytes", "bytes", "received", "By"),
        ("used_ratio", "ratio", "used", "1"),
        ("seconds", "seconds", "seconds", "s"),
        ("depth", "", "depth", ""),
    ] {
        let metrics = sent(&single(name, unit, Kind::Gauge, Value::Gauge(1.0)));
        assert_eq!((&*metrics[0].name, &*metrics[0].unit), (expected, ucum));
    }
    let mut snapshot = gauge("http_server_active_requests", 1.0);
    let pairs = [("http_route", "/a"), ("http_response_status_code", "200")];
    snapshot.families[0].series[0].labels = labels(&pairs);
    let metrics = sent(&snapshot);
    assert_eq!(metrics[0].unit, "{request}");
    let Data::Sum(sum) = data(metrics) else {
        panic!("no sum");
    };
    assert!(!sum.is_monotonic);
    let attributes = &sum.data_points[0].attributes;
    assert_eq!(attributes[0].key, "http.route");
    assert_eq!(attributes[1].key, "http.response.status_code");
    // As on spans, or a store that has both refuses one of them.
    let status = attributes[1].value.as_ref().unwrap().value.as_ref();
    assert_eq!(status, Some(&any_value::Value::IntValue(200)));
}

/// Of requests under way several processes have a sum, which is no growth.
#[test]
fn what_is_under_way_is_sent_whole() {
    let under_way = [3.0, 1.0].map(|count| gauge("http_server_active_requests", count));
    for (metrics, (now, count)) in sent_changes(&under_way)
        .into_iter()
        .zip([(10, 3.0), (20, 1.0)])
    {
        let Data::Sum(sum) = data(metrics) else {
            panic!("no sum");
        };
        let form = (sum.aggregation_temporality, sum.is_monotonic);
        assert_eq!(form, (CUMULATIVE, false));
        let point = &sum.data_points[0];
        let times = (point.start_time_unix_nano, point.time_unix_nano);
        assert_eq!(times, (STARTED, STARTED + now));
        assert_eq!(point.value, Some(Number::AsDouble(count)));
    }
}

/// The attributes of a series, as texts.
fn attributes(
    name: &'static str,
    unit: &'static str,
    pairs: &[(&'static str, &'static str)],
) -> Vec<String> {
    let value = Value::Histogram(histogram(&[1]));
    let mut snapshot = single(name, unit, Kind::Histogram, value);
    snapshot.families[0].series[0].labels = labels(pairs);
    snapshot.common.clear();
    let (_, point) = of_histogram(sent(&snapshot));
    let shown = point.attributes.into_iter().map(|attribute| {
        let value = match attribute.value.and_then(|value| value.value) {
            Some(any_value::Value::StringValue(text)) => text,
            other => format!("{other:?}"),
        };
        format!("{}={value}", attribute.key)
    });
    shown.collect()
}

#[test]
fn requests_and_queries_have_what_their_conventions_want() {
    let request = |route, status| {
        let pairs = [("http_route", route), ("http_response_status_code", status)];
        attributes("http_server_request_duration_seconds", "seconds", &pairs)
    };
    let status = |status| format!("http.response.status_code=Some(IntValue({status}))");
    let scheme = "url.scheme=http".to_owned();
    let route = "http.route=/carts".to_owned();
    assert_eq!(
        request("/carts", "404"),
        [route.clone(), status(404), scheme.clone()]
    );
    assert_eq!(
        request("/carts", "503"),
        [
            route,
            status(503),
            scheme.clone(),
            "error.type=503".to_owned()
        ]
    );
    // That no route took it is not the name of one.
    assert_eq!(request("unmatched", "404"), [status(404), scheme]);

    let query = |outcome| {
        let pairs = [("outcome", outcome)];
        attributes("db_client_operation_duration_seconds", "seconds", &pairs).split_off(1)
    };
    assert!(query("ok").is_empty());
    assert!(query("cancelled").is_empty());
    assert_eq!(query("error"), ["error.type=_OTHER"]);
    assert_eq!(query("timeout"), ["error.type=timeout"]);

    // The program's own metrics are as they are.
    let own = [("http_route", "unmatched"), ("outcome", "error")];
    assert_eq!(attributes("wait_seconds", "seconds", &own).len(), 2);
}

#[test]
fn growth_is_sent_where_it_is_asked_for() {
    let counter = |value| single("orders_total", "", Kind::Counter, Value::Counter(value));
    // It grows, stays, grows and begins anew.
    let sent = sent_changes(&[3, 3, 8, 2].map(counter));
    let found: Vec<_> = sent
        .into_iter()
        .map(|metrics| {
            let Some(Data::Sum(sum)) = metrics.into_iter().next().and_then(|metric| metric.data)
            else {
                return None;
            };
            assert_eq!(sum.aggregation_temporality, DELTA);
            let point = &sum.data_points[0];
            Some((
                point.value.unwrap(),
                point.start_time_unix_nano,
                point.time_unix_nano,
            ))
        })
        .collect();
    assert_eq!(
        found,
        [
            Some((Number::AsInt(3), 1_000, 1_010)),
            None,
            Some((Number::AsInt(5), 1_020, 1_030)),
            Some((Number::AsInt(2), 1_030, 1_040)),
        ]
    );
}

#[test]
fn observations_since_the_last_time_are_sent_where_they_are_asked_for() {
    let snapshot = |buckets: &[u64], sum, exemplar| {
        let mut value = histogram(buckets);
        value.sum = sum;
        value.exemplars.push(Exemplar {
            bucket: 0,
            trace_id: 1,
            value: 0.05,
            unix_ns: exemplar,
        });
        single(
            "wait_seconds",
            "seconds",
            Kind::Histogram,
            Value::Histogram(value),
        )
    };
    let mut sent = sent_changes(&[
        snapshot(&[3, 0, 1], 2.5, 1_005),
        snapshot(&[4, 2, 1], 4.0, 1_005),
    ])
    .into_iter();
    let (_, first) = of_histogram(sent.next().unwrap());
    assert_eq!((first.count, first.exemplars.len()), (4, 1));
    let (temporality, second) = of_histogram(sent.next().unwrap());
    assert_eq!(temporality, DELTA);
    assert_eq!((second.count, second.sum), (3, Some(1.5)));
    assert_eq!(second.bucket_counts, [1, 2, 0]);
    assert_eq!(second.start_time_unix_nano, 1_010);
    // It was sent already.
    assert!(second.exemplars.is_empty());
}

#[test]
fn nothing_ends_before_it_begins_when_the_clock_is_set_back() {
    for (is_delta, begins) in [
        (false, [STARTED, 500, 500, 500]),
        (true, [STARTED, 500, 500, 510]),
    ] {
        let mut changes = Changes::new(is_delta, STARTED);
        let readings = [2_000, 500, 510, 2_100].into_iter().zip(1..);
        let times = readings.map(|(now, count)| {
            let snapshot = single("orders_total", "", Kind::Counter, Value::Counter(count));
            let Data::Sum(sum) = data(sent_at(&mut changes, &snapshot, now)) else {
                panic!("no sum");
            };
            let point = &sum.data_points[0];
            assert_eq!(point.time_unix_nano, now);
            point.start_time_unix_nano
        });
        assert_eq!(times.collect::<Vec<_>>(), begins);
    }
}

#[test]
fn a_gauge_is_sent_each_time() {
    let sent = sent_changes(&[gauge("depth", 1.0), gauge("depth", 1.0)]);
    assert_eq!(sent.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn points_that_are_sent_apart_are_all_there() {
    let series = |value: u64| Series {
        labels: vec![("n".into(), value.to_string().into())],
        value: Value::Counter(value),
    };
    let counter = |name| family(name, "", Kind::Counter, (0..9).map(series).collect());
    let snapshot = Snapshot {
        common: Vec::new(),
        families: vec![counter("a_total"), counter("b_total")],
    };
    let mut batch = Batch::default();
    encode(
        &mut batch,
        &snapshot,
        &mut Changes::new(false, STARTED),
        HistogramForm::Explicit,
        2_000,
    );
    assert_eq!(batch.len(), 18);
    let (first, second) = batch.halves();
    let (first, _) = first.halves();
    let read = |batch: &Batch| {
        let scope = join(batch);
        let scope = opentelemetry_proto::tonic::metrics::v1::ScopeMetrics::decode(&*scope);
        let metrics = scope.unwrap().metrics.into_iter();
        metrics
            .map(|metric| match metric.data {
                Some(Data::Sum(sum)) => (metric.name, sum.data_points.len()),
                other => panic!("{other:?}"),
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(read(&batch), [("a".to_owned(), 9), ("b".to_owned(), 9)]);
    assert_eq!(read(&first), [("a".to_owned(), 4)]);
    assert_eq!(read(&second), [("b".to_owned(), 9)]);
}

/// Snapshots with numbers that JSON has, and that `serde_json` reads as they were written.
pub(super) fn snapshots() -> impl Strategy<Value = Snapshot> {
    let real = || any::<i32>().prop_map(|eighths| f64::from(eighths) / 8.0);
    let value = prop_oneof![
        any::<i64>().prop_map(|value| (Kind::Counter, Value::Counter(value.unsigned_abs() / 2))),
        real().prop_map(|value| (Kind::Counter, Value::FloatCounter(value.abs()))),
        real().prop_map(|value| (Kind::Gauge, Value::Gauge(value))),
        Just((Kind::Info, Value::Info)),
        (
            proptest::array::uniform3(0..1_u64 << 40),
            real(),
            0..1_u64 << 60
        )
            .prop_map(|(buckets, sum, unix_ns)| {
                let mut histogram = Histogram::from_buckets(vec![0.25, 1.0], &buckets, sum);
                histogram.ends = (sum / 2.0, sum).into();
                histogram.exemplars.push(Exemplar {
                    bucket: 0,
                    trace_id: u128::from(unix_ns) + 1,
                    value: 0.2,
                    unix_ns,
                });
                (Kind::Histogram, Value::Histogram(histogram))
            }),
        (
            proptest::collection::vec(exponential::values(), 0..20),
            real()
        )
            .prop_map(|(values, sum)| {
                let (buckets, exponential) = exponential::counted("bytes", &values);
                let mut histogram = Histogram::from_buckets(exponential::DECLARED, &buckets, sum);
                histogram.exponential = Some(exponential);
                histogram.ends = (sum / 2.0, sum).into();
                (Kind::Histogram, Value::Histogram(histogram))
            }),
        (real(), 0..9_u64).prop_map(|(value, count)| {
            let summary = Summary {
                quantiles: vec![(0.5, value), (0.99, value)],
                count,
                sum: value,
            };
            (Kind::Summary, Value::Summary(summary))
        }),
    ];
    proptest::collection::vec(value, 0..5).prop_map(|values| {
        let families = values.into_iter().map(|(kind, value)| {
            let series = Series {
                labels: labels(&[("a", "b")]),
                value,
            };
            family("some_seconds", "seconds", kind, vec![series])
        });
        Snapshot {
            common: Vec::new(),
            families: families.collect(),
        }
    })
}
