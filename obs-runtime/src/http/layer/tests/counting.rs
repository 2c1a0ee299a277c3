//! What the metrics say. They are the process's, so every test has routes of its own.

use super::*;
use crate::metric::Registry;
use crate::metric::snapshot::Value;

const DURATION: &str = "http_server_request_duration_seconds";
const ACTIVE: &str = "http_server_active_requests";

/// Method, status and number of the requests to a route, sorted.
fn counts(route: &str) -> Vec<(String, String, u64)> {
    let snapshot = Registry::global().snapshot();
    let Some(family) = snapshot.family(DURATION) else {
        return Vec::new();
    };
    let of_route = family
        .series
        .iter()
        .filter(|one| one.label("http_route") == Some(route));
    let mut counts: Vec<_> = of_route
        .map(|series| {
            let Value::Histogram(histogram) = &series.value else {
                panic!("{series:?}")
            };
            let text = |name| series.label(name).unwrap_or("").to_owned();
            (
                text("http_request_method"),
                text("http_response_status_code"),
                histogram.count(),
            )
        })
        .collect();
    counts.sort();
    counts
}

fn active(route: &str) -> f64 {
    let snapshot = Registry::global().snapshot();
    let labels = [("http_request_method", "GET"), ("http_route", route)];
    let series = snapshot
        .family(ACTIVE)
        .and_then(|family| family.with(&labels));
    match series.map(|series| &series.value) {
        Some(Value::Gauge(value)) => *value,
        other => panic!("{other:?}"),
    }
}

fn one(method: &str, status: &str, count: u64) -> (String, String, u64) {
    (method.to_owned(), status.to_owned(), count)
}

#[tokio::test]
async fn each_request_is_counted_once_by_its_answer() {
    let handler =
        |path: axum::extract::Path<u16>| async move { StatusCode::from_u16(*path).unwrap() };
    let app = Router::new()
        .route("/count/{status}", any(handler))
        .layer(ServerLayer::new());
    for (method, status, times) in [
        ("GET", 200, 3),
        ("GET", 503, 1),
        ("POST", 404, 2),
        ("BREW", 200, 1),
    ] {
        for _ in 0..times {
            send(&app, request(method, &format!("/count/{status}"))).await;
        }
    }
    assert_eq!(
        counts("/count/{status}"),
        [
            one("GET", "200", 3),
            one("GET", "503", 1),
            one("POST", "404", 2),
            one("_OTHER", "200", 1)
        ]
    );
    assert_eq!(active("/count/{status}"), 0.0);
}

#[tokio::test]
async fn what_is_never_answered_is_counted_too() {
    let handler = || async {
        if true {
            panic!("on purpose");
        }
    };
    let app = Router::new()
        .route("/never/cancelled", get(pending::<()>))
        .route("/never/panic", get(handler))
        .layer(ServerLayer::new());
    let mut waiting = Box::pin(app.clone().oneshot(request("GET", "/never/cancelled")));
    assert!(futures::poll!(&mut waiting).is_pending());
    assert_eq!(active("/never/cancelled"), 1.0);
    drop(waiting);
    assert_eq!(active("/never/cancelled"), 0.0);
    assert_eq!(counts("/never/cancelled"), [one("GET", "", 1)]);

    let panicking = std::panic::AssertUnwindSafe(app.oneshot(request("GET", "/never/panic")));
    assert!(panicking.catch_unwind().await.is_err());
    assert_eq!(active("/never/panic"), 0.0);
    assert_eq!(counts("/never/panic"), [one("GET", "500", 1)]);
}

#[tokio::test]
async fn a_streamed_body_is_active_until_its_end() {
    let body = || async { Body::from_stream(stream::iter([Ok::<_, Infallible>("a")])) };
    let app = Router::new()
        .route("/count-stream", get(body))
        .layer(ServerLayer::new());
    let response = app.oneshot(request("GET", "/count-stream")).await.unwrap();
    assert_eq!(active("/count-stream"), 1.0);
    assert!(counts("/count-stream").is_empty());
    response.into_body().collect().await.unwrap();
    assert_eq!(active("/count-stream"), 0.0);
    assert_eq!(counts("/count-stream"), [one("GET", "200", 1)]);
}

#[tokio::test]
async fn what_the_caller_makes_up_makes_no_series() {
    let app = Router::new()
        .route("/known", get(|| async {}))
        .layer(ServerLayer::new());
    let routes = || {
        let snapshot = Registry::global().snapshot();
        let family = snapshot.family(DURATION).unwrap();
        let of_test = |route: &&str| route.contains("made-up");
        let labels = family
            .series
            .iter()
            .filter_map(|series| series.label("http_route"));
        labels.filter(of_test).count()
    };
    for number in 0..50 {
        send(&app, request("GET", &format!("/made-up/{number}"))).await;
        send(&app, request(&format!("M{number}"), "/made-up")).await;
    }
    assert_eq!(routes(), 0);
    let unmatched = counts("unmatched");
    let methods: Vec<&str> = unmatched.iter().map(|(method, ..)| &**method).collect();
    assert!(methods.contains(&"GET") && methods.contains(&"_OTHER"));
    assert!(methods.iter().all(|method| !method.starts_with('M')));
}
