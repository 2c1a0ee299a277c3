//! The log over HTTP: its records and its levels, of a service that runs.

#![cfg(all(feature = "http", feature = "log"))]

use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use obs_runtime::config::Layers;
use obs_runtime::{Starter, log, trace};
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

/// The address of the one service of this process, which runs to its end.
static SERVICE: LazyLock<SocketAddr> = LazyLock::new(|| {
    let directory = std::env::temp_dir();
    let file = directory.join(format!("obs-log-endpoints-{}.log", std::process::id()));
    let variables = [
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS__HTTP__ANONYMOUS", "write"),
        ("OBS_LOG", "info"),
        ("OBS__LOGGING__OUTPUTS", "file"),
        ("OBS_LOG_FILE", file.to_str().unwrap()),
    ];
    let starter = Starter::new(Layers::default().variables(variables));
    let running = starter.start().unwrap();
    let address = running.address().unwrap();
    std::mem::forget(running);
    address
});
/// The levels are those of the process, so one test at a time changes them.
static LEVELS: Mutex<()> = Mutex::const_new(());

fn url(path: &str) -> String {
    format!("http://{}/monitoring{path}", *SERVICE)
}

async fn read(response: reqwest::Response) -> (u16, Value) {
    let status = response.status().as_u16();
    (
        status,
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap(),
    )
}

async fn get(path: &str) -> (u16, Value) {
    read(reqwest::get(url(path)).await.unwrap()).await
}

async fn put(path: &str, body: impl Into<reqwest::Body>) -> (u16, Value) {
    let ask = reqwest::Client::new().put(url(path));
    let ask = ask.header("content-type", "application/json").body(body);
    read(ask.send().await.unwrap()).await
}

#[cfg(feature = "macros")]
async fn post(path: &str, body: impl Into<reqwest::Body>) -> (u16, Value) {
    let ask = reqwest::Client::new().post(url(path));
    let ask = ask.header("content-type", "application/json").body(body);
    read(ask.send().await.unwrap()).await
}

async fn messages(query: &str) -> Vec<String> {
    let (status, body) = get(&format!("/logs?{query}")).await;
    assert_eq!(status, 200, "{body}");
    let records = body["records"].as_array().unwrap().iter();
    records
        .map(|record| record["message"].as_str().unwrap().to_owned())
        .collect()
}

async fn alone() -> MutexGuard<'static, ()> {
    let guard = LEVELS.lock().await;
    LazyLock::force(&SERVICE);
    log::set_levels("info").unwrap();
    guard
}

#[tokio::test]
async fn records_are_found_by_every_condition() {
    let _alone = alone().await;
    let target = "records_are_found";
    let id = {
        let _span = trace::span("search").enter();
        tracing::warn!(target: "records_are_found::inner", card = "VISA", "declined");
        trace::current_trace_id().unwrap().to_string()
    };
    tracing::info!(target: "records_are_found", amount = 12.5, ok = true, "paid");
    for (query, expected) in [
        ("", vec!["paid", "declined"]),
        ("&level=warn", vec!["declined"]),
        ("&text=visa", vec!["declined"]),
        (&format!("&trace_id={id}"), vec!["declined"]),
        ("&limit=1", vec!["paid"]),
        ("&since=1h", vec!["paid", "declined"]),
        ("&until=1h", vec![]),
        (
            "&since=2020-01-01T00:00:00%2B01:00",
            vec!["paid", "declined"],
        ),
        ("&since=2500-01-01T00:00:00Z", vec![]),
        (
            "&until=2500-01-01T00:00:00.5Z&since=10m",
            vec!["paid", "declined"],
        ),
    ] {
        let found = messages(&format!("target={target}{query}")).await;
        assert_eq!(found, expected, "{query}");
    }
    let (_, body) = get(&format!("/logs?target={target}")).await;
    let [paid, declined] = body["records"].as_array().unwrap().as_slice() else {
        panic!("{body}");
    };
    assert_eq!(declined["trace_id"], id);
    assert_eq!(declined["level"], "WARN");
    assert_eq!(paid["fields"], json!({"amount": 12.5, "ok": true}));
    assert_eq!(paid["target"], target);
    assert!(
        paid.get("trace_id").is_none(),
        "what is not known is left out"
    );
    assert!(paid["file"].as_str().unwrap().ends_with("log_endpoints.rs"));
    assert!(paid["timestamp"].as_str().unwrap().ends_with('Z'));
}

#[tokio::test]
async fn what_cannot_be_searched_for_is_refused_with_the_fix() {
    let _alone = alone().await;
    for (query, message) in [
        (
            "level=warning",
            "`level`: unknown value `warning`; did you mean `warn`?",
        ),
        (
            "level=off",
            "`level`: no record has the level `off`; leave it out for all",
        ),
        (
            "since=yesterday",
            "`since`: `yesterday` is no time; write `2026-08-06T12:00:00Z`, or `10m` for ten minutes ago, and a `+` as `%2B`",
        ),
        ("limit=0", "`limit`: `0` is not a number from 1 to 1000"),
        (
            "levl=info",
            "unknown parameter `levl`; did you mean `level`?",
        ),
    ] {
        let (status, body) = get(&format!("/logs?{query}")).await;
        assert_eq!(status, 400, "{query}");
        assert_eq!(body["message"], message);
    }
    let (status, _) = get("/logs?trace_id=xyz").await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn levels_are_changed_for_good_and_the_change_is_logged() {
    let _alone = alone().await;
    let (status, body) = put("/debug/log-level", r#"{"levels": "warn,changed=debug"}"#).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(
        body,
        json!({"before": "info", "after": "warn,changed=debug", "until": null})
    );
    tracing::debug!(target: "changed", "detail");
    tracing::info!(target: "unchanged", "left out");
    assert_eq!(messages("target=changed").await, ["detail"]);
    assert!(messages("target=unchanged").await.is_empty());
    let (_, body) = get("/debug/log-level").await;
    assert_eq!(
        body,
        json!({"levels": "warn,changed=debug", "temporary": null})
    );
    let (_, body) = get("/logs?target=obs&text=changed%3Ddebug").await;
    let record = &body["records"][0];
    assert_eq!(record["message"], "log levels changed");
    assert_eq!(
        record["fields"],
        json!({"before": "info", "after": "warn,changed=debug"})
    );
}

#[tokio::test]
async fn levels_that_are_changed_for_a_while_go_back() {
    let _alone = alone().await;
    let (status, body) = put("/debug/log-level", r#"{"levels": "trace", "for": "1h"}"#).await;
    assert_eq!(status, 200, "{body}");
    assert!(body["until"].is_string());
    // A second change in the meantime goes back to what held before the first.
    let (_, body) = put("/debug/log-level", r#"{"levels": "debug", "for": "1s"}"#).await;
    assert_eq!(body["before"], "trace");
    let (_, body) = get("/debug/log-level").await;
    assert_eq!(body["levels"], "debug");
    assert_eq!(body["temporary"]["former"], "info");
    let started = Instant::now();
    while get("/debug/log-level").await.1["levels"] != "info" {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "it never went back"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(started.elapsed() > Duration::from_millis(500));
    let (_, body) = get("/debug/log-level").await;
    assert_eq!(body["temporary"], Value::Null);
}

#[tokio::test]
async fn levels_that_the_program_changed_meanwhile_stay() {
    let _alone = alone().await;
    put("/debug/log-level", r#"{"levels": "trace", "for": "1s"}"#).await;
    log::set_levels("error").unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(log::levels().unwrap().to_string(), "error");
}

#[tokio::test]
async fn levels_that_cannot_be_read_change_nothing() {
    let _alone = alone().await;
    for (body, code, message) in [
        (
            r#"{"levels": "inof,shop=debgu"}"#,
            "bad_value",
            "`levels`: unknown value `inof`; did you mean `info`?\nunknown value `debgu`; did you mean `debug`?",
        ),
        (
            "{}",
            "missing_parameter",
            r#"`levels` is missing; write `{"levels": "info,shop=debug"}`"#,
        ),
        (
            r#"{"level": "info"}"#,
            "unknown_parameter",
            "unknown parameter `level`; did you mean `levels`?",
        ),
    ] {
        let (status, answer) = put("/debug/log-level", body).await;
        assert_eq!((status, answer["error"].as_str()), (400, Some(code)));
        assert_eq!(answer["message"], message);
    }
    for bad in ["10", "500ms", "8d"] {
        let body = json!({"levels": "debug", "for": bad}).to_string();
        assert_eq!(put("/debug/log-level", body).await.0, 400, "{bad}");
    }
    let long = json!({"levels": "x".repeat(100_000)}).to_string();
    assert_eq!(put("/debug/log-level", long).await.0, 413);
    assert_eq!(log::levels().unwrap().to_string(), "info");
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing() {
    let _alone = alone().await;
    let client = reqwest::Client::new();
    let ask = || client.put(url("/debug/log-level?levels=trace"));
    let json = |ask: reqwest::RequestBuilder| ask.header("content-type", "application/json");
    for (ask, expected) in [
        (ask(), 415),
        (ask().header("content-type", "text/plain"), 415),
        (json(ask()).header("origin", "http://evil.example"), 403),
        (json(ask()).header("sec-fetch-site", "cross-site"), 403),
        (json(client.post(url("/debug/log-level"))), 405),
    ] {
        assert_eq!(ask.send().await.unwrap().status(), expected);
    }
    assert_eq!(log::levels().unwrap().to_string(), "info");
    assert_eq!(json(ask()).send().await.unwrap().status(), 200);
}

#[cfg(feature = "macros")]
#[tokio::test]
async fn a_debug_flag_is_shown_and_turned_on_for_a_while() {
    #[obs_runtime::debug_trace("endpoint")]
    fn traced(number: u32) -> u32 {
        number
    }
    const FUNCTION: &str = "log_endpoints::traced";

    let _alone = alone().await;
    let (status, body) = get("/debug/flags").await;
    let off = json!({"flag": "endpoint", "on": false, "until": null, "functions": [FUNCTION]});
    assert_eq!((status, body), (200, json!({ "flags": [off] })));

    assert_eq!(traced(1), 1);
    let (status, body) = post(
        "/debug/flags",
        r#"{"flag": "endpoint", "on": true, "for": "1s"}"#,
    )
    .await;
    assert_eq!((status, &body["on"]), (200, &true.into()), "{body}");
    assert!(body["until"].is_string());
    assert_eq!(traced(2), 2);
    let (_, body) = get("/logs?text=arg.number").await;
    let [record] = body["records"].as_array().unwrap().as_slice() else {
        panic!("{body}");
    };
    assert_eq!(record["fields"]["arg.number"], "2");
    assert_eq!(record["fields"]["result"], "2");
    let started = Instant::now();
    while get("/debug/flags").await.1["flags"][0] != off {
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "it never went off"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    let (status, body) = post("/debug/flags", r#"{"flag": "endpiont", "on": true}"#).await;
    assert_eq!(status, 404);
    assert_eq!(
        body["message"],
        "unknown debug flag `endpiont`; did you mean `endpoint`?"
    );
    assert_eq!(body["known"], json!(["endpoint"]));
    for body in [
        r#"{"flag": "endpoint"}"#,
        r#"{"on": true}"#,
        r#"{"flag": "endpoint", "on": "yes"}"#,
    ] {
        assert_eq!(post("/debug/flags", body).await.0, 400, "{body}");
    }
}

#[tokio::test]
async fn every_change_is_a_record_of_the_audit() {
    let _alone = alone().await;
    let (status, _) = put("/debug/log-level", r#"{"levels": "info,audited=debug"}"#).await;
    assert_eq!(status, 200);
    let (_, body) = get("/logs?target=obs::audit").await;
    let fields = &body["records"][0]["fields"];
    assert_eq!(fields["who"], "anonymous", "{body}");
    assert_eq!(fields["path"], "/monitoring/debug/log-level");
    assert_eq!(fields["before"], "info");
    assert_eq!(fields["after"], "info,audited=debug");
    assert!(fields["from"].as_str().unwrap().starts_with("127.0.0.1:"));
}
