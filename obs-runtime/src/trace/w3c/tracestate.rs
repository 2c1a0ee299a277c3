//! The list in the `tracestate` headers.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::trim_ows;

/// Entries that other tracing systems on the way want to be passed on, in the order received.
///
/// Holds a list that is valid by W3C Trace Context level 2: at most [`MAX_MEMBERS`](Self::MAX_MEMBERS)
/// entries `key=value`, each side at most [`MAX_LENGTH`](Self::MAX_LENGTH) characters. A clone shares
/// the text, and an empty list owns nothing.
///
/// ```
/// use obs_runtime::trace::TraceState;
///
/// let state: TraceState = "rojo=00f067aa0ba902b7 , congo=t61rcWkgMzE".parse()?;
/// assert_eq!(state.get("congo"), Some("t61rcWkgMzE"));
/// assert_eq!(state.as_str(), "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
/// # Ok::<(), obs_runtime::trace::w3c::ParseStateError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct TraceState(Option<Arc<str>>);

impl TraceState {
    /// The list without entries.
    pub const EMPTY: Self = Self(None);
    /// How many entries a list can have. One more makes the whole list invalid.
    pub const MAX_MEMBERS: usize = 32;
    /// How long a key and how long a value can be, in characters.
    pub const MAX_LENGTH: usize = 256;

    /// Whether there are no entries.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The value of one header with the whole list; `""` without entries.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// The entries as key and value, in order. A key that the sender repeated occurs repeatedly.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.as_str()
            .split(',')
            .filter_map(|member| member.split_once('='))
    }

    /// The value of the first entry with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter()
            .find_map(|(name, value)| (name == key).then_some(value))
    }
}

impl fmt::Debug for TraceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl FromStr for TraceState {
    type Err = ParseStateError;

    fn from_str(text: &str) -> Result<Self, ParseStateError> {
        parse([text.as_bytes()])
    }
}

/// Why a `tracestate` is not passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseStateError {
    /// An entry is not `key=value`, or a character or a length is not allowed.
    Member,
    /// There are more than [`TraceState::MAX_MEMBERS`] entries.
    TooManyMembers,
}

impl fmt::Display for ParseStateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member => {
                f.write_str("expected entries `key=value` by W3C Trace Context level 2")
            }
            Self::TooManyMembers => {
                write!(f, "expected at most {} entries", TraceState::MAX_MEMBERS)
            }
        }
    }
}

impl std::error::Error for ParseStateError {}

/// The list that the values of all `tracestate` headers make together, in their order.
///
/// One invalid entry makes the whole list invalid: what a sender broke is not ours to repair.
pub(super) fn parse<'a>(
    headers: impl IntoIterator<Item = &'a [u8]>,
) -> Result<TraceState, ParseStateError> {
    let mut list = String::new();
    let mut count = 0;
    for member in headers
        .into_iter()
        .flat_map(|header| header.split(|byte| *byte == b','))
    {
        let member = trim_ows(member);
        if member.is_empty() {
            continue;
        }
        let member = check_member(member).ok_or(ParseStateError::Member)?;
        count += 1;
        if count > TraceState::MAX_MEMBERS {
            return Err(ParseStateError::TooManyMembers);
        }
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(member);
    }
    Ok(TraceState((!list.is_empty()).then(|| list.into())))
}

/// The entry as text, if it is valid.
fn check_member(member: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(member).ok()?;
    let (key, value) = text.split_once('=')?;
    (is_key(key.as_bytes()) && is_value(value.as_bytes())).then_some(text)
}

/// `key = ( lcalpha / DIGIT ) 0*255 ( keychar )`
fn is_key(key: &[u8]) -> bool {
    key.len() <= TraceState::MAX_LENGTH
        && matches!(key.first(), Some(b'a'..=b'z' | b'0'..=b'9'))
        && key.iter().all(
            |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@'),
        )
}

/// `value = 0*255(chr) nblk-chr`: printable without `,` and `=`; white space at the end is gone already.
fn is_value(value: &[u8]) -> bool {
    (1..=TraceState::MAX_LENGTH).contains(&value.len())
        && value
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'='))
}
