//! The identifiers of traces and spans.

use std::fmt;
use std::num::{NonZeroU64, NonZeroU128};
use std::str::FromStr;

use super::ascii::{Ascii, Writer, parse_hex};

/// Identifies a trace: 16 bytes, never all zero, written as 32 lower-case hex digits.
///
/// ```
/// use obs_runtime::trace::TraceId;
///
/// let id: TraceId = "0af7651916cd43dd8448eb211c80319c".parse()?;
/// assert_eq!(id.to_string(), "0af7651916cd43dd8448eb211c80319c");
/// assert!("0AF7651916CD43DD8448EB211C80319C".parse::<TraceId>().is_err());
/// # Ok::<(), obs_runtime::trace::ParseIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceId(NonZeroU128);

impl TraceId {
    /// The id with this number; `None` for 0, which means "no trace" on the wire.
    #[must_use]
    pub const fn new(number: u128) -> Option<Self> {
        match NonZeroU128::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The id with these bytes, most significant first; `None` if all are zero.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Option<Self> {
        Self::new(u128::from_be_bytes(bytes))
    }

    /// The id as a number.
    #[must_use]
    pub const fn get(self) -> u128 {
        self.0.get()
    }

    /// The bytes, most significant first.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.get().to_be_bytes()
    }

    /// The 32 hex digits, without an allocation.
    #[must_use]
    pub fn hex(self) -> Ascii<32> {
        Writer::new().hex(&self.to_bytes()).finish()
    }

    /// The right-most 7 bytes as a number: the part that is random in a trace of level 2, and that
    /// every participant compares with its sampling threshold.
    #[must_use]
    pub const fn randomness(self) -> u64 {
        const LOW_56_BITS: u128 = (1 << 56) - 1;
        (self.get() & LOW_56_BITS) as u64
    }

    pub(super) fn from_hex(digits: &[u8]) -> Option<Self> {
        (digits.len() == 32)
            .then(|| parse_hex(digits))
            .flatten()
            .and_then(Self::new)
    }
}

/// Identifies a span within its trace: 8 bytes, never all zero, written as 16 lower-case hex digits.
///
/// ```
/// use obs_runtime::trace::SpanId;
///
/// let id: SpanId = "b7ad6b7169203331".parse()?;
/// assert_eq!(id.get(), 0xb7ad_6b71_6920_3331);
/// # Ok::<(), obs_runtime::trace::ParseIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpanId(NonZeroU64);

impl SpanId {
    /// The id with this number; `None` for 0, which means "no span" on the wire.
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        match NonZeroU64::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The id with these bytes, most significant first; `None` if all are zero.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Option<Self> {
        Self::new(u64::from_be_bytes(bytes))
    }

    /// The id as a number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// The bytes, most significant first.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 8] {
        self.get().to_be_bytes()
    }

    /// The 16 hex digits, without an allocation.
    #[must_use]
    pub fn hex(self) -> Ascii<16> {
        Writer::new().hex(&self.to_bytes()).finish()
    }

    pub(super) fn from_hex(digits: &[u8]) -> Option<Self> {
        let number = (digits.len() == 16).then(|| parse_hex(digits)).flatten()?;
        Self::new(u64::try_from(number).ok()?)
    }
}

/// A text that is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseIdError {
    digits: usize,
}

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected {} lower-case hex digits, not all zero",
            self.digits
        )
    }
}

impl std::error::Error for ParseIdError {}

impl FromStr for TraceId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        Self::from_hex(text.as_bytes()).ok_or(ParseIdError { digits: 32 })
    }
}

impl FromStr for SpanId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        Self::from_hex(text.as_bytes()).ok_or(ParseIdError { digits: 16 })
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.hex(), f)
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.hex(), f)
    }
}

impl fmt::Debug for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_refuse_what_is_not_exactly_their_hex() {
        for text in [
            "",
            "1",
            "00000000000000000000000000000000",
            "0AF7651916CD43DD8448EB211C80319C",
            "0af7651916cd43dd8448eb211c80319",
            "0af7651916cd43dd8448eb211c80319c0",
            "+af7651916cd43dd8448eb211c80319c",
            " af7651916cd43dd8448eb211c80319c",
            "0af7651916cd43dd8448eb211c80319g",
            "0af7651916cd43dd8448eb211c8031é",
        ] {
            assert!(text.parse::<TraceId>().is_err(), "{text:?}");
        }
        for text in [
            "",
            "0000000000000000",
            "B7AD6B7169203331",
            "b7ad6b716920333",
            "b7ad6b71692033311",
        ] {
            assert!(text.parse::<SpanId>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_message_says_what_to_type() {
        assert_eq!(
            "x".parse::<SpanId>().unwrap_err().to_string(),
            "expected 16 lower-case hex digits, not all zero"
        );
    }

    #[test]
    fn zero_is_no_id() {
        assert_eq!(TraceId::from_bytes([0; 16]), None);
        assert_eq!(SpanId::new(0), None);
    }

    proptest! {
        #[test]
        fn trace_ids_survive_text_and_bytes(number in 1..=u128::MAX) {
            let id = TraceId::new(number).unwrap();
            prop_assert_eq!(id.to_string(), format!("{number:032x}"));
            prop_assert_eq!(id.to_string().parse::<TraceId>(), Ok(id));
            prop_assert_eq!(TraceId::from_bytes(id.to_bytes()), Some(id));
            prop_assert_eq!(u128::from(id.randomness()), number % (1 << 56));
        }

        #[test]
        fn span_ids_survive_text_and_bytes(number in 1..=u64::MAX) {
            let id = SpanId::new(number).unwrap();
            prop_assert_eq!(format!("{id:?}"), format!("{number:016x}"));
            prop_assert_eq!(id.to_string().parse::<SpanId>(), Ok(id));
            prop_assert_eq!(SpanId::from_bytes(id.to_bytes()), Some(id));
        }
    }
}
