//! A sample as it waits: everything that either version of the protocol wants of it.
//!
//! Version 2.0 has a table of texts for a whole request, and which samples come together is only known when it
//! is sent. So what waits is a form of our own, which both are made of.

use super::super::labels::Sent;
use crate::export::wire::varint;
use crate::metric::snapshot::{Exemplar, Family, Kind};

/// What says that a series has ended.
pub(super) const STALE: u64 = 0x7ff0_0000_0000_0002;
/// What says that a number is none.
const NAN: u64 = 0x7ff8_0000_0000_0001;

/// A sample that waited.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Record<'a> {
    pub(super) kind: u8,
    pub(super) help: &'a [u8],
    pub(super) unit: &'a [u8],
    /// Sorted by name.
    pub(super) labels: Labels<'a>,
    pub(super) unix_ms: u64,
    /// The bits of the number.
    pub(super) number: u64,
    pub(super) exemplar: Option<Seen<'a>>,
}

/// A trace that shows what was counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Seen<'a> {
    /// As hexadecimal digits.
    pub(super) trace_id: &'a [u8],
    pub(super) number: u64,
    pub(super) unix_ms: u64,
}

/// Names and values, one behind the other.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Labels<'a>(Reader<'a>);

/// Writes what identifies a series: its family and its labels, with `__name__` and a bound among them.
pub(super) fn write_series(
    family: &Family,
    labels: &[Sent<'_>],
    suffix: &str,
    bound: Option<(&'static str, &str)>,
    out: &mut Vec<u8>,
) {
    out.push(number_of(family.kind));
    write_text(&[&family.help], out);
    write_text(&[&family.unit], out);
    let count = labels.len() + 1 + usize::from(bound.is_some());
    varint(out, count as u64);
    let mut is_named = false;
    let mut bound = bound;
    for (name, value) in labels {
        if !is_named && &**name > "__name__" {
            is_named = true;
            write_name(family, suffix, out);
        }
        if let Some((own, text)) = bound.take_if(|(own, _)| *own < &**name) {
            write_text(&[own], out);
            write_text(&[text], out);
        }
        write_text(&[name], out);
        write_text(&[value], out);
    }
    if !is_named {
        write_name(family, suffix, out);
    }
    if let Some((own, text)) = bound {
        write_text(&[own], out);
        write_text(&[text], out);
    }
}

fn write_name(family: &Family, suffix: &str, out: &mut Vec<u8>) {
    write_text(&["__name__"], out);
    write_text(&[&family.name, suffix], out);
}

fn write_text(parts: &[&str], out: &mut Vec<u8>) {
    varint(out, parts.iter().map(|part| part.len() as u64).sum());
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
}

/// Writes the number of a series, behind what identifies it.
pub(super) fn write_number(
    number: f64,
    unix_ms: u64,
    exemplar: Option<&Exemplar>,
    out: &mut Vec<u8>,
) {
    let bits = if number.is_nan() {
        NAN
    } else {
        number.to_bits()
    };
    write_bits(bits, unix_ms, out);
    if let Some(exemplar) = exemplar {
        write_bits(exemplar.value.to_bits(), exemplar.unix_ns / 1_000_000, out);
        out.extend_from_slice(format!("{:032x}", exemplar.trace_id).as_bytes());
    }
}

/// Writes that a series has ended, behind what identifies it.
pub(super) fn write_end(unix_ms: u64, out: &mut Vec<u8>) {
    write_bits(STALE, unix_ms, out);
}

fn write_bits(bits: u64, unix_ms: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&bits.to_le_bytes());
    out.extend_from_slice(&unix_ms.to_le_bytes());
}

/// The number of a kind in `io.prometheus.write.v2.Metadata.MetricType`.
const fn number_of(kind: Kind) -> u8 {
    match kind {
        Kind::Counter => 1,
        Kind::Gauge => 2,
        Kind::Histogram => 3,
        Kind::Summary => 5,
        Kind::Info => 6,
    }
}

impl<'a> Record<'a> {
    /// Reads what was written. `None` for anything else.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader {
            rest: bytes,
            left: 0,
        };
        let kind = *reader.take(1)?.first()?;
        let help = reader.text()?;
        let unit = reader.text()?;
        let count = reader.varint()?;
        let labels = Labels(Reader {
            rest: reader.rest,
            left: count,
        });
        for _ in 0..count {
            reader.text()?;
            reader.text()?;
        }
        let number = reader.fixed()?;
        let unix_ms = reader.fixed()?;
        let exemplar = if reader.rest.is_empty() {
            None
        } else {
            Some(Seen {
                number: reader.fixed()?,
                unix_ms: reader.fixed()?,
                trace_id: reader.rest,
            })
        };
        Some(Self {
            kind,
            help,
            unit,
            labels,
            unix_ms,
            number,
            exemplar,
        })
    }
}

impl<'a> Iterator for Labels<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.left = self.0.left.checked_sub(1)?;
        Some((self.0.text()?, self.0.text()?))
    }
}

/// Reads from the front.
#[derive(Debug, Clone, PartialEq)]
struct Reader<'a> {
    rest: &'a [u8],
    /// Labels that are left.
    left: u64,
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(taken)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn text(&mut self) -> Option<&'a [u8]> {
        let len = self.varint()?;
        self.take(usize::try_from(len).ok()?)
    }

    fn fixed(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.take(8)?.try_into().ok()?))
    }
}
