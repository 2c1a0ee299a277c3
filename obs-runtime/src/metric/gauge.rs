//! Numbers that go up and down.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{SystemTime, UNIX_EPOCH};

use obs_schema::def::{MetricDef, MetricKind};

use super::instrument::{Series, sealed::Sealed};
use super::scan::Scan;
use super::snapshot::Value;

/// A number that goes up and down, 0 at first: a queue's length, a temperature, open connections.
///
/// It is one number for all threads. Setting it is a store; adding is a compare-and-swap loop.
/// Clones change the same series. Any number is a value, NaN and infinities included.
///
/// ```
/// use obs_runtime::metric::{Gauge, Instrument};
/// use obs_runtime::metric::definition::{MetricDef, MetricKind};
///
/// static WORKERS: MetricDef =
///     MetricDef::new("busy_workers", "Workers that have something to do.", MetricKind::Gauge);
///
/// let workers = Gauge::register(&WORKERS);
/// workers.set(2.0);
/// {
///     let _busy = workers.track();
///     assert_eq!(workers.get(), 3.0);
/// }
/// assert_eq!(workers.get(), 2.0);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Gauge {
    /// `None` counts into the void.
    bits: Option<&'static AtomicU64>,
}

impl Gauge {
    /// Changes the value to `value`.
    #[inline]
    pub fn set(&self, value: f64) {
        if let Some(bits) = self.bits {
            bits.store(value.to_bits(), Relaxed);
        }
    }

    /// Adds `amount`, which may be negative.
    pub fn add(&self, amount: f64) {
        if let Some(bits) = self.bits {
            let _ = bits.fetch_update(Relaxed, Relaxed, |bits| {
                Some((f64::from_bits(bits) + amount).to_bits())
            });
        }
    }

    /// Subtracts `amount`.
    pub fn sub(&self, amount: f64) {
        self.add(-amount);
    }

    /// Adds 1.
    pub fn inc(&self) {
        self.add(1.0);
    }

    /// Subtracts 1.
    pub fn dec(&self) {
        self.add(-1.0);
    }

    /// Changes the value to the present time in seconds since 1970.
    pub fn set_to_now(&self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        self.set(now.map_or(0.0, |since| since.as_secs_f64()));
    }

    /// Adds 1 until the returned guard is dropped, also by a panic.
    pub fn track(&self) -> Tracked {
        self.inc();
        Tracked(*self)
    }

    /// The present value.
    #[must_use]
    pub fn get(&self) -> f64 {
        self.bits
            .map_or(0.0, |bits| f64::from_bits(bits.load(Relaxed)))
    }
}

/// Counts as 1 in a gauge until it is dropped, see [`Gauge::track`].
#[derive(Debug)]
#[must_use = "it counts until it is dropped"]
pub struct Tracked(Gauge);

impl Drop for Tracked {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Series for Gauge {
    const KIND: MetricKind = MetricKind::Gauge;
}

impl Sealed for Gauge {
    fn create(_: &'static MetricDef) -> Option<Self> {
        Some(Self {
            bits: Some(Box::leak(Box::new(AtomicU64::new(0)))),
        })
    }

    fn void() -> Self {
        Self { bits: None }
    }

    fn read(&self, _: &'static MetricDef, _: &mut Scan, value: &mut Value) -> bool {
        *value = Value::Gauge(self.get());
        true
    }

    fn read_untouched(_: &'static MetricDef, value: &mut Value) -> bool {
        *value = Value::Gauge(0.0);
        true
    }
}
