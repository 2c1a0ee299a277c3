//! Observability for Rust services: annotate functions and structs, and the
//! program measures, traces and logs itself.

extern crate self as obs_runtime;

#[doc(hidden)]
pub mod __private;
pub mod analytics;
mod attribute;
pub mod breaker;
#[cfg(feature = "log")]
mod bridge;
pub mod cache;
mod callsite;
mod capture;
pub mod collect;
pub mod config;
pub mod context;
#[cfg(all(test, any(feature = "export", feature = "http")))]
mod covered;
pub mod debug;
pub mod diagnostics;
mod escape;
pub mod event;
mod expiry;
#[cfg(feature = "export")]
pub mod export;
mod fork;
pub mod handoff;
pub mod health;
mod hot;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "interop")]
pub mod interop;
mod label;
mod lifecycle;
#[cfg(feature = "log")]
pub mod log;
#[cfg(feature = "macros")]
mod macros;
pub mod metric;
mod observe;
mod op;
mod operation;
mod outcome;
mod paint;
mod part;
pub mod policy;
mod probe;
pub mod propagate;
mod rate_limit;
pub mod redact;
mod rfc3339;
mod sampling;
mod series;
mod service;
mod span;
mod switch;
pub mod testing;
pub mod trace;
mod wait;
pub mod watch;
mod words;

pub use attribute::{AttributeRef, AttributeValue, debug, display};
pub use event::Event;
pub use label::{Label, LabelText, Labels};
pub use lifecycle::{Running, Shutdown, StartError, Starter, start};
#[cfg(feature = "macros")]
pub use macros::*;
pub use metric::{Counter, Family, Gauge, Histogram, Info, MetricSet, Summary};
#[cfg(feature = "macros")]
pub use obs_derive::*;
pub use outcome::{CallOutcome, Class, Outcome};
pub use policy::Rejected;
pub use redact::Sensitive;
pub use series::SeriesKey;
pub use service::Service;
pub use switch::{switch, switch_metrics, switch_spans};
