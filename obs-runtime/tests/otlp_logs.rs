//! Log records go to an OTLP receiver: a process that has been started, and a server of the test.
#![cfg(all(feature = "macros", feature = "otlp", feature = "log"))]

use std::thread;
use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::metric::Registry;
use obs_runtime::metric::encode::Format;
use obs_runtime::{Starter, trace_request};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use received::records;

#[path = "receiver/logs.rs"]
mod received;
mod receiver;

#[trace_request("checkout")]
async fn checkout() {
    tracing::warn!(cents = 1250_u64, password = "hunter2", "card declined");
}

/// Logs when its thread's locals are destroyed.
struct LastWords;

impl Drop for LastWords {
    fn drop(&mut self) {
        tracing::error!("last words");
    }
}

thread_local! {
    static LAST: LastWords = const { LastWords };
}

fn body(record: &LogRecord) -> String {
    let body = record.body.as_ref().and_then(|body| body.value.as_ref());
    format!("{body:?}")
}

#[tokio::test]
async fn records_of_a_process_arrive_and_the_exporter_is_silent() {
    let (address, bodies) = receiver::start("/v1/logs", "");
    let endpoint = format!("http://{address}");
    let layers = Layers::default().variables([
        ("OTEL_SERVICE_NAME", "shop"),
        ("OTEL_LOGS_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OBS_SAMPLER", "1"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        // What the HTTP client below the exporter logs would be records too.
        ("OBS_LOG", "trace"),
    ]);
    let running = Starter::new(layers).start().unwrap();
    checkout().await;
    assert!(running.flush(Duration::from_secs(10)));
    tracing::info!("without a trace");
    let caught = thread::spawn(|| panic!("on purpose")).join();
    assert!(caught.is_err());
    thread::spawn(|| LAST.with(|_| ())).join().unwrap();
    assert!(running.flush(Duration::from_secs(10)));

    let records = records(&bodies);
    let ours: Vec<_> = records
        .iter()
        .filter(|record| {
            let of_exporter = |target: &str| format!("{record:?}").contains(target);
            assert!(!of_exporter("hyper_util::client") && !of_exporter("h2::"));
            [
                "card declined",
                "without a trace",
                "on purpose",
                "last words",
            ]
            .iter()
            .any(|message| body(record).contains(message))
        })
        .collect();
    assert_eq!(ours.len(), 4, "{records:?}");
    let (declined, untraced, panic) = (ours[0], ours[1], ours[2]);
    assert!(body(ours[3]).contains("last words"));
    assert_eq!((declined.trace_id.len(), declined.span_id.len()), (16, 8));
    assert_eq!(declined.flags & 1, 1);
    assert_eq!(declined.severity_number, 13);
    let attributes = format!("{:?}", declined.attributes);
    for word in ["cents", "IntValue(1250)", "\"checkout\"", "code.file.path"] {
        assert!(attributes.contains(word), "{word} in {attributes}");
    }
    assert!(!attributes.contains("hunter2"), "{attributes}");
    assert!(untraced.trace_id.is_empty());
    assert_eq!(panic.event_name, "exception");

    let metrics = Registry::global().scrape(Format::TEXT);
    let metrics = String::from_utf8_lossy(&metrics);
    let line = format!(
        "obs_export_delivered_total{{service=\"shop\",sink=\"otlp_logs\"}} {}",
        records.len()
    );
    assert!(metrics.contains(&line), "{line} in {metrics}");
    running.shutdown().await;

    let sent = received::records(&bodies).len();
    tracing::info!("after the end");
    thread::sleep(Duration::from_millis(50));
    assert_eq!(received::records(&bodies).len(), sent);
}
