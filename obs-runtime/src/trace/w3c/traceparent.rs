//! One `traceparent` value.

use crate::trace::ascii::{Ascii, Writer, parse_hex};
use crate::trace::{SpanContext, SpanId, TraceFlags, TraceId};

/// The version that this module writes, and the only one whose length it knows.
const VERSION: u8 = 0x00;
/// A version that the specification forbids for good.
const FORBIDDEN_VERSION: u8 = 0xff;

/// The parent that `value` names; `value` has no white space around it.
pub(super) fn parse(value: &[u8]) -> Option<SpanContext> {
    let (version, rest) = field::<2>(value)?;
    let (trace_id, rest) = field::<32>(after_dash(rest)?)?;
    let (span_id, rest) = field::<16>(after_dash(rest)?)?;
    let (flags, rest) = field::<2>(after_dash(rest)?)?;
    check_end(byte(version)?, rest)?;

    let mut context = SpanContext::new(
        TraceId::from_hex(trace_id)?,
        SpanId::from_hex(span_id)?,
        TraceFlags::from_bits(byte(flags)?),
    );
    context.remote = true;
    Some(context)
}

/// The value that names `context` as the parent.
pub(super) fn format(context: &SpanContext) -> Ascii<55> {
    Writer::new()
        .hex(&[VERSION])
        .dash()
        .hex(&context.trace_id.to_bytes())
        .dash()
        .hex(&context.span_id.to_bytes())
        .dash()
        .hex(&[context.flags.bits()])
        .finish()
}

/// Version 00 ends after the flags; a later one may go on, but only with a further field.
fn check_end(version: u8, rest: &[u8]) -> Option<()> {
    match (version, rest) {
        (FORBIDDEN_VERSION, _) => None,
        (_, []) => Some(()),
        (VERSION, _) => None,
        (_, [b'-', ..]) => Some(()),
        _ => None,
    }
}

fn field<const LEN: usize>(text: &[u8]) -> Option<(&[u8; LEN], &[u8])> {
    text.split_first_chunk()
}

fn after_dash(text: &[u8]) -> Option<&[u8]> {
    text.strip_prefix(b"-")
}

fn byte(digits: &[u8; 2]) -> Option<u8> {
    u8::try_from(parse_hex(digits)?).ok()
}
