//! The endpoints in a server of the program.

use ::http::{Request, StatusCode};
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::http::paths::Paths;
use crate::http::router::routes;
use crate::http::{ServerLayer, router};
use crate::testing;

async fn ask(app: &Router, path: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = app.clone().oneshot(request).await.unwrap();
    let status = response.status();
    (
        status,
        response
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes()
            .to_vec(),
    )
}

async fn json(app: &Router, path: &str) -> (StatusCode, Value) {
    let (status, body) = ask(app, path).await;
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn merged_they_leave_the_program_s_routes_alone() {
    let app: Router = Router::new()
        .route("/orders", get(|| async { "orders" }))
        .fallback(|| async { (StatusCode::NOT_FOUND, "the program's own") })
        .merge(router());
    assert_eq!(ask(&app, "/orders").await.1, b"orders");
    assert_eq!(ask(&app, "/nothing").await.1, b"the program's own");
    assert_eq!(json(&app, "/live").await.0, StatusCode::OK);
    assert_eq!(ask(&app, "/metrics").await.0, StatusCode::OK);
    let (status, body) = json(&app, "/monitoring/catalog?x=1").await;
    assert_eq!(
        (status, body["error"].as_str()),
        (StatusCode::BAD_REQUEST, Some("unknown_parameter"))
    );
    let (status, body) = json(&app, "/monitoring/nothing").await;
    assert_eq!(
        (status, body["error"].as_str()),
        (StatusCode::NOT_FOUND, Some("not_found"))
    );
}

#[tokio::test]
async fn nested_they_know_where_they_are() {
    #[derive(Clone)]
    struct State;
    let app: Router = Router::new().nest("/ops", router()).with_state(State);
    assert_eq!(json(&app, "/ops/live").await.0, StatusCode::OK);
    for index in ["/ops/monitoring", "/ops/monitoring/"] {
        let (_, body) = json(&app, index).await;
        assert_eq!(body["endpoints"][0]["path"], "/ops/metrics");
    }
    assert_eq!(ask(&app, "/live").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_paths_can_be_chosen() {
    for (prefix, metrics) in [
        ("/own", "/numbers"),
        ("/own", "/own/numbers"),
        ("/own", "/own/metrics"),
    ] {
        let paths = Paths {
            prefix: prefix.into(),
            metrics: metrics.into(),
        };
        let app: Router = routes(&paths);
        assert_eq!(ask(&app, metrics).await.0, StatusCode::OK, "{metrics}");
        assert_eq!(json(&app, "/own/traces").await.0, StatusCode::OK);
        assert_eq!(json(&app, "/live").await.0, StatusCode::OK);
        assert_eq!(ask(&app, "/monitoring").await.0, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn their_requests_are_not_observed() {
    let app: Router = Router::new()
        .route("/orders", get(|| async {}))
        .merge(router())
        .layer(ServerLayer::new());
    let capture = testing::capture();
    for path in [
        "/live",
        "/metrics",
        "/monitoring",
        "/monitoring/traces",
        "/monitoring/nothing",
    ] {
        ask(&app, path).await;
    }
    assert!(capture.spans().is_empty());
    ask(&app, "/orders").await;
    assert_eq!(capture.span("GET /orders").name, "GET /orders");
}
