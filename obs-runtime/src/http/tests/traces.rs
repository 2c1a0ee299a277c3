//! The traces over HTTP. The store is the process's, so every test has operations of its own.

use super::*;
use crate::trace::{Keep, SpanBatch, SpanData, SpanEvent, SpanId, Status, TraceId};
use crate::{testing, trace};

const BASE: u64 = 1_786_017_600_000_000_000;

/// Stores a trace of `order`, with `pay` in it, that began `age` ago.
fn store(id: u128, name: &'static str, error: bool) -> TraceId {
    let trace_id = TraceId::new(id).unwrap();
    let [order, pay] = [1, 2].map(|number| SpanId::new(number).unwrap());
    let root = SpanData::new(order, None, name, BASE, 250_000_000);
    let mut child = SpanData::new(pay, Some(order), "pay", BASE + 50_000_000, 150_000_000);
    child.attributes.push(("amount".into(), 12.5.into()));
    child
        .attributes
        .push(("note".into(), "a \"quoted\"\n\u{0} note".into()));
    child.attributes.push(("ratio".into(), f64::NAN.into()));
    child.events.push(SpanEvent {
        name: "retried".into(),
        time_unix_ns: BASE + 60_000_000,
        attributes: vec![("attempt".into(), 2_u32.into())],
    });
    if error {
        child.status = Status::Error;
        child.status_message = Some("card declined".into());
    }
    let keep = if error { Keep::Error } else { Keep::Sampled };
    let spans = vec![root, child];
    trace::store().insert(SpanBatch {
        trace_id,
        keep,
        spans,
        dropped_spans: 0,
    });
    trace_id
}

fn ids(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|trace| trace["trace_id"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn stored_traces_are_found_by_every_condition() {
    let server = Server::start();
    let good = store(0x11, "list.order", false).to_string();
    let bad = store(0x12, "list.order", true).to_string();
    for (query, expected) in [
        ("", vec![&*bad, &*good]),
        ("&error=true", vec![&*bad]),
        ("&error=false", vec![&*good]),
        ("&min_duration=250ms", vec![&*bad, &*good]),
        ("&min_duration=251ms", vec![]),
        ("&limit=1", vec![&*bad]),
        (&format!("&trace_id={good}"), vec![&*good]),
    ] {
        let (status, body) = server
            .json(&format!("/monitoring/traces?operation=list.order{query}"))
            .await;
        assert_eq!(status, 200);
        assert_eq!(ids(&body["stored"]), expected, "{query}");
    }
    let (_, body) = server
        .json(&format!("/monitoring/traces?trace_id={bad}"))
        .await;
    let found = &body["stored"][0];
    assert_eq!(found["name"], "list.order");
    assert_eq!(found["start"], "2026-08-06T12:00:00.000000Z");
    assert_eq!(found["duration_ms"], 250.0);
    assert_eq!((&found["spans"], &found["errors"]), (&2.into(), &1.into()));
    assert_eq!(found["kept"], "error");
    assert!(body["store"]["traces"].as_u64().unwrap() >= 2);
}

#[tokio::test]
async fn traces_under_way_are_listed() {
    let server = Server::start();
    let _capture = testing::capture();
    let span = trace::span("active.order").enter();
    let id = trace::current_trace_id().unwrap().to_string();
    let (_, body) = server
        .json("/monitoring/traces?operation=active.order")
        .await;
    assert_eq!(ids(&body["active"]), [&*id]);
    assert!(body["active"][0]["elapsed_ms"].as_f64().unwrap() >= 0.0);
    assert!(ids(&body["stored"]).is_empty());
    let (_, body) = server
        .json("/monitoring/traces?operation=active.order&min_duration=1h")
        .await;
    assert!(ids(&body["active"]).is_empty());
    drop(span);
    let (_, body) = server
        .json("/monitoring/traces?operation=active.order")
        .await;
    assert!(ids(&body["active"]).is_empty());
}

#[tokio::test]
async fn one_trace_is_told_in_full() {
    let server = Server::start();
    let id = store(0x21, "one.order", true);
    let (status, body) = server.json(&format!("/monitoring/traces/{id}")).await;
    assert_eq!(status, 200);
    assert_eq!(body["trace"]["trace_id"], id.to_string());
    let span = &body["spans"][1];
    assert_eq!(span["parent_id"], "0000000000000001");
    assert_eq!(
        (&span["offset_ms"], &span["duration_ms"]),
        (&50.0.into(), &150.0.into())
    );
    assert_eq!(
        (&span["status"], &span["status_message"]),
        (&"error".into(), &"card declined".into())
    );
    assert_eq!(span["attributes"]["amount"], 12.5);
    assert_eq!(span["attributes"]["note"], "a \"quoted\"\n\u{0} note");
    assert_eq!(span["attributes"]["ratio"], "NaN");
    assert_eq!(span["events"][0]["attributes"]["attempt"], 2);
    let pay = &body["operations"][0];
    assert_eq!(
        (&pay["name"], &pay["own_ms"]),
        (&"pay".into(), &150.0.into())
    );
}

#[tokio::test]
async fn the_waterfall_and_the_critical_path_are_those_of_the_analysis() {
    let server = Server::start();
    let id = store(0x31, "chart.order", false);
    let (_, body) = server
        .json(&format!("/monitoring/traces/{id}/waterfall"))
        .await;
    let rows = body["rows"].as_array().unwrap().iter();
    let rows: Vec<_> = rows
        .map(|row| {
            (
                row["name"].as_str().unwrap(),
                row["depth"].as_u64().unwrap(),
                row["offset_ms"].as_f64().unwrap(),
            )
        })
        .collect();
    assert_eq!(rows, [("chart.order", 0, 0.0), ("pay", 1, 50.0)]);

    let (_, body) = server
        .json(&format!("/monitoring/traces/{id}/critical-path"))
        .await;
    let parts = body["segments"].as_array().unwrap().iter();
    let parts: Vec<_> = parts
        .map(|part| {
            (
                part["name"].as_str().unwrap(),
                part["duration_ms"].as_f64().unwrap(),
                part["share"].as_f64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        parts,
        [
            ("chart.order", 50.0, 0.2),
            ("pay", 150.0, 0.6),
            ("chart.order", 50.0, 0.2)
        ]
    );
    assert_eq!(body["duration_ms"], 250.0);
}

#[tokio::test]
async fn old_traces_are_forgotten_on_request() {
    let server = Server::start();
    let young = store(0x41, "cleanup.order", false);
    let old = TraceId::new(0x42).unwrap();
    let span = SpanData::new(SpanId::new(1).unwrap(), None, "cleanup.order", 1, 1);
    trace::store().insert(SpanBatch {
        trace_id: old,
        keep: Keep::Sampled,
        spans: vec![span],
        dropped_spans: 0,
    });
    // Other tests' traces are younger than ten thousand days.
    let ask = reqwest::Client::new().post(server.url("/monitoring/traces/cleanup"));
    let ask = ask.header("content-type", "application/json");
    let answer = ask.body(r#"{"max_age": "10000d"}"#).send().await.unwrap();
    let (status, body) = read_json(answer).await;
    assert_eq!((status, &body["removed"]), (200, &1.into()));
    assert!(trace::store().get(old).is_none());
    assert!(trace::store().get(young).is_some());
}

#[tokio::test]
async fn a_trace_that_is_not_there_is_404() {
    let server = Server::start();
    for below in ["", "/waterfall", "/critical-path"] {
        let path = format!("/monitoring/traces/{:032x}{below}", 0x99);
        let (status, body) = server.json(&path).await;
        assert_eq!(
            (status, body["error"].as_str()),
            (404, Some("not_found")),
            "{path}"
        );
    }
}
