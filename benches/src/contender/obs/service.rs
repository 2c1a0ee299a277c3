//! A started service, and what its metrics say in the end.

use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::config::monitoring::{Http, Monitoring, Sampler, Tracing};
use obs_runtime::metric::Registry;
use obs_runtime::metric::snapshot::{Family, Series, Snapshot, Value};
use obs_runtime::{Running, Starter, trace};

use crate::case::{Finish, equal};
use crate::shape::Made;

/// How long a flush may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A service as `start` makes it, without a listener and without a log.
#[derive(Debug)]
pub(super) struct Service {
    running: Running,
}

impl Service {
    /// Starts with this share of traces kept.
    pub(super) fn start(sampled: f64) -> Self {
        let monitoring = Monitoring {
            tracing: Tracing {
                sampler: Sampler::ratio(sampled),
                ..Tracing::DEFAULT
            },
            http: Http {
                enabled: false,
                ..Http::DEFAULT
            },
            ..Monitoring::DEFAULT
        };
        let starter = Starter::new(Layers::default().monitoring(monitoring)).without_log();
        let running = starter.start().expect("the configuration is right");
        Self { running }
    }

    /// Waits until the collector has stored what there is.
    pub(super) fn flush(&self) {
        assert!(self.running.flush(PATIENCE), "the collector is stuck");
    }
}

/// What the program's metrics say.
pub(super) struct Metrics(Snapshot);

impl Metrics {
    pub(super) fn now() -> Self {
        Self(Registry::global().snapshot())
    }

    fn series(&self, family: &str, labels: &[(&str, &str)]) -> impl Iterator<Item = &Series> {
        let series = self.0.family(family).map(|family: &Family| &family.series);
        let has = move |series: &&Series| labels.iter().all(|(k, v)| series.label(k) == Some(v));
        series.into_iter().flatten().filter(has)
    }

    /// The sum of the series with these labels; the observations of a histogram.
    pub(super) fn sum(&self, family: &str, labels: &[(&str, &str)]) -> f64 {
        let value = |series: &Series| match &series.value {
            Value::Counter(count) => *count as f64,
            Value::FloatCounter(value) | Value::Gauge(value) => *value,
            Value::Histogram(histogram) => histogram.count() as f64,
            _ => f64::NAN,
        };
        self.series(family, labels).map(value).sum()
    }

    /// Checks the sum of the series with these labels.
    pub(super) fn expect(
        &self,
        family: &str,
        labels: &[(&str, &str)],
        expected: u64,
    ) -> Result<Finish, String> {
        if self.series(family, labels).next().is_none() {
            return Err(format!("there is no `{family}` with {labels:?}"));
        }
        equal(
            &format!("{family}{labels:?}"),
            expected,
            self.sum(family, labels) as u64,
        )
    }

    /// Checks that an operation was called so often: in the counter, in the histogram, and that none
    /// of its calls is under way.
    pub(super) fn expect_calls(
        &self,
        operation: &str,
        ok: u64,
        failed: u64,
    ) -> Result<Finish, String> {
        let mut all = Finish::default();
        for (outcome, expected) in [("ok", ok), ("error", failed)] {
            let labels = [("operation", operation), ("outcome", outcome)];
            all = all
                .and(self.expect("operation_calls_total", &labels, expected)?)
                .and(self.expect("operation_duration_seconds", &labels, expected)?);
        }
        let running = [("operation", operation)];
        Ok(all.and(self.expect("operation_in_flight", &running, 0)?))
    }
}

/// Checks that every trace is in the store, made room for a later one, or was counted as dropped, and
/// that no span of any was lost.
pub(super) fn expect_traces(made: Made) -> Result<Finish, String> {
    let stats = trace::store().stats();
    let stored = stats.traces as u64 + stats.evicted_traces;
    let metrics = Metrics::now();
    let dropped = metrics.sum("obs_traces_dropped_total", &[]) as u64;
    let lost = metrics.sum("obs_spans_lost_total", &[]) as u64;
    equal("spans lost", 0, lost + stats.refused_spans)?;
    Finish::delivered("traces", made.traces, stored, dropped)
}

/// Checks that no trace was kept.
pub(super) fn expect_no_traces() -> Result<Finish, String> {
    let stats = trace::store().stats();
    equal("traces kept", 0, stats.traces as u64 + stats.evicted_traces)
}
