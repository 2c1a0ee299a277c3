//! The families that annotated functions feed.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;

use obs_schema::def::{CallOutcome, MetricDef, OperationFamily};

use super::instrument::Reading;
use super::snapshot::{Family, Histogram, Label, Series, Value};
use super::{builtin, exemplar, own};
use crate::hot::block::Extremes;
use crate::hot::clock;
use crate::operation::{self, LiveBlock, OperationSeries};

/// Series by their labels: several functions may feed one.
type Rows<T> = BTreeMap<Vec<Label>, T>;

#[derive(Debug, Default)]
struct Totals {
    calls: Rows<u64>,
    in_flight: Rows<u64>,
    duration: Rows<Histogram>,
    database: Rows<Histogram>,
    external_api: Rows<Histogram>,
}

/// The present values of all annotated functions.
pub(super) fn families(reading: Reading) -> Vec<Family> {
    let mut totals = Totals::default();
    for block in operation::all() {
        for series in block.read() {
            totals.add(block, &series, reading);
        }
    }
    vec![
        family(&builtin::CALLS, totals.calls, Value::Counter),
        family(&builtin::IN_FLIGHT, totals.in_flight, |count| {
            Value::Gauge(count as f64)
        }),
        family(&builtin::DURATION, totals.duration, Value::Histogram),
        family(&builtin::DATABASE, totals.database, Value::Histogram),
        family(
            &builtin::EXTERNAL_API,
            totals.external_api,
            Value::Histogram,
        ),
    ]
}

impl Totals {
    fn add(&mut self, block: &LiveBlock, series: &OperationSeries, reading: Reading) {
        own::TORN.fetch_add(series.totals.torn, Relaxed);
        let family = block.family();
        if family == OperationFamily::Operation {
            let labels = constants(block);
            *self.in_flight.entry(labels).or_default() += series.totals.in_flight();
        }
        let extremes = match (reading, series.block) {
            (Reading::Tick, Some(cells)) => cells.take_extremes().map(Extremes::seconds),
            _ => None,
        };
        for outcome in CallOutcome::ALL {
            let calls = series.totals.calls(outcome);
            if calls > 0 || block.can_be(outcome) {
                let labels = labels(block, series, outcome);
                if let OperationFamily::Operation | OperationFamily::Calls = family {
                    *self.calls.entry(labels.clone()).or_default() += calls;
                }
                if let Some(rows) = self.durations(family) {
                    let mut duration = duration(block, series, outcome);
                    duration.extremes = extremes;
                    if let Some(cells) = series.block {
                        duration.exemplars = exemplar::of(cells, outcome);
                    }
                    add_duration(rows, labels, duration);
                }
            }
        }
    }

    fn durations(&mut self, family: OperationFamily) -> Option<&mut Rows<Histogram>> {
        match family {
            OperationFamily::Operation | OperationFamily::Duration => Some(&mut self.duration),
            OperationFamily::Database => Some(&mut self.database),
            OperationFamily::ExternalApi => Some(&mut self.external_api),
            OperationFamily::Calls => None,
        }
    }
}

fn family<T>(def: &'static MetricDef, rows: Rows<T>, value: impl Fn(T) -> Value) -> Family {
    let series = rows.into_iter().map(|(labels, row)| Series {
        labels,
        value: value(row),
    });
    own::family(def, series.collect())
}

fn constants(block: &LiveBlock) -> Vec<Label> {
    let constants = block.constants().iter();
    constants.map(|&(k, v)| (k.into(), v.into())).collect()
}

/// The constant labels, the outcome, then the function's own labels.
fn labels(block: &LiveBlock, series: &OperationSeries, outcome: CallOutcome) -> Vec<Label> {
    let mut labels = constants(block);
    labels.push(("outcome".into(), outcome.as_str().into()));
    let own = series.labels.iter();
    labels.extend(own.map(|(name, value)| (name.clone().into(), value.clone().into())));
    labels
}

fn duration(block: &LiveBlock, series: &OperationSeries, outcome: CallOutcome) -> Histogram {
    let sum = clock::to_seconds(series.totals.sum(outcome));
    Histogram::from_buckets(block.buckets(), series.totals.of(outcome), sum)
}

fn add_duration(rows: &mut Rows<Histogram>, labels: Vec<Label>, duration: Histogram) {
    match rows.get_mut(&labels) {
        Some(other) => other.add(&duration),
        None => {
            rows.insert(labels, duration);
        }
    }
}
