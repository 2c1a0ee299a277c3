//! Traces: identifiers, the context that travels between processes, and the traces that were kept.
//!
//! A trace is a tree of spans under one [`TraceId`]. A [`SpanContext`] names a span for others: a
//! task, a thread, or another process, which gets it through the headers of [`w3c`]. A [`Sampler`]
//! decides at the start of a trace whether it is recorded. The [`Store`] holds those that were kept, and
//! [`analysis`] tells where their time went.

pub mod analysis;
mod ascii;
pub(crate) mod collector;
pub(crate) mod console;
mod context;
mod data;
mod id;
mod kept;
mod live;
mod manual;
#[cfg(feature = "interop")]
pub mod otel;
pub(crate) mod sampler;
mod store;
pub mod w3c;

pub use ascii::Ascii;
pub use context::{SpanContext, TraceFlags};
pub use data::{Attribute, CodeLocation, Dropped, SpanData, SpanEvent, SpanLink, Status, Value};
pub use id::{ParseIdError, SpanId, TraceId};
pub use kept::{Keep, SpanBatch, Trace};
pub(crate) use live::store_of;
pub use live::{ActiveTrace, active, store};
pub use manual::{
    InSpan, SpanBuilder, SpanGuard, add_event, add_link, current, current_span_id,
    current_trace_id, record_error, set_attribute, set_error, set_ok, span,
};
pub use obs_schema::def::SpanKind;
pub use sampler::{HeadDecision, Sampler};
pub use store::{Query, Store, StoreStats};
pub use w3c::tracestate::TraceState;
