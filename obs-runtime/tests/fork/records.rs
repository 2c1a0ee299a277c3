//! Log records on their way to a receiver, in the parent and in a child.

use std::time::Duration;

use obs_runtime::log;
use obs_runtime::metric::snapshot::Value;
use opentelemetry_proto::tonic::common::v1::any_value;
use tracing::info;

use crate::child::in_child;
use crate::service::{start_to_fork_with, start_with, value};
use crate::{received, receiver};

const LONG: Duration = Duration::from_secs(5);

/// What the records say that were received.
fn messages(bodies: &receiver::Bodies) -> Vec<String> {
    let texts =
        received::records(bodies)
            .into_iter()
            .filter_map(|record| match record.body?.value? {
                any_value::Value::StringValue(text) => Some(text),
                _ => None,
            });
    texts.collect()
}

/// What waits in the parent is sent by the parent alone, and a child sends what it logs once it has started.
pub(crate) fn of_a_child() {
    let (address, bodies) = receiver::start("/v1/logs", "");
    let endpoint = format!("http://{address}");
    let exporter = [
        ("OTEL_LOGS_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
    ];
    let running = start_to_fork_with(&exporter);
    log::set_levels("info").unwrap();
    info!("of the parent, before");
    in_child(|| {
        info!("nobody sends it");
        let running = start_with(&exporter).unwrap();
        log::set_levels("info").unwrap();
        info!("of the child");
        assert!(running.flush(LONG));
        // The books are its own too: nothing waits in it for ever.
        let sink = [("sink", "otlp_logs")];
        assert_eq!(value("obs_export_queue_length", &sink), Value::Gauge(0.0));
        assert_eq!(value("obs_export_items_total", &sink), Value::Counter(1));
        running.shutdown().wait();
    });
    info!("of the parent, after");
    assert!(running.flush(LONG));
    let expected = [
        "of the child",
        "of the parent, before",
        "of the parent, after",
    ];
    assert_eq!(messages(&bodies), expected);
    log::set_levels("off").unwrap();
    running.shutdown().wait();
}
