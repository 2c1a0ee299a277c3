//! Several attributes on one function.

use obs_runtime::metric::snapshot::Value;
use obs_runtime::trace::SpanKind;
use obs_runtime::{
    counted, monitor_performance, testing, timed, trace_request, track_db_query, track_external_api,
};

use crate::counts::{calls, count, in_flight, outcomes, panics, series};

#[trace_request("all_of_them", kind = server, attributes(id = id))]
#[monitor_performance]
#[timed]
#[counted]
#[track_db_query("insert", "orders", system = "postgresql")]
#[track_external_api("bank", endpoint = "/charge", method = "POST", rate_limit_remaining = |left: &Result<u32, String>| left.as_ref().ok().copied())]
fn all_of_them(id: u32) -> Result<u32, String> {
    assert!(id < 100, "too large");
    assert_eq!(in_flight("all_of_them"), 1);
    id.checked_sub(1).ok_or_else(|| "zero".to_owned())
}

#[test]
fn one_call_is_counted_once_in_every_family() {
    assert_eq!(all_of_them(8), Ok(7));
    assert!(all_of_them(0).is_err());
    panics(|| all_of_them(100));
    let expected = [("ok", 1), ("error", 1), ("panic", 1)];
    assert_eq!(calls("all_of_them"), expected);
    let database = [
        ("db_system_name", "postgresql"),
        ("db_operation_name", "insert"),
        ("db_collection_name", "orders"),
    ];
    assert_eq!(
        outcomes("db_client_operation_duration_seconds", &database),
        expected
    );
    let api = [("api", "bank"), ("endpoint", "/charge")];
    assert_eq!(outcomes("external_api_duration_seconds", &api), expected);
    let left = series("external_api_rate_limit_remaining", &api);
    assert_eq!(left.len(), 1);
    assert_eq!(count(&left[0].value), 7);
}

#[test]
fn one_call_is_one_span() {
    #[trace_request("fused_span", kind = server, attributes(id = id))]
    #[track_db_query("select", "users", system = "sqlite")]
    fn query(id: u32) -> u32 {
        id
    }
    let capture = testing::capture();
    query(3);
    assert_eq!(capture.spans().len(), 1);
    let span = capture.span("fused_span");
    assert_eq!(span.kind, SpanKind::Server);
    let attributes: Vec<String> = span
        .attributes
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    for expected in [
        "id=3",
        "db.system.name=sqlite",
        "db.operation.name=select",
        "db.collection.name=users",
    ] {
        assert!(
            attributes.iter().any(|found| found == expected),
            "{attributes:?}"
        );
    }
}

#[track_db_query("select", "events")]
async fn query_alone(fail: bool) -> Result<u8, String> {
    if fail {
        Err("asked to".to_owned())
    } else {
        Ok(1)
    }
}

#[track_external_api("github", rate_limit_remaining = |reply| reply.1)]
async fn api_alone(left: Option<u64>) -> (u8, Option<u64>) {
    (1, left)
}

#[tokio::test]
async fn a_query_and_a_call_by_themselves() {
    let capture = testing::capture();
    assert_eq!(query_alone(false).await, Ok(1));
    assert!(query_alone(true).await.is_err());
    api_alone(Some(59)).await;
    api_alone(None).await;
    let names: Vec<_> = capture
        .spans()
        .iter()
        .map(|span| span.name.to_string())
        .collect();
    assert_eq!(
        names,
        [
            "select events",
            "select events",
            "github api_alone",
            "github api_alone"
        ]
    );
    assert!(
        capture
            .spans()
            .iter()
            .all(|span| span.kind == SpanKind::Client)
    );
    assert_eq!(
        outcomes(
            "db_client_operation_duration_seconds",
            &[
                ("db_system_name", "other_sql"),
                ("db_collection_name", "events")
            ]
        ),
        [("ok", 1), ("error", 1), ("panic", 0), ("cancelled", 0)]
    );
    let api = [("api", "github"), ("endpoint", "api_alone")];
    assert_eq!(
        outcomes("external_api_duration_seconds", &api),
        [("ok", 2), ("panic", 0), ("cancelled", 0)]
    );
    let left = series("external_api_rate_limit_remaining", &api);
    assert_eq!(count(&left[0].value), 59);
    assert!(series("operation_calls_total", &[("operation", "query_alone")]).is_empty());
    assert!(series("operation_calls_total", &[("operation", "api_alone")]).is_empty());
}

#[timed("single_timed")]
fn single_timed() {}

#[counted("single_counted")]
async fn single_counted() {}

#[monitor_performance("single_measured")]
fn single_measured() {}

#[tokio::test]
async fn single_metrics_without_a_span() {
    let capture = testing::capture();
    single_timed();
    single_counted().await;
    drop(single_counted());
    single_measured();
    assert!(capture.spans().is_empty());
    let named = |name| [("operation", name)];
    assert_eq!(
        outcomes("operation_duration_seconds", &named("single_timed")),
        [("ok", 1), ("panic", 0)]
    );
    assert!(series("operation_calls_total", &named("single_timed")).is_empty());
    assert_eq!(
        outcomes("operation_calls_total", &named("single_counted")),
        [("ok", 1), ("panic", 0), ("cancelled", 0)]
    );
    assert!(series("operation_duration_seconds", &named("single_counted")).is_empty());
    assert_eq!(calls("single_measured"), [("ok", 1), ("panic", 0)]);
}

mod renamed {
    pub(super) use obs_runtime::{
        counted as counter, timed as stopwatch, trace_request as traced, track_db_query as query,
    };
}

#[renamed::traced("outer_name")]
#[renamed::stopwatch("inner_name")]
fn not_recognised(fail: bool) -> Result<u8, String> {
    if fail {
        Err("asked to".to_owned())
    } else {
        Ok(1)
    }
}

#[test]
fn an_attribute_under_another_name_nests() {
    assert!(not_recognised(true).is_err());
    assert_eq!(not_recognised(false), Ok(1));
    assert_eq!(calls("outer_name"), [("ok", 1), ("error", 1), ("panic", 0)]);
    assert_eq!(
        outcomes("operation_duration_seconds", &[("operation", "inner_name")]),
        [("ok", 1), ("error", 1), ("panic", 0)]
    );
}

#[renamed::traced("counted_once", attributes(fail = fail))]
#[renamed::counter]
#[renamed::query("select", "once")]
#[renamed::stopwatch]
#[renamed::query("select", "once")]
async fn counted_once(fail: bool) -> Result<u8, String> {
    if fail {
        Err("asked to".to_owned())
    } else {
        Ok(1)
    }
}

#[tokio::test]
async fn what_nests_is_counted_once_in_a_series() {
    assert!(counted_once(true).await.is_err());
    assert_eq!(counted_once(false).await, Ok(1));
    let once = [("ok", 1), ("error", 1), ("panic", 0), ("cancelled", 0)];
    assert_eq!(calls("counted_once"), once);
    assert_eq!(
        outcomes(
            "db_client_operation_duration_seconds",
            &[("db_collection_name", "once")]
        ),
        once
    );
}

#[timed("timed_name", buckets = [0.5, 1.0])]
#[counted("other_name")]
#[obs_runtime::trace_request("three_names", buckets = [0.1])]
fn three_names() -> u8 {
    1
}

fn bounds(operation: &str) -> Vec<f64> {
    let named = series("operation_duration_seconds", &[("operation", operation)]);
    match &named[0].value {
        Value::Histogram(histogram) => histogram.bounds.to_vec(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_own_name_makes_an_own_series() {
    assert_eq!(three_names(), 1);
    assert_eq!(calls("three_names"), [("ok", 1), ("panic", 0)]);
    assert_eq!(
        outcomes("operation_calls_total", &[("operation", "other_name")]),
        [("ok", 1), ("panic", 0)]
    );
    assert_eq!(
        outcomes("operation_duration_seconds", &[("operation", "timed_name")]),
        [("ok", 1), ("panic", 0)]
    );
    assert_eq!(bounds("three_names"), [0.1]);
    assert_eq!(bounds("timed_name"), [0.5, 1.0]);
}

#[trace_request]
#[timed("first_name", buckets = [0.5, 1.0])]
#[counted]
fn one_name() {}

#[test]
fn the_first_name_is_that_of_the_operation() {
    let capture = testing::capture();
    one_name();
    assert_eq!(calls("first_name"), [("ok", 1), ("panic", 0)]);
    assert_eq!(calls("one_name"), []);
    assert_eq!(bounds("first_name"), [0.5, 1.0]);
    assert_eq!(capture.span("first_name").name, "first_name");
}
