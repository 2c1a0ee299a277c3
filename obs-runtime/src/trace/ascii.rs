//! Text of a fixed length on the stack.

use std::fmt;
use std::ops::Deref;

/// Exactly `N` ASCII characters, without an allocation: an id in hex, or a `traceparent`.
///
/// ```
/// use obs_runtime::trace::SpanId;
///
/// let id = SpanId::new(0x2a).unwrap();
/// assert_eq!(id.hex().as_str(), "000000000000002a");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ascii<const N: usize>([u8; N]);

impl<const N: usize> Ascii<N> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only `Writer` makes a value, and it writes ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The text as bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> Deref for Ascii<N> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> AsRef<str> for Ascii<N> {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl<const N: usize> fmt::Display for Ascii<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Ascii<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Fills an [`Ascii`] from left to right; what does not fit is cut off, what is missing stays `0`.
pub(super) struct Writer<const N: usize> {
    text: [u8; N],
    len: usize,
}

impl<const N: usize> Writer<N> {
    pub(super) const fn new() -> Self {
        Self {
            text: [b'0'; N],
            len: 0,
        }
    }

    /// Appends each byte as two lower-case hex digits.
    pub(super) fn hex(mut self, bytes: &[u8]) -> Self {
        for byte in bytes {
            self.push(hex_digit(byte >> 4));
            self.push(hex_digit(byte & 0xf));
        }
        self
    }

    /// Appends a `-`.
    pub(super) fn dash(mut self) -> Self {
        self.push(b'-');
        self
    }

    pub(super) fn finish(self) -> Ascii<N> {
        Ascii(self.text)
    }

    fn push(&mut self, character: u8) {
        if let Some(slot) = self.text.get_mut(self.len) {
            *slot = character;
            self.len += 1;
        }
    }
}

const fn hex_digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0' + nibble,
        _ => b'a' + nibble - 10,
    }
}

/// The number that `digits` say in lower-case hex, `None` if one of them is anything else.
///
/// The caller fixes the length; more than 32 digits lose their left part.
pub(super) fn parse_hex(digits: &[u8]) -> Option<u128> {
    digits.iter().try_fold(0_u128, |number, digit| {
        let value = match digit {
            b'0'..=b'9' => digit - b'0',
            b'a'..=b'f' => digit - b'a' + 10,
            _ => return None,
        };
        Some(number << 4 | u128::from(value))
    })
}
