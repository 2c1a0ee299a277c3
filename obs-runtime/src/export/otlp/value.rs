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

/// `KeyValue`, as a field of the message at hand.
#[inline]
pub(super) fn attribute(out: &mut Vec<u8>, field: u32, key: &str, value: Value<'_>) {
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
