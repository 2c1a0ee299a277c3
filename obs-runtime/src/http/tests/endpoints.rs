//! What each endpoint answers.

use std::io::Read as _;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use obs_schema::def::{
    BlockDef, CallOutcome, LabelDef, MetricDef, MetricKind, OperationDef, OperationFamily, Source,
    SpanKind, Values,
};
use serde_json::json;

use super::*;
use crate::callsite::Callsite;
use crate::http::ENDPOINTS;
use crate::label::Labels;
use crate::metric::{Counter, Family, Instrument};
use crate::series::SeriesKey;

#[tokio::test]
async fn every_endpoint_without_an_id_answers() {
    let server = Server::start();
    for endpoint in ENDPOINTS.iter().filter(|one| one.method() == "GET") {
        let path = endpoint.path();
        if path.contains('{') {
            continue;
        }
        let response = server.get(&path).await;
        // What needs a started service says so.
        let status = response.status().as_u16();
        assert!(status == 200 || status == 503, "{path}: {status}");
        let headers = response.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        assert!(
            !headers.contains_key("access-control-allow-origin"),
            "{path}"
        );
        assert!(!response.bytes().await.unwrap().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn a_head_is_an_answer_without_its_body() {
    let server = Server::start();
    let client = reqwest::Client::new();
    for path in ["/live", "/monitoring", "/monitoring/nothing"] {
        let whole = server.get(path).await;
        let head = client.head(server.url(path)).send().await.unwrap();
        assert_eq!(head.status(), whole.status(), "{path}");
        assert_eq!(
            head.headers()["content-type"],
            whole.headers()["content-type"]
        );
        assert_eq!(
            head.headers()["content-length"],
            whole.headers()["content-length"]
        );
        assert!(head.bytes().await.unwrap().is_empty());
    }
    let head = client.head(server.url("/metrics")).send().await.unwrap();
    assert_eq!(head.status(), 200);
}

#[tokio::test]
async fn a_living_process_is_live_and_one_that_has_not_started_is_not_ready() {
    let server = Server::start();
    assert_eq!(
        server.json("/live").await,
        (200, json!({"status": "healthy"}))
    );
    for path in ["/ready", "/startup", "/health"] {
        let (status, body) = server.json(path).await;
        assert_eq!(status, 503, "{path}");
        assert_eq!(body["status"], "unhealthy");
        assert_eq!(body["reason"], "the service has not started");
    }
}

#[tokio::test]
async fn the_index_lists_the_table() {
    let server = Server::start();
    let (_, body) = server.json("/monitoring/").await;
    let listed: Vec<_> = body["endpoints"].as_array().unwrap().iter().collect();
    assert_eq!(listed.len(), ENDPOINTS.len());
    for (entry, endpoint) in listed.iter().zip(ENDPOINTS) {
        assert_eq!(entry["path"], endpoint.path());
        assert_eq!(entry["method"], endpoint.method());
        assert_eq!(entry["access"], endpoint.access().as_str());
    }
}

#[tokio::test]
async fn a_browser_gets_a_page() {
    let server = Server::start();
    let client = reqwest::Client::new();
    let ask = client.get(server.url("/monitoring"));
    let page = ask
        .header("accept", "text/html,*/*;q=0.8")
        .send()
        .await
        .unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"));
    let html = page.text().await.unwrap();
    assert!(html.contains("<a href=\"/monitoring/traces\">"));
    assert!(html.contains("<code>GET /monitoring/traces/{id}</code>"));
    assert!(
        !html.contains("href=\"/monitoring/traces/cleanup\""),
        "a link must change nothing"
    );
}

#[tokio::test]
async fn answers_are_compressed_on_request_only() {
    let server = Server::start();
    let client = reqwest::Client::new();
    let plain = server.get("/monitoring").await;
    assert!(!plain.headers().contains_key("content-encoding"));
    let plain = plain.bytes().await.unwrap();
    let ask = client.get(server.url("/monitoring"));
    let packed = ask
        .header("accept-encoding", "br;q=1, gzip;q=0.5")
        .send()
        .await
        .unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert_eq!(packed.headers()["vary"], "accept, accept-encoding");
    let length: usize = packed.headers()["content-length"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    let packed = packed.bytes().await.unwrap();
    assert_eq!(length, packed.len());
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&*packed)
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, plain);
    let refused = client
        .get(server.url("/monitoring"))
        .header("accept-encoding", "gzip;q=0");
    let refused = refused.send().await.unwrap();
    assert!(!refused.headers().contains_key("content-encoding"));
}

#[tokio::test]
async fn the_system_is_this_one() {
    let server = Server::start();
    let (_, body) = server.json("/monitoring/system/info").await;
    assert_eq!(body["process"]["pid"], std::process::id());
    assert_eq!(body["build"]["obs"], env!("CARGO_PKG_VERSION"));
    assert_eq!(body["host"]["arch"], std::env::consts::ARCH);
    let sources = ["tsc", "cntvct", "monotonic"];
    assert!(sources.contains(&body["clock"]["source"].as_str().unwrap()));
    assert!(body["clock"]["ticks_per_second"].as_u64().unwrap() >= 1_000_000);
    assert!(body["clock"]["fallback"].is_null());
    #[cfg(target_os = "linux")]
    assert!(body["process"]["resident_memory_bytes"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn the_configuration_is_there_after_the_start() {
    let (status, body) = Server::start().json("/monitoring/debug/config").await;
    assert_eq!((status, &body["error"]), (503, &json!("not_started")));
}

#[tokio::test]
async fn the_catalogue_has_every_definition() {
    static SEEN: MetricDef = MetricDef {
        labels: &[LabelDef {
            name: "colour",
            values: Values::Finite(&["red", "blue"]),
        }],
        ..MetricDef::new(
            "catalogue_test_total",
            "Seen by a test.",
            MetricKind::Counter,
        )
    };
    struct Colour;
    impl Labels for Colour {
        const LABELS: &'static [LabelDef] = SEEN.labels;

        fn with_key<R>(&self, use_key: impl FnOnce(SeriesKey<'_>) -> R) -> R {
            use_key(SeriesKey::Index(0))
        }
    }
    let family: Family<Counter, Colour> = Family::register(&SEEN);
    family.with(&Colour).inc();

    static CALLSITE: Callsite = Callsite::new(&OperationDef {
        name: "catalogue.pay",
        service: "Payments",
        function: "shop::pay",
        span: Some(SpanKind::Client),
        blocks: &[BlockDef {
            family: OperationFamily::Duration,
            constants: &[("operation", "catalogue.pay")],
            buckets: &[0.1, 1.0],
        }],
        labels: &[],
        outcomes: CallOutcome::Ok.bit() | CallOutcome::Error.bit(),
        slow_secs: 0.5,
        root: false,
        attributes: &[("peer", "bank")],
        source: Source {
            module: "shop",
            file: "shop.rs",
            line: 7,
        },
    });
    CALLSITE.word();

    let (_, body) = Server::start().json("/monitoring/catalog").await;
    let operations = body["operations"].as_array().unwrap();
    let pay = operations
        .iter()
        .find(|one| one["name"] == "catalogue.pay")
        .unwrap();
    assert_eq!(
        *pay,
        json!({
            "name": "catalogue.pay",
            "service": "Payments",
            "function": "shop::pay",
            "span": "client",
            "root": false,
            "slow_seconds": 0.5,
            "labels": [],
            "outcomes": ["ok", "error"],
            "metrics": [{
                "names": ["operation_duration_seconds"],
                "labels": {"operation": "catalogue.pay"},
                "buckets": [0.1, 1.0],
            }],
            "attributes": {"peer": "bank"},
            "source": {"module": "shop", "file": "shop.rs", "line": 7},
        })
    );
    let metrics = body["metrics"].as_array().unwrap();
    let find = |name| {
        metrics
            .iter()
            .filter(|metric| metric["name"] == name)
            .collect::<Vec<_>>()
    };
    let [seen] = *find("catalogue_test_total") else {
        panic!("{metrics:?}")
    };
    assert_eq!(seen["help"], "Seen by a test.");
    assert_eq!(seen["kind"], "counter");
    assert_eq!(
        seen["labels"],
        json!([{"name": "colour", "values": ["red", "blue"]}])
    );
    let [calls] = *find("operation_calls_total") else {
        panic!("{metrics:?}")
    };
    assert_eq!(calls["kind"], "counter");
}

#[tokio::test]
async fn the_process_is_shown_from_inside() {
    let server = Server::start();
    let (status, memory) = server.json("/monitoring/debug/memory").await;
    assert_eq!(status, 200);
    assert!(memory["obs"]["trace_store_budget_bytes"].as_u64() > Some(0));
    let (_, analysis) = server.json("/monitoring/debug/memory-analysis").await;
    assert_eq!(analysis["is_cut"], false);
    let (_, check) = server
        .json("/monitoring/debug/memory-leak-check?window=2h")
        .await;
    assert_eq!(
        (&check["verdict"], &check["window_seconds"]),
        (&"unknown".into(), &7200.0.into())
    );
    let (status, _) = server
        .json("/monitoring/debug/memory-leak-check?window=1s")
        .await;
    assert_eq!(status, 400);
    let (_, threads) = server.json("/monitoring/debug/threads").await;
    let (_, tasks) = server.json("/monitoring/debug/tasks").await;
    assert!(tasks["operations"].is_array() && tasks["runtimes"].is_array());
    if cfg!(target_os = "linux") {
        assert!(memory["process"]["resident_bytes"].as_u64() > Some(0));
        let of = |purpose: &str| analysis["by_purpose"][purpose]["resident_bytes"].as_u64();
        assert!(
            of("file") > Some(0) && of("anonymous") > Some(0),
            "{analysis}"
        );
        assert!(analysis["largest_files"][0]["path"].is_string());
        let names = threads["threads"].to_string();
        assert!(names.contains("\"obs-http\""), "{names}");
    }
    let (_, environment) = server.json("/monitoring/debug/environment").await;
    assert!(environment["variables"]["CARGO_MANIFEST_DIR"].is_string());
    assert!(environment["working_directory"].is_string());
}

#[tokio::test]
async fn memory_is_given_back_as_the_program_said() {
    let server = Server::start();
    let trim = async || {
        let ask = reqwest::Client::new().post(server.url("/monitoring/debug/memory/trim"));
        read_json(ask.header("x-obs-request", "1").send().await.unwrap()).await
    };
    let (status, body) = trim().await;
    assert_eq!((status, &body["error"]), (501, &"no_trim".into()), "{body}");
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let give_back = || ASKED.fetch_add(1, Relaxed) == 0;
    assert!(crate::collect::process::trim_with(give_back));
    assert!(
        !crate::collect::process::trim_with(|| true),
        "the first one counts"
    );
    let (status, body) = trim().await;
    assert_eq!((status, &body["released"]), (200, &true.into()), "{body}");
    assert_eq!(ASKED.load(Relaxed), 1);
}

#[tokio::test]
async fn an_error_can_be_asked_for() {
    let server = Server::start();
    let ask = reqwest::Client::new().post(server.url("/monitoring/debug/force-error"));
    let answer = ask.header("x-obs-request", "1").send().await.unwrap();
    let (status, body) = read_json(answer).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(body["message"], "an error was asked for");
}
