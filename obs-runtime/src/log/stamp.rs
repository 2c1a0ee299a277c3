//! The time on a line.

use std::cell::Cell;

use super::digits;
use crate::rfc3339;

const NANOS_PER_SECOND: u64 = 1_000_000_000;
/// The length of `2026-08-06T12:00:00.`.
const LENGTH: usize = 20;

thread_local! {
    /// The last second that this thread wrote, and how it is written.
    static LAST: Cell<(u64, [u8; LENGTH])> = const { Cell::new((u64::MAX, [0; LENGTH])) };
}

/// Appends what [`rfc3339::write`] does. Most records are of the same second as the one before.
pub(super) fn write(out: &mut Vec<u8>, unix_ns: u64) {
    let second = unix_ns / NANOS_PER_SECOND;
    let (last, text) = LAST.get();
    if last != second {
        return write_first(out, unix_ns);
    }
    out.extend_from_slice(&text);
    let [a, b, c, d, e, f] = digits::six((unix_ns % NANOS_PER_SECOND / 1000) as u32);
    out.extend_from_slice(&[a, b, c, d, e, f, b'Z']);
}

/// Appends the time of the first record of a second.
#[cold]
fn write_first(out: &mut Vec<u8>, unix_ns: u64) {
    let start = out.len();
    rfc3339::each(unix_ns, |ascii| out.push(ascii));
    let written = out.get(start..);
    if let Some(text) = written.and_then(|text| text.first_chunk()) {
        LAST.set((unix_ns / NANOS_PER_SECOND, *text));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever was written before.
        #[test]
        fn times_are_as_elsewhere(times in proptest::collection::vec((0..4_u64, 0..NANOS_PER_SECOND), 1..20)) {
            for (second, nanos) in times {
                let time = (1_786_017_598 + second) * NANOS_PER_SECOND + nanos;
                let (mut found, mut expected) = (Vec::from("at "), String::from("at "));
                write(&mut found, time);
                rfc3339::write(&mut expected, time);
                prop_assert_eq!(found, expected.into_bytes());
            }
        }
    }
}
