//! The metrics over HTTP: formats, compression, collectors that misbehave.

use std::io::Read as _;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Instant;

use obs_schema::def::{MetricDef, MetricKind};
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};

use super::*;
use crate::collect::{Collect, Sink};
use crate::metric::{Histogram, Instrument, Registry};

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROMETHEUS_3: &str = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
    application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,\
    text/plain;version=0.0.4;q=0.2,*/*;q=0.1";

async fn scrape(server: &Server, path: &str, headers: &[(&str, &str)]) -> reqwest::Response {
    let mut ask = reqwest::Client::new().get(server.url(path));
    for (name, value) in headers {
        ask = ask.header(*name, *value);
    }
    ask.send().await.unwrap()
}

#[tokio::test]
async fn the_format_follows_accept() {
    let server = Server::start();
    let with_escaping = format!("{OPENMETRICS}; escaping=allow-utf-8");
    for (accept, expected) in [
        (&[][..], TEXT),
        (&["*/*"], TEXT),
        (&["text/html,*/*;q=0.8"], TEXT),
        (&["text/plain"], TEXT),
        (&["application/openmetrics-text"], OPENMETRICS),
        (
            &["application/openmetrics-text; version=1.0.0"],
            OPENMETRICS,
        ),
        (&["application/openmetrics-text;version=2.0.0"], TEXT),
        (
            &["text/plain;q=0.9, application/openmetrics-text;q=0.1"],
            TEXT,
        ),
        (
            &["text/plain;q=0.1", "application/openmetrics-text;q=0.9"],
            OPENMETRICS,
        ),
        (&["application/openmetrics-text;q=0"], TEXT),
        (&["application/vnd.google.protobuf"], TEXT),
        (&["\u{1f980};;;=,q"], TEXT),
        (&[PROMETHEUS_3], &*with_escaping),
    ] {
        for path in ["/metrics", "/monitoring/metrics"] {
            let headers: Vec<_> = accept
                .iter()
                .map(|accept| (ACCEPT.as_str(), *accept))
                .collect();
            let answer = scrape(&server, path, &headers).await;
            assert_eq!(answer.status(), 200);
            assert_eq!(answer.headers()[CONTENT_TYPE], expected, "{accept:?}");
            let text = answer.text().await.unwrap();
            assert!(text.contains("obs_series "), "{text}");
            assert_eq!(text.ends_with("# EOF\n"), expected != TEXT, "{accept:?}");
        }
    }
}

#[tokio::test]
async fn many_scrapers_at_once_are_all_answered() {
    let server = Server::start();
    let all = (0..100).map(|_| scrape(&server, "/metrics", &[]));
    for answer in futures::future::join_all(all).await {
        assert_eq!(answer.status().as_u16(), 200);
    }
}

#[tokio::test]
async fn a_compressed_scrape_unpacks_to_the_metrics() {
    let server = Server::start();
    let headers = [
        (ACCEPT_ENCODING.as_str(), "gzip"),
        (ACCEPT.as_str(), PROMETHEUS_3),
    ];
    let answer = scrape(&server, "/metrics", &headers).await;
    assert_eq!(answer.headers()[CONTENT_ENCODING], "gzip");
    let packed = answer.bytes().await.unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*packed)
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.ends_with("# EOF\n"));
    assert!(text.len() > packed.len());
}

#[tokio::test]
async fn a_collector_that_panics_costs_its_own_series() {
    struct Broken;
    impl Collect for Broken {
        fn name(&self) -> &str {
            "broken"
        }

        fn collect(&self, _: &mut Sink<'_>) {
            panic!("on purpose");
        }
    }
    let registration = Registry::global().register_collector(Broken);
    let server = Server::start();
    let answer = scrape(&server, "/metrics", &[]).await;
    Registry::global().unregister(registration);
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    assert!(
        text.contains("obs_collector_errors_total{collector=\"broken\"} "),
        "{text}"
    );
}

#[tokio::test]
async fn a_slow_collector_does_not_hold_up_a_probe() {
    static STARTED: AtomicBool = AtomicBool::new(false);
    static GO_ON: AtomicBool = AtomicBool::new(false);
    struct Slow;
    impl Collect for Slow {
        fn name(&self) -> &str {
            "slow"
        }

        fn collect(&self, _: &mut Sink<'_>) {
            STARTED.store(true, SeqCst);
            let begun = Instant::now();
            while !GO_ON.load(SeqCst) && begun.elapsed() < Duration::from_secs(10) {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
    let registration = Registry::global().register_collector(Slow);
    let server = Server::start();
    let url = server.url("/metrics");
    let scrape = tokio::spawn(async move { reqwest::get(url).await.unwrap().status() });
    while !STARTED.load(SeqCst) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(server.get("/live").await.status(), 200);
    assert!(!scrape.is_finished());
    Registry::global().unregister(registration);
    GO_ON.store(true, SeqCst);
    assert_eq!(scrape.await.unwrap(), 200);
}

#[tokio::test]
async fn the_summary_tells_what_happened_within_the_window() {
    static DEPTH: MetricDef = MetricDef {
        unit: "seconds",
        buckets: &[0.1, 1.0, 10.0],
        ..MetricDef::new(
            "summary_test_seconds",
            "Seen by a test.",
            MetricKind::Histogram,
        )
    };
    let server = Server::start();
    let depth = Histogram::register(&DEPTH);
    let (status, body) = server.json("/monitoring/metrics/summary").await;
    assert_eq!((status, &body["window_seconds"]), (200, &300.0.into()));
    for _ in 0..4 {
        depth.observe(0.5);
    }
    // Snapshots are taken at most once a second.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let (_, body) = server.json("/monitoring/metrics/summary?window=1m").await;
    let metrics = body["metrics"].as_array().unwrap();
    let seen = metrics
        .iter()
        .find(|one| one["name"] == "summary_test_seconds")
        .unwrap();
    assert_eq!(
        (&seen["kind"], &seen["unit"]),
        (&"histogram".into(), &"seconds".into())
    );
    assert_eq!(seen["total"]["count"], 4);
    assert_eq!(seen["total"]["mean"], 0.5);
    let [series] = &**seen["series"].as_array().unwrap() else {
        panic!("{seen}")
    };
    assert_eq!(series["labels"], serde_json::json!({}));
    for quantile in ["median", "p95", "p99"] {
        let value = series[quantile].as_f64().unwrap();
        assert!((0.1..=1.0).contains(&value), "{quantile}: {value}");
    }
    assert!(series["rate"].as_f64().unwrap() > 0.0);
}
