//! From readings to lines.
//!
//! What ends a path, a tag or a line is written as `%` and two hexadecimal digits, so that different labels stay
//! different: carbon itself has no way to escape anything.

use super::super::labels::{Rules, Sent};
use super::super::samples::Bounds;
use crate::export::delivery::Batch;
use crate::export::interval::{Encode, Reading};
use crate::metric::encode::push_number;

/// Makes a line of each sample.
#[derive(Debug)]
pub(super) struct Lines {
    rules: Rules,
    bounds: Bounds,
    /// The tags of the present series, kept for its memory.
    tags: Vec<u8>,
}

impl Lines {
    pub(super) fn new(rules: Rules) -> Self {
        Self {
            rules,
            bounds: Bounds::default(),
            tags: Vec::new(),
        }
    }
}

impl Encode for Lines {
    fn encode(&mut self, reading: Reading<'_>, batch: &mut Batch) {
        let Self {
            rules,
            bounds,
            tags,
            ..
        } = self;
        let mut time = itoa::Buffer::new();
        let time = time.format(reading.unix_ns / 1_000_000_000).as_bytes();
        let mut labels = Vec::new();
        for family in &reading.snapshot.families {
            for series in &family.series {
                rules.apply(series, &reading.snapshot.common, &mut labels);
                tags.clear();
                labels.iter().for_each(|label| write_tag(label, tags));
                bounds.samples(&series.value, |sample| {
                    // Carbon has no word for what is not a number, and none for what is infinite.
                    if !sample.number.is_finite() {
                        return;
                    }
                    batch.write(|out| {
                        escape(&family.name, out);
                        out.extend_from_slice(sample.suffix.as_bytes());
                        out.extend_from_slice(tags);
                        if let Some((name, bound)) = sample.bound {
                            write_tag(&(name.into(), bound), out);
                        }
                        out.push(b' ');
                        push_number(sample.number, out);
                        out.push(b' ');
                        out.extend_from_slice(time);
                        out.push(b'\n');
                    });
                });
            }
        }
    }
}

fn write_tag((name, value): &Sent<'_>, out: &mut Vec<u8>) {
    out.push(b';');
    escape(name, out);
    out.push(b'=');
    if value.starts_with('~') {
        out.extend_from_slice(b"%7E");
        return escape(value.get(1..).unwrap_or_default(), out);
    }
    escape(value, out);
}

fn escape(text: &str, out: &mut Vec<u8>) {
    let mut buffer = [0; 4];
    for character in text.chars() {
        let bytes = character.encode_utf8(&mut buffer).as_bytes();
        if is_special(character) {
            for byte in bytes {
                let digit = |four: u8| *b"0123456789ABCDEF".get(usize::from(four)).unwrap_or(&b'0');
                out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
            }
        } else {
            out.extend_from_slice(bytes);
        }
    }
}

/// Carbon splits lines at whatever Python takes for white space. A slash would be a directory to some of those who
/// store what carbon gets.
fn is_special(character: char) -> bool {
    matches!(character, ';' | '!' | '^' | '=' | '%' | '/')
        || character.is_whitespace()
        || character.is_control()
}
