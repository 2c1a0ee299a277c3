//! Texts inside a line.

/// Appends the value of a label: `\`, `"` and line feeds are escaped.
pub(super) fn label_value(value: &str, out: &mut Vec<u8>) {
    escape(value, |byte| matches!(byte, b'\\' | b'\n' | b'"'), out);
}

/// Appends a help text of the text format: `\` and line feeds are escaped.
pub(super) fn text_help(help: &str, out: &mut Vec<u8>) {
    escape(help, |byte| matches!(byte, b'\\' | b'\n'), out);
}

/// Appends a help text of OpenMetrics: `"` is escaped as well.
pub(super) fn openmetrics_help(help: &str, out: &mut Vec<u8>) {
    label_value(help, out);
}

fn escape(text: &str, special: impl Fn(u8) -> bool, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|&byte| special(byte)) {
        let (plain, from) = rest.split_at(at);
        out.extend_from_slice(plain);
        out.push(b'\\');
        let Some((&byte, after)) = from.split_first() else {
            break;
        };
        out.push(if byte == b'\n' { b'n' } else { byte });
        rest = after;
    }
    out.extend_from_slice(rest);
}
