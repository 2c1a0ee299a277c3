//! OTLP as JSON, made from the encoded messages at the moment they are sent.
//!
//! A table says what the fields of a message are called and how their values are
//! written; so there is one encoder of each signal, and not two that differ.
//!
//! Sources: <https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding> and
//! <https://protobuf.dev/programming-guides/json/>.

use serde_json::Value;

use super::messages::{Kind, Message};
use super::reader::{Field, Fields, Partial};

/// Appends a message.
pub(super) fn write(out: &mut Vec<u8>, message: &Message, bytes: &[u8]) {
    out.push(b'{');
    let mut is_first = true;
    for field in message.0 {
        let of_field = Fields(bytes).filter(|(number, _)| *number == field.number);
        let mut values = of_field.map(|(_, value)| value).peekable();
        if values.peek().is_none() {
            continue;
        }
        if !std::mem::take(&mut is_first) {
            out.push(b',');
        }
        quoted(out, field.name);
        out.push(b':');
        if field.is_list {
            list(out, &field.kind, values);
        } else if let Some(value) = values.last() {
            one(out, &field.kind, &value);
        }
    }
    out.push(b'}');
}

fn list<'a>(out: &mut Vec<u8>, kind: &Kind, values: impl Iterator<Item = Field<'a>>) {
    out.push(b'[');
    let start = out.len();
    let mut add = |value: &Field<'_>| {
        if out.len() > start {
            out.push(b',');
        }
        one(out, kind, value);
    };
    for value in values {
        match (kind, &value) {
            // Numbers of 64 bits come in a row.
            (Kind::Fixed | Kind::Double, Field::Bytes(row)) => {
                for number in row.as_chunks::<8>().0 {
                    add(&Field::Fixed64(u64::from_le_bytes(*number)));
                }
            }
            (Kind::Row, Field::Bytes(row)) => {
                let mut row = Fields(row);
                while let Some(number) = row.varint() {
                    add(&Field::Uint(number));
                }
            }
            _ => add(&value),
        }
    }
    out.push(b']');
}

/// Writes a value; one that the table does not expect is `null`, which is as good as none.
fn one(out: &mut Vec<u8>, kind: &Kind, value: &Field<'_>) {
    let mut digits = itoa::Buffer::new();
    match (kind, value) {
        (Kind::Message(message), Field::Bytes(bytes)) => write(out, message, bytes),
        (Kind::Text, Field::Bytes(text)) => quoted(out, &String::from_utf8_lossy(text)),
        (Kind::Hex, Field::Bytes(bytes)) => hex(out, bytes),
        (Kind::Bool, Field::Uint(value)) => {
            out.extend_from_slice(if *value == 0 { b"false" } else { b"true" });
        }
        (Kind::Small, Field::Uint(value)) => {
            out.extend_from_slice(digits.format(*value).as_bytes());
        }
        (Kind::Small, Field::Fixed32(value)) => {
            out.extend_from_slice(digits.format(*value).as_bytes());
        }
        (Kind::Zigzag, Field::Uint(value)) => {
            let value = (value >> 1).cast_signed() ^ -(value & 1).cast_signed();
            out.extend_from_slice(digits.format(value).as_bytes());
        }
        (Kind::Row, Field::Uint(value)) => quoted(out, digits.format(*value)),
        (Kind::Fixed, Field::Fixed64(value)) => quoted(out, digits.format(*value)),
        (Kind::Signed, Field::Uint(value) | Field::Fixed64(value)) => {
            quoted(out, digits.format(value.cast_signed()));
        }
        (Kind::Double, Field::Fixed64(bits)) => double(out, f64::from_bits(*bits)),
        _ => out.extend_from_slice(b"null"),
    }
}

fn double(out: &mut Vec<u8>, value: f64) {
    if value.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes());
    } else if value.is_nan() {
        out.extend_from_slice(b"\"NaN\"");
    } else if value > 0.0 {
        out.extend_from_slice(b"\"Infinity\"");
    } else {
        out.extend_from_slice(b"\"-Infinity\"");
    }
}

fn hex(out: &mut Vec<u8>, bytes: &[u8]) {
    let digit = |value: u8| match value {
        0..=9 => b'0' + value,
        _ => b'a' + value - 10,
    };
    out.push(b'"');
    for byte in bytes {
        out.extend_from_slice(&[digit(byte >> 4), digit(byte & 0xf)]);
    }
    out.push(b'"');
}

fn quoted(out: &mut Vec<u8>, text: &str) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out, text);
}

/// Reads an answer. What cannot be read says nothing.
pub(super) fn partial_success(answer: &[u8]) -> Partial {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let Some(Value::Object(partial)) = answer.get("partialSuccess") else {
        return Partial::default();
    };
    let number = |value: &Value| match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_u64(),
    };
    let rejected = partial
        .iter()
        .find(|(key, _)| key.starts_with("rejected"))
        .and_then(|(_, value)| number(value));
    let message = partial.get("errorMessage").and_then(Value::as_str);
    Partial {
        rejected: rejected.unwrap_or(0),
        message: message.unwrap_or_default().to_owned(),
    }
}
