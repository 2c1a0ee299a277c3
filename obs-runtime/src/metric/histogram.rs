//! Observations counted in buckets.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use obs_schema::def::{MetricDef, MetricKind};

use super::exponential::{self, Fine};
use super::instrument::{Series, sealed::Sealed};
use super::scan::{Reading, Scan, take_histogram};
use super::snapshot::Value;
use super::{exemplar, own};
use crate::hot::clock;
use crate::hot::distribution::Distribution;

/// Observations counted in buckets: durations in seconds, sizes in bytes.
///
/// A bucket counts what is at most its bound. Observing costs a search among the bounds and a few
/// plain instructions on memory of the calling thread. The number of observations is the sum of
/// the buckets, so the two always agree. Clones count into the same series.
///
/// ```
/// use std::time::Duration;
/// use obs_runtime::metric::{Histogram, Instrument};
/// use obs_runtime::metric::definition::{MetricDef, MetricKind};
///
/// static WAIT: MetricDef = MetricDef {
///     unit: "seconds",
///     buckets: &[0.1, 1.0, 10.0],
///     ..MetricDef::new("queue_wait_seconds", "Time that jobs wait.", MetricKind::Histogram)
/// };
///
/// let wait = Histogram::register(&WAIT);
/// wait.observe(0.25);
/// wait.observe_duration(Duration::from_millis(30));
/// wait.start_timer().observe();
/// assert_eq!(wait.count(), 3);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Histogram {
    /// The bounds of the buckets that are counted.
    bounds: &'static [f64],
    /// What those are a part of, where they are not the ones that were declared.
    fine: Option<&'static Fine>,
    /// `None` counts into the void.
    cells: Option<Distribution>,
}

impl Histogram {
    /// Counts one observation. NaN and infinities are left out, and counted in
    /// `obs_values_refused_total`: one of them would spoil the sum for ever.
    #[inline]
    pub fn observe(&self, value: f64) {
        let Some(cells) = self.cells else { return };
        if value.is_finite() {
            cells.add(self.bounds.partition_point(|&bound| bound < value), value);
        } else {
            own::NOT_FINITE.fetch_add(1, Relaxed);
        }
    }

    /// Counts a duration, in seconds.
    #[inline]
    pub fn observe_duration(&self, duration: Duration) {
        self.observe(duration.as_secs_f64());
    }

    /// Starts to measure a duration, which is counted when the timer is dropped.
    pub fn start_timer(&self) -> Timer {
        Timer {
            histogram: *self,
            start: clock::ticks(),
            running: true,
        }
    }

    /// Gives it exemplars: the kept traces of the spans that carry its [mark](Self::mark).
    #[cfg(feature = "http")]
    pub(crate) fn follow_spans(&self) {
        if let Some(cells) = self.cells {
            let declared = self.fine.map_or(self.bounds, Fine::declared_bounds);
            exemplar::follow(cells.cell(), declared);
        }
    }

    /// What a span carries to say that this observed it. 0 if nobody reads this.
    #[cfg(feature = "http")]
    pub(crate) fn mark(&self) -> u32 {
        self.cells.map_or(0, Distribution::cell)
    }

    /// How many observations there have been.
    #[must_use]
    pub fn count(&self) -> u64 {
        let buckets = self.cells.map(|cells| cells.read().buckets);
        buckets.map_or(0, |buckets| buckets.iter().sum())
    }

    /// The sum of all observations.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.cells.map_or(0.0, |cells| cells.read().sum)
    }
}

/// Measures a duration for a histogram: until [`observe`](Self::observe), or until it is dropped.
#[derive(Debug)]
#[must_use = "it measures until it is dropped"]
pub struct Timer {
    histogram: Histogram,
    start: u64,
    running: bool,
}

impl Timer {
    /// Counts the duration so far and returns it.
    pub fn observe(mut self) -> Duration {
        self.stop()
    }

    /// Ends the measurement without counting it.
    pub fn discard(mut self) {
        self.running = false;
    }

    fn stop(&mut self) -> Duration {
        self.running = false;
        let nanos = clock::to_nanos(clock::ticks().saturating_sub(self.start));
        let duration = Duration::from_nanos(nanos);
        self.histogram.observe_duration(duration);
        duration
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if self.running {
            self.stop();
        }
    }
}

impl Series for Histogram {
    const KIND: MetricKind = MetricKind::Histogram;
}

impl Sealed for Histogram {
    fn create(def: &'static MetricDef) -> Option<Self> {
        let fine = exponential::of_unit(def.unit, def.buckets);
        let fine = fine.filter(|fine| Distribution::fits(fine.bounds().len()));
        let bounds = fine.map_or(def.buckets, Fine::bounds);
        Some(Self {
            bounds,
            fine,
            cells: Some(Distribution::allocate(bounds.len())?),
        })
    }

    fn void() -> Self {
        Self {
            bounds: &[],
            fine: None,
            cells: None,
        }
    }

    fn read(&self, def: &'static MetricDef, scan: &mut Scan, value: &mut Value) -> bool {
        let Some(cells) = self.cells else {
            return false;
        };
        cells.read_into(&mut scan.counts);
        own::TORN.fetch_add(scan.counts.torn, Relaxed);
        let mut histogram = take_histogram(value, def.buckets);
        histogram.set_counted(self.fine, &scan.counts.buckets, scan.counts.sum);
        exemplar::of_histogram(cells.cell(), &mut histogram.exemplars);
        match scan.reading {
            Reading::Scrape => {}
            Reading::Tick => histogram.extremes = cells.take_extremes(),
            #[cfg(feature = "export")]
            Reading::Export => {
                histogram.ends = cells.all_extremes().map(Into::into).unwrap_or_default();
            }
        }
        *value = Value::Histogram(histogram);
        true
    }

    fn read_untouched(def: &'static MetricDef, value: &mut Value) -> bool {
        let nothing = std::iter::repeat_n(&0, def.buckets.len() + 1);
        let mut histogram = take_histogram(value, def.buckets);
        histogram.set(nothing, 0.0);
        *value = Value::Histogram(histogram);
        true
    }
}
