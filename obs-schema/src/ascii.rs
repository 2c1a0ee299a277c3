//! The string operations of `std` that rules need and that are not `const` there.

/// Whether two strings are equal.
pub(crate) const fn eq(a: &str, b: &str) -> bool {
    a.len() == b.len() && starts_with(a, b)
}

/// Whether `text` begins with `start`.
pub(crate) const fn starts_with(text: &str, start: &str) -> bool {
    text.len() >= start.len() && matches_at(text, 0, start)
}

/// Whether `text` ends with `end`.
pub(crate) const fn ends_with(text: &str, end: &str) -> bool {
    text.len() >= end.len() && matches_at(text, text.len() - end.len(), end)
}

/// `text` without `end`, if it ends so.
pub(crate) const fn strip_suffix<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    if ends_with(text, end) {
        Some(text.split_at(text.len() - end.len()).0)
    } else {
        None
    }
}

/// `text` without `start`, if it begins so.
pub(crate) const fn strip_prefix<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    if starts_with(text, start) {
        Some(text.split_at(start.len()).1)
    } else {
        None
    }
}

/// The index of `wanted` in a list.
pub(crate) const fn position(list: &[&str], wanted: &str) -> Option<usize> {
    let mut i = 0;
    while i < list.len() {
        if eq(list[i], wanted) {
            return Some(i);
        }
        i += 1;
    }
    None
}

/// Whether a list has `wanted`.
pub(crate) const fn contains(list: &[&str], wanted: &str) -> bool {
    position(list, wanted).is_some()
}

/// Splits off the part before the first `separator`; the rest is `None` when there is none.
pub(crate) const fn split_once(text: &str, separator: u8) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        if bytes[i] == separator {
            let (head, tail) = text.split_at(i);
            return (head, Some(tail.split_at(1).1));
        }
        i += 1;
    }
    (text, None)
}

/// The character that begins at byte `at`, or an empty string past the end.
pub(crate) const fn char_at(text: &str, at: usize) -> &str {
    if at >= text.len() || !text.is_char_boundary(at) {
        return "";
    }
    let mut end = at + 1;
    while !text.is_char_boundary(end) {
        end += 1;
    }
    text.split_at(end).0.split_at(at).1
}

const fn matches_at(text: &str, at: usize, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let mut i = 0;
    while i < part.len() {
        if text[at + i] != part[i] {
            return false;
        }
        i += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_with_std() {
        let samples = [
            "", "a", "_", "ab", "a_b", "a_b_c", "_total", "x_total", "µ_total", "aµb",
        ];
        for a in samples {
            for b in samples {
                assert_eq!(eq(a, b), a == b);
                assert_eq!(starts_with(a, b), a.starts_with(b));
                assert_eq!(ends_with(a, b), a.ends_with(b));
                assert_eq!(strip_suffix(a, b), a.strip_suffix(b));
                assert_eq!(strip_prefix(a, b), a.strip_prefix(b));
            }
            let split = a
                .split_once('_')
                .map_or((a, None), |(head, tail)| (head, Some(tail)));
            assert_eq!(split_once(a, b'_'), split);
        }
    }

    #[test]
    fn a_character_is_taken_whole() {
        assert_eq!(char_at("aµb", 0), "a");
        assert_eq!(char_at("aµb", 1), "µ");
        assert_eq!(char_at("aµb", 2), "");
        assert_eq!(char_at("aµb", 9), "");
    }
}
