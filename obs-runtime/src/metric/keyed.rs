//! Metrics whose labels are found by the framework.

use obs_schema::def::MetricDef;

use super::Registry;
use super::family::LiveFamily;
use super::instrument::Series;
use crate::series::SeriesKey;

/// A metric with labels, without a type for them.
#[derive(Debug)]
pub(crate) struct Keyed<I: 'static>(Option<&'static LiveFamily<I>>);

impl<I: Series> Keyed<I> {
    /// Takes the metric into the global registry. One that contradicts another counts into the void.
    pub(crate) fn register(def: &'static MetricDef) -> Self {
        Self(Registry::global().family(def, <I as Series>::KIND, def.labels))
    }

    /// The handle of the series with this key.
    pub(crate) fn get(&self, key: SeriesKey<'_>) -> I {
        self.0.map_or_else(I::void, |family| family.series(key))
    }
}
