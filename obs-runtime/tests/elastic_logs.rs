//! Log records go to Elasticsearch: a process that has been started, and a server of the test.
#![cfg(all(feature = "macros", feature = "elastic"))]

use std::io::Read;
use std::thread;
use std::time::Duration;

use flate2::read::GzDecoder;
use obs_runtime::config::Layers;
use obs_runtime::metric::Registry;
use obs_runtime::metric::encode::Format;
use obs_runtime::{Starter, trace_request};
use serde_json::Value;

mod receiver;

#[trace_request("checkout")]
async fn checkout() {
    tracing::warn!(cents = 1250_u64, password = "hunter2", "card declined");
}

fn records(bodies: &receiver::Bodies) -> Vec<Value> {
    let mut lines = String::new();
    for body in bodies.lock().unwrap().iter() {
        GzDecoder::new(&**body).read_to_string(&mut lines).unwrap();
    }
    let lines = lines.lines().skip(1).step_by(2);
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn records_of_a_process_arrive_and_the_exporter_is_silent() {
    let path =
        "/logs-shop-default/_bulk?filter_path=errors,items.*.status,items.*.error.type,error.type";
    let (address, bodies) = receiver::start(path, r#"{"errors":false,"items":[]}"#);
    let layers = Layers::default().variables([
        ("OTEL_SERVICE_NAME", "shop"),
        ("OBS_ELASTIC_URL", &*format!("http://{address}")),
        ("OBS_SAMPLER", "1"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        // What the HTTP client below the exporter logs would be records too.
        ("OBS_LOG", "trace"),
    ]);
    let running = Starter::new(layers).start().unwrap();
    checkout().await;
    assert!(running.flush(Duration::from_secs(10)));
    assert!(thread::spawn(|| panic!("on purpose")).join().is_err());
    assert!(running.flush(Duration::from_secs(10)));

    let records = records(&bodies);
    for record in &records {
        let target = record["log.logger"].as_str().unwrap();
        assert!(!target.starts_with("hyper"), "{record}");
        assert!(!record.to_string().contains("hunter2"), "{record}");
    }
    let of = |message: &str| {
        let mut all = records.iter();
        all.find(|record| record["message"].as_str().unwrap().contains(message))
            .unwrap_or_else(|| panic!("{message} in {records:?}"))
    };
    let declined = of("card declined");
    assert_eq!(declined["log.level"], "warn");
    assert_eq!(declined["event.action"], "checkout");
    assert_eq!(declined["service.name"], "shop");
    assert_eq!(declined["numeric_labels"]["cents"], 1250.0);
    assert_eq!(declined["trace.id"].as_str().unwrap().len(), 32);
    assert_eq!(of("on purpose")["error.type"], "panic");

    let metrics = Registry::global().scrape(Format::TEXT);
    let metrics = String::from_utf8_lossy(&metrics);
    let line = format!(
        "obs_export_delivered_total{{service=\"shop\",sink=\"elastic\"}} {}",
        records.len()
    );
    assert!(metrics.contains(&line), "{line} in {metrics}");
    running.shutdown().await;
}
