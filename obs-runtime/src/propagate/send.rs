//! Writing.

use super::baggage::Baggage;
use super::carrier::CarrierMut;
use super::choice::{Propagator, Propagators};
use super::names::{BAGGAGE, TRACEPARENT, TRACESTATE};
use super::{b3, forward, xtrace};
use crate::trace::{SpanContext, w3c};
use crate::{context, span};

/// Makes a request a child of the current span and sends the baggage of the current request
/// context along, in the forms that are [enabled](Propagators::enabled), and the keys of that context
/// that `tracing.forward` lists: by default the request id as `x-request-id`.
///
/// What is set takes the place of former values. Without a current span the headers of the trace are left as they
/// are, without baggage that of the baggage. While no spans are recorded, the caller's is handed on, so that the trace
/// has no gap.
///
/// ```
/// use obs_runtime::{propagate, trace};
///
/// # let _capture = obs_runtime::testing::capture();
/// let _span = trace::span("charge").enter();
/// let mut message = std::collections::HashMap::new();
/// propagate::inject(&mut message);
/// assert!(message.contains_key("traceparent"));
/// ```
pub fn inject(carrier: &mut impl CarrierMut) {
    Propagators::enabled().inject(carrier);
}

impl Propagators {
    /// Does what [`inject`] does, in these forms.
    pub fn inject(self, carrier: &mut impl CarrierMut) {
        if self == Self::NONE {
            return;
        }
        if let Some(context) = span::current_context().or_else(context::caller) {
            self.write_trace(&context, carrier);
        }
        if self.contains(Propagator::Baggage)
            && let Some(baggage) = context::baggage()
        {
            write_baggage(&baggage, carrier);
        }
        forward::write(carrier);
    }

    pub(super) fn write_trace(self, context: &SpanContext, carrier: &mut impl CarrierMut) {
        for form in self.iter() {
            match form {
                Propagator::TraceContext => write_w3c(context, carrier),
                Propagator::Baggage => {}
                Propagator::B3 => b3::write_single(context, carrier),
                Propagator::B3Multi => b3::write_multi(context, carrier),
                Propagator::XTrace => xtrace::write(context, carrier),
            }
        }
    }
}

fn write_w3c(context: &SpanContext, carrier: &mut impl CarrierMut) {
    let headers = w3c::inject(context);
    carrier.set(TRACEPARENT, &headers.traceparent);
    match headers.tracestate {
        Some(state) => carrier.set(TRACESTATE, state),
        None => carrier.remove(TRACESTATE),
    }
}

fn write_baggage(baggage: &Baggage, carrier: &mut impl CarrierMut) {
    if !baggage.is_empty() {
        carrier.set(BAGGAGE, &baggage.to_string());
    }
}
