//! The forms of older services: `x-trace-context`, and `x-trace-id` with its companions.

use super::carrier::{Carrier, CarrierMut, Once, single};
use super::claim::{Claim, span_id, trace_id};
use super::names::{X_SPAN_ID, X_TRACE_CONTEXT, X_TRACE_FLAGS, X_TRACE_ID};
use crate::trace::{SpanContext, TraceFlags};

/// Reads the single header, or the three if that names no parent.
pub(super) fn read(carrier: &impl Carrier) -> Option<Claim> {
    let whole = single(carrier, X_TRACE_CONTEXT).value();
    whole.and_then(parse).or_else(|| read_three(carrier))
}

/// `<trace>-<span>-<flags>`, all three.
fn parse(text: &str) -> Option<Claim> {
    let mut fields = text.split('-');
    let (trace, span, flags) = (fields.next()?, fields.next()?, fields.next()?);
    let claim = Claim::below(trace_id(trace)?, span_id(span)?, Some(parse_flags(flags)?));
    fields.next().is_none().then_some(claim)
}

/// Without `x-trace-flags` the decision is ours.
fn read_three(carrier: &impl Carrier) -> Option<Claim> {
    let trace_id = trace_id(single(carrier, X_TRACE_ID).value()?)?;
    let span_id = span_id(single(carrier, X_SPAN_ID).value()?)?;
    let flags = match single(carrier, X_TRACE_FLAGS) {
        Once::Absent => None,
        flags => Some(parse_flags(flags.value()?)?),
    };
    Some(Claim::below(trace_id, span_id, flags))
}

fn parse_flags(text: &str) -> Option<TraceFlags> {
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if text.len() != 2 || !text.bytes().all(digit) {
        return None;
    }
    let bits = u8::from_str_radix(text, 16).ok()?;
    Some(TraceFlags::from_bits(bits))
}

/// Sends both forms: who reads only one of them is not known.
pub(super) fn write(context: &SpanContext, carrier: &mut impl CarrierMut) {
    let (trace, span) = (context.trace_id.hex(), context.span_id.hex());
    let flags = format!("{:02x}", context.flags.bits());
    carrier.set(X_TRACE_CONTEXT, &format!("{trace}-{span}-{flags}"));
    carrier.set(X_TRACE_ID, &trace);
    carrier.set(X_SPAN_ID, &span);
    carrier.set(X_TRACE_FLAGS, &flags);
}
