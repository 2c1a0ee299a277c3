//! The time on a line.

use std::cell::Cell;

use super::digits;
use crate::rfc3339;

const NANOS_PER_SECOND: u64 = 1_000_000_000;
/// The length of `2026-08-06T12:00:00.`.
const TO_SECOND: usize = 20;

thread_local! {
    /// The last second that this thread wrote.
    static LAST: Cell<(u64, [u8; TO_SECOND])> = const { Cell::new((u64::MAX, [0; TO_SECOND])) };
}

/// Appends what [`rfc3339::write`] does. Most records are of the same second as the one before.
pub(super) fn write(out: &mut String, unix_ns: u64) {
    let second = unix_ns / NANOS_PER_SECOND;
    let micros = (unix_ns % NANOS_PER_SECOND / 1000) as u32;
    let (last, text) = LAST.get();
    if last == second {
        digits::push(out, &text);
    } else {
        let start = out.len();
        rfc3339::write(out, unix_ns);
        out.truncate(start + TO_SECOND);
        let written = out
            .as_bytes()
            .get(start..)
            .and_then(|text| text.try_into().ok());
        if let Some(text) = written {
            LAST.set((second, text));
        }
    }
    digits::push(out, &digits::six(micros));
    out.push('Z');
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
                let (mut found, mut expected) = (String::from("at "), String::from("at "));
                write(&mut found, time);
                rfc3339::write(&mut expected, time);
                prop_assert_eq!(found, expected);
            }
        }
    }
}
