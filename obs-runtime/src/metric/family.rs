//! Metrics with labels.

use std::any::Any;
use std::marker::PhantomData;

use obs_schema::def::{LabelDef, MetricDef, MetricKind};

use super::instrument::{Instrument, Series};
use super::registry::Registry;
use super::scan::{Labels, Scan, Sink};
use super::snapshot::{self, Value};
use crate::diagnostics;
use crate::label;
use crate::series::{SeriesKey, SeriesTable};

/// A metric with labels: one series of kind `I` for every value of `L`.
///
/// Every combination of finite labels exists from the start; a label of free text creates its
/// series when they are first used, up to its `max_series`, and those beyond share the series
/// `__overflow__`. Two different label sets are never one series.
///
/// [`with`](Self::with) returns the handle of a series by value. Keep it where the labels do not
/// change; finding it costs an index computation for finite labels and a lookup for free text.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use obs_runtime::{Counter, Family, Label, Labels, Metrics};
///
/// #[derive(Label, Clone, Copy)]
/// enum Payment { Card, Invoice }
///
/// #[derive(Labels)]
/// struct OrderLabels { payment: Payment }
///
/// #[derive(Metrics)]
/// struct ShopMetrics {
///     /// Orders received.
///     orders_total: Family<Counter, OrderLabels>,
/// }
///
/// let by_card = ShopMetrics::get().orders_total.with(&OrderLabels { payment: Payment::Card });
/// by_card.inc();
/// assert_eq!(by_card.get(), 1);
/// ```
///
/// Labels may borrow. The field of the struct then says `'static`; a lookup takes any borrow, which
/// ends with it:
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use obs_runtime::{Counter, Family, Labels, Metrics};
///
/// #[derive(Labels)]
/// struct Hit<'a> {
///     #[label(max_series = 100)]
///     route: &'a str,
/// }
///
/// #[derive(Metrics)]
/// struct WebMetrics {
///     /// Requests by route.
///     hits_total: Family<Counter, Hit<'static>>,
/// }
///
/// let route = format!("/{}", "orders");
/// WebMetrics::get().hits_total.with(&Hit { route: &route }).inc();
/// ```
pub struct Family<I: 'static, L> {
    /// `None` counts into the void.
    live: Option<&'static LiveFamily<I>>,
    /// Covariant, so that a family of `Labels<'static>` takes labels that borrow.
    labels: PhantomData<fn() -> L>,
}

impl<I: Series, L: label::Labels> Family<I, L> {
    /// The handle of the series with these labels.
    #[inline]
    #[must_use]
    pub fn with(&self, labels: &L) -> I {
        match self.live {
            Some(live) => labels.with_key(|key| live.series(key)),
            None => I::void(),
        }
    }
}

impl<I: Series, L: label::Labels + 'static> Instrument for Family<I, L> {
    const KIND: MetricKind = <I as Series>::KIND;
    const LABELS: &'static [LabelDef] = L::LABELS;

    fn register_in(registry: &Registry, def: &'static MetricDef) -> Self {
        Self {
            live: registry.family(def, <I as Series>::KIND, L::LABELS),
            labels: PhantomData,
        }
    }
}

impl<I, L> Clone for Family<I, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I, L> Copy for Family<I, L> {}

impl<I, L> std::fmt::Debug for Family<I, L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Family").finish_non_exhaustive()
    }
}

/// The series of a registered metric. Never freed: handles point to it.
#[derive(Debug)]
pub(super) struct LiveFamily<I> {
    def: &'static MetricDef,
    series: SeriesTable<I>,
}

impl<I: Series> LiveFamily<I> {
    pub(super) fn new(def: &'static MetricDef) -> Self {
        Self {
            def,
            series: SeriesTable::new(def.labels),
        }
    }

    /// The series of `key`, or one that nobody reads if there is no room or no such series.
    #[inline]
    pub(super) fn series(&self, key: SeriesKey<'_>) -> I {
        let found = self.series.get(key, || {
            let created = I::create(self.def);
            if created.is_none() {
                let name = self.def.name;
                diagnostics::report(&format!("no room for another series of `{name}`"));
            }
            created
        });
        found.unwrap_or_else(I::void)
    }
}

impl<I: Series> LiveFamily<I> {
    /// Tells `read` of every series that there is, with its labels as they are written.
    pub(super) fn each(&self, mut read: impl FnMut(&[u8], &I)) {
        self.series.each(|labels, series| {
            if let Some(series) = series {
                read(labels, series);
            }
        });
    }
}

/// A registered metric, whatever it consists of.
pub(super) trait Live: Any + Send + Sync {
    fn def(&self) -> &'static MetricDef;

    /// How many series it shows.
    fn count(&self) -> usize;

    /// Tells `sink` of them; `family` describes the family. `value` is memory to use again.
    fn visit(
        &self,
        family: &snapshot::Family,
        scan: &mut Scan,
        value: &mut Value,
        sink: &mut dyn Sink,
    );

    fn as_any(&'static self) -> &'static dyn Any;
}

impl<I: Series> Live for LiveFamily<I> {
    fn def(&self) -> &'static MetricDef {
        self.def
    }

    fn count(&self) -> usize {
        if <I as Series>::KIND != MetricKind::Info {
            return self.series.len();
        }
        let mut count = 0;
        self.series.each(|_, series| {
            count += usize::from(series.and_then(I::facts).is_some());
        });
        count
    }

    fn visit(
        &self,
        family: &snapshot::Family,
        scan: &mut Scan,
        value: &mut Value,
        sink: &mut dyn Sink,
    ) {
        let has = |name: &str| self.def.labels.iter().any(|label| label.name == name);
        sink.names(&has);
        self.series.each(|fragment, series| {
            let is_shown = match series {
                Some(series) => series.read(self.def, scan, value),
                None => I::read_untouched(self.def, value),
            };
            if is_shown {
                let facts = series.and_then(I::facts);
                if let Some(facts) = &facts {
                    sink.names(&|name| has(name) || facts.iter().any(|fact| fact.0 == name));
                }
                let labels = Labels {
                    encoded: &[fragment],
                    plain: facts.as_ref().map_or(&[], |facts| facts),
                };
                sink.series(family, labels, value);
            }
        });
    }

    fn as_any(&'static self) -> &'static dyn Any {
        self
    }
}
