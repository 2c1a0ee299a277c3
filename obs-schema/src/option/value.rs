//! Checking a literal against the kind of value that an option takes.

use core::fmt;

use super::ValueKind;
use crate::choice::check_choice;
use crate::issue::Issue;
use crate::monitoring::{Sampler, check_url_path, parse_log_filter};
use crate::name::{
    NameOf, check_event_name, check_flag_name, check_group_name, check_health_name,
    check_label_name, check_label_value, check_metric_name, check_operation_name, check_prefix,
    check_service_name,
};
use crate::resilience::MAX_FACTOR;
use crate::unit::check_unit;
use crate::value::{
    check_duration_range, check_ratio, format_size, parse_duration, parse_share, parse_size,
};

/// A value as it was written: a literal of Rust, a scalar of YAML, or a variable.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Given<'a> {
    /// Text.
    Text(&'a str),
    /// A whole number.
    Int(i128),
    /// A number with decimals.
    Float(f64),
    /// `true` or `false`.
    Bool(bool),
}

impl fmt::Display for Given<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "\"{}\"", crate::text::Text::<100>::new().str(text)),
            Self::Int(number) => number.fmt(f),
            Self::Float(number) => number.fmt(f),
            Self::Bool(value) => value.fmt(f),
        }
    }
}

/// A value of another kind than the option takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WrongValue {
    /// What the option takes.
    pub kind: ValueKind,
}

impl WrongValue {
    /// This error as an [`Issue`] about the option or key `name`.
    #[must_use]
    pub fn issue(&self, name: &str) -> Issue {
        let expects = match self.kind {
            ValueKind::Int { min, max } => format!("a whole number from {min} to {max}"),
            ValueKind::Word(words) => format!("one of `{}`, without quotes", words.join("`, `")),
            ValueKind::Choice(words) => format!("one of `\"{}\"`", words.join("\"`, `\"")),
            ValueKind::ChoiceList(words) => format!("a list of `\"{}\"`", words.join("\"`, `\"")),
            ValueKind::Flag => format!("no value, write `{name}` alone"),
            kind => kind.expects().to_owned(),
        };
        Issue::new("option.kind", name, format!("`{name}` takes {expects}"), "")
    }
}

impl ValueKind {
    /// Reads a variable of the environment as the scalar that this kind takes, or as text.
    #[must_use]
    pub fn read<'a>(&self, text: &'a str) -> Given<'a> {
        match self {
            Self::Int { .. } => text.parse().map_or(Given::Text(text), Given::Int),
            Self::Ratio | Self::Factor => text.parse().map_or(Given::Text(text), Given::Float),
            Self::Bool | Self::Flag | Self::Switch => {
                text.parse().map_or(Given::Text(text), Given::Bool)
            }
            _ => Given::Text(text),
        }
    }

    /// Checks one scalar, one element of a list, or one ratio of a map. `name` is the option or key, for the message.
    ///
    /// Kinds that only Rust can write ([`ValueKind::Expr`], groups), maps of text and lists of
    /// numbers refuse every scalar; lists have their own checks in [`crate::bucket`].
    ///
    /// # Errors
    /// When the value is of another kind, or the rule for this kind refuses it.
    ///
    /// ```
    /// use obs_schema::option::{Given, Target, find};
    /// let slow = find(Target::TraceRequest, "slow").unwrap();
    /// assert!(slow.kind.check("slow", &Given::Text("1s")).is_ok());
    /// assert_eq!(slow.kind.check("slow", &Given::Int(250)).unwrap_err().to_string(),
    ///     "`slow` takes a duration, such as `\"250ms\"`");
    /// assert_eq!(slow.kind.check("slow", &Given::Text("250")).unwrap_err().to_string(),
    ///     "the duration `250` has no unit; write `\"250ms\"` or `\"250s\"`");
    /// ```
    pub fn check(&self, name: &str, given: &Given<'_>) -> Result<(), Issue> {
        match (*self, *given) {
            (Self::Bool | Self::Flag | Self::Switch, Given::Bool(_))
            | (Self::Text, Given::Text(_)) => Ok(()),
            (Self::Int { min, max }, Given::Int(number)) => check_int(name, number, min, max),
            (Self::Ratio | Self::Sampler | Self::RatioMap, Given::Int(number)) => {
                ratio(name, number as f64)
            }
            (Self::Ratio | Self::Sampler | Self::RatioMap, Given::Float(number)) => {
                ratio(name, number)
            }
            (Self::Factor, Given::Int(number)) => factor(name, number as f64),
            (Self::Factor, Given::Float(number)) => factor(name, number),
            (kind, Given::Text(text)) => kind.check_text(name, text),
            (kind, _) => Err(WrongValue { kind }.issue(name)),
        }
    }

    fn check_text(self, name: &str, text: &str) -> Result<(), Issue> {
        match self {
            Self::Name(of) => check_name(of, text).map_err(|error| error.issue(name)),
            Self::Unit => check_unit(text).map_err(|error| error.issue(name)),
            Self::Duration { min, max } => parse_duration(text)
                .and_then(|duration| check_duration_range(text, duration, min, max))
                .map_err(|error| error.issue(name)),
            Self::Size { min } => check_size(name, text, min),
            Self::Sampler => Sampler::parse(text)
                .map(drop)
                .map_err(|error| error.issue(name)),
            Self::RatioMap => parse_share(text).map(drop).map_err(|error| {
                let mut issue = error.issue(name);
                if error.value.is_none() {
                    "write `0.1` for ten percent, `always` or `never`".clone_into(&mut issue.help);
                }
                issue
            }),
            Self::LogFilter => parse_log_filter(text)
                .map(drop)
                .map_err(|error| error.issue(name)),
            Self::Choice(words) | Self::ChoiceList(words) | Self::Word(words) => {
                check_choice(text, words)
                    .map(drop)
                    .map_err(|error| error.issue(name))
            }
            Self::UrlPath => {
                check_url_path(text, "").map_or(Ok(()), |finding| Err(named(finding.into(), name)))
            }
            Self::Address => crate::monitoring::check_listen(text)
                .map_or(Ok(()), |finding| Err(named(finding.into(), name))),
            kind => Err(WrongValue { kind }.issue(name)),
        }
    }
}

fn check_name(of: NameOf, text: &str) -> Result<(), crate::name::NameError<'_>> {
    match of {
        NameOf::Metric => check_metric_name(text),
        NameOf::Label => check_label_name(text),
        NameOf::Prefix => check_prefix(text),
        NameOf::Service => check_service_name(text),
        NameOf::Operation => check_operation_name(text),
        NameOf::Value => check_label_value(text),
        NameOf::Flag => check_flag_name(text),
        NameOf::Event => check_event_name(text),
        NameOf::Check => check_health_name(text),
        NameOf::Group => check_group_name(text),
    }
}

fn check_int(name: &str, number: i128, min: u64, max: u64) -> Result<(), Issue> {
    if (i128::from(min)..=i128::from(max)).contains(&number) {
        return Ok(());
    }
    let message = if max == u64::MAX {
        format!("`{name}` must be at least {min}, got {number}")
    } else {
        format!("`{name}` must be between {min} and {max}, got {number}")
    };
    Err(Issue::new("number.range", name, message, ""))
}

fn check_size(name: &str, text: &str, min: u64) -> Result<(), Issue> {
    let size = parse_size(text).map_err(|error| error.issue(name))?;
    if size >= min {
        return Ok(());
    }
    Err(Issue::new(
        "size.range",
        name,
        format!(
            "`{name}` must be at least `{}`, got `{text}`",
            format_size(min)
        ),
        "",
    ))
}

fn ratio(name: &str, number: f64) -> Result<(), Issue> {
    check_ratio(number).map_err(|error| error.issue(name))
}

fn factor(name: &str, number: f64) -> Result<(), Issue> {
    if (1.0..=MAX_FACTOR).contains(&number) {
        return Ok(());
    }
    let message = format!("`{name}` must be from 1 to {MAX_FACTOR}, got {number}");
    Err(Issue::new("number.range", name, message, ""))
}

fn named(mut issue: Issue, name: &str) -> Issue {
    name.clone_into(&mut issue.path);
    issue
}
