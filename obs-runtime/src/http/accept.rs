//! What a client is willing to take, by `Accept-Encoding` and `Accept`.

use ::http::header::{ACCEPT, ACCEPT_ENCODING};
use ::http::{HeaderMap, HeaderName};

/// Whether to compress: the client names gzip and does not prefer the plain form.
pub(super) fn gzip(headers: &HeaderMap) -> bool {
    let weight = |coding| {
        weight_of(headers, &ACCEPT_ENCODING, |name| {
            name.eq_ignore_ascii_case(coding)
        })
    };
    let gzip = weight("gzip")
        .or_else(|| weight("x-gzip"))
        .or_else(|| weight("*"));
    let plain = weight("identity").unwrap_or(0.0);
    gzip.is_some_and(|gzip| gzip > 0.0 && gzip >= plain)
}

/// Whether the client is a browser, or another that prefers a page to JSON.
pub(super) fn html(headers: &HeaderMap) -> bool {
    let weight = |kind| weight_of(headers, &ACCEPT, |name| name.eq_ignore_ascii_case(kind));
    let html = weight("text/html").unwrap_or(0.0);
    html > 0.0 && html >= weight("application/json").unwrap_or(0.0)
}

/// Whether the client wants to have events as they happen.
pub(super) fn event_stream(headers: &HeaderMap) -> bool {
    let weight = weight_of(headers, &ACCEPT, |name| {
        name.eq_ignore_ascii_case("text/event-stream")
    });
    weight.is_some_and(|weight| weight > 0.0)
}

/// The weight of the first element of a list header that `matches`: 1 unless it has a `q`.
fn weight_of(
    headers: &HeaderMap,
    name: &HeaderName,
    matches: impl Fn(&str) -> bool,
) -> Option<f32> {
    let lists = headers.get_all(name).into_iter();
    lists
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .find_map(|element| {
            let mut parts = element.split(';').map(str::trim);
            parts.next().filter(|name| matches(name))?;
            Some(parts.find_map(weight).unwrap_or(1.0))
        })
}

/// The value of `q=…`; one that makes no sense counts as 0.
fn weight(parameter: &str) -> Option<f32> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let weight = value.trim().parse().ok();
    Some(
        weight
            .filter(|weight| (0.0..=1.0).contains(weight))
            .unwrap_or(0.0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn gzip_is_used_on_request_only() {
        for (values, expected) in [
            (&[][..], false),
            (&[""], false),
            (&["gzip"], true),
            (&["x-gzip"], true),
            (&["GZIP"], true),
            (&["br, gzip;q=0.5"], true),
            (&["br", "gzip"], true),
            (&["gzip;q=0"], false),
            (&["gzip; q=0.000"], false),
            (&["gzip;q=nonsense"], false),
            (&["gzip;q=7"], false),
            (&["*"], true),
            (&["*;q=0"], false),
            (&["gzip;q=0, *"], false),
            (&["identity"], false),
            (&["identity;q=0.5, gzip;q=1.0"], true),
            (&["gzip;q=0.2, identity;q=0.9"], false),
            (&["gzip;level=9;q=0.3"], true),
            (&["deflate, br"], false),
            (&["gzipped"], false),
        ] {
            assert_eq!(
                gzip(&headers("accept-encoding", values)),
                expected,
                "{values:?}"
            );
        }
    }

    #[test]
    fn browsers_get_pages() {
        for (value, expected) in [
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                true,
            ),
            ("*/*", false),
            ("application/json", false),
            ("application/json, text/html;q=0.5", false),
            ("text/html;q=0.5, application/json;q=0.4", true),
            ("text/html;q=0", false),
        ] {
            assert_eq!(html(&headers("accept", &[value])), expected, "{value}");
        }
    }
}
