//! Texts inside a line.

/// Appends the value of a label: `\`, `"` and line feeds are escaped.
pub(crate) fn label_value(value: &str, out: &mut Vec<u8>) {
    escape(value, is_special, out);
}

/// Appends a help text of the text format: `\` and line feeds are escaped.
pub(super) fn text_help(help: &str, out: &mut Vec<u8>) {
    escape(help, |byte| matches!(byte, b'\\' | b'\n'), out);
}

/// Appends a help text of OpenMetrics: `"` is escaped as well.
pub(super) fn openmetrics_help(help: &str, out: &mut Vec<u8>) {
    label_value(help, out);
}

/// What comes after `value`, if `text` begins with it as [`label_value`] writes it.
pub(crate) fn strip_label_value<'a>(text: &'a [u8], value: &str) -> Option<&'a [u8]> {
    let mut text = text;
    let mut value = value.as_bytes();
    while let Some(at) = value.iter().position(|&byte| is_special(byte)) {
        let (plain, from) = value.split_at(at);
        let (&byte, after) = from.split_first()?;
        text = text
            .strip_prefix(plain)?
            .strip_prefix(&[b'\\', escaped(byte)])?;
        value = after;
    }
    text.strip_prefix(value)
}

/// Reads what [`label_value`] has written, up to the quote that ends it. Returns the rest, that quote
/// included.
pub(crate) fn read_label_value<'a>(text: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&byte| matches!(byte, b'\\' | b'"')) {
        let (plain, from) = rest.split_at(at);
        out.extend_from_slice(plain);
        let [b'\\', byte, after @ ..] = from else {
            return from;
        };
        out.push(if *byte == b'n' { b'\n' } else { *byte });
        rest = after;
    }
    &[]
}

fn is_special(byte: u8) -> bool {
    matches!(byte, b'\\' | b'\n' | b'"')
}

/// What stands behind the backslash.
fn escaped(byte: u8) -> u8 {
    if byte == b'\n' { b'n' } else { byte }
}

fn escape(text: &str, special: impl Fn(u8) -> bool, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|&byte| special(byte)) {
        let (plain, from) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((&byte, after)) = from.split_first() else {
            break;
        };
        out.extend_from_slice(&[b'\\', escaped(byte)]);
        rest = after;
    }
    out.extend_from_slice(rest);
}
