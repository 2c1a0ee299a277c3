//! The time of events that are passed on from elsewhere.

use crate::log::draft::{Draft, Item, Raw};
use crate::rfc3339;

/// Fields that say when an event happened.
const KEYS: [&str; 3] = ["timestamp", "time", "ts"];

/// 2000-01-01 and 2200-01-01 in seconds since 1970. With any other unit these would be other centuries.
const SECONDS: std::ops::Range<u64> = 946_684_800..7_258_118_400;

/// What the units of a whole number are in nanoseconds.
const UNITS: [u64; 4] = [1_000_000_000, 1_000_000, 1000, 1];

/// Makes the time that the event gives the time of the record, and takes the field away.
pub(super) fn normalise(draft: &mut Draft) {
    let view = draft.view();
    let time_of = |key: &str| {
        view.items
            .iter()
            .enumerate()
            .find_map(|(at, item)| match *item {
                Item::Field(known, value) if view.text(known) == key => {
                    Some((at, unix_ns(value, |text| view.text(text))?))
                }
                _ => None,
            })
    };
    if let Some((at, time)) = KEYS.into_iter().find_map(time_of) {
        draft.head.time_unix_ns = time;
        draft.items.remove(at);
    }
}

fn unix_ns<'a>(value: Raw, text: impl Fn(super::super::draft::Text) -> &'a str) -> Option<u64> {
    match value {
        Raw::U64(number) => of_number(number),
        Raw::I64(number) => of_number(number.try_into().ok()?),
        Raw::F64(seconds) if (SECONDS.start as f64..SECONDS.end as f64).contains(&seconds) => {
            Some((seconds * 1e9) as u64)
        }
        Raw::Text(value) => {
            let value = text(value);
            rfc3339::read(value)
                .or_else(|| of_number(value.parse().ok()?))
                .filter(|time| is_plausible(*time))
        }
        Raw::F64(_) | Raw::Bool(_) => None,
    }
}

fn of_number(number: u64) -> Option<u64> {
    UNITS
        .iter()
        .filter_map(|unit| number.checked_mul(*unit))
        .find(|time| is_plausible(*time))
}

fn is_plausible(unix_ns: u64) -> bool {
    SECONDS.contains(&(unix_ns / 1_000_000_000))
}
