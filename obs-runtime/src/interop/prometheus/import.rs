//! Metrics of the crate `prometheus` in our exposition.

use ::prometheus::core::Collector;
use ::prometheus::proto::{self, MetricType};

use super::importing;
use crate::metric::snapshot::{Family, Histogram, Kind, Series, Summary, Value};
use crate::metric::{Registration, Registry, Source};

/// Shows the families of `registry` in our exposition, under their own names: the configured prefix
/// is not put in front of them, the common labels are on them.
///
/// It is read at every scrape, without a lock of ours. A family whose name is taken, and a series
/// that could not be shown, is left out. If one of its collectors panics, everything in it is
/// missing from that scrape, because such a registry is gathered as a whole: register a collector
/// that may panic as [`Isolated`](super::Isolated), or hand it to [`import_collector`] instead. All
/// of that is counted in `obs_collector_errors_total{collector="prometheus"}`.
pub fn import(registry: ::prometheus::Registry) -> Registration {
    let read = move || registry.gather();
    Registry::global().register_source(Box::new(Import {
        name: "prometheus".to_owned(),
        read,
    }))
}

/// Shows the families of one collector in our exposition, as [`import`] does for a registry. `name`
/// is the label `collector` of what is counted about it.
pub fn import_collector(
    name: impl Into<String>,
    collector: impl Collector + 'static,
) -> Registration {
    Registry::global().register_source(Box::new(Import {
        name: name.into(),
        read: move || collector.collect(),
    }))
}

pub(super) struct Import<F> {
    pub(super) name: String,
    pub(super) read: F,
}

impl<F: Fn() -> Vec<proto::MetricFamily> + Send + Sync> Source for Import<F> {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn read(&self) -> (Vec<Family>, u64) {
        let families = importing(&self.read);
        let mut dropped = 0;
        let read = families.iter().filter_map(|each| {
            let family = family(each);
            dropped += u64::from(family.is_none());
            family
        });
        (read.collect(), dropped)
    }

    fn is_foreign(&self) -> bool {
        true
    }
}

/// `None` for an untyped family: its value cannot be read the same way in all builds of the crate.
fn family(family: &proto::MetricFamily) -> Option<Family> {
    let kind = match family.get_field_type() {
        MetricType::COUNTER => Kind::Counter,
        MetricType::GAUGE => Kind::Gauge,
        MetricType::HISTOGRAM => Kind::Histogram,
        MetricType::SUMMARY => Kind::Summary,
        MetricType::UNTYPED => return None,
    };
    let metrics = family.get_metric().iter();
    Some(Family {
        name: family.name().to_owned().into(),
        help: family.help().to_owned().into(),
        kind,
        unit: "".into(),
        series: metrics.map(|metric| series(kind, metric)).collect(),
    })
}

fn series(kind: Kind, metric: &proto::Metric) -> Series {
    let labels = metric.get_label().iter();
    Series {
        labels: labels
            .map(|label| {
                (
                    label.name().to_owned().into(),
                    label.value().to_owned().into(),
                )
            })
            .collect(),
        value: match kind {
            Kind::Counter => Value::FloatCounter(counter(metric.get_counter())),
            Kind::Gauge | Kind::Info => Value::Gauge(gauge(metric.get_gauge())),
            Kind::Histogram => Value::Histogram(histogram(metric.get_histogram())),
            Kind::Summary => Value::Summary(summary(metric.get_summary())),
        },
    }
}

fn histogram(histogram: &proto::Histogram) -> Histogram {
    let all = histogram.get_bucket().iter();
    let finite = all.filter(|bucket| bucket.upper_bound() < f64::INFINITY);
    let (bounds, mut counts): (Vec<f64>, Vec<u64>) = finite
        .map(|bucket| (bucket.upper_bound(), bucket.cumulative_count()))
        .unzip();
    counts.push(histogram.get_sample_count());
    Histogram::from_counts(bounds, counts, histogram.get_sample_sum())
}

fn summary(summary: &proto::Summary) -> Summary {
    let quantiles = summary.get_quantile().iter();
    Summary {
        quantiles: quantiles
            .map(|pair| (pair.quantile(), pair.value()))
            .collect(),
        count: summary.sample_count(),
        sum: summary.sample_sum(),
    }
}

// The crate has two models of its types, and its feature `protobuf`, which any other crate of the
// program may turn on, decides which one: in one a counter and a gauge have `value()`, in the other
// `get_value()`. A method of the type goes before one of a trait, so with each name backed by a
// trait that calls the other, both builds find the method that exists.

#[allow(dead_code, reason = "needed in only one of the two builds")]
trait ValueMethod {
    fn value(&self) -> f64;
}

#[allow(dead_code, reason = "needed in only one of the two builds")]
trait GetValueMethod {
    fn get_value(&self) -> f64;
}

macro_rules! number {
    ($name:ident, $type:ty) => {
        impl ValueMethod for $type {
            fn value(&self) -> f64 {
                self.get_value()
            }
        }

        impl GetValueMethod for $type {
            fn get_value(&self) -> f64 {
                self.value()
            }
        }

        fn $name(number: &$type) -> f64 {
            number.value()
        }
    };
}

number!(counter, proto::Counter);
number!(gauge, proto::Gauge);
