//! Characters that must not reach a line as they are.

/// Whether a character could move the cursor, end the line, hide text or turn its direction:
/// the C0 and C1 control characters, the separators of lines and paragraphs, bidirectional marks.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Appends `text` inside a JSON string, without the quotes.
pub(crate) fn write_json(out: &mut String, text: &str) {
    write_escaped(out, text, String::push_str, |out, c| {
        with_json_escape(c, |escape| out.push_str(escape));
    });
}

/// The same to bytes.
#[cfg(feature = "log")]
pub(crate) fn write_json_bytes(out: &mut Vec<u8>, text: &str) {
    let push = |out: &mut Vec<u8>, text: &str| out.extend_from_slice(text.as_bytes());
    write_escaped(out, text, push, |out, c| {
        with_json_escape(c, |escape| push(out, escape));
    });
}

fn with_json_escape(c: char, push: impl FnOnce(&str)) {
    match c {
        '"' => push("\\\""),
        '\\' => push("\\\\"),
        '\n' => push("\\n"),
        '\r' => push("\\r"),
        '\t' => push("\\t"),
        // None of them needs a surrogate pair.
        _ => push(&format!("\\u{:04x}", u32::from(c))),
    }
}

/// Appends `text` for people, on one line.
pub(crate) fn write_plain(out: &mut String, text: &str) {
    write_escaped(out, text, String::push_str, |out, c| match c {
        '"' | '\\' => out.push(c),
        _ => out.extend(c.escape_default()),
    });
}

/// Appends `text` for people, in quotes if it would not stand out as one word without them.
pub(crate) fn write_word(out: &mut String, text: &str) {
    let plain =
        |c: char| !(c.is_whitespace() || matches!(c, '"' | '=' | '{' | '}' | ',') || is_unsafe(c));
    if !text.is_empty() && text.chars().all(plain) {
        out.push_str(text);
        return;
    }
    out.push('"');
    write_escaped(out, text, String::push_str, |out, c| match c {
        '"' | '\\' => out.extend(['\\', c]),
        _ => out.extend(c.escape_default()),
    });
    out.push('"');
}

/// Appends `text` by `push`, with `escape` called for quotes, backslashes and unsafe characters.
#[inline]
fn write_escaped<O>(
    out: &mut O,
    text: &str,
    push: impl Fn(&mut O, &str),
    escape: impl Fn(&mut O, char),
) {
    if is_plain_text(text.as_bytes()) {
        return push(out, text);
    }
    write_specials(out, text, push, escape);
}

#[cold]
fn write_specials<O>(
    out: &mut O,
    text: &str,
    push: impl Fn(&mut O, &str),
    escape: impl Fn(&mut O, char),
) {
    let mut rest = text;
    while let Some((at, c)) = first_special(rest) {
        let (before, after) = rest.split_at(at);
        push(out, before);
        escape(out, c);
        rest = after.get(c.len_utf8()..).unwrap_or("");
    }
    push(out, rest);
}

/// The first quote, backslash or unsafe character, and where it is.
fn first_special(text: &str) -> Option<(usize, char)> {
    let mut at = 0;
    loop {
        at += plain_bytes(text.as_bytes().get(at..)?);
        let c = text.get(at..)?.chars().next()?;
        if matches!(c, '"' | '\\') || is_unsafe(c) {
            return Some((at, c));
        }
        at += c.len_utf8();
    }
}

/// Whether all of them are printable ASCII without quotes and backslashes, as in most texts.
fn is_plain_text(bytes: &[u8]) -> bool {
    let Some(last) = bytes.last_chunk() else {
        return is_short_plain_text(bytes);
    };
    // The last word has some bytes of the one before it again, unless it begins where that ends.
    let (words, _) = bytes.as_chunks();
    words.iter().all(|word| all_plain(*word)) && all_plain(*last)
}

/// The same for less than a word.
fn is_short_plain_text(bytes: &[u8]) -> bool {
    match (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        (Some([a, b, c, d]), Some([e, f, g, h])) => all_plain([*a, *b, *c, *d, *e, *f, *g, *h]),
        _ => bytes.iter().all(|byte| is_plain(*byte)),
    }
}

/// How many bytes there are before the first that is not printable ASCII or a quote or backslash.
fn plain_bytes(bytes: &[u8]) -> usize {
    let (words, _) = bytes.as_chunks::<8>();
    let plain = 8 * words.iter().take_while(|word| all_plain(**word)).count();
    let rest = bytes.get(plain..).unwrap_or_default();
    plain + rest.iter().take_while(|byte| is_plain(**byte)).count()
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

/// Whether [`is_plain`] holds for all of them, without a look at each.
fn all_plain(bytes: [u8; 8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * ONES;
    let word = u64::from_le_bytes(bytes);
    // Of the bytes below 0x80, subtracting `n` sets the upper bit of exactly those that are less; a
    // borrow reaches only bytes above such a one.
    let less = |word: u64, n: u64| word.wrapping_sub(n * ONES);
    let is = |byte: u8| less(word ^ (u64::from(byte) * ONES), 1);
    let special = less(word, 0x20) | is(b'"') | is(b'\\') | is(0x7f) | word;
    special & HIGH == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(write: impl Fn(&mut String, &str), text: &str) -> String {
        let mut out = String::new();
        write(&mut out, text);
        out
    }

    #[cfg(feature = "log")]
    #[test]
    fn bytes_are_escaped_as_text_is() {
        for text in ["plain", "a \"quote\"", "two\nlines\u{2028}", "größe", ""] {
            let mut bytes = Vec::new();
            write_json_bytes(&mut bytes, text);
            assert_eq!(bytes, with(write_json, text).into_bytes());
        }
    }

    #[test]
    fn what_a_terminal_would_act_on_is_spelled_out() {
        let attack = "ok\u{1b}[31m\r\nINFO forged\u{9b}2J\u{202e}gnp\u{7f}\u{0}";
        assert_eq!(
            with(write_plain, attack),
            r"ok\u{1b}[31m\r\nINFO forged\u{9b}2J\u{202e}gnp\u{7f}\u{0}"
        );
        assert_eq!(
            with(write_json, attack),
            r"ok\u001b[31m\r\nINFO forged\u009b2J\u202egnp\u007f\u0000"
        );
    }

    #[test]
    fn each_byte_is_judged_the_same_alone_and_in_a_word() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                let mut word = *b"a~ !#[]^";
                word[place] = byte;
                assert_eq!(all_plain(word), is_plain(byte), "{byte} at {place}");
            }
        }
    }

    #[test]
    fn what_needs_an_escape_is_found_wherever_it_is() {
        for length in 0..20 {
            for (special, escaped) in [
                ("\"", "\\\""),
                ("\u{85}", "\\u0085"),
                ("\u{2028}", "\\u2028"),
            ] {
                let around = |inner: &str| {
                    format!("ä{}{inner}{}é", "x".repeat(length), "y".repeat(19 - length))
                };
                assert_eq!(with(write_json, &around(special)), around(escaped));
            }
        }
    }

    #[test]
    fn words_are_quoted_when_they_would_not_be_read_as_one() {
        for (text, expected) in [
            ("plain", "plain"),
            ("größe-7/ä", "größe-7/ä"),
            ("", r#""""#),
            ("two words", r#""two words""#),
            ("a=b", r#""a=b""#),
            ("say \"hi\"", r#""say \"hi\"""#),
            ("C:\\dir", "C:\\dir"),
            ("C:\\my dir\n", r#""C:\\my dir\n""#),
        ] {
            assert_eq!(with(write_word, text), expected);
        }
    }
}
