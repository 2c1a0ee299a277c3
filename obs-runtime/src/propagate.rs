//! The trace and the baggage in the headers of requests and messages.
//!
//! [`extract`] reads what a caller sent, [`inject`] says where a call comes from. Both work on any
//! [`Carrier`]: an `http::HeaderMap` (hyper, axum, reqwest; tonic's metadata is one inside), a
//! `HashMap<String, String>` of a message, or a type of one's own. [`ServerLayer`] extracts by itself.
//!
//! ```
//! use std::collections::HashMap;
//! use obs_runtime::{propagate, trace};
//!
//! # let _capture = obs_runtime::testing::capture();
//! let mut message = HashMap::new();
//! {
//!     let _span = trace::span("publish").enter();
//!     propagate::inject(&mut message);
//! }
//! // In the process that takes the message up:
//! let sent = propagate::extract(&message);
//! let _inside = sent.context().enter(); // the baggage
//! let _span = trace::span("process").continues(&sent).enter();
//! assert_eq!(trace::current_trace_id(), Some(sent.parent.unwrap().trace_id));
//! ```
//!
//! # Forms
//!
//! `OTEL_PROPAGATORS`, or the key `tracing.propagators`, lists which are read and sent, by default
//! `tracecontext,baggage`:
//!
//! | name | headers | |
//! |---|---|---|
//! | `tracecontext` | `traceparent`, `tracestate` | [W3C Trace Context level 2](https://www.w3.org/TR/trace-context-2/) |
//! | `baggage` | `baggage` | [W3C Baggage](https://www.w3.org/TR/baggage/), see [`Baggage`] |
//! | `b3` | `b3: <trace>-<span>-<sampled>-<parent>` | [B3](https://github.com/openzipkin/b3-propagation), also `b3: 0`, `1` and `d` alone |
//! | `b3multi` | `x-b3-traceid`, `x-b3-spanid`, `x-b3-sampled`, `x-b3-flags` | B3 in several headers |
//! | `xtrace` | `x-trace-context: <trace>-<span>-<flags>`, or `x-trace-id`, `x-span-id`, `x-trace-flags` | older services |
//!
//! All that are listed are sent. Of those that come in the first in this order that names a parent
//! counts, whatever the order in the list; one that is malformed counts as absent. Without a parent
//! a bare sampling decision (`b3: 0`) counts, from the first form that has one.
//!
//! Except in `tracecontext`, which is stricter, trace ids have 16 or 32 lower-case hex digits; the
//! shorter ones are the right half of an id and are sent on with zeros in front. The debug flag of
//! B3 (`d`, `x-b3-flags: 1`) counts as sampled and is sent on as that. `<flags>` are two hex digits
//! as in `traceparent`. A header that must occur once and occurs twice is malformed.
//!
//! [`ServerLayer`]: crate::http::ServerLayer

mod b3;
pub mod baggage;
mod carrier;
mod choice;
mod claim;
mod forward;
#[cfg(feature = "http")]
mod http;
mod names;
mod receive;
mod send;
#[cfg(test)]
mod tests;
mod xtrace;

pub use baggage::{Baggage, BaggageError};
pub use carrier::{Carrier, CarrierMut};
pub(crate) use choice::set_enabled;
pub use choice::{Propagator, Propagators};
#[cfg(feature = "interop")]
pub(crate) use forward::each as each_forwarded;
pub(crate) use forward::set as set_forwarded;
#[cfg(feature = "http")]
pub use http::WithTraceContext;
pub use receive::{Extracted, extract};
pub use send::inject;
