//! The headers `traceparent` and `tracestate`: [W3C Trace Context level 2][spec].
//!
//! The module knows no header map: [`extract`] takes the values of both headers, every occurrence in
//! the order of the request, and [`inject`] gives the values to set. Reading is strict. A
//! `traceparent` that the specification forbids, or one that occurs twice, is no parent, and the
//! caller starts a new trace; a forbidden `tracestate` is left out and leaves the parent alone.
//!
//! ```
//! use obs_runtime::trace::w3c;
//!
//! let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03";
//! let context = w3c::extract([parent.as_bytes()], [b"rojo=1".as_slice(), b"congo=2"]).unwrap();
//! assert_eq!(context.trace_id.to_string(), "0af7651916cd43dd8448eb211c80319c");
//! assert!(context.remote && context.flags.is_sampled());
//!
//! let headers = w3c::inject(&context);
//! assert_eq!(headers.traceparent.as_str(), parent);
//! assert_eq!(headers.tracestate, Some("rojo=1,congo=2"));
//! ```
//!
//! [spec]: https://www.w3.org/TR/trace-context-2/

mod traceparent;
pub(super) mod tracestate;

use super::{Ascii, SpanContext};

pub use tracestate::ParseStateError;

/// The name of the header that carries the parent.
pub const TRACEPARENT: &str = "traceparent";
/// The name of the header that carries the state of other tracing systems.
pub const TRACESTATE: &str = "tracestate";

/// What to set on an outgoing request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Headers<'a> {
    /// The value of [`TRACEPARENT`]: 55 characters, version 00.
    pub traceparent: Ascii<55>,
    /// The value of [`TRACESTATE`]; `None` when there is nothing to pass on, then the header must
    /// not be sent.
    pub tracestate: Option<&'a str>,
}

/// The parent that a request names, `None` when it names none or not exactly one.
///
/// Each iterator yields every value of its header in order: repeated `tracestate` headers are one
/// list, repeated `traceparent` headers contradict each other. Spaces and tabs around a value are
/// ignored. Without a `tracestate` nothing is allocated.
pub fn extract<'a>(
    traceparent: impl IntoIterator<Item = &'a [u8]>,
    tracestate: impl IntoIterator<Item = &'a [u8]>,
) -> Option<SpanContext> {
    let mut parents = traceparent.into_iter();
    let (parent, None) = (parents.next()?, parents.next()) else {
        return None;
    };
    let mut context = traceparent::parse(trim_ows(parent))?;
    context.state = tracestate::parse(tracestate).unwrap_or_default();
    Some(context)
}

/// The headers that make a request a child of `context`.
#[must_use]
pub fn inject(context: &SpanContext) -> Headers<'_> {
    let state = &context.state;
    Headers {
        traceparent: traceparent::format(context),
        tracestate: (!state.is_empty()).then(|| state.as_str()),
    }
}

/// `text` without the spaces and tabs around it: the `OWS` of RFC 9110.
fn trim_ows(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests;
