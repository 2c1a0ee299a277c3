//! A service with its monitoring started: what it does is seen over HTTP. One test, because the
//! monitoring of a process is started once.
#![cfg(feature = "http")]

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use obs_runtime::config::Layers;
use obs_runtime::http::{ServerLayer, router};
use obs_runtime::{Running, StartError, Starter, trace};
use serde_json::Value;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn start(settings: &[(&str, &str)]) -> Result<Running, StartError> {
    let starter = Starter::new(Layers::default().variables(settings.iter().copied()));
    #[cfg(feature = "log")]
    let starter = starter.without_log();
    starter.start()
}

/// A server of the program: orders, and the endpoints beside them.
async fn serve() -> String {
    let order = || async { trace::span("look up").observe(async { "an order" }).await };
    let app: Router = Router::new()
        .route("/orders/{id}", get(order))
        .merge(router())
        .layer(ServerLayer::new());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

async fn json(url: String) -> (u16, Value) {
    let answer = reqwest::get(url).await.unwrap();
    let status = answer.status().as_u16();
    (
        status,
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap(),
    )
}

async fn text(url: String) -> String {
    reqwest::get(url).await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_service_is_seen_over_http() {
    let settings = [
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OTEL_SERVICE_NAME", "shop"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer geheim"),
    ];
    let running = start(&settings).unwrap();
    let own = format!("http://{}", running.address().unwrap());
    let app = serve().await;
    assert!(matches!(start(&settings), Err(StartError::AlreadyRunning)));

    probes_say(&own, 200).await;
    probes_say(&app, 200).await;
    requests_are_traced_and_counted(&running, &own, &app).await;
    the_configuration_is_shown(&own).await;

    running.set_accepting(false);
    assert_eq!(json(format!("{own}/ready")).await.0, 503);
    assert_eq!(json(format!("{own}/startup")).await.0, 200);
    running.shutdown().await;
    assert!(
        reqwest::get(format!("{own}/live")).await.is_err(),
        "the listener is closed"
    );
    assert_eq!(json(format!("{app}/ready")).await.0, 503);
    assert_eq!(json(format!("{app}/live")).await.0, 200);

    an_address_in_use_leaves_nothing_running().await;
    propagation_can_be_turned_off().await;
}

async fn probes_say(base: &str, expected: u16) {
    for probe in ["live", "ready", "startup", "health"] {
        let (status, body) = json(format!("{base}/{probe}")).await;
        assert_eq!(status, expected, "{probe}");
        assert_eq!(body["status"], "healthy");
    }
}

async fn requests_are_traced_and_counted(running: &Running, own: &str, app: &str) {
    let ask = reqwest::Client::new().get(format!("{app}/orders/17"));
    let parent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let answer = ask.header("traceparent", parent).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "an order");
    // The server drops the body a moment after the client has all of it.
    let mut stored = Value::Null;
    for _ in 0..100 {
        assert!(running.flush(Duration::from_secs(5)));
        let (_, list) = json(format!("{own}/monitoring/traces?trace_id={TRACE}")).await;
        stored = list["stored"][0].clone();
        if stored.is_object() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(stored["name"], "GET /orders/{id}");

    let (_, body) = json(format!("{own}/monitoring/traces/{TRACE}/waterfall")).await;
    let rows = body["rows"].as_array().unwrap().iter();
    let rows: Vec<_> = rows
        .map(|row| {
            (
                row["name"].as_str().unwrap(),
                row["depth"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(rows, [("GET /orders/{id}", 0), ("look up", 1)]);
    let (_, body) = json(format!("{own}/monitoring/traces/{TRACE}")).await;
    let root = body["spans"]
        .as_array()
        .unwrap()
        .iter()
        .find(|span| span["kind"] == "server")
        .unwrap();
    assert_eq!(root["parent_id"], "b7ad6b7169203331");
    assert_eq!(root["parent_is_remote"], true);

    let openmetrics = reqwest::Client::new()
        .get(format!("{own}/metrics"))
        .header("accept", "application/openmetrics-text");
    let metrics = openmetrics.send().await.unwrap().text().await.unwrap();
    let exemplar = format!("# {{trace_id=\"{TRACE}\"}}");
    assert!(
        metrics.lines().any(|line| line
            .starts_with("http_server_request_duration_seconds_bucket{")
            && line.contains(&exemplar)),
        "the trace that was kept shows what is in its bucket: {metrics}"
    );

    for base in [own, app] {
        let metrics = text(format!("{base}/metrics")).await;
        let counted = metrics
            .lines()
            .find(|line| line.starts_with("http_server_request_duration_seconds_count{"));
        let counted = counted.unwrap();
        for label in [
            "service=\"shop\"",
            "http_request_method=\"GET\"",
            "http_route=\"/orders/{id}\"",
            "http_response_status_code=\"200\"",
        ] {
            assert!(counted.contains(label), "{counted}");
        }
        assert!(
            counted.ends_with(" 1"),
            "the endpoints are not counted: {counted}"
        );
        assert!(metrics.contains("process_cpu_seconds_total"));
    }
}

async fn the_configuration_is_shown(own: &str) {
    let (status, body) = json(format!("{own}/monitoring/debug/config")).await;
    assert_eq!(status, 200);
    let keys = body["keys"].as_array().unwrap();
    let find = |key: &str| keys.iter().find(|entry| entry["key"] == key).unwrap();
    let listen = find("http.listen");
    assert_eq!(
        (&listen["value"], &listen["origin"]),
        (&"127.0.0.1:0".into(), &"OBS_LISTEN".into())
    );
    assert_eq!(find("http.prefix")["origin"], "default");
    assert_eq!(find("http.allow_unauthenticated")["value"], false);
    assert!(!body.to_string().contains("geheim"));
    assert!(
        body["exporter_variables"]
            .get("OTEL_EXPORTER_OTLP_HEADERS")
            .is_some()
    );
}

async fn an_address_in_use_leaves_nothing_running() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = start(&[("OBS_LISTEN", &address)]).unwrap_err();
    assert!(matches!(error, StartError::Listen(_)));
    assert!(error.to_string().contains("is in use"), "{error}");

    drop(taken);
    let again = start(&[("OBS_LISTEN", &address)]).unwrap();
    assert_eq!(again.address().unwrap().to_string(), address);
    again.shutdown().wait();

    let off = [
        ("OBS__HTTP__ENABLED", "false"),
        ("OBS__METRICS__COLLECTORS", "process"),
    ];
    let without = start(&off).unwrap();
    assert_eq!(without.address(), None);
    without.shutdown().wait();
}

async fn propagation_can_be_turned_off() {
    let running = start(&[("OBS_LISTEN", "127.0.0.1:0"), ("OTEL_PROPAGATORS", "none")]).unwrap();
    let app = serve().await;
    {
        let _span = trace::span("caller").enter();
        assert!(obs_runtime::http::trace_headers().is_empty());
    }
    let sent = reqwest::Client::new()
        .get(format!("{app}/orders/9"))
        .header("traceparent", format!("00-{TRACE}-b7ad6b7169203332-01"));
    let before = trace::store()
        .get(TRACE.parse().unwrap())
        .map_or(0, |trace| trace.spans.len());
    assert!(sent.send().await.unwrap().status().is_success());
    assert!(running.flush(Duration::from_secs(5)));
    let after = trace::store()
        .get(TRACE.parse().unwrap())
        .map_or(0, |trace| trace.spans.len());
    assert_eq!(after, before, "the caller's trace was continued");
    running.shutdown().await;
}
