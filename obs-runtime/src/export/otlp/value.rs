//! Attributes and values of OTLP.
//!
//! Source: `opentelemetry/proto/common/v1/common.proto`.

use super::wire;

const KEY: u32 = 1;
const VALUE: u32 = 2;

/// What an attribute has for a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value<'a> {
    Text(&'a str),
    Bool(bool),
    Int(i64),
    /// There is no unsigned number: one that is too large is sent as a text.
    #[cfg(feature = "log")]
    Uint(u64),
    Float(f64),
}

/// `KeyValue`, as a field of the message at hand, which is below 16.
#[inline]
pub(super) fn attribute(out: &mut Vec<u8>, field: u32, key: &str, value: Value<'_>) {
    let is_short = match value {
        Value::Text(text) => short_text(out, field, key, text),
        Value::Int(value) => short_int(out, field, key, value.cast_unsigned()),
        #[cfg(feature = "log")]
        Value::Uint(value) => value < 1 << 63 && short_int(out, field, key, value),
        _ => false,
    };
    if !is_short {
        any_attribute(out, field, key, value);
    }
}

/// Tags of one byte.
const LEN: u8 = 2;
const KEY_TAG: u8 = (KEY as u8) << 3 | LEN;
const VALUE_TAG: u8 = (VALUE as u8) << 3 | LEN;
const TEXT_TAG: u8 = 1 << 3 | LEN;
const INT_TAG: u8 = 3 << 3;

/// A text of which all lengths take a byte, as nearly all do: they are known before, so that it is written in one go.
/// False if it is not one.
#[inline]
fn short_text(out: &mut Vec<u8>, field: u32, key: &str, text: &str) -> bool {
    let inner = text.len() + 2;
    let is_short = begin_short(out, field, key, inner);
    if is_short {
        out.extend_from_slice(&[VALUE_TAG, inner as u8, TEXT_TAG, text.len() as u8]);
        out.extend_from_slice(text.as_bytes());
    }
    is_short
}

/// The same for a number.
#[inline]
fn short_int(out: &mut Vec<u8>, field: u32, key: &str, value: u64) -> bool {
    let inner = wire::varint_len(value) + 1;
    let is_short = begin_short(out, field, key, inner);
    if is_short {
        out.extend_from_slice(&[VALUE_TAG, inner as u8, INT_TAG]);
        wire::varint(out, value);
    }
    is_short
}

/// Everything before the value, of which `inner` is the length.
#[inline]
fn begin_short(out: &mut Vec<u8>, field: u32, key: &str, inner: usize) -> bool {
    let all = key.len() + inner + 4;
    if all >= 0x80 || key.is_empty() {
        return false;
    }
    out.reserve(all + 2);
    let tag = (field << 3) as u8 | LEN;
    out.extend_from_slice(&[tag, all as u8, KEY_TAG, key.len() as u8]);
    out.extend_from_slice(key.as_bytes());
    true
}

/// The same whatever it is.
fn any_attribute(out: &mut Vec<u8>, field: u32, key: &str, value: Value<'_>) {
    wire::message(out, field, |out| {
        wire::bytes(out, KEY, key.as_bytes());
        any_value(out, VALUE, value);
    });
}

/// `AnyValue`, as a field of the message at hand.
#[inline]
pub(super) fn any_value(out: &mut Vec<u8>, field: u32, value: Value<'_>) {
    wire::message(out, field, |out| match value {
        Value::Text(text) => wire::bytes_always(out, 1, text.as_bytes()),
        Value::Bool(value) => wire::uint_always(out, 2, u64::from(value)),
        Value::Int(value) => wire::uint_always(out, 3, value.cast_unsigned()),
        #[cfg(feature = "log")]
        Value::Uint(value) => match i64::try_from(value) {
            Ok(_) => wire::uint_always(out, 3, value),
            Err(_) => wire::bytes_always(out, 1, itoa::Buffer::new().format(value).as_bytes()),
        },
        Value::Float(value) => wire::double_always(out, 4, value),
    });
}
