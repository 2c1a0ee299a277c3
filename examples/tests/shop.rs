//! The shop as its users see it: a process that serves, and that can be looked into.

mod common;

use std::process::Stdio;
use std::time::Duration;

use common::shop::{Shop, command};
use common::trace::Trace;
use serde_json::{Value, json};

/// Orders until one is confirmed: the payment API declines some and fails now and then.
async fn order(shop: &Shop, traceparent: &str) -> Value {
    let body = json!({
        "customer": "ada",
        "method": "card",
        "lines": [{"sku": "mug", "quantity": 2}, {"sku": "kettle", "quantity": 1}],
    });
    for _ in 0..20 {
        let request = reqwest::Client::new().post(shop.orders()).json(&body);
        let response = request
            .header("traceparent", traceparent)
            .send()
            .await
            .unwrap();
        if response.status() == 201 {
            return response.json().await.unwrap();
        }
    }
    panic!("no order was confirmed");
}

async fn refused(shop: &Shop, body: &str) -> (u16, Value) {
    let request = reqwest::Client::new()
        .post(shop.orders())
        .body(body.to_owned());
    let response = request
        .header("content-type", "application/json")
        .send()
        .await
        .unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn an_order_takes_from_the_stock_and_can_be_looked_up() {
    let shop = Shop::start(&["--no-load"], &[]);
    let order = order(&shop, "").await;
    assert_eq!(
        (&order["status"], &order["total_cents"]),
        (&json!("confirmed"), &json!(9_400))
    );
    let found: Value = reqwest::get(format!("{}/{}", shop.orders(), order["id"]))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(found, order);
    let products: Vec<Value> = reqwest::get(shop.url("shop"))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let kettle = products
        .iter()
        .find(|product| product["sku"] == "kettle")
        .unwrap();
    assert!(kettle["stock"].as_i64().unwrap() < 400, "{kettle}");
}

#[tokio::test]
async fn an_order_that_makes_no_sense_is_refused_with_the_reason() {
    let shop = Shop::start(&["--no-load"], &[]);
    for (body, reason) in [
        ("{", "JSON"),
        ("[]", "JSON"),
        (r#"{"customer":"ada","method":"cash","lines":[]}"#, "`cash`"),
        (
            r#"{"customer":" ","method":"card","lines":[]}"#,
            "`customer` is empty",
        ),
        (
            r#"{"customer":"ada","method":"card","lines":[]}"#,
            "1 to 20 lines",
        ),
        (
            r#"{"customer":"ada","method":"card","lines":[{"sku":"mug","quantity":0}]}"#,
            "must be 1 to 100, got 0",
        ),
        (
            r#"{"customer":"ada","method":"card","lines":[{"sku":"a\"\n\u0000🫖","quantity":1}]}"#,
            "there is no product",
        ),
    ] {
        let (status, answer) = refused(&shop, body).await;
        assert_eq!(
            (status, &answer["error"]),
            (422, &json!("invalid")),
            "{body}"
        );
        let message = answer["message"].as_str().unwrap();
        assert!(message.contains(reason), "{body}: {message}");
    }
}

#[tokio::test]
async fn an_order_is_one_trace_through_both_servers() {
    let shop = Shop::start(&["--no-load"], &[]);
    let (trace_id, caller) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    order(&shop, &format!("00-{trace_id}-{caller}-01")).await;

    let trace = Trace::wait(&shop, trace_id, "send_confirmation").await;
    let server = trace.below(caller, "POST /orders");
    assert_eq!(
        (&server["kind"], &server["parent_is_remote"]),
        (&json!("server"), &json!(true))
    );
    let place_order = trace.child("place_order", server);
    assert_eq!(place_order["attributes"]["method"], "card");
    assert_eq!(place_order["attributes"]["lines"], 2);
    let enter = trace.child("Shop::enter", place_order);
    trace.child("select products", enter);
    trace.child("insert orders", enter);
    let fulfil = trace.child("Shop::fulfil", place_order);
    let payment = trace.child("payments /v1/charges", fulfil);
    assert_eq!(payment["kind"], "client");
    let remote = trace.child("POST /v1/charges", payment);
    assert_eq!(
        (&remote["kind"], &remote["parent_is_remote"]),
        (&json!("server"), &json!(true))
    );
    trace.child("update products", fulfil);
    trace.child("update orders", trace.child("Shop::close", place_order));
    let confirmation = trace.child("send_confirmation", place_order);
    trace.child("insert outbox", confirmation);
}

#[tokio::test]
async fn log_lines_carry_the_ids_of_their_request_and_trace() {
    let variables = [("OBS_LOG", "info"), ("OBS_LOG_FORMAT", "json")];
    let shop = Shop::start(&["--no-load", "--for", "4s"], &variables);
    let trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    let order = order(&shop, &format!("00-{trace_id}-00f067aa0ba902b7-01")).await;
    let trace = Trace::wait(&shop, trace_id, "place_order").await;
    let spans = trace.all("place_order");

    let end = shop.wait();
    let lines = end
        .stdout
        .iter()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let confirmed = lines
        .filter(|line| line["message"] == "order confirmed")
        .find(|line| line["fields"]["order"] == order["id"])
        .unwrap_or_else(|| panic!("no line about the order among {:?}", end.stdout));
    assert_eq!(
        (&confirmed["level"], &confirmed["service"]),
        (&json!("INFO"), &json!("shop"))
    );
    assert_eq!(
        (&confirmed["trace_id"], &confirmed["user_id"]),
        (&json!(trace_id), &json!("ada"))
    );
    assert!(
        spans
            .iter()
            .any(|span| span["span_id"] == confirmed["span_id"]),
        "{confirmed}"
    );
    assert_eq!(
        confirmed["request_id"].as_str().map(str::len),
        Some(32),
        "{confirmed}"
    );
}

#[tokio::test]
async fn every_endpoint_answers() {
    let shop = Shop::start(&["--rate", "100"], &[]);
    tokio::time::sleep(Duration::from_secs(2)).await;
    let index = shop.json("/monitoring").await;
    let paths: Vec<&str> = index["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|endpoint| endpoint["method"] == "GET")
        .map(|endpoint| endpoint["path"].as_str().unwrap())
        .collect();
    for expected in [
        "/metrics",
        "/live",
        "/ready",
        "/startup",
        "/health",
        "/monitoring/catalog",
        "/monitoring/system/info",
        "/monitoring/metrics/summary",
        "/monitoring/traces/{id}/critical-path",
        "/monitoring/debug/config",
    ] {
        assert!(
            paths.contains(&expected),
            "{expected} is not among {paths:?}"
        );
    }
    let traces = shop.json("/monitoring/traces?operation=place_order").await;
    let id = traces["stored"][0]["trace_id"].as_str().unwrap();
    for path in paths {
        let path = path.replace("{id}", id).replace("{group}", "storage");
        let path = path.replace("{name}", "payments");
        let response = shop.get(&path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert!(!response.bytes().await.unwrap().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn its_health_is_that_of_what_it_depends_on() {
    let shop = Shop::start(&["--no-load"], &[]);
    let expected = [
        "database",
        "deliveries",
        "disk",
        "payment-calls",
        "payments",
        "process",
    ];
    let checks = loop {
        let body: Value = shop
            .get("/monitoring/health/detailed")
            .await
            .json()
            .await
            .unwrap();
        let checks = body["checks"].as_object().unwrap().clone();
        if checks.values().all(|check| !check["status"].is_null()) {
            break checks;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(checks.keys().collect::<Vec<_>>(), expected);
    assert_eq!(checks["database"]["status"], "healthy");
    assert_eq!(checks["payments"]["details"]["status"], json!(200));
    assert_eq!(checks["deliveries"]["kind"], "liveness");
    for path in ["/live", "/ready", "/startup", "/health", "/health/payments"] {
        assert_eq!(shop.get(path).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn the_orders_are_business_events() {
    let shop = Shop::start(&["--no-load"], &[]);
    for _ in 0..2 {
        order(&shop, "").await;
    }
    refused(&shop, r#"{"customer":"grace","method":"card","lines":[]}"#).await;

    let day = shop.json("/monitoring/analytics/summary?window=24h").await;
    assert_eq!(
        day["events"]["by_name"]["list"],
        json!([{"name": "order_closed", "count": 3, "errors": 1}])
    );
    assert_eq!(
        day["features"]["list"],
        json!([{"name": "card", "count": 3, "errors": 1}])
    );
    assert_eq!(
        day["errors"]["list"],
        json!([{"name": "invalid", "count": 1}])
    );
    assert_eq!(day["users"]["distinct"], 2);
    let (_, text) = shop.metrics("text/plain").await;
    let closed = r#"order_closed_total{service="shop",method="card"}"#;
    assert_eq!(sample(&text, closed), 3.0);
}

#[tokio::test]
async fn the_metrics_count_what_happened() {
    let shop = Shop::start(&["--no-load"], &[]);
    let (_, before) = shop.metrics("text/plain").await;
    let confirmed = r#"shop_orders_total{service="shop",method="card",result="confirmed"}"#;
    assert_eq!(
        sample(&before, confirmed),
        0.0,
        "series exist before the first call"
    );
    for _ in 0..3 {
        order(&shop, "").await;
    }
    refused(&shop, r#"{"customer":" ","method":"card","lines":[]}"#).await;

    let (_, text) = shop.metrics("text/plain").await;
    assert_eq!(sample(&text, confirmed), 3.0);
    assert_eq!(
        sample(&text, &confirmed.replace("confirmed", "invalid")),
        1.0
    );
    assert_eq!(
        sample(&text, r#"shop_order_value_euros_sum{service="shop"}"#),
        3.0 * 94.0
    );
    for outcome in ["ok", "error", "panic", "cancelled"] {
        let labels = format!(
            r#"{{service="shop",operation="place_order",outcome="{outcome}",method="card"}}"#
        );
        let calls = sample(&text, &format!("operation_calls_total{labels}"));
        assert_eq!(
            calls,
            sample(&text, &format!("operation_duration_seconds_count{labels}"))
        );
    }
    assert_eq!(
        sample(
            &text,
            r#"operation_in_flight{service="shop",operation="place_order"}"#
        ),
        0.0
    );
}

#[tokio::test]
async fn a_read_of_a_flaky_api_is_tried_again_and_charges_have_places() {
    let shop = Shop::start(&["--no-load"], &[]);
    let methods = shop.orders().replace("/orders", "/payment-methods");
    for _ in 0..40 {
        let answer = reqwest::get(&methods).await.unwrap();
        assert_eq!(answer.status(), 200);
        let methods: Value = answer.json().await.unwrap();
        assert_eq!(methods, json!(["card", "wallet", "transfer"]));
    }
    order(&shop, "").await;
    let (_, text) = shop.metrics("text/plain").await;
    let calls = |kind: &str| {
        let labels = format!(r#"{{service="shop",name="payment-methods",kind="{kind}"}}"#);
        sample(&text, &format!("retry_calls_total{labels}"))
    };
    assert_eq!(
        calls("successful_without_retry") + calls("successful_with_retry"),
        40.0
    );
    let operation = r#"external_api_duration_seconds_count{service="shop",api="payments",endpoint="/v1/methods",outcome="ok"}"#;
    assert_eq!(sample(&text, operation), 40.0, "one outcome for each call");
    let places = r#"bulkhead_available_concurrent_calls{service="shop",name="payments"}"#;
    assert_eq!(sample(&text, places), 100.0);
}

/// The value of the series with exactly this name and these labels.
fn sample(text: &str, series: &str) -> f64 {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no `{series}` in {text}"))
        .parse()
        .unwrap()
}

#[test]
fn it_stops_by_itself_and_says_what_it_served() {
    let end = Shop::start(&["--for", "6s", "--rate", "30"], &[]).wait();
    assert!(end.status.success(), "{}", end.stderr);
    let progress: Vec<_> = end
        .stdout
        .iter()
        .filter(|line| line.contains("/s  "))
        .collect();
    assert_eq!(progress.len(), 1, "{:?}", end.stdout);
    let requests = end
        .stdout
        .iter()
        .find_map(|line| line.strip_prefix("requests   "));
    let requests: u32 = requests
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!((150..=190).contains(&requests), "{requests}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_with_a_summary() {
    let shop = Shop::start(&[], &[]);
    std::thread::sleep(Duration::from_secs(1));
    shop.signal("INT");
    let end = shop.wait();
    assert!(end.status.success(), "{}", end.stderr);
    assert!(
        end.stdout
            .iter()
            .any(|line| line.starts_with("durations  p50")),
        "{:?}",
        end.stdout
    );
}

#[test]
fn it_goes_on_when_nobody_reads_what_it_prints() {
    let mut command = command();
    command.args(["--port", "0", "--for", "1s"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn sigterm_ends_it_with_a_summary() {
    let shop = Shop::start(&["--no-load"], &[]);
    shop.signal("TERM");
    let end = shop.wait();
    assert!(end.status.success(), "{}", end.stderr);
    assert!(end.stdout.contains(&"requests   0 (0.0/s)".to_owned()));
}

#[test]
fn a_port_in_use_is_named_with_the_option_that_changes_it() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = command().args(["--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains(&port) && message.contains("--port"),
        "{message}"
    );
}
