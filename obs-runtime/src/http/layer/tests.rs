mod counting;
mod endings;
mod over_tcp;
mod propagation;
mod request_ids;

use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use ::http::{HeaderMap, Request, Response, StatusCode};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::{any, get};
use futures::{FutureExt, StreamExt, stream};
use http_body_util::BodyExt;
use obs_schema::def::{CallOutcome, SpanKind};
use tower::ServiceExt;

use super::{ServerLayer, Trust};
use crate::testing::{self, Capture};
use crate::trace::{SpanData, Status, Value};
use crate::{context, trace};

fn request(method: &str, uri: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(uri)
        .body(Body::empty())
        .unwrap()
}

async fn send(app: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, Bytes) {
    let (head, body) = app.clone().oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status, head.headers, body)
}

fn text(span: &SpanData, key: &str) -> Option<String> {
    span.attribute(key).map(ToString::to_string)
}

fn only(capture: &Capture) -> SpanData {
    let mut spans = capture.spans();
    assert_eq!(spans.len(), 1, "{spans:#?}");
    spans.remove(0)
}

#[tokio::test]
async fn a_request_is_a_server_span_named_by_its_route() {
    let capture = testing::capture();
    let app = Router::new()
        .route("/orders/{id}", get(|| async { "an order" }))
        .layer(ServerLayer::new());
    let mut asked = request("GET", "http://shop.test:8080/orders/17?token=secret");
    asked
        .headers_mut()
        .insert("user-agent", "curl/8".parse().unwrap());
    let (status, _, body) = send(&app, asked).await;
    assert_eq!((status, &*body), (StatusCode::OK, b"an order".as_slice()));

    let span = only(&capture);
    assert_eq!(span.name, "GET /orders/{id}");
    assert_eq!(span.kind, SpanKind::Server);
    assert_eq!(span.outcome, Some(CallOutcome::Ok));
    assert_eq!(span.status, Status::Unset);
    for (key, value) in [
        ("http.request.method", "GET"),
        ("http.route", "/orders/{id}"),
        ("url.path", "/orders/17"),
        ("url.scheme", "http"),
        ("server.address", "shop.test"),
        ("server.port", "8080"),
        ("user_agent.original", "curl/8"),
        ("network.protocol.version", "1.1"),
        ("http.response.status_code", "200"),
    ] {
        assert_eq!(text(&span, key).as_deref(), Some(value), "{key}");
    }
    assert!(
        span.attributes
            .iter()
            .all(|(_, value)| !value.to_string().contains("secret"))
    );
}

#[tokio::test]
async fn what_the_caller_makes_up_is_no_name() {
    let capture = testing::capture();
    let app = Router::new()
        .route("/any", any(|| async {}))
        .layer(ServerLayer::new());
    send(&app, request("GET", "/.env")).await;
    send(&app, request("BREW", "/any")).await;
    send(&app, request("get", "/no/such")).await;

    let spans = capture.spans();
    let names: Vec<_> = spans.iter().map(|span| &*span.name).collect();
    assert_eq!(names, ["GET", "HTTP /any", "HTTP"]);
    assert_eq!(text(&spans[0], "http.route"), None);
    assert_eq!(text(&spans[1], "http.request.method").unwrap(), "_OTHER");
    assert_eq!(
        text(&spans[1], "http.request.method_original").unwrap(),
        "BREW"
    );
    assert_eq!(
        text(&spans[2], "http.request.method_original").unwrap(),
        "get"
    );
}

#[tokio::test]
async fn long_texts_of_the_caller_are_cut() {
    let capture = testing::capture();
    let app = Router::new()
        .fallback(|| async {})
        .layer(ServerLayer::new());
    let mut asked = request(
        "GET",
        &format!("/{}", "ä".repeat(9000).replace('ä', "%C3%A4")),
    );
    let agent = "x".repeat(10_000).parse().unwrap();
    asked.headers_mut().insert("user-agent", agent);
    send(&app, asked).await;
    let span = only(&capture);
    assert_eq!(text(&span, "url.path").unwrap().len(), 1024);
    assert_eq!(text(&span, "user_agent.original").unwrap().len(), 256);
}

#[tokio::test]
async fn five_hundred_is_an_error_and_four_hundred_is_not() {
    let capture = testing::capture();
    let app = Router::new()
        .route("/busy", get(|| async { StatusCode::SERVICE_UNAVAILABLE }))
        .route("/gone", get(|| async { StatusCode::GONE }))
        .layer(ServerLayer::new());
    send(&app, request("GET", "/busy")).await;
    send(&app, request("GET", "/gone")).await;

    let busy = capture.span("GET /busy");
    assert_eq!(busy.status, Status::Error);
    assert_eq!(busy.outcome, Some(CallOutcome::Error));
    assert_eq!(text(&busy, "error.type").unwrap(), "503");
    let gone = capture.span("GET /gone");
    assert_eq!(gone.status, Status::Unset);
    assert_eq!(
        gone.attribute("http.response.status_code"),
        Some(&Value::I64(410))
    );
    assert_eq!(text(&gone, "error.type"), None);
}

#[tokio::test]
async fn plain_tower_services_work() {
    let capture = testing::capture();
    let find = |_: &::http::Method, uri: &::http::Uri| (uri.path() == "/a").then_some("/a");
    let service = tower::ServiceBuilder::new()
        .layer(ServerLayer::new().find_route(find))
        .service_fn(|request: Request<String>| async move {
            match request.uri().path() {
                "/a" => Ok(Response::new(request.into_body())),
                _ => Err(std::fmt::Error),
            }
        });
    let ask = |path: &str| Request::post(path).body("hi".to_owned()).unwrap();
    let response = service.clone().oneshot(ask("/a")).await.unwrap();
    assert_eq!(
        response.into_body().collect().await.unwrap().to_bytes(),
        "hi"
    );
    assert!(service.oneshot(ask("/b")).await.is_err());

    assert_eq!(capture.span("POST /a").outcome, Some(CallOutcome::Ok));
    let failed = capture.span("POST");
    assert_eq!(failed.outcome, Some(CallOutcome::Error));
    assert_eq!(text(&failed, "error.type").unwrap(), "core::fmt::Error");
}

#[tokio::test]
async fn requests_in_one_task_do_not_mix() {
    let capture = testing::capture();
    let handler = |path: axum::extract::Path<String>| async move {
        tokio::task::yield_now().await;
        drop(trace::span(format!("inner {}", path.0)).enter());
        context::request_id().unwrap()
    };
    let app = Router::new()
        .route("/mix/{name}", get(handler))
        .layer(ServerLayer::new());
    let ask = |name: &str| {
        let mut asked = request("GET", &format!("/mix/{name}"));
        asked
            .headers_mut()
            .insert("x-request-id", name.parse().unwrap());
        asked
    };
    let (first, second) = tokio::join!(send(&app, ask("a")), send(&app, ask("b")));
    assert_eq!((&*first.2, &*second.2), (b"a".as_slice(), b"b".as_slice()));
    for name in ["a", "b"] {
        let inner = capture.span(&format!("inner {name}"));
        let spans = capture.spans();
        let parent = spans
            .iter()
            .find(|span| Some(span.span_id) == inner.parent_id)
            .unwrap();
        assert_eq!(text(parent, "url.path").unwrap(), format!("/mix/{name}"));
    }
}

#[tokio::test]
async fn paths_are_left_out_by_whole_segments() {
    let capture = testing::capture();
    let app = Router::new()
        .fallback(|| async {})
        .layer(ServerLayer::new().leave_out("/ops"));
    for path in ["/ops", "/ops/metrics", "/ops?x=1"] {
        let (_, headers, _) = send(&app, request("GET", path)).await;
        assert!(!headers.contains_key("x-request-id"), "{path}");
    }
    assert!(capture.spans().is_empty());
    send(&app, request("GET", "/opsx")).await;
    assert_eq!(capture.spans().len(), 1);
}

#[tokio::test]
async fn the_client_s_address_is_shown_on_request() {
    let connect = axum::extract::ConnectInfo(SocketAddr::from(([10, 0, 0, 7], 5000)));
    for (on, expected) in [(false, None), (true, Some("10.0.0.7".to_owned()))] {
        let capture = testing::capture();
        let app = Router::new()
            .fallback(|| async {})
            .layer(ServerLayer::new().client_address(on));
        let mut asked = request("GET", "/");
        asked.extensions_mut().insert(connect);
        send(&app, asked).await;
        assert_eq!(text(&only(&capture), "client.address"), expected);
    }
}
