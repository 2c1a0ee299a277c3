//! The shop as its users see it: a process that serves, and that can be looked into.

mod common;

use std::time::Duration;

use common::shop::Shop;
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
    shop.interrupt();
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
fn a_port_in_use_is_named_with_the_option_that_changes_it() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_shop"))
        .args(["--port", &port])
        .env("OBS_LISTEN", "127.0.0.1:0")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains(&port) && message.contains("--port"),
        "{message}"
    );
}
