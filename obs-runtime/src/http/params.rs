//! The parameters of a request: read strictly, so that a typing error does not pass for a result.

use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use obs_schema::suggest;
use obs_schema::value::{check_duration_range, parse_duration};
use serde_json::Value;

use super::problem::Problem;

/// A parameter that an endpoint takes, in the query or as a member of a JSON body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// What it does and what it takes, for people.
    pub doc: &'static str,
}

/// The parameters of one request, all of them known to the endpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Params(Vec<(&'static str, String)>);

impl Params {
    /// Reads the query of a request to an endpoint that takes `known`.
    pub(super) fn of_query(query: &str, known: &'static [Param]) -> Result<Self, Problem> {
        let mut params = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            params.add(&decode(name)?, decode(value)?, known)?;
        }
        Ok(params)
    }

    /// Adds the members of a JSON object. An empty body has none.
    pub(super) fn add_body(&mut self, body: &[u8], known: &'static [Param]) -> Result<(), Problem> {
        if body.trim_ascii().is_empty() {
            return Ok(());
        }
        let value = serde_json::from_slice(body)
            .map_err(|error| Problem::bad("bad_body", format!("the body is not JSON: {error}")))?;
        let Value::Object(members) = value else {
            let message =
                "the body is not a JSON object; write for example `{\"max_age\": \"10m\"}`";
            return Err(Problem::bad("bad_body", message));
        };
        for (name, value) in members {
            let text = match value {
                Value::String(text) => text,
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                Value::Null | Value::Array(_) | Value::Object(_) => {
                    let message = format!("`{name}` is not a string, a number or a boolean");
                    return Err(Problem::bad("bad_value", message));
                }
            };
            self.add(&name, text, known)?;
        }
        Ok(())
    }

    fn add(&mut self, name: &str, value: String, known: &'static [Param]) -> Result<(), Problem> {
        let Some(param) = known.iter().find(|param| param.name == name) else {
            return Err(unknown(name, known));
        };
        if self.get(name).is_some() {
            let message = format!("`{name}` is given twice; remove one");
            return Err(Problem::bad("duplicate_parameter", message));
        }
        self.0.push((param.name, value));
        Ok(())
    }

    /// Every parameter that is given, with its text.
    pub(super) fn all(&self) -> &[(&'static str, String)] {
        &self.0
    }

    /// The text of a parameter, if it is given.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find_map(|(known, value)| (*known == name).then_some(value.as_str()))
    }

    /// A duration such as `250ms`.
    pub(super) fn duration(&self, name: &str) -> Result<Option<Duration>, Problem> {
        self.read(name, |text| {
            parse_duration(text).map_err(|error| error.to_string())
        })
    }

    /// A duration between two bounds.
    pub(super) fn duration_within(
        &self,
        name: &str,
        range: RangeInclusive<Duration>,
    ) -> Result<Option<Duration>, Problem> {
        self.read(name, |text| {
            let read = parse_duration(text).and_then(|duration| {
                check_duration_range(text, duration, *range.start(), *range.end())?;
                Ok(duration)
            });
            read.map_err(|error| error.to_string())
        })
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        self.read(name, |text| match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(format!("`{text}` is neither; write `true` or `false`")),
        })
    }

    /// A whole number within a range.
    pub(super) fn count(
        &self,
        name: &str,
        range: RangeInclusive<usize>,
    ) -> Result<Option<usize>, Problem> {
        self.read(name, |text| {
            let number = text.parse().ok().filter(|number| range.contains(number));
            let (least, most) = (range.start(), range.end());
            number.ok_or_else(|| format!("`{text}` is not a number from {least} to {most}"))
        })
    }

    /// Anything that is read from a text.
    pub(super) fn parsed<T: FromStr<Err: ToString>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, Problem> {
        self.read(name, |text| {
            text.parse().map_err(|error: T::Err| error.to_string())
        })
    }

    fn read<T>(
        &self,
        name: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, Problem> {
        let bad = |error| Problem::bad("bad_value", format!("`{name}`: {error}"));
        self.get(name)
            .map(|text| read(text).map_err(bad))
            .transpose()
    }
}

fn unknown(name: &str, known: &'static [Param]) -> Problem {
    let names: Vec<&str> = known.iter().map(|param| param.name).collect();
    let help = match suggest(name, &names) {
        Some(meant) => format!("; did you mean `{meant}`?"),
        None if names.is_empty() => "; this endpoint takes none".to_owned(),
        None => format!("; this endpoint takes `{}`", names.join("`, `")),
    };
    Problem::bad(
        "unknown_parameter",
        format!("unknown parameter `{name}`{help}"),
    )
}

/// Undoes the encoding of a segment of a path, where `+` is itself.
pub(super) fn decode_segment(text: &str) -> Result<String, Problem> {
    decode(&text.replace('+', "%2B"))
}

/// Undoes the encoding of a form: `+` and `%20` are spaces.
fn decode(text: &str) -> Result<String, Problem> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        bytes.push(match first {
            b'+' => b' ',
            b'%' => {
                let (byte, tail) = hex(tail).ok_or_else(|| bad_encoding(text))?;
                rest = tail;
                byte
            }
            &plain => plain,
        });
    }
    String::from_utf8(bytes).map_err(|_| bad_encoding(text))
}

fn hex(digits: &[u8]) -> Option<(u8, &[u8])> {
    let [high, low, rest @ ..] = digits else {
        return None;
    };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
    Some((byte, rest))
}

fn bad_encoding(text: &str) -> Problem {
    Problem::bad(
        "bad_encoding",
        format!("`{text}` is not percent-encoded UTF-8; write `%` as `%25`"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Param] = &[
        Param {
            name: "window",
            doc: "",
        },
        Param {
            name: "limit",
            doc: "",
        },
        Param {
            name: "error",
            doc: "",
        },
    ];

    fn message(result: Result<impl std::fmt::Debug, Problem>) -> String {
        let body = result.unwrap_err().body();
        body["message"].as_str().unwrap().to_owned()
    }

    #[test]
    fn values_are_decoded_and_read() {
        let params = Params::of_query("window=1%6d30s&&limit=7&error=true&", KNOWN).unwrap();
        assert_eq!(params.duration("window"), Ok(Some(Duration::from_secs(90))));
        assert_eq!(params.count("limit", 1..=10), Ok(Some(7)));
        assert_eq!(params.flag("error"), Ok(Some(true)));
        assert_eq!(Params::of_query("", KNOWN).unwrap().flag("error"), Ok(None));
        let params = Params::of_query("window=a+b%20%C3%A4", KNOWN).unwrap();
        assert_eq!(params.get("window"), Some("a b ä"));
    }

    #[test]
    fn what_is_unknown_is_refused_with_the_fix() {
        let refused = |query| message(Params::of_query(query, KNOWN));
        assert_eq!(
            refused("windw=5m"),
            "unknown parameter `windw`; did you mean `window`?"
        );
        assert_eq!(
            refused("colour=red"),
            "unknown parameter `colour`; this endpoint takes `window`, `limit`, `error`"
        );
        assert_eq!(
            refused("limit=1&limit=1"),
            "`limit` is given twice; remove one"
        );
        assert_eq!(
            message(Params::of_query("x", &[])),
            "unknown parameter `x`; this endpoint takes none"
        );
    }

    #[test]
    fn broken_encodings_are_refused() {
        for query in [
            "limit=%",
            "limit=%4",
            "limit=%zz",
            "limit=%ff",
            "%=1",
            "%+1=1",
        ] {
            assert!(
                message(Params::of_query(query, KNOWN)).contains("percent-encoded"),
                "{query}"
            );
        }
    }

    #[test]
    fn bad_values_say_what_to_write() {
        let params = Params::of_query("window=5&limit=0&error=1", KNOWN).unwrap();
        assert_eq!(
            message(params.duration("window")),
            "`window`: the duration `5` has no unit; write `\"5ms\"` or `\"5s\"`"
        );
        assert_eq!(
            message(params.count("limit", 1..=9)),
            "`limit`: `0` is not a number from 1 to 9"
        );
        assert_eq!(
            message(params.flag("error")),
            "`error`: `1` is neither; write `true` or `false`"
        );
    }

    #[test]
    fn a_body_has_the_same_parameters() {
        let mut params = Params::default();
        params.add_body(b" \n", KNOWN).unwrap();
        params
            .add_body(br#"{"window": "5m", "limit": 3, "error": false}"#, KNOWN)
            .unwrap();
        assert_eq!(params.count("limit", 1..=9), Ok(Some(3)));
        assert_eq!(params.flag("error"), Ok(Some(false)));
        for (body, part) in [
            ("{", "not JSON"),
            ("[]", "not a JSON object"),
            (r#"{"windo": 1}"#, "did you mean `window`?"),
            (r#"{"window": null}"#, "not a string"),
            (r#"{"limit": 1}"#, "given twice"),
            ("\u{0}", "not JSON"),
        ] {
            assert!(
                message(params.add_body(body.as_bytes(), KNOWN)).contains(part),
                "{body}"
            );
        }
    }
}
