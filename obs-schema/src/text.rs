//! Text that a `const fn` can build.
//!
//! A rule is checked while the user's program compiles, so its message has to be
//! put together in a constant expression, where neither `format!` nor `String`
//! exist. [`Text`] is a buffer of fixed size with the few pushes that messages
//! need; `panic!("{}", text.as_str())` is allowed in a constant.

use core::fmt;

/// Enough for every message of this crate.
pub type Message = Text<384>;

/// A string of at most `N` bytes; what does not fit is cut at a character.
///
/// ```
/// use obs_schema::text::Text;
/// const SERIES: Text<32> = Text::new().name("a").str(" has ").number(2880).str(" series");
/// assert_eq!(SERIES.as_str(), "`a` has 2,880 series");
/// ```
#[derive(Clone, Copy)]
pub struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    /// The longest part of a user's name that a message repeats, in bytes.
    const NAME_LIMIT: usize = 80;

    /// An empty text.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: [0; N],
            len: 0,
        }
    }

    /// The text so far.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        let (used, _) = self.bytes.split_at(self.len);
        match core::str::from_utf8(used) {
            Ok(text) => text,
            // Pushes are whole characters, so this arm is never taken.
            Err(_) => "",
        }
    }

    /// Whether nothing was pushed yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends `part`.
    #[must_use]
    pub const fn str(mut self, part: &str) -> Self {
        let fits = floor_boundary(part, N - self.len);
        let bytes = part.as_bytes();
        let mut i = 0;
        while i < fits {
            self.bytes[self.len + i] = bytes[i];
            i += 1;
        }
        self.len += fits;
        self
    }

    /// Appends another text.
    #[must_use]
    pub const fn text<const M: usize>(self, part: &Text<M>) -> Self {
        self.str(part.as_str())
    }

    /// Appends a name in backticks. Control characters show as `?`, a very long name is cut.
    #[must_use]
    pub const fn name(self, name: &str) -> Self {
        let shown = floor_boundary(name, Self::NAME_LIMIT);
        let mut out = self.str("`").printable(name.split_at(shown).0);
        if shown < name.len() {
            out = out.str("...");
        }
        out.str("`")
    }

    const fn printable(mut self, part: &str) -> Self {
        let start = self.len;
        self = self.str(part);
        let mut i = start;
        while i < self.len {
            if self.bytes[i].is_ascii_control() {
                self.bytes[i] = b'?';
            }
            i += 1;
        }
        self
    }

    /// Appends a list of names: "`a`, `b`, `c`".
    #[must_use]
    pub const fn names(mut self, names: &[&str]) -> Self {
        let mut i = 0;
        while i < names.len() {
            if i > 0 {
                self = self.str(", ");
            }
            self = self.name(names[i]);
            i += 1;
        }
        self
    }

    /// Appends a whole number, its thousands separated by commas.
    #[must_use]
    pub const fn number(self, number: u64) -> Self {
        self.digits(number, true)
    }

    /// Appends a whole number without separators.
    #[must_use]
    pub const fn plain(self, number: u64) -> Self {
        self.digits(number, false)
    }

    const fn digits(mut self, number: u64, grouped: bool) -> Self {
        let mut scale = 1;
        let mut left = 1;
        while number / scale >= 10 {
            scale *= 10;
            left += 1;
        }
        while left > 0 {
            let digit = [b'0' + ((number / scale) % 10) as u8];
            if let Ok(digit) = core::str::from_utf8(&digit) {
                self = self.str(digit);
            }
            scale /= if scale > 1 { 10 } else { 1 };
            left -= 1;
            if grouped && left > 0 && left % 3 == 0 {
                self = self.str(",");
            }
        }
        self
    }

    /// Appends a real number in plain decimals, at most 12 of them.
    ///
    /// Meant for the numbers that people write as bounds; it rounds in the 13th digit.
    #[must_use]
    pub const fn float(mut self, number: f64) -> Self {
        if number.is_nan() {
            return self.str("NaN");
        }
        if number < 0.0 {
            self = self.str("-");
        }
        let size = number.abs();
        if size.is_infinite() {
            return self.str("Inf");
        }
        if size >= 1e15 {
            return self.str("1e15 or more");
        }
        let (whole, mut decimals, mut count) = decimals(size);
        self = self.digits(whole, false);
        while count > 0 && decimals % 10 == 0 {
            decimals /= 10;
            count -= 1;
        }
        if count == 0 {
            return self;
        }
        self = self.str(".");
        let mut scale = 10u64.pow(count - 1);
        while scale > 1 && decimals < scale {
            self = self.str("0");
            scale /= 10;
        }
        self.digits(decimals, false)
    }
}

/// The whole part, the decimals as a number, and how many decimals that number has.
const fn decimals(size: f64) -> (u64, u64, u32) {
    // 15 significant digits survive the way through an `f64`.
    let mut count = 12;
    while count > 0 && size * 10u64.pow(count) as f64 >= 1e15 {
        count -= 1;
    }
    let scale = 10u64.pow(count);
    let scaled = (size * scale as f64 + 0.5) as u64;
    (scaled / scale, scaled % scale, count)
}

/// The largest index up to `limit` that does not split a character of `text`.
const fn floor_boundary(text: &str, limit: usize) -> usize {
    if limit >= text.len() {
        return text.len();
    }
    let mut at = limit;
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl<const N: usize> Default for Text<N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl<const N: usize> PartialEq for Text<N> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl<const N: usize> Eq for Text<N> {}

#[cfg(test)]
mod tests {
    use super::{Message, Text};

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let shown = |n| Text::<32>::new().number(n).as_str().to_owned();
        assert_eq!(shown(0), "0");
        assert_eq!(shown(999), "999");
        assert_eq!(shown(1_000), "1,000");
        assert_eq!(shown(2_880), "2,880");
        assert_eq!(shown(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn floats_are_shown_as_people_write_them() {
        let shown = |n: f64| Message::new().float(n).as_str().to_owned();
        for text in [
            "0",
            "1",
            "0.5",
            "0.005",
            "0.000001",
            "1.1",
            "-2.5",
            "100",
            "7.25",
            "12345.678",
        ] {
            assert_eq!(shown(text.parse().unwrap()), text);
        }
        assert_eq!(shown(0.1 + 0.2), "0.3");
        assert_eq!(shown(f64::NAN), "NaN");
        assert_eq!(shown(f64::NEG_INFINITY), "-Inf");
        assert_eq!(shown(1e300), "1e15 or more");
    }

    #[test]
    fn a_full_text_is_cut_at_a_character() {
        assert_eq!(Text::<4>::new().str("abc").str("µs").as_str(), "abc");
        assert_eq!(Text::<5>::new().str("abc").str("µs").as_str(), "abcµ");
    }

    #[test]
    fn a_name_of_any_content_is_shown_on_one_line() {
        let long = "ä".repeat(5_000);
        let shown = Message::new().name(&long);
        assert!(shown.as_str().ends_with("...`"));
        assert!(shown.as_str().len() < 100);
        assert_eq!(Message::new().name("a\n\0b").as_str(), "`a??b`");
    }
}
