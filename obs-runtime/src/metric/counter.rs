//! Numbers that only grow.

use std::marker::PhantomData;
use std::sync::atomic::Ordering::Relaxed;

use obs_schema::def::{MetricDef, MetricKind};

use super::instrument::{Instrument, Series, sealed::Sealed};
use super::scan::Scan;
use super::snapshot::Value;
use super::{cell, own};
use crate::hot::cells;

/// The cell of handles that count into the void: it is never handed out and nobody reads it.
const VOID: u32 = 0;

/// A number that only grows, from 0 at the start of the process: requests, errors, bytes.
///
/// `Counter` counts whole numbers and wraps around at 2⁶⁴; `Counter<f64>` adds up amounts. Adding
/// costs a few plain instructions on memory of the calling thread; the total is formed when
/// somebody reads it. Clones count into the same series.
///
/// ```
/// use obs_runtime::metric::{Counter, Instrument};
/// use obs_runtime::metric::definition::{MetricDef, MetricKind};
///
/// static ORDERS: MetricDef =
///     MetricDef::new("orders_total", "Orders received.", MetricKind::Counter);
/// static REVENUE: MetricDef =
///     MetricDef::new("revenue_euros_total", "What was paid.", MetricKind::FloatCounter);
///
/// let orders = Counter::register(&ORDERS);
/// orders.inc();
/// orders.add(2);
/// assert_eq!(orders.get(), 3);
///
/// let revenue = Counter::<f64>::register(&REVENUE);
/// revenue.add(19.9);
/// assert_eq!(revenue.get(), 19.9);
/// ```
pub struct Counter<N = u64> {
    cell: u32,
    number: PhantomData<fn(N)>,
}

impl<N> Counter<N> {
    fn at(cell: u32) -> Self {
        Self {
            cell,
            number: PhantomData,
        }
    }
}

impl Counter<u64> {
    /// Takes a counter of whole numbers into the global registry, as
    /// [`Instrument::register`] does. It is a function of this type as well so that
    /// `Counter::register` means whole numbers without an annotation; the other is
    /// `Counter::<f64>::register`.
    #[must_use]
    pub fn register(def: &'static MetricDef) -> Self {
        Instrument::register(def)
    }

    /// One that is shown nowhere by itself.
    pub(crate) fn unregistered() -> Self {
        cell::allocate().map_or_else(Self::void, Self::at)
    }

    /// Adds 1.
    #[inline]
    pub fn inc(&self) {
        self.add(1);
    }

    /// Adds `n`.
    #[inline]
    pub fn add(&self, n: u64) {
        cells::add(self.cell, n);
    }

    /// The total over all threads.
    #[must_use]
    pub fn get(&self) -> u64 {
        if self.cell == VOID {
            return 0;
        }
        cells::read(self.cell)
    }
}

impl Counter<f64> {
    /// Adds 1.
    #[inline]
    pub fn inc(&self) {
        self.add(1.0);
    }

    /// Adds `amount`. A negative, infinite or NaN amount is left out, and counted in
    /// `obs_values_refused_total`.
    #[inline]
    pub fn add(&self, amount: f64) {
        if (0.0..f64::INFINITY).contains(&amount) {
            cells::add_f64(self.cell, amount);
        } else {
            refuse(amount);
        }
    }

    /// The total over all threads.
    #[must_use]
    pub fn get(&self) -> f64 {
        if self.cell == VOID {
            return 0.0;
        }
        // So many large amounts that their sum overflows are still a number for the formats.
        cells::read_f64(self.cell).min(f64::MAX)
    }
}

#[cold]
fn refuse(amount: f64) {
    if amount < 0.0 && amount.is_finite() {
        own::NEGATIVE.fetch_add(1, Relaxed);
    } else {
        own::NOT_FINITE.fetch_add(1, Relaxed);
    }
}

impl<N> Clone for Counter<N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N> Copy for Counter<N> {}

impl<N> std::fmt::Debug for Counter<N> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Counter").finish_non_exhaustive()
    }
}

impl Series for Counter<u64> {
    const KIND: MetricKind = MetricKind::Counter;
}

impl Sealed for Counter<u64> {
    fn create(_: &'static MetricDef) -> Option<Self> {
        cell::allocate().map(Self::at)
    }

    fn void() -> Self {
        Self::at(VOID)
    }

    fn read(&self, _: &'static MetricDef, scan: &mut Scan, value: &mut Value) -> bool {
        *value = Value::Counter(scan.cells.read(self.cell));
        true
    }

    fn read_untouched(_: &'static MetricDef, value: &mut Value) -> bool {
        *value = Value::Counter(0);
        true
    }
}

impl Series for Counter<f64> {
    const KIND: MetricKind = MetricKind::FloatCounter;
}

impl Sealed for Counter<f64> {
    fn create(_: &'static MetricDef) -> Option<Self> {
        cell::allocate().map(Self::at)
    }

    fn void() -> Self {
        Self::at(VOID)
    }

    fn read(&self, _: &'static MetricDef, _: &mut Scan, value: &mut Value) -> bool {
        *value = Value::FloatCounter(self.get());
        true
    }

    fn read_untouched(_: &'static MetricDef, value: &mut Value) -> bool {
        *value = Value::FloatCounter(0.0);
        true
    }
}
