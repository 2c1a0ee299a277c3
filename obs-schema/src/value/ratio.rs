//! Ratios: numbers from 0 to 1.

use crate::issue::rule_error;
use crate::text::Message;

/// A number outside 0..=1, or a text that is no number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatioError {
    /// The number; `None` when the text is not one.
    pub value: Option<f64>,
}

rule_error!(RatioError);

impl RatioError {
    /// The rule that was broken.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.value {
            Some(_) => "ratio.range",
            None => "ratio.syntax",
        }
    }

    /// What is wrong.
    #[must_use]
    pub const fn message(&self) -> Message {
        match self.value {
            Some(value) => Message::new()
                .str("a ratio must be between 0 and 1, got ")
                .float(value),
            None => Message::new().str("a ratio must be a number between 0 and 1"),
        }
    }

    /// What to type instead.
    #[must_use]
    pub const fn help(&self) -> Message {
        let m = Message::new();
        match self.value {
            Some(value) if value > 1.0 && value <= 100.0 => m
                .str("write `")
                .float(value / 100.0)
                .str("` for ")
                .float(value)
                .str(" percent"),
            _ => m.str("write `0.1` for ten percent"),
        }
    }
}

/// Checks that a number is a ratio.
///
/// # Errors
/// When it is below 0, above 1 or NaN.
///
/// ```
/// use obs_schema::value::check_ratio;
/// assert!(check_ratio(0.1).is_ok());
/// assert_eq!(check_ratio(25.0).unwrap_err().to_string(),
///     "a ratio must be between 0 and 1, got 25; write `0.25` for 25 percent");
/// ```
pub const fn check_ratio(value: f64) -> Result<(), RatioError> {
    if value >= 0.0 && value <= 1.0 {
        Ok(())
    } else {
        Err(RatioError { value: Some(value) })
    }
}

/// Reads a ratio from text, as environment variables give it.
///
/// # Errors
/// When it is not a number from 0 to 1.
pub fn parse_ratio(text: &str) -> Result<f64, RatioError> {
    let text = text.trim();
    let percent = text
        .strip_suffix('%')
        .and_then(|number| number.trim_end().parse().ok());
    if let Some(percent) = percent {
        // `10%` is refused like `10`, whose message says how to write it.
        return Err(RatioError {
            value: Some(percent),
        });
    }
    let value = text.parse().map_err(|_| RatioError { value: None })?;
    check_ratio(value).map(|()| value)
}

/// Reads a ratio, or the word `always` or `never`.
///
/// # Errors
/// When it is neither.
///
/// ```
/// use obs_schema::value::parse_share;
/// assert_eq!([parse_share("0.25"), parse_share("always"), parse_share("never")], [Ok(0.25), Ok(1.0), Ok(0.0)]);
/// assert!(parse_share("often").is_err());
/// ```
pub fn parse_share(text: &str) -> Result<f64, RatioError> {
    match text.trim() {
        "always" => Ok(1.0),
        "never" => Ok(0.0),
        other => parse_ratio(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const _: () = assert!(check_ratio(0.5).is_ok());
    const _: () = assert!(check_ratio(f64::NAN).is_err());

    #[test]
    fn bounds_are_included() {
        for ratio in [0.0, 1.0, 0.1, f64::MIN_POSITIVE] {
            assert_eq!(check_ratio(ratio), Ok(()));
            assert_eq!(parse_ratio(&ratio.to_string()), Ok(ratio));
        }
    }

    #[test]
    fn what_is_refused() {
        for (text, message) in [
            (
                "1.5",
                "a ratio must be between 0 and 1, got 1.5; write `0.015` for 1.5 percent",
            ),
            (
                "-0.1",
                "a ratio must be between 0 and 1, got -0.1; write `0.1` for ten percent",
            ),
            (
                "NaN",
                "a ratio must be between 0 and 1, got NaN; write `0.1` for ten percent",
            ),
            (
                "inf",
                "a ratio must be between 0 and 1, got Inf; write `0.1` for ten percent",
            ),
            (
                "50%",
                "a ratio must be between 0 and 1, got 50; write `0.5` for 50 percent",
            ),
            (
                "half",
                "a ratio must be a number between 0 and 1; write `0.1` for ten percent",
            ),
            (
                "",
                "a ratio must be a number between 0 and 1; write `0.1` for ten percent",
            ),
        ] {
            assert_eq!(parse_ratio(text).unwrap_err().to_string(), message);
        }
    }
}
