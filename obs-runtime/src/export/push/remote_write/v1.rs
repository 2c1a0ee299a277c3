//! Version 1.0: `prometheus.WriteRequest`.
//!
//! Source: <https://prometheus.io/docs/specs/prw/remote_write_spec/>

use super::record::{Record, Seen};
use crate::export::delivery::Batch;
use crate::export::wire;

/// The request with these samples.
pub(in crate::export::push) fn request(batch: &Batch) -> Vec<u8> {
    let mut out = Vec::with_capacity(batch.bytes().len());
    for record in batch.items().filter_map(Record::read) {
        wire::message(&mut out, 1, |out| time_series(record, out));
    }
    out
}

fn time_series(record: Record<'_>, out: &mut Vec<u8>) {
    for (name, value) in record.labels {
        label(out, name, value);
    }
    wire::message(out, 2, |out| number(record.number, record.unix_ms, out));
    if let Some(seen) = record.exemplar {
        wire::message(out, 3, |out| exemplar(seen, out));
    }
}

fn label(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    wire::message(out, 1, |out| {
        wire::bytes(out, 1, name);
        wire::bytes(out, 2, value);
    });
}

fn number(bits: u64, unix_ms: u64, out: &mut Vec<u8>) {
    wire::fixed64_always(out, 1, bits);
    wire::uint(out, 2, unix_ms);
}

fn exemplar(seen: Seen<'_>, out: &mut Vec<u8>) {
    label(out, b"trace_id", seen.trace_id);
    wire::fixed64_always(out, 2, seen.number);
    wire::uint(out, 3, seen.unix_ms);
}
