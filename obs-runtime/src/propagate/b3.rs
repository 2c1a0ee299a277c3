//! [B3](https://github.com/openzipkin/b3-propagation), in one header and in several.

use super::carrier::{Carrier, CarrierMut, Once, single};
use super::claim::{Claim, sampled_flag, span_id, trace_id};
use super::names::{B3, B3_FLAGS, B3_PARENT_SPAN_ID, B3_SAMPLED, B3_SPAN_ID, B3_TRACE_ID};
use crate::trace::SpanContext;

/// Reads `b3`.
pub(super) fn read_single(carrier: &impl Carrier) -> Option<Claim> {
    let value = single(carrier, B3).value()?;
    if let Some(sampled) = state(value) {
        return Some(Claim::decision(sampled));
    }
    let mut fields = value.split('-');
    let trace_id = trace_id(fields.next()?)?;
    let span_id = span_id(fields.next()?)?;
    let sampled = match fields.next() {
        Some(field) => Some(state(field)?),
        None => None,
    };
    // The parent of the caller's span is of no use here, but it has to be an id.
    if let Some(parent) = fields.next() {
        self::span_id(parent)?;
    }
    let claim = Claim::below(trace_id, span_id, sampled.map(sampled_flag));
    fields.next().is_none().then_some(claim)
}

/// The sampling state: denied, accepted, or accepted because somebody looks for a fault.
fn state(text: &str) -> Option<bool> {
    match text {
        "0" => Some(false),
        "1" | "d" => Some(true),
        _ => None,
    }
}

/// Reads `x-b3-traceid` and its companions.
pub(super) fn read_multi(carrier: &impl Carrier) -> Option<Claim> {
    let sampled = multi_state(carrier);
    match (single(carrier, B3_TRACE_ID), single(carrier, B3_SPAN_ID)) {
        (Once::Absent, Once::Absent) => sampled.map(Claim::decision),
        (trace, span) => Some(Claim::below(
            trace_id(trace.value()?)?,
            span_id(span.value()?)?,
            sampled.map(sampled_flag),
        )),
    }
}

/// `x-b3-flags: 1` is debug, which implies accepted. Early tracers wrote `true` and `false`.
fn multi_state(carrier: &impl Carrier) -> Option<bool> {
    if single(carrier, B3_FLAGS).value() == Some("1") {
        return Some(true);
    }
    match single(carrier, B3_SAMPLED).value()? {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

pub(super) fn write_single(context: &SpanContext, carrier: &mut impl CarrierMut) {
    let (trace, span) = (context.trace_id.hex(), context.span_id.hex());
    carrier.set(B3, &format!("{trace}-{span}-{}", digit(context)));
}

pub(super) fn write_multi(context: &SpanContext, carrier: &mut impl CarrierMut) {
    carrier.set(B3_TRACE_ID, &context.trace_id.hex());
    carrier.set(B3_SPAN_ID, &context.span_id.hex());
    carrier.set(B3_SAMPLED, digit(context));
    carrier.remove(B3_PARENT_SPAN_ID);
    carrier.remove(B3_FLAGS);
}

fn digit(context: &SpanContext) -> &'static str {
    if context.flags.is_sampled() { "1" } else { "0" }
}
