//! Messages read: above all what a receiver answers, `partial_success`, which all kinds of answers have in the same place.
//!
//! Source: `opentelemetry/proto/collector/trace/v1/trace_service.proto` and its siblings.

/// What a receiver did not take of what it said it took.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Partial {
    pub(super) rejected: u64,
    pub(super) message: String,
}

/// Reads an answer. What cannot be read says nothing: the receiver has taken everything.
pub(super) fn partial_success(answer: &[u8]) -> Partial {
    let mut partial = Partial::default();
    for (number, field) in Fields(answer) {
        let (1, Field::Bytes(inner)) = (number, field) else {
            continue;
        };
        for field in Fields(inner) {
            match field {
                // A negative number makes no sense.
                (1, Field::Uint(rejected)) => {
                    partial.rejected = i64::try_from(rejected).unwrap_or(0).cast_unsigned();
                }
                (2, Field::Bytes(text)) => {
                    partial.message = String::from_utf8_lossy(text).into_owned();
                }
                _ => {}
            }
        }
    }
    partial
}

/// The fields of an encoded message, up to the first that cannot be read.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

/// A value, by the way it is encoded.
pub(super) enum Field<'a> {
    Uint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
}

impl<'a> Fields<'a> {
    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, len: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(len).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    fn field(&mut self) -> Option<(u64, Field<'a>)> {
        let tag = self.varint()?;
        let field = match tag & 7 {
            0 => Field::Uint(self.varint()?),
            1 => Field::Fixed64(u64::from_le_bytes(self.take(8)?.try_into().ok()?)),
            2 => {
                let len = self.varint()?;
                Field::Bytes(self.take(len)?)
            }
            5 => Field::Fixed32(u32::from_le_bytes(self.take(4)?.try_into().ok()?)),
            _ => return None,
        };
        Some((tag >> 3, field))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Field<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.field()
    }
}
