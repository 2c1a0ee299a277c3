//! Version 2.0: `io.prometheus.write.v2.Request`.
//!
//! No sample says since when it counts: that is not known of what collectors read.
//!
//! Source: <https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/>

use std::collections::HashMap;

use rapidhash::quality::RandomState;

use super::record::{Record, Seen};
use crate::export::delivery::Batch;
use crate::export::wire;

const SYMBOLS: u32 = 4;
const TIME_SERIES: u32 = 5;

/// The request with these samples.
pub(in crate::export::push) fn request(batch: &Batch) -> Vec<u8> {
    let mut symbols = Symbols::new();
    let mut series = Vec::with_capacity(batch.bytes().len() / 2);
    for record in batch.items().filter_map(Record::read) {
        wire::message(&mut series, TIME_SERIES, |out| {
            time_series(record, &mut symbols, out);
        });
    }
    let mut out = symbols.encoded;
    out.extend_from_slice(&series);
    out
}

fn time_series<'a>(record: Record<'a>, symbols: &mut Symbols<'a>, out: &mut Vec<u8>) {
    wire::message(out, 1, |out| {
        for (name, value) in record.labels {
            wire::varint(out, symbols.number(name));
            wire::varint(out, symbols.number(value));
        }
    });
    wire::message(out, 2, |out| {
        wire::fixed64_always(out, 1, record.number);
        wire::uint(out, 2, record.unix_ms);
    });
    if let Some(seen) = record.exemplar {
        wire::message(out, 4, |out| exemplar(seen, symbols, out));
    }
    wire::message(out, 5, |out| {
        wire::uint(out, 1, record.kind.into());
        wire::uint(out, 3, symbols.number(record.help));
        wire::uint(out, 4, symbols.number(record.unit));
    });
}

fn exemplar<'a>(seen: Seen<'a>, symbols: &mut Symbols<'a>, out: &mut Vec<u8>) {
    wire::message(out, 1, |out| {
        wire::varint(out, symbols.number(b"trace_id"));
        wire::varint(out, symbols.number(seen.trace_id));
    });
    wire::fixed64_always(out, 2, seen.number);
    wire::uint(out, 3, seen.unix_ms);
}

/// The table of texts.
struct Symbols<'a> {
    numbers: HashMap<&'a [u8], u64, RandomState>,
    encoded: Vec<u8>,
}

impl<'a> Symbols<'a> {
    /// A table with the empty text, which is the first by definition.
    fn new() -> Self {
        let mut symbols = Self {
            numbers: HashMap::default(),
            encoded: Vec::new(),
        };
        symbols.number(b"");
        symbols
    }

    /// The number of a text.
    fn number(&mut self, text: &'a [u8]) -> u64 {
        let next = self.numbers.len() as u64;
        *self.numbers.entry(text).or_insert_with(|| {
            wire::bytes_always(&mut self.encoded, SYMBOLS, text);
            next
        })
    }
}
