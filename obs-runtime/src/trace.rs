//! Traces: identifiers, the context that travels between processes, and the traces that were kept.
//!
//! A trace is a tree of spans under one [`TraceId`]. A [`SpanContext`] names a span for others: a
//! task, a thread, or another process, which gets it through the headers of [`w3c`].

mod ascii;
mod context;
mod id;
pub mod w3c;

pub use ascii::Ascii;
pub use context::{SpanContext, TraceFlags};
pub use id::{ParseIdError, SpanId, TraceId};
pub use w3c::tracestate::TraceState;
