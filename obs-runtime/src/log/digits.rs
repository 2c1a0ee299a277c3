//! Numbers as digits of a fixed width.

/// Appends the ids of a trace and of a span, with `between` between them.
pub(super) fn push_ids(out: &mut Vec<u8>, trace_id: u128, between: &str, span_id: u64) {
    let trace_id = [(trace_id >> 64) as u64, trace_id as u64].map(hex);
    out.extend_from_slice(trace_id.as_flattened());
    out.extend_from_slice(between.as_bytes());
    out.extend_from_slice(&hex(span_id));
}

/// 16 lower-case hex digits.
fn hex(number: u64) -> [u8; 16] {
    let mut digits = [0; 16];
    let (high, low) = digits.split_at_mut(8);
    high.copy_from_slice(&hex_half((number >> 32) as u32));
    low.copy_from_slice(&hex_half(number as u32));
    digits
}

/// 8 digits, all at once: each byte of a word is a nibble first, then its digit.
fn hex_half(number: u32) -> [u8; 8] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut nibbles = u64::from(number);
    nibbles = (nibbles | nibbles << 16) & 0x0000_ffff_0000_ffff;
    nibbles = (nibbles | nibbles << 8) & 0x00ff_00ff_00ff_00ff;
    nibbles = (nibbles | nibbles << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    let letters = (nibbles + 6 * ONES) >> 4 & ONES;
    let digits = nibbles + u64::from(b'0') * ONES + letters * u64::from(b'a' - b'0' - 10);
    digits.to_be_bytes()
}

/// 6 decimal digits of a number below a million.
pub(super) fn six(number: u32) -> [u8; 6] {
    let [a, b] = two(number / 10_000);
    let [c, d] = two(number / 100 % 100);
    let [e, f] = two(number % 100);
    [a, b, c, d, e, f]
}

fn two(number: u32) -> [u8; 2] {
    let digit = |number: u32| b'0' + (number % 10) as u8;
    [digit(number / 10), digit(number)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn hex_is_what_format_writes(number in any::<u64>()) {
            prop_assert_eq!(hex(number).to_vec(), format!("{number:016x}").into_bytes());
        }

        #[test]
        fn six_digits_are_what_format_writes(number in 0..1_000_000_u32) {
            prop_assert_eq!(six(number).to_vec(), format!("{number:06}").into_bytes());
        }
    }
}
