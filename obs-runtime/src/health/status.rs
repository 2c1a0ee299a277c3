//! What a check says.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::redact::Redaction;

/// Details of one result that are kept.
const MAX_DETAILS: usize = 32;
/// Bytes of a message or a detail that are kept.
const MAX_TEXT: usize = 1024;

/// How something is. Later is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It works.
    Healthy,
    /// It works, but not as it should: slow, nearly full, on a replacement.
    Degraded,
    /// It does not work.
    Unhealthy,
}

impl Status {
    /// The lower-case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Unhealthy => "unhealthy",
        }
    }

    /// The value of `health_check_status`: 1, 0.5 or 0.
    #[must_use]
    pub const fn value(self) -> f64 {
        match self {
            Self::Healthy => 1.0,
            Self::Degraded => 0.5,
            Self::Unhealthy => 0.0,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The result of one check: a status, why, and whatever helps to understand it.
///
/// ```
/// use obs_runtime::health::{Health, Status};
///
/// let health = Health::degraded("the queue is long").with("length", 12_000);
/// assert_eq!(health.status(), Status::Degraded);
/// assert_eq!(health.details()[0].1.to_string(), "12000");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "it is the result of a check"]
pub struct Health {
    status: Status,
    message: Cow<'static, str>,
    details: Vec<(Cow<'static, str>, Detail)>,
}

/// A detail of a result.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Detail {
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Flag(bool),
}

impl Health {
    /// It works.
    pub const fn healthy() -> Self {
        Self::new(Status::Healthy, Cow::Borrowed(""))
    }

    /// It works, but not as it should.
    pub fn degraded(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::Degraded, message.into())
    }

    /// It does not work.
    pub fn unhealthy(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Status::Unhealthy, message.into())
    }

    const fn new(status: Status, message: Cow<'static, str>) -> Self {
        Self {
            status,
            message,
            details: Vec::new(),
        }
    }

    /// Adds a detail. The first 32 are kept.
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Detail>) -> Self {
        if self.details.len() < MAX_DETAILS {
            self.details.push((name.into(), value.into()));
        }
        self
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// Why it is not healthy; empty if there is nothing to say.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The details, in the order in which they were added.
    #[must_use]
    pub fn details(&self) -> &[(Cow<'static, str>, Detail)] {
        &self.details
    }

    pub(super) const fn is_failure(&self) -> bool {
        matches!(self.status, Status::Unhealthy)
    }

    /// The same without what looks like a secret, and without more text than is worth keeping.
    pub(super) fn tidied(mut self, redaction: Option<&Redaction>) -> Self {
        self.message = tidied(self.message, redaction);
        for (name, value) in &mut self.details {
            let Detail::Text(text) = value else { continue };
            *text = match redaction {
                Some(redaction) if redaction.hides_key(name) => crate::redact::REDACTED.to_owned(),
                _ => tidied(Cow::Owned(std::mem::take(text)), redaction).into_owned(),
            };
        }
        self
    }
}

fn tidied(text: Cow<'static, str>, redaction: Option<&Redaction>) -> Cow<'static, str> {
    let hidden = redaction.map(|redaction| redaction.hide(&text));
    let text = match hidden {
        Some(Cow::Owned(hidden)) => Cow::Owned(hidden),
        _ => text,
    };
    if text.len() <= MAX_TEXT {
        return text;
    }
    let mut short = text.into_owned();
    short.truncate(short.floor_char_boundary(MAX_TEXT));
    Cow::Owned(short)
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
            Self::Flag(flag) => flag.fmt(f),
        }
    }
}

impl From<String> for Detail {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Detail {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<bool> for Detail {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// In seconds.
impl From<Duration> for Detail {
    fn from(duration: Duration) -> Self {
        Self::Number(duration.as_secs_f64())
    }
}

macro_rules! numbers {
    ($($number:ty)+) => {$(
        #[allow(clippy::cast_lossless, reason = "some of the numbers have no lossless way")]
        impl From<$number> for Detail {
            fn from(number: $number) -> Self {
                Self::Number(number as f64)
            }
        }
    )+};
}

numbers!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize f32 f64);
