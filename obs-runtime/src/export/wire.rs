//! Protocol Buffers, as much of them as telemetry needs.
//!
//! Fields with their default value are left out, as proto3 wants it. The length of
//! a message stands before it and is known after it: it is written into a byte or two that
//! were left for it, and only a message that needs more or fewer moves.
//!
//! Source: <https://protobuf.dev/programming-guides/encoding/>

const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const LEN: u32 = 2;
const FIXED32: u32 = 5;

/// Writes a number in as many bytes as it needs.
#[inline]
pub(crate) fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[inline]
fn tag(out: &mut Vec<u8>, field: u32, kind: u32) {
    varint(out, u64::from(field << 3 | kind));
}

/// `uint64`, `uint32`, `bool`, an enum.
#[inline]
pub(crate) fn uint(out: &mut Vec<u8>, field: u32, value: u64) {
    if value != 0 {
        uint_always(out, field, value);
    }
}

/// The same for a field of a `oneof`, where the default says something.
#[inline]
pub(crate) fn uint_always(out: &mut Vec<u8>, field: u32, value: u64) {
    tag(out, field, VARINT);
    varint(out, value);
}

/// `fixed64`.
#[inline]
pub(crate) fn fixed64(out: &mut Vec<u8>, field: u32, value: u64) {
    if value != 0 {
        fixed64_always(out, field, value);
    }
}

/// The same for a field of a `oneof`.
#[inline]
pub(crate) fn fixed64_always(out: &mut Vec<u8>, field: u32, value: u64) {
    tag(out, field, FIXED64);
    out.extend_from_slice(&value.to_le_bytes());
}

/// `fixed32`.
#[inline]
pub(crate) fn fixed32(out: &mut Vec<u8>, field: u32, value: u32) {
    if value != 0 {
        tag(out, field, FIXED32);
        out.extend_from_slice(&value.to_le_bytes());
    }
}

/// `double` of a `oneof`, or an optional one.
#[inline]
pub(crate) fn double_always(out: &mut Vec<u8>, field: u32, value: f64) {
    fixed64_always(out, field, value.to_bits());
}

/// `string`, `bytes`.
#[inline]
pub(crate) fn bytes(out: &mut Vec<u8>, field: u32, value: &[u8]) {
    if !value.is_empty() {
        bytes_always(out, field, value);
    }
}

/// The same for a field of a `oneof`, or one in a list.
#[inline]
pub(crate) fn bytes_always(out: &mut Vec<u8>, field: u32, value: &[u8]) {
    tag(out, field, LEN);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

/// A message that `write` fills.
#[inline]
pub(crate) fn message(out: &mut Vec<u8>, field: u32, write: impl FnOnce(&mut Vec<u8>)) {
    tag(out, field, LEN);
    let at = out.len();
    out.push(0);
    write(out);
    set_length(out, at);
}

/// The same for one that is seldom shorter than 128 bytes.
#[inline]
pub(crate) fn long_message(out: &mut Vec<u8>, field: u32, write: impl FnOnce(&mut Vec<u8>)) {
    tag(out, field, LEN);
    let at = out.len();
    out.extend_from_slice(&[0; 2]);
    write(out);
    let len = out.len() - at - 2;
    match out.get_mut(at..at + 2) {
        Some([low, high]) if (0x80..0x4000).contains(&len) => {
            *low = len as u8 | 0x80;
            *high = (len >> 7) as u8;
        }
        _ => move_for_length(out, at, 2, len),
    }
}

/// `bytes` of a length that is known, and shorter than 128, in a field below 16.
#[inline]
pub(crate) fn few_bytes<const N: usize>(out: &mut Vec<u8>, field: u32, value: &[u8; N]) {
    const { assert!(N < 0x80) };
    out.extend_from_slice(&[(field << 3 | LEN) as u8, N as u8]);
    out.extend_from_slice(value);
}

/// What stands before a message of which the length is known.
pub(crate) fn message_head(out: &mut Vec<u8>, field: u32, len: usize) {
    tag(out, field, LEN);
    varint(out, len as u64);
}

/// The bytes that a message of this length takes, with what stands before it.
pub(crate) fn message_len(field: u32, len: usize) -> usize {
    varint_len(u64::from(field << 3)) + varint_len(len as u64) + len
}

/// `sint32`.
#[cfg(feature = "otlp")]
pub(crate) fn sint(out: &mut Vec<u8>, field: u32, value: i32) {
    let zigzag = value << 1 ^ value >> 31;
    uint(out, field, u64::from(zigzag.cast_unsigned()));
}

/// A packed list of `uint64`.
#[cfg(feature = "otlp")]
pub(crate) fn packed_varint(out: &mut Vec<u8>, field: u32, values: &[u64]) {
    if values.is_empty() {
        return;
    }
    message_head(
        out,
        field,
        values.iter().map(|value| varint_len(*value)).sum(),
    );
    values.iter().for_each(|value| varint(out, *value));
}

/// A packed list of so many `fixed64`, or `double` by their bits.
pub(crate) fn packed_fixed64(
    out: &mut Vec<u8>,
    field: u32,
    len: usize,
    values: impl Iterator<Item = u64>,
) {
    if len == 0 {
        return;
    }
    message_head(out, field, len * 8);
    for value in values.take(len) {
        out.extend_from_slice(&value.to_le_bytes());
    }
}

/// The bytes that a number needs.
#[inline]
pub(crate) fn varint_len(value: u64) -> usize {
    (64 - (value | 1).leading_zeros() as usize).div_ceil(7)
}

/// Writes the length of what stands behind the byte at `at` into it, and makes room if it takes more than one.
#[inline]
fn set_length(out: &mut Vec<u8>, at: usize) {
    let len = out.len() - at - 1;
    match out.get_mut(at) {
        Some(byte) if len < 0x80 => *byte = len as u8,
        _ => move_for_length(out, at, 1, len),
    }
}

/// Writes the length of the last `len` bytes to `at`, where `room` bytes were left for it, and moves them if it takes
/// more or fewer.
#[cold]
#[inline(never)]
fn move_for_length(out: &mut Vec<u8>, at: usize, room: usize, len: usize) {
    let needed = varint_len(len as u64);
    let end = out.len();
    out.resize(end.max(at + needed + len), 0);
    out.copy_within(at + room..end, at + needed);
    out.truncate(at + needed + len);
    let mut rest = len as u64;
    let last = at + needed - 1;
    for byte in out.iter_mut().take(last).skip(at) {
        *byte = rest as u8 | 0x80;
        rest >>= 7;
    }
    if let Some(byte) = out.get_mut(last) {
        *byte = rest as u8;
    }
}
