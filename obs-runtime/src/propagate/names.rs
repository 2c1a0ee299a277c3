//! The headers.

pub(super) use crate::trace::w3c::{TRACEPARENT, TRACESTATE};

pub(super) const X_REQUEST_ID: &str = "x-request-id";
pub(super) const BAGGAGE: &str = "baggage";
pub(super) const B3: &str = "b3";
pub(super) const B3_TRACE_ID: &str = "x-b3-traceid";
pub(super) const B3_SPAN_ID: &str = "x-b3-spanid";
pub(super) const B3_PARENT_SPAN_ID: &str = "x-b3-parentspanid";
pub(super) const B3_SAMPLED: &str = "x-b3-sampled";
pub(super) const B3_FLAGS: &str = "x-b3-flags";
pub(super) const X_TRACE_CONTEXT: &str = "x-trace-context";
pub(super) const X_TRACE_ID: &str = "x-trace-id";
pub(super) const X_SPAN_ID: &str = "x-span-id";
pub(super) const X_TRACE_FLAGS: &str = "x-trace-flags";
