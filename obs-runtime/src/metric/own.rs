//! What the framework says about itself.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use obs_schema::def::MetricDef;

use super::instrument::sealed::Sealed;
use super::scan::Scan;
use super::snapshot::{Family, Series, Value};
use super::source::Record;
use super::{Histogram, builtin, exemplar};
use crate::hot::{alone, cells, clock, pool};
use crate::trace::{collector, console};
use crate::{analytics, diagnostics, part, sampling, series, span};

/// Reads of a thread's cells that may not belong together.
pub(super) static TORN: AtomicU64 = AtomicU64::new(0);
/// Amounts that a counter refused because they were negative.
pub(super) static NEGATIVE: AtomicU64 = AtomicU64::new(0);
/// Values that were refused because they were NaN or infinite.
pub(super) static NOT_FINITE: AtomicU64 = AtomicU64::new(0);
/// Registrations that were refused.
pub(super) static CONFLICTS: AtomicU64 = AtomicU64::new(0);

/// The counters that are not in cells.
static COUNTERS: [&AtomicU64; 21] = [
    &TORN,
    &NEGATIVE,
    &NOT_FINITE,
    &CONFLICTS,
    &pool::REFUSED,
    &pool::OVERRUN,
    &sampling::RATE_LIMITED,
    &sampling::ERRORS_LIMITED,
    &sampling::SLOW_LIMITED,
    &part::CROWDED_OUT,
    &span::LOST,
    &collector::TRACE_FULL,
    &console::WRITTEN,
    &console::FULL,
    &console::FAILED,
    &series::OVERFLOWED,
    &series::CUT,
    &exemplar::DROPPED,
    &diagnostics::MESSAGES,
    &analytics::OVERFLOWED,
    &analytics::EVICTED,
];

static SCRAPES: LazyLock<Histogram> =
    LazyLock::new(|| Histogram::create(&builtin::SCRAPE).unwrap_or_else(Histogram::void));

/// Sets the counters that are not in cells to 0, in a forked child.
pub(crate) fn forget_own() {
    for counter in COUNTERS {
        counter.store(0, Relaxed);
    }
    #[cfg(feature = "http")]
    for (_, counter) in crate::http::REFUSED {
        counter.store(0, Relaxed);
    }
}

/// Counts a scrape.
pub(super) fn scraped(duration: Duration) {
    SCRAPES.observe_duration(duration);
}

/// The families. `collectors` is how reading each of them went, `series` how many other series there are.
pub(super) fn families(
    series: usize,
    collectors: &BTreeMap<String, Record>,
    scan: &mut Scan,
) -> Vec<Family> {
    let mut scrapes = Value::Info;
    let scraped = SCRAPES.read(&builtin::SCRAPE, scan, &mut scrapes);
    let mut all = vec![
        gauge(&builtin::SERIES, series as f64),
        family(
            &builtin::SCRAPE,
            scraped.then(|| unlabelled(scrapes)).into_iter().collect(),
        ),
        gauge(&builtin::SHARDS, cells::shards() as f64),
        gauge(&builtin::TRACE_QUEUE, pool::waiting() as f64),
        family(&builtin::CLOCK, vec![clock_in_use()]),
        by_label(
            &builtin::REFUSED,
            "reason",
            [("negative", &NEGATIVE), ("not_finite", &NOT_FINITE)],
        ),
        by_label(
            &builtin::TRACES_DROPPED,
            "reason",
            [
                ("too_many_open", &pool::REFUSED),
                ("queue_full", &pool::OVERRUN),
                ("rate_limited", &sampling::RATE_LIMITED),
                ("errors_limited", &sampling::ERRORS_LIMITED),
                ("slow_limited", &sampling::SLOW_LIMITED),
                ("too_many_parts", &part::CROWDED_OUT),
            ],
        ),
        by_label(
            &builtin::SPANS_LOST,
            "reason",
            [
                ("no_trace", &span::LOST),
                ("trace_full", &collector::TRACE_FULL),
            ],
        ),
        by_label(
            &builtin::CONSOLE_SPANS,
            "result",
            [
                ("written", &console::WRITTEN),
                ("queue_full", &console::FULL),
                ("failed", &console::FAILED),
            ],
        ),
        by_collector(&builtin::COLLECTOR_ERRORS, collectors, |record| {
            Value::Counter(record.errors)
        }),
        by_collector(&builtin::COLLECTOR_DURATION, collectors, |record| {
            Value::Gauge(record.took.as_secs_f64())
        }),
    ];
    all.extend(super::analytics::families());
    all.extend(super::breakers::families());
    #[cfg(feature = "http")]
    all.push(by_label(
        &builtin::HTTP_REFUSED,
        "reason",
        crate::http::REFUSED,
    ));
    all.extend(super::policies::families());
    #[cfg(feature = "export")]
    all.extend(super::export::families());
    let counters = [
        (&builtin::TORN, &TORN),
        (&builtin::OVERFLOWS, &series::OVERFLOWED),
        (&builtin::CUT, &series::CUT),
        (&builtin::CONFLICTS, &CONFLICTS),
        (&builtin::EXEMPLARS_DROPPED, &exemplar::DROPPED),
        (&builtin::SKIPS, &alone::SKIPPED),
        (&builtin::MESSAGES, &diagnostics::MESSAGES),
    ];
    all.extend(
        counters
            .map(|(def, count)| family(def, vec![unlabelled(Value::Counter(count.load(Relaxed)))])),
    );
    all
}

/// A family as its definition describes it.
pub(super) fn family(def: &'static MetricDef, series: Vec<Series>) -> Family {
    Family {
        name: def.name.into(),
        help: def.help.into(),
        kind: def.kind.into(),
        unit: def.unit.into(),
        series,
    }
}

pub(super) fn unlabelled(value: Value) -> Series {
    Series {
        labels: Vec::new(),
        value,
    }
}

fn clock_in_use() -> Series {
    let clock = clock::status();
    Series {
        labels: vec![
            ("source".into(), clock.source.into()),
            ("fallback".into(), clock.fallback.unwrap_or("none").into()),
        ],
        value: Value::Info,
    }
}

fn gauge(def: &'static MetricDef, value: f64) -> Family {
    family(def, vec![unlabelled(Value::Gauge(value))])
}

fn by_label<const N: usize>(
    def: &'static MetricDef,
    label: &'static str,
    counts: [(&'static str, &AtomicU64); N],
) -> Family {
    let series = counts.map(|(text, count)| Series {
        labels: vec![(label.into(), text.into())],
        value: Value::Counter(count.load(Relaxed)),
    });
    family(def, series.into())
}

fn by_collector(
    def: &'static MetricDef,
    collectors: &BTreeMap<String, Record>,
    value: impl Fn(&Record) -> Value,
) -> Family {
    let series = collectors.iter().map(|(collector, record)| Series {
        labels: vec![("collector".into(), collector.clone().into())],
        value: value(record),
    });
    family(def, series.collect())
}
