//! Patterns for keys: the globs of Redis.

mod error;

use std::fmt;
use std::str::FromStr;

pub use self::error::PatternError;

/// Bytes of a pattern.
const MAX_BYTES: usize = 1_024;
/// Runs of `*` in a pattern. The time that a server takes to match grows with them.
const MAX_STARS: usize = 8;

/// Which keys: a glob, as Redis has them.
///
/// | in the pattern | in the key |
/// |---|---|
/// | `*` | any bytes, also none |
/// | `?` | one byte |
/// | `[abc]`, `[a-z]`, `[^a-z]` | one of these bytes, one within the range, one that is neither |
/// | `\*`, `\?`, `\[`, `\\` | this character; inside a class as well |
/// | anything else | itself |
///
/// A pattern has to match the whole key. Bytes count, so `?` is half an `ü`. What Redis takes and people
/// misread is refused: classes that are not closed, are empty or go backwards, and a `\` at the end.
///
/// ```
/// use obs_runtime::cache::Pattern;
///
/// let users = Pattern::new("user:[0-9]*")?;
/// assert!(users.matches("user:17"));
/// assert!(!users.matches("user:"));
/// assert!(!users.matches("superuser:17"));
/// assert_eq!(
///     Pattern::new("user:[0-9").unwrap_err().to_string(),
///     r"the class at position 6 is not closed; write `]` behind it, or `\[` for the character"
/// );
/// # Ok::<(), obs_runtime::cache::PatternError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    tokens: Vec<Token>,
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// This byte.
    Byte(u8),
    /// One byte.
    One,
    /// One byte within one of the ranges, or within none of them.
    Class {
        negated: bool,
        ranges: Vec<(u8, u8)>,
    },
    /// Any bytes.
    Many,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// If it is empty, too long, has too many `*`, or is one that could be misread.
    pub fn new(text: impl Into<String>) -> Result<Self, PatternError> {
        let text = text.into();
        let tokens = Parser::new(&text).tokens()?;
        Ok(Self { text, tokens })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The same in the words of Redis, for whom `**` is not all keys: the empty one is missing.
    #[cfg(feature = "redis")]
    pub(super) fn as_redis(&self) -> &str {
        match *self.tokens {
            [Token::Many] => "*",
            _ => &self.text,
        }
    }

    /// Whether a key is one of those that are meant.
    #[must_use]
    pub fn matches(&self, key: impl AsRef<[u8]>) -> bool {
        let (tokens, key) = (&self.tokens, key.as_ref());
        let (mut token, mut at) = (0, 0);
        // The last `*`, and how far its bytes go for now.
        let mut star: Option<(usize, usize)> = None;
        loop {
            match (tokens.get(token), key.get(at)) {
                (Some(Token::Many), _) => {
                    star = Some((token, at));
                    token += 1;
                }
                (Some(one), Some(&byte)) if one.is(byte) => {
                    token += 1;
                    at += 1;
                }
                (None, None) => return true,
                _ => match &mut star {
                    Some((many, end)) if *end < key.len() => {
                        *end += 1;
                        (token, at) = (*many + 1, *end);
                    }
                    _ => return false,
                },
            }
        }
    }

    /// The pattern of a text in which every character stands for itself.
    ///
    /// ```
    /// use obs_runtime::cache::Pattern;
    ///
    /// assert_eq!(Pattern::escape("what?"), r"what\?");
    /// ```
    #[must_use]
    pub fn escape(literal: &str) -> String {
        let mut escaped = String::with_capacity(literal.len());
        for character in literal.chars() {
            if matches!(character, '*' | '?' | '[' | ']' | '\\') {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        escaped
    }
}

impl Token {
    /// Whether this is for one byte, and for this one.
    fn is(&self, byte: u8) -> bool {
        match self {
            Self::Byte(own) => *own == byte,
            Self::One => true,
            Self::Class { negated, ranges } => {
                let within = |&(first, last): &(u8, u8)| (first..=last).contains(&byte);
                ranges.iter().any(within) != *negated
            }
            Self::Many => false,
        }
    }
}

/// Reads a pattern from its beginning to its end.
struct Parser<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
        }
    }

    fn tokens(mut self) -> Result<Vec<Token>, PatternError> {
        match self.text.len() {
            0 => return Err(PatternError::Empty),
            length if length > MAX_BYTES => return Err(PatternError::TooLong),
            _ => {}
        }
        let mut tokens = Vec::new();
        while let Some(byte) = self.next() {
            let token = match byte {
                b'*' => Token::Many,
                b'?' => Token::One,
                b'\\' => Token::Byte(self.next().ok_or(PatternError::Escape)?),
                b'[' => self.class()?,
                byte => Token::Byte(byte),
            };
            // `**` is `*`.
            if token != Token::Many || tokens.last() != Some(&Token::Many) {
                tokens.push(token);
            }
        }
        let stars = tokens.iter().filter(|token| **token == Token::Many);
        match stars.count() > MAX_STARS {
            true => Err(PatternError::TooManyStars),
            false => Ok(tokens),
        }
    }

    /// What follows a `[`.
    fn class(&mut self) -> Result<Token, PatternError> {
        let position = self.at;
        let negated = self.take(b'^');
        let mut ranges = Vec::new();
        loop {
            let begin = self.at + 1;
            let unclosed = PatternError::Unclosed { position };
            let first = match self.next().ok_or(unclosed)? {
                b']' if ranges.is_empty() => return Err(PatternError::EmptyClass { position }),
                b']' => return Ok(Token::Class { negated, ranges }),
                b'\\' => {
                    let escaped = self.next().ok_or(unclosed)?;
                    ranges.push((ascii(escaped, begin)?, escaped));
                    continue;
                }
                byte => ascii(byte, begin)?,
            };
            let last = match self.take(b'-') {
                true => self.range_end(first, begin)?,
                false => first,
            };
            ranges.push((first, last));
        }
    }

    /// The end of a range. Redis takes `]` and `\` for one as well.
    fn range_end(&mut self, first: u8, begin: usize) -> Result<u8, PatternError> {
        let broken = PatternError::Range { position: begin };
        let last = ascii(self.next().ok_or(broken)?, begin)?;
        match last >= first && !matches!(last, b']' | b'\\') {
            true => Ok(last),
            false => Err(broken),
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = *self.text.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(is_next);
        is_next
    }
}

fn ascii(byte: u8, position: usize) -> Result<u8, PatternError> {
    match byte.is_ascii() {
        true => Ok(byte),
        false => Err(PatternError::NotAscii { position }),
    }
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        Self::new(text)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
