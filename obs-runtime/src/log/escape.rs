//! Characters that must not reach a log line as they are.

use std::fmt::Write;

/// Whether a character could move the cursor, end the line, hide text or turn its direction:
/// the C0 and C1 control characters, the separators of lines and paragraphs, bidirectional marks.
pub(super) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Appends `text` inside a JSON string, without the quotes.
pub(super) fn write_json(out: &mut String, text: &str) {
    write_escaped(out, text, |out, c| match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ => {
            // None of them needs a surrogate pair.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        }
    });
}

/// Appends `text` for people, on one line.
pub(super) fn write_plain(out: &mut String, text: &str) {
    write_escaped(out, text, |out, c| match c {
        '"' | '\\' => out.push(c),
        _ => out.extend(c.escape_default()),
    });
}

/// Appends `text` for people, in quotes if it would not stand out as one word without them.
pub(super) fn write_word(out: &mut String, text: &str) {
    let plain =
        |c: char| !(c.is_whitespace() || matches!(c, '"' | '=' | '{' | '}' | ',') || is_unsafe(c));
    if !text.is_empty() && text.chars().all(plain) {
        out.push_str(text);
        return;
    }
    out.push('"');
    write_escaped(out, text, |out, c| match c {
        '"' | '\\' => out.extend(['\\', c]),
        _ => out.extend(c.escape_default()),
    });
    out.push('"');
}

/// Appends `text`, with `escape` called for quotes, backslashes and unsafe characters.
fn write_escaped(out: &mut String, text: &str, escape: impl Fn(&mut String, char)) {
    let mut rest = text;
    while let Some((at, c)) = rest
        .char_indices()
        .find(|&(_, c)| matches!(c, '"' | '\\') || is_unsafe(c))
    {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        escape(out, c);
        rest = after.get(c.len_utf8()..).unwrap_or("");
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(write: impl Fn(&mut String, &str), text: &str) -> String {
        let mut out = String::new();
        write(&mut out, text);
        out
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
