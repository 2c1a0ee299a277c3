//! What a field of a metrics struct can be, and what a series needs to be part of a family.

use std::sync::Arc;

use linkme::distributed_slice;
use obs_schema::def::{LabelDef, MetricDef, MetricKind};

use super::family::LiveFamily;
use super::registry::Registry;
use super::scan::Scan;
use super::snapshot::{Label, Value};
use crate::series::SeriesKey;

/// A handle that counts into a metric: [`Counter`](super::Counter), [`Gauge`](super::Gauge),
/// [`Histogram`](super::Histogram), [`Summary`](super::Summary), [`Info`](super::Info), or a
/// [`Family`](super::Family) of one of them.
///
/// A field of a struct that derives `Metrics` is one. Handles are small and can be copied; none
/// of their methods panics, fails or waits for a scrape.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a metric",
    label = "not a metric",
    note = "use `Counter`, `Counter<f64>`, `Gauge`, `Histogram`, `Summary`, `Info`, or a `Family` of one of them with a struct that derives `Labels`"
)]
pub trait Instrument: Sized + Send + Sync + 'static {
    /// The kind of metric.
    const KIND: MetricKind;
    /// The labels that tell its series apart: those of a family, otherwise none.
    const LABELS: &'static [LabelDef];

    /// Takes the metric into `registry`.
    ///
    /// Two registrations of one definition share their series. One that contradicts an earlier one,
    /// or that breaks the rules for names, is reported, counted in
    /// `obs_registration_conflicts_total`, and counts into the void.
    fn register_in(registry: &Registry, def: &'static MetricDef) -> Self;

    /// Takes the metric into the [global registry](Registry::global).
    fn register(def: &'static MetricDef) -> Self {
        Self::register_in(Registry::global(), def)
    }
}

/// A struct of metrics: derive `Metrics` for it.
///
/// The name of a field is the name of its metric, its doc comment the help text, its type the
/// kind. The derive adds `get()` to the struct and a constant with the definition of each metric.
///
#[cfg_attr(feature = "macros", doc = "```")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use obs_runtime::{Counter, Histogram, Metrics};
///
/// #[derive(Metrics)]
/// #[metrics(prefix = "mail_")]
/// struct MailMetrics {
///     /// Mails that were sent.
///     sent_total: Counter,
///     /// Size of a mail.
///     #[metric(name = "size_bytes", buckets = [1e3, 1e4, 1e5, 1e6])]
///     size: Histogram,
/// }
///
/// MailMetrics::get().sent_total.inc();
/// MailMetrics::get().size.observe(1_200.0);
/// assert_eq!(MailMetrics::get().sent_total.get(), 1);
/// assert_eq!(MailMetrics::SIZE.name, "mail_size_bytes");
/// assert_eq!(MailMetrics::SIZE.unit, "bytes");
/// ```
pub trait MetricSet: Sized + 'static {
    /// The definitions of its metrics, in the order of the fields.
    const DEFS: &'static [&'static MetricDef];

    /// The one instance of the program, registered when it is first asked for.
    fn get() -> &'static Self;
}

/// A function per derived set that registers it, collected by the linker: so every series exists
/// before its first use.
#[distributed_slice]
pub static METRIC_SETS: [fn()];

/// Registers every set of metrics that the linker lists.
pub(crate) fn register_sets() {
    for register in METRIC_SETS {
        register();
    }
}

/// A single series: what a family can consist of. Sealed; its implementations are the handles.
pub trait Series: sealed::Sealed + Copy + Send + Sync + 'static {
    #[doc(hidden)]
    const KIND: MetricKind;
}

pub(crate) mod sealed {
    use super::{Arc, Label, MetricDef, Scan, Value};

    /// The part of [`Series`](super::Series) that is not public.
    pub trait Sealed: Sized {
        /// A new series at 0. `None` when there is no room for it.
        fn create(def: &'static MetricDef) -> Option<Self>;
        /// A series that nobody reads.
        fn void() -> Self;
        /// Reads the present value into `value`, whose memory is used again. `false` leaves the series
        /// out.
        fn read(&self, def: &'static MetricDef, scan: &mut Scan, value: &mut Value) -> bool;
        /// The same for a series that was declared and never used.
        fn read_untouched(def: &'static MetricDef, value: &mut Value) -> bool;
        /// Labels that the series has beside those of its family.
        fn facts(&self) -> Option<Arc<Vec<Label>>> {
            None
        }
    }
}

impl<I: Series> Instrument for I {
    const KIND: MetricKind = <I as Series>::KIND;
    const LABELS: &'static [LabelDef] = &[];

    fn register_in(registry: &Registry, def: &'static MetricDef) -> Self {
        match registry.family::<I>(def, <I as Series>::KIND, &[]) {
            Some(family) => LiveFamily::series(family, SeriesKey::Index(0)),
            None => I::void(),
        }
    }
}
