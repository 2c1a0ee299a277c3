//! What is pushed, read by others than those who write it, and receivers that do all that receivers do.

mod addresses;
mod faults;
mod pushgateway;
mod remote_write;

pub(super) use crate::export::receiver;

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::open;
use crate::config::{Config, Layers};
use crate::export::delivery::{Batch, Books, Dispatch, Loss, Queue};
use crate::export::interval::{Encode, Interval, Reading};
use crate::metric::snapshot::{
    Exemplar, Family, Histogram, Kind, Label, Series, Snapshot, Summary, Value,
};

const SOON: Duration = Duration::from_secs(20);

/// The configuration with these variables.
pub(super) fn config(variables: &[(&str, &str)]) -> Config {
    let service = [
        ("OTEL_SERVICE_NAME", "shop"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=pod-7"),
    ];
    let all = service.iter().chain(variables).copied();
    Layers::default().variables(all).load().unwrap()
}

pub(super) fn label(name: &str, value: &str) -> Label {
    (name.to_owned().into(), value.to_owned().into())
}

pub(super) fn family(name: &str, kind: Kind, labels: &[(&str, &str)], value: Value) -> Family {
    let labels = labels.iter().map(|(name, value)| label(name, value));
    Family {
        name: name.to_owned().into(),
        help: "What it is.".into(),
        kind,
        unit: "".into(),
        series: vec![Series {
            labels: labels.collect(),
            value,
        }],
    }
}

/// A family of each kind, with the common label `service`.
pub(super) fn sample() -> Snapshot {
    let histogram = Histogram {
        exemplars: vec![Exemplar {
            bucket: 1,
            trace_id: 0xabc,
            value: 0.75,
            unix_ns: 1_700_000_000_123_456_789,
        }],
        ..Histogram::from_counts(vec![0.5, 1.0], vec![1, 2, 4], 9.25)
    };
    let summary = Summary {
        quantiles: vec![(0.5, 2.5), (0.99, f64::NAN)],
        count: 3,
        sum: 7.5,
    };
    let mut seconds = family(
        "call_seconds",
        Kind::Histogram,
        &[("operation", "pay")],
        Value::Histogram(histogram),
    );
    seconds.unit = "seconds".into();
    Snapshot {
        common: vec![label("service", "shop")],
        families: vec![
            family("build_info", Kind::Info, &[("version", "1.4")], Value::Info),
            seconds,
            family("depth", Kind::Gauge, &[("empty", "")], Value::Gauge(-2.5)),
            family("orders_total", Kind::Counter, &[], Value::Counter(7)),
            family("size", Kind::Summary, &[], Value::Summary(summary)),
        ],
    }
}

/// One gauge, with these labels and no others.
pub(super) fn gauge(labels: &[(&str, &str)], value: f64) -> Snapshot {
    Snapshot {
        families: vec![family("depth", Kind::Gauge, labels, Value::Gauge(value))],
        ..Snapshot::default()
    }
}

impl Family {
    /// The same with a number behind the name.
    pub(super) fn renamed(mut self, number: usize) -> Self {
        self.name = format!("{}_{number}", self.name).into();
        self
    }
}

/// What an encoder makes of a snapshot.
pub(super) fn encode(encoder: &mut impl Encode, snapshot: &Snapshot, unix_ms: u64) -> Batch {
    encode_as(encoder, snapshot, unix_ms, false)
}

pub(super) fn encode_as(
    encoder: &mut impl Encode,
    snapshot: &Snapshot,
    unix_ms: u64,
    is_last: bool,
) -> Batch {
    let mut batch = Batch::default();
    let reading = Reading {
        snapshot,
        unix_ns: unix_ms * 1_000_000,
        is_last,
    };
    encoder.encode(reading, &mut batch);
    batch
}

/// The items of an encoder that writes text.
pub(super) fn lines(batch: &Batch) -> Vec<String> {
    let items = batch.items();
    items
        .map(|item| String::from_utf8(item.to_vec()).unwrap())
        .collect()
}

/// Values of labels as programs may have them.
pub(super) fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~\u{e9}\u{2028}\n\r\t\u{0}]{0,12}",
        proptest::collection::vec(any::<char>(), 0..8).prop_map(|all| all.into_iter().collect()),
    ]
}

/// An exporter as a start opens it, which reads the same snapshot again and again.
pub(super) struct Exporter {
    pub(super) dispatch: Dispatch,
    pub(super) queue: Arc<Queue>,
    interval: Interval,
}

impl Exporter {
    pub(super) fn start(variables: &[(&str, &str)], snapshot: Snapshot) -> Self {
        let dispatch = Dispatch::start().unwrap();
        let mut outlets = Vec::new();
        open(&config(variables), &dispatch, &mut outlets).unwrap();
        assert_eq!(outlets.len(), 1);
        let queue = outlets[0].queue();
        let source = move || snapshot.clone();
        let hour = Duration::from_secs(3600);
        let interval = Interval::start(hour, source, outlets, &dispatch);
        Self {
            dispatch,
            queue,
            interval,
        }
    }

    /// Takes a reading.
    pub(super) fn read(&self) {
        assert!(self.interval.read(SOON));
    }

    /// Takes a reading, and returns the books when it is settled.
    pub(super) fn push(&self) -> Books {
        self.read();
        assert!(self.dispatch.flush(SOON), "{:?}", self.books());
        self.books()
    }

    /// Ends as a program does.
    pub(super) fn finish(&self, limit: Duration) -> Books {
        assert!(self.interval.finish(SOON));
        self.dispatch.finish(limit);
        self.books()
    }

    /// The books, in which nothing is ever missing.
    pub(super) fn books(&self) -> Books {
        let books = self.queue.books();
        let lost: u64 = Loss::ALL.iter().map(|loss| books.lost(*loss)).sum();
        assert_eq!(
            books.produced,
            books.delivered + lost + books.queued,
            "{books:?}"
        );
        books
    }
}
