//! Metrics: instruments, families, the registry, snapshots and the formats of Prometheus.
//!
//! | | |
//! |---|---|
//! | [`Counter`], [`Gauge`], [`Histogram`], [`Summary`], [`Info`] | what a program counts into |
//! | [`Family`] | one of them per label set |
//! | [`Registry`] | where they are registered, with the collectors that are read at scrape time |
//! | [`snapshot`] | what all of them said at one moment |
//! | [`encode`] | a snapshot as text 0.0.4 or OpenMetrics 1.0 |
//!
//! A program mostly declares its metrics as a struct that derives `Metrics`. By hand it is a
//! [`definition`] and a handle:
//!
//! ```
//! use obs_runtime::metric::Counter;
//! use obs_runtime::metric::definition::{MetricDef, MetricKind};
//!
//! static SENT: MetricDef =
//!     MetricDef::new("mails_sent_total", "Mails that were sent.", MetricKind::Counter);
//!
//! let sent = Counter::register(&SENT);
//! sent.inc();
//! ```
//!
//! Counters and histograms are memory of the thread that counts, so counting neither waits nor is
//! waited for. A scrape adds up the threads. Within one series everything belongs together:
//! `_count` is the sum of the buckets, and `_sum` is over the same observations unless
//! `obs_torn_reads_total` grew. Different series are read at slightly different moments.

mod analytics;
mod assembly;
mod breakers;
mod builtin;
mod cell;
mod counter;
pub mod encode;
pub(crate) mod ends;
pub(crate) mod exemplar;
pub(crate) mod exponential;
#[cfg(feature = "export")]
mod export;
mod external;
mod family;
mod gauge;
mod histogram;
mod info;
mod instrument;
mod keyed;
mod operations;
mod own;
mod policies;
mod quantile;
mod registry;
mod scan;
pub mod snapshot;
mod source;
mod summary;
#[cfg(test)]
mod tests;
pub mod window;

#[doc(no_inline)]
pub use obs_schema::def as definition;

pub(crate) use analytics::count_model;
pub use counter::Counter;
pub(crate) use external::{rate_limit_remaining, set_rate_limit_remaining};
pub use family::Family;
pub use gauge::{Gauge, Tracked};
pub use histogram::{Histogram, Timer};
pub use info::Info;
pub use instrument::{Instrument, METRIC_SETS, MetricSet, Series};
pub(crate) use keyed::Keyed;
pub(crate) use own::forget_own;
#[cfg(feature = "interop")]
pub(crate) use registry::Ledger;
#[cfg(feature = "http")]
pub(crate) use registry::PIECE;
pub use registry::{Registration, Registry};
#[cfg(feature = "interop")]
pub(crate) use source::Source;
pub use summary::Summary;
