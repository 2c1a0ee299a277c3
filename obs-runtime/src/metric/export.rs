//! What the exporters say about themselves.

use std::borrow::Cow;
use std::collections::BTreeMap;

use obs_schema::def::MetricDef;

use super::builtin;
use super::ends::Ends;
use super::own::family;
use super::snapshot::{Family, Histogram, Series, Value};
use crate::export::delivery::{self, BOUNDS, Books, Loss};

/// A metric, and what it is in the books.
type Count = (&'static MetricDef, fn(&Books) -> u64);

/// The families, with a series for each sink.
pub(super) fn families() -> Vec<Family> {
    let sinks = delivery::sinks();
    if sinks.is_empty() {
        return Vec::new();
    }
    let counters: [Count; 4] = [
        (&builtin::EXPORT_ITEMS, |books| books.produced),
        (&builtin::EXPORT_DELIVERED, |books| books.delivered),
        (&builtin::EXPORT_REQUESTS, |books| books.requests),
        (&builtin::EXPORT_RETRIES, |books| books.retries),
    ];
    let gauges: [Count; 3] = [
        (&builtin::EXPORT_QUEUE, |books| books.queued),
        (&builtin::EXPORT_QUEUE_BYTES, |books| books.queued_bytes),
        (&builtin::EXPORT_SPOOL_BYTES, |books| books.spooled_bytes),
    ];
    let counters = counters.map(|(def, read)| by_sink(def, &sinks, |b| Value::Counter(read(b))));
    let gauges = gauges.map(|(def, read)| by_sink(def, &sinks, |b| Value::Gauge(read(b) as f64)));
    let mut all: Vec<_> = counters.into_iter().chain(gauges).collect();
    all.push(dropped(&sinks));
    all.push(by_sink(&builtin::EXPORT_DURATION, &sinks, duration));
    all
}

fn by_sink(
    def: &'static MetricDef,
    sinks: &BTreeMap<&'static str, Books>,
    value: impl Fn(&Books) -> Value,
) -> Family {
    let series = sinks.iter().map(|(name, books)| Series {
        labels: vec![("sink".into(), (*name).into())],
        value: value(books),
    });
    family(def, series.collect())
}

fn dropped(sinks: &BTreeMap<&'static str, Books>) -> Family {
    let all = sinks
        .iter()
        .flat_map(|sink| Loss::ALL.map(|loss| (sink, loss)));
    let series = all.map(|((name, books), loss)| Series {
        labels: vec![
            ("sink".into(), (*name).into()),
            ("reason".into(), loss.as_str().into()),
        ],
        value: Value::Counter(books.lost(loss)),
    });
    family(&builtin::EXPORT_DROPPED, series.collect())
}

fn duration(books: &Books) -> Value {
    let mut below = 0;
    let counts = books.durations.iter().map(|count| {
        below += count;
        below
    });
    Value::Histogram(Histogram {
        bounds: Cow::Borrowed(&BOUNDS),
        counts: counts.collect(),
        sum: books.time.as_secs_f64(),
        exemplars: Vec::new(),
        extremes: None,
        ends: Ends::default(),
        exponential: None,
    })
}
