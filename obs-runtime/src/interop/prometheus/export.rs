//! Our families in a registry of the crate `prometheus`.

use std::collections::HashMap;

use ::prometheus::core::{Collector, Desc};
use ::prometheus::proto;

use super::is_importing;
use crate::metric::Registry;
use crate::metric::snapshot::{Family, Histogram, Kind, Label, Series, Snapshot, Summary, Value};

/// Shows our families, except imported ones, in a registry of the crate `prometheus`.
///
/// Registering it fails if one of our metrics has the name of one that is registered there. What
/// their model lacks is left out: exemplars and units; an info is a gauge.
#[derive(Debug)]
pub struct PrometheusBridge {
    registry: &'static Registry,
    descs: Vec<Desc>,
}

impl PrometheusBridge {
    /// The families of the [global registry](Registry::global).
    #[must_use]
    pub fn new() -> Self {
        Self::of(Registry::global())
    }

    /// The families of a registry.
    #[must_use]
    pub fn of(registry: &'static Registry) -> Self {
        let descs = registry.definitions().into_iter().filter_map(|def| {
            let labels = def.labels.iter().map(|label| label.name.to_owned());
            let name = registry.prefixed(def.name);
            Desc::new(name, def.help.to_owned(), labels.collect(), HashMap::new()).ok()
        });
        Self {
            registry,
            descs: descs.collect(),
        }
    }
}

impl Default for PrometheusBridge {
    fn default() -> Self {
        Self::new()
    }
}

impl Collector for PrometheusBridge {
    fn desc(&self) -> Vec<&Desc> {
        self.descs.iter().collect()
    }

    fn collect(&self) -> Vec<proto::MetricFamily> {
        if is_importing() {
            return Vec::new();
        }
        families(self.registry.snapshot_of_own())
    }
}

fn families(snapshot: Snapshot) -> Vec<proto::MetricFamily> {
    let common = snapshot.common;
    let families = snapshot.families.into_iter();
    families.map(|each| family(each, &common)).collect()
}

fn family(family: Family, common: &[Label]) -> proto::MetricFamily {
    let mut out = proto::MetricFamily::default();
    out.set_name(family.name.into_owned());
    out.set_help(family.help.into_owned());
    out.set_field_type(match family.kind {
        Kind::Counter => proto::MetricType::COUNTER,
        Kind::Gauge | Kind::Info => proto::MetricType::GAUGE,
        Kind::Histogram => proto::MetricType::HISTOGRAM,
        Kind::Summary => proto::MetricType::SUMMARY,
    });
    let series = family.series.iter();
    out.set_metric(series.map(|each| metric(each, common)).collect());
    out
}

fn metric(series: &Series, common: &[Label]) -> proto::Metric {
    let missing = common
        .iter()
        .filter(|label| series.label(&label.0).is_none());
    let labels = missing.chain(&series.labels).map(label);
    let mut out = proto::Metric::from_label(labels.collect());
    match &series.value {
        Value::Counter(value) => out.set_counter(counter(*value as f64)),
        Value::FloatCounter(value) => out.set_counter(counter(*value)),
        Value::Gauge(value) => out.set_gauge(gauge(*value)),
        Value::Info => out.set_gauge(gauge(1.0)),
        Value::Histogram(value) => out.set_histogram(histogram(value)),
        Value::Summary(value) => out.set_summary(summary(value)),
    }
    out
}

fn label((name, value): &Label) -> proto::LabelPair {
    let mut out = proto::LabelPair::default();
    out.set_name(name.to_string());
    out.set_value(value.to_string());
    out
}

fn counter(value: f64) -> proto::Counter {
    let mut out = proto::Counter::default();
    out.set_value(value);
    out
}

fn gauge(value: f64) -> proto::Gauge {
    let mut out = proto::Gauge::default();
    out.set_value(value);
    out
}

fn histogram(histogram: &Histogram) -> proto::Histogram {
    let mut out = proto::Histogram::default();
    out.set_sample_count(histogram.count());
    out.set_sample_sum(histogram.sum);
    // `+Inf` is not listed there: it is the sample count.
    let pairs = histogram.bounds.iter().zip(&histogram.counts);
    let buckets = pairs.map(|(&bound, &count)| {
        let mut bucket = proto::Bucket::default();
        bucket.set_upper_bound(bound);
        bucket.set_cumulative_count(count);
        bucket
    });
    out.set_bucket(buckets.collect());
    out
}

fn summary(summary: &Summary) -> proto::Summary {
    let mut out = proto::Summary::default();
    out.set_sample_count(summary.count);
    out.set_sample_sum(summary.sum);
    let quantiles = summary.quantiles.iter().map(|&(quantile, value)| {
        let mut pair = proto::Quantile::default();
        pair.set_quantile(quantile);
        pair.set_value(value);
        pair
    });
    out.set_quantile(quantiles.collect());
    out
}
