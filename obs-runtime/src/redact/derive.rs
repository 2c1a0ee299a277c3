//! What `#[derive(Redact)]` shows instead of a field.

use std::fmt::{self, Debug, Display};

use super::REDACTED;

/// A hidden value.
pub struct Redacted;

impl Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// A value of which only the last characters are shown, and nothing at all of one that is not more
/// than twice as long.
pub fn last_characters<T: Display + ?Sized>(value: &T, count: usize) -> impl Debug {
    let text = value.to_string();
    let length = text.chars().count();
    let hidden = if length > count.saturating_mul(2) {
        length - count
    } else {
        length
    };
    Masked(format!(
        "{REDACTED}{}",
        text.chars().skip(hidden).collect::<String>()
    ))
}

/// What a function of the program shows instead of a value.
pub fn masked<T: ?Sized, R: Display>(mask: impl FnOnce(&T) -> R, value: &T) -> impl Debug {
    Masked(mask(value))
}

struct Masked<T>(T);

impl<T: Display> Debug for Masked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}
