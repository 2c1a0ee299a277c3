//! Which traces are kept from their start.

use core::fmt;

use crate::ascii;
use crate::issue::Issue;
use crate::suggest::suggest;
use crate::value::{RatioError, check_ratio, parse_ratio};

/// The share of traces that are kept from their start on, decided by the trace id.
///
/// Traces with an error and slow ones are kept besides.
///
/// ```
/// use obs_schema::monitoring::Sampler;
/// assert_eq!(Sampler::parse("0.1"), Ok(Sampler::ratio(0.1)));
/// assert_eq!(Sampler::parse("always_off"), Ok(Sampler { ratio: 0.0, parent_based: false }));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sampler {
    /// The share of new traces, from 0 to 1.
    pub ratio: f64,
    /// Whether a remote parent's decision counts more than the share.
    pub parent_based: bool,
}

impl Sampler {
    /// The names of `OTEL_TRACES_SAMPLER` that need no argument.
    pub const WORDS: &'static [&'static str] = &[
        "parentbased_always_on",
        "parentbased_always_off",
        "always_on",
        "always_off",
    ];

    /// The names of `OTEL_TRACES_SAMPLER` whose share is in `OTEL_TRACES_SAMPLER_ARG`.
    pub const RATIO_WORDS: &'static [&'static str] = &["parentbased_traceidratio", "traceidratio"];

    /// Every new trace, and the parent's decision for the others.
    pub const DEFAULT: Self = Self::ratio(1.0);

    /// This share of new traces, and the parent's decision for the others.
    #[must_use]
    pub const fn ratio(ratio: f64) -> Self {
        Self {
            ratio,
            parent_based: true,
        }
    }

    /// The sampler of a name, without an argument.
    #[must_use]
    pub const fn named(word: &str) -> Option<Self> {
        let Some(at) = ascii::position(Self::WORDS, word) else {
            return None;
        };
        Some(Self {
            ratio: if at % 2 == 0 { 1.0 } else { 0.0 },
            parent_based: at < 2,
        })
    }

    /// Reads a ratio, or a name of `OTEL_TRACES_SAMPLER` that needs no argument.
    ///
    /// # Errors
    /// For an unknown name and for a number outside 0..=1.
    pub fn parse(text: &str) -> Result<Self, SamplerError> {
        if let Some(sampler) = Self::named(text) {
            return Ok(sampler);
        }
        match parse_ratio(text) {
            Ok(ratio) => Ok(Self::ratio(ratio)),
            Err(RatioError { value: None }) => Err(SamplerError::Unknown(text.to_owned())),
            Err(error) => Err(SamplerError::Ratio(error)),
        }
    }

    /// Reads `OTEL_TRACES_SAMPLER` with its `OTEL_TRACES_SAMPLER_ARG`, which may be missing.
    ///
    /// # Errors
    /// As [`Sampler::parse`].
    pub fn parse_otel(word: &str, argument: Option<&str>) -> Result<Self, SamplerError> {
        let Some(at) = ascii::position(Self::RATIO_WORDS, word) else {
            return Self::parse(word);
        };
        let ratio = argument
            .map_or(Ok(1.0), parse_ratio)
            .map_err(SamplerError::Ratio)?;
        Ok(Self {
            ratio,
            parent_based: at == 0,
        })
    }

    pub(super) const fn check(&self) -> Result<(), RatioError> {
        check_ratio(self.ratio)
    }

    pub(super) const fn is_default(&self) -> bool {
        self.ratio == Self::DEFAULT.ratio && self.parent_based == Self::DEFAULT.parent_based
    }
}

impl Default for Sampler {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Self::WORDS
            .iter()
            .find(|word| Self::named(word) == Some(*self))
        {
            Some(word) => f.pad(word),
            None if self.parent_based => write!(f, "{}", self.ratio),
            None => write!(f, "{} of all traces, whatever the parent says", self.ratio),
        }
    }
}

/// A sampler that cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub enum SamplerError {
    /// Neither a number nor a known name.
    Unknown(String),
    /// A number outside 0..=1.
    Ratio(RatioError),
}

impl SamplerError {
    /// This error as an [`Issue`] about the option or key `path`.
    #[must_use]
    pub fn issue(&self, path: impl Into<String>) -> Issue {
        match self {
            Self::Ratio(error) => error.issue(path),
            Self::Unknown(word) => {
                let help = match suggest(word, Sampler::WORDS) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => format!(
                        "write a ratio such as `0.1`, or one of `{}`",
                        Sampler::WORDS.join("`, `")
                    ),
                };
                Issue::new(
                    "sampler.unknown",
                    path,
                    format!("unknown sampler `{word}`"),
                    help,
                )
            }
        }
    }
}

impl fmt::Display for SamplerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.issue("").fmt(f)
    }
}

impl std::error::Error for SamplerError {}
