//! A log whose lines a test can read, and annotated calls as the macros write them.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use obs_schema::def::{LabelDef, OperationDef, Source, SpanKind, Values};
use serde_json::Value as Json;
use tracing::Dispatch;
use tracing_subscriber::layer::SubscriberExt;

use super::super::*;

/// A stream that keeps what is written.
#[derive(Clone, Default)]
pub(super) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A log and the subscriber of it.
pub(super) struct TestLog {
    pub(super) subscriber: Dispatch,
    pub(super) handle: LogHandle,
    captured: Captured,
}

/// A JSON log; `configure` changes its configuration.
pub(super) fn test_log(configure: impl FnOnce(LogConfig) -> LogConfig) -> TestLog {
    let captured = Captured::default();
    let output = Output::new(LogFormat::Json, StreamSink::new(captured.clone()));
    let config = LogConfig::new()
        .with_levels("trace".parse().unwrap())
        .with_service("shop")
        .with_output(output);
    let (layer, handle) = layer_and_handle(configure(config));
    TestLog {
        subscriber: Dispatch::new(tracing_subscriber::registry().with(layer)),
        handle,
        captured,
    }
}

impl TestLog {
    /// Runs `body` with the log as the thread's subscriber.
    pub(super) fn run<R>(&self, body: impl FnOnce() -> R) -> R {
        tracing::dispatcher::with_default(&self.subscriber, body)
    }

    /// The lines so far.
    pub(super) fn lines(&self) -> Vec<Json> {
        self.handle.flush(Duration::from_secs(20)).unwrap();
        let text = self.captured.text();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The one line of this message.
    #[track_caller]
    pub(super) fn line(&self, message: &str) -> Json {
        let mut lines = self.lines();
        lines.retain(|line| line["message"] == message);
        assert_eq!(
            lines.len(),
            1,
            "lines with the message `{message}`: {lines:#?}"
        );
        lines.remove(0)
    }
}

/// The lines that `body` logs.
pub(super) fn logged(body: impl FnOnce()) -> Vec<Json> {
    let log = test_log(|config| config);
    log.run(body);
    log.lines()
}

/// The definition of an annotated function without metrics.
pub(super) const fn operation(name: &'static str, labels: &'static [LabelDef]) -> OperationDef {
    OperationDef {
        name,
        service: "",
        function: "shop::function",
        span: Some(SpanKind::Internal),
        blocks: &[],
        labels,
        outcomes: 0b1111,
        slow_secs: 0.0,
        root: false,
        attributes: &[],
        source: Source {
            module: "shop",
            file: "src/shop.rs",
            line: 7,
        },
    }
}

/// A label with the values `visa` and `cash`.
pub(super) const METHOD: LabelDef = LabelDef {
    name: "method",
    values: Values::Finite(&["visa", "cash"]),
};
/// A label whose values are not known.
pub(super) const TENANT: LabelDef = LabelDef {
    name: "tenant",
    values: Values::Capped { max_series: 10 },
};
