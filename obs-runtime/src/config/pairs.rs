//! Names with text in one line: `region=eu,team=shop%20floor`.
//!
//! This is the form of `OTEL_RESOURCE_ATTRIBUTES`: separated by commas, blanks around names and values
//! do not count, and what has a meaning of its own is percent-encoded.

use obs_schema::Issue;

/// Why a text is no list of names with text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PairsError {
    message: String,
}

impl PairsError {
    /// This error as an [`Issue`] about `key`.
    pub(super) fn issue(&self, key: &str) -> Issue {
        let help = "write `name=text,name=text`";
        Issue::new("pairs.syntax", key, self.message.clone(), help)
    }
}

/// Reads `name=text,name=text`, decoded. The last of a repeated name counts.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, PairsError> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    for part in text.split(',').map(str::trim) {
        // A comma at the end is no mistake.
        if part.is_empty() {
            continue;
        }
        let Some((name, value)) = part.split_once('=') else {
            let message = format!("`{part}` has no `=`");
            return Err(PairsError { message });
        };
        let (name, value) = (decode(name.trim())?, decode(value.trim())?);
        if name.is_empty() {
            let message = format!("`{part}` has no name");
            return Err(PairsError { message });
        }
        pairs.retain(|(known, _)| *known != name);
        pairs.push((name, value));
    }
    Ok(pairs)
}

/// Undoes percent-encoding.
fn decode(text: &str) -> Result<String, PairsError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let decoded = digit(rest.next()).zip(digit(rest.next()));
        let Some((high, low)) = decoded else {
            let message = format!("`{text}` has a `%` without two hexadecimal digits");
            return Err(PairsError { message });
        };
        bytes.push(high << 4 | low);
    }
    String::from_utf8(bytes).map_err(|_| PairsError {
        message: format!("`{text}` is not UTF-8 once decoded"),
    })
}

fn digit(byte: Option<u8>) -> Option<u8> {
    let digit = char::from(byte?).to_digit(16)?;
    u8::try_from(digit).ok()
}
