//! Headers as variables have them: `name=value,name=value`, values percent-encoded.
//!
//! Source: <https://opentelemetry.io/docs/specs/otel/protocol/exporter/#specifying-headers-via-environment-variables>

use http::header::{
    CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, TE,
    TRANSFER_ENCODING,
};
use percent_encoding::percent_decode_str;

/// What says how the bytes of a request are to be read: with another value it would be broken.
const OWN: [HeaderName; 5] = [
    CONNECTION,
    CONTENT_ENCODING,
    CONTENT_LENGTH,
    TE,
    TRANSFER_ENCODING,
];

/// Reads headers. Their values are not shown from then on.
///
/// # Errors
///
/// What is wrong with the text, without any of it.
pub(super) fn parse(text: &str) -> Result<HeaderMap, &'static str> {
    let mut headers = HeaderMap::new();
    let pairs = text.split(',').map(str::trim);
    for pair in pairs.filter(|pair| !pair.is_empty()) {
        let (name, value) = pair
            .split_once('=')
            .ok_or("a header has no `=`; write `name=value,name=value`")?;
        let value = percent_decode_str(value.trim()).collect::<Vec<u8>>();
        let name = HeaderName::try_from(name.trim());
        let (Ok(name), Ok(mut value)) = (name, HeaderValue::try_from(value)) else {
            return Err("a header has a name or value that cannot be sent");
        };
        if OWN.contains(&name) {
            return Err("a header is one that each request sets itself; leave it out");
        }
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}
