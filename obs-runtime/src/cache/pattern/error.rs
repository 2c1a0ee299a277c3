//! Why a text is no pattern.

use std::fmt;

use super::{MAX_BYTES, MAX_STARS};

/// Why a text is no [`Pattern`](super::Pattern). Positions are counted in bytes, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternError {
    /// There is nothing.
    Empty,
    /// There are more than 1024 bytes.
    TooLong,
    /// There are more than 8 `*`.
    TooManyStars,
    /// A `\` stands at the end.
    Escape,
    /// A `[` without `]`.
    Unclosed {
        /// Where it is.
        position: usize,
    },
    /// A class that no byte can be in, or any byte.
    EmptyClass {
        /// Where it begins.
        position: usize,
    },
    /// A range without an end, or one whose end comes before its beginning.
    Range {
        /// Where it begins.
        position: usize,
    },
    /// A class with a character of several bytes.
    NotAscii {
        /// Where that is.
        position: usize,
    },
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the pattern is empty; write `*` for all keys"),
            Self::TooLong => write!(f, "the pattern has more than {MAX_BYTES} bytes; shorten it"),
            Self::TooManyStars => write!(
                f,
                "the pattern has more than {MAX_STARS} `*`; write a simpler one"
            ),
            Self::Escape => f.write_str(r"the pattern ends with `\`; write `\\` for the character"),
            Self::Unclosed { position } => write!(
                f,
                r"the class at position {position} is not closed; write `]` behind it, or `\[` for the character"
            ),
            Self::EmptyClass { position } => write!(
                f,
                r"the class at position {position} is empty; write what may be there, or `\[` for the character"
            ),
            Self::Range { position } => write!(
                f,
                r"the range at position {position} has no end above its beginning; write one such as `a-z`, or `\-` for the character"
            ),
            Self::NotAscii { position } => write!(
                f,
                "the class has a character of several bytes at position {position}; write `*` for it"
            ),
        }
    }
}

impl std::error::Error for PatternError {}
