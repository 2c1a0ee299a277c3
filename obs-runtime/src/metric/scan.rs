//! What a reading of all metrics carries along, and whom it tells.
//!
//! Whoever reads everything, a scrape or a snapshot, is a [`Sink`] and is told of one series after the
//! other. The memory that this takes is that of one series, and it is used again.

use std::mem::replace;

use super::ends::Ends;
use super::snapshot::{Family, Histogram, Label, Summary, Value};
use crate::hot::distribution::Counts;
use crate::hot::reduce::Reducer;
use crate::series::fragment;

/// What a reading is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A scrape.
    #[default]
    Scrape,
    /// A tick of the windows, which starts new extremes.
    Tick,
    /// One for exporters, which are told the extremes since the start.
    #[cfg(feature = "export")]
    Export,
}

/// What one reading carries along.
#[derive(Debug, Default)]
pub struct Scan {
    pub(super) reading: Reading,
    pub(super) cells: Reducer,
    pub(super) counts: Counts,
}

/// The labels of a series: first those that are encoded already, then the others.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Labels<'a> {
    /// Fragments as [`fragment`](crate::series::fragment) describes them.
    pub(super) encoded: &'a [&'a [u8]],
    pub(super) plain: &'a [Label],
}

impl Scan {
    /// Begins a reading.
    pub(super) fn start(&mut self, reading: Reading) {
        self.reading = reading;
        self.cells.start();
    }
}

impl Labels<'_> {
    /// As a snapshot has them.
    pub(super) fn to_vec(self) -> Vec<Label> {
        let encoded = self.encoded.iter().flat_map(|piece| fragment::read(piece));
        let own = encoded.map(|(name, value)| (name.into(), value.into()));
        own.chain(self.plain.iter().cloned()).collect()
    }
}

/// Is told of families and their series, sorted by the names of the families.
pub(super) trait Sink {
    /// Begins a family; `family.series` is not looked at.
    fn family(&mut self, family: &Family);

    /// Says which names the labels of the next series have, until it is called again.
    fn names(&mut self, has: &dyn Fn(&str) -> bool);

    /// Takes a series of the family that was begun last.
    fn series(&mut self, family: &Family, labels: Labels<'_>, value: &Value);
}

/// An empty histogram, in the memory of the one that may be in `value`.
pub(super) fn take_histogram(value: &mut Value, bounds: &'static [f64]) -> Histogram {
    match replace(value, Value::Info) {
        Value::Histogram(mut histogram) => {
            histogram.exemplars.clear();
            Histogram {
                bounds: bounds.into(),
                extremes: None,
                ends: Ends::default(),
                exponential: None,
                ..histogram
            }
        }
        _ => Histogram::from_counts(bounds, Vec::new(), 0.0),
    }
}

/// A summary without quantiles, in the memory of the one that may be in `value`.
pub(super) fn take_summary(value: &mut Value) -> Summary {
    let mut summary = match replace(value, Value::Info) {
        Value::Summary(summary) => summary,
        _ => Summary {
            quantiles: Vec::new(),
            count: 0,
            sum: 0.0,
        },
    };
    summary.quantiles.clear();
    (summary.count, summary.sum) = (0, 0.0);
    summary
}
