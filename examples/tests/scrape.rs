//! The metrics as others read them: the reference parsers, promtool and a real Prometheus.
//!
//! A machine without these programs skips what needs them, and says so.

mod common;

use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use common::shop::Shop;
use common::tools;
use serde_json::Value;

const TEXT: &str = "text/plain;version=0.0.4";
const OPENMETRICS: &str = "application/openmetrics-text;version=1.0.0";
/// For how long Prometheus scrapes, once a second.
const SCRAPING: Duration = Duration::from_secs(20);

/// A shop with some traffic behind it.
async fn busy_shop() -> Shop {
    let shop = Shop::start(&["--rate", "100"], &[]);
    tokio::time::sleep(Duration::from_secs(3)).await;
    shop
}

#[tokio::test]
async fn the_reference_parsers_read_both_formats() {
    if tools::python().is_none() {
        return;
    }
    let shop = busy_shop().await;
    for (name, accept) in [("text", TEXT), ("openmetrics", OPENMETRICS)] {
        let (content_type, text) = shop.metrics(accept).await;
        let expected = accept.split(';').next().unwrap();
        assert!(content_type.starts_with(expected), "{content_type}");
        check(name, &text);
    }
}

fn check(format: &str, text: &str) {
    let Some(mut python) = tools::python() else {
        return;
    };
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/check_exposition.py");
    let output = python
        .arg(script)
        .arg(format)
        .arg(file.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{format}: {said}");
    println!("{}", String::from_utf8_lossy(&output.stdout).trim());
}

#[tokio::test]
async fn promtool_has_nothing_to_say() {
    let Some(mut promtool) = tools::promtool() else {
        return;
    };
    let (_, text) = busy_shop().await.metrics(TEXT).await;
    let mut child = promtool
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert_eq!(String::from_utf8_lossy(&said), "");
    assert!(output.status.success());
}

#[tokio::test]
async fn a_real_prometheus_scrapes_without_errors() {
    let shop = Shop::start(&["--rate", "100"], &[]);
    let target = shop.monitoring().strip_prefix("http://").unwrap();
    let Some(prometheus) = Prometheus::start(target) else {
        return;
    };
    tokio::time::sleep(SCRAPING).await;

    let targets = prometheus.get("targets").await;
    let target = &targets["data"]["activeTargets"][0];
    assert_eq!(
        (&target["health"], &target["lastError"]),
        (&"up".into(), &"".into()),
        "{target}"
    );

    let scrapes = prometheus.number("count_over_time(up[1m])").await;
    let good = prometheus.number("sum_over_time(up[1m])").await;
    assert!(scrapes >= 10.0, "{scrapes} scrapes");
    assert_eq!(good, scrapes, "scrapes without an error");

    let orders = "sum(rate(operation_calls_total{operation=\"place_order\"}[15s]))";
    let rate = prometheus.number(orders).await;
    assert!((40.0..100.0).contains(&rate), "{rate} orders per second");
    let p95 =
        "histogram_quantile(0.95, sum by (le) (rate(operation_duration_seconds_bucket[15s])))";
    let p95 = prometheus.number(p95).await;
    assert!((0.000_001..5.0).contains(&p95), "p95 of {p95} s");
    println!("{scrapes} scrapes, {rate:.1} orders/s, p95 {p95:.4} s");
}

/// A Prometheus server with one target, in a directory of its own.
struct Prometheus {
    child: Child,
    address: String,
    _directory: tempfile::TempDir,
}

impl Prometheus {
    fn start(target: &str) -> Option<Self> {
        let mut command = tools::prometheus()?;
        let directory = tempfile::tempdir().unwrap();
        let configuration = directory.path().join("prometheus.yml");
        std::fs::write(
            &configuration,
            format!(
                "global: {{scrape_interval: 1s}}\n\
                 scrape_configs:\n\
                 - job_name: shop\n  \
                   static_configs: [{{targets: ['{target}']}}]\n"
            ),
        )
        .unwrap();
        let address = free_address();
        let child = command
            .arg(format!("--config.file={}", configuration.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                directory.path().join("data").display()
            ))
            .arg(format!("--web.listen-address={address}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Some(Self {
            child,
            address,
            _directory: directory,
        })
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("http://{}/api/v1/{path}", self.address);
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            match reqwest::get(&url).await {
                Ok(response) if response.status() == 200 => return response.json().await.unwrap(),
                other => assert!(Instant::now() < deadline, "{url}: {other:?}"),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// The one number that a query gives.
    async fn number(&self, query: &str) -> f64 {
        let escaped: String = query.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let answer = self.get(&format!("query?query={escaped}")).await;
        let result = &answer["data"]["result"];
        assert_eq!(
            result.as_array().map(Vec::len),
            Some(1),
            "{query}: {answer}"
        );
        result[0]["value"][1].as_str().unwrap().parse().unwrap()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // It has ended already, or is of no more use.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An address that was free a moment ago.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}
