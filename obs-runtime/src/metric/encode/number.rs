//! Numbers inside a line.

use std::io::Write;

/// Whole numbers up to here are exact as `f64`.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Appends a whole number.
pub(super) fn whole(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends a number in its shortest form that reads back as the same.
pub(super) fn real(number: f64, out: &mut Vec<u8>) {
    if number.fract() == 0.0 && number.abs() < EXACT {
        let whole = number as i64;
        out.extend_from_slice(itoa::Buffer::new().format(whole).as_bytes());
    } else if number.is_finite() {
        out.extend_from_slice(zmij::Buffer::new().format_finite(number).as_bytes());
    } else {
        out.extend_from_slice(special(number));
    }
}

/// Appends the value of `le` or `quantile` as OpenMetrics wants it, which is Go's `%g` with a point
/// in it: `0.005`, `1.0`, `1e-05`, `1e+06`. In both formats, so that a series keeps its identity
/// when a scraper changes over.
pub(super) fn canonical(number: f64, out: &mut Vec<u8>) {
    if !number.is_finite() {
        return out.extend_from_slice(special(number));
    }
    // Every shortest `f64` fits: a sign, 17 digits, a point and an exponent.
    let mut buffer = [0u8; 32];
    let mut cursor = &mut buffer[..];
    let _ = write!(cursor, "{number:e}");
    let left = cursor.len();
    let text = buffer.get(..buffer.len() - left).unwrap_or_default();
    let mut parts = text.split(|&byte| byte == b'e');
    let mantissa = parts.next().unwrap_or_default();
    let exponent = parts.next().and_then(|part| std::str::from_utf8(part).ok());
    let exponent: i32 = exponent.and_then(|part| part.parse().ok()).unwrap_or(0);
    if (-4..6).contains(&exponent) || number == 0.0 {
        // Within this range `Display` has the same digits, without an exponent.
        let _ = write!(out, "{number:?}");
    } else {
        out.extend_from_slice(mantissa);
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "e{sign}{:02}", exponent.abs());
    }
}

fn special(number: f64) -> &'static [u8] {
    if number.is_nan() {
        b"NaN"
    } else if number > 0.0 {
        b"+Inf"
    } else {
        b"-Inf"
    }
}
