//! [W3C Baggage](https://www.w3.org/TR/baggage/): what callers say about a request to everybody who
//! takes part in it.

mod member;
mod percent;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use member::Member;

/// Names and values that travel with a request through all services.
///
/// Baggage belongs to the [request context](crate::context) and is inherited with it, but the two do
/// not mix. The keys of a context stay in this process and show in its logs and spans. Baggage is
/// sent to every service that is called, shows nowhere by itself, and is never a label: anybody on
/// the way may have written it. Copy what is worth showing:
///
/// ```
/// use obs_runtime::context::{self, RequestContext};
///
/// let baggage = "tenant=acme, user=J%C3%BCrgen;source=form".parse().unwrap();
/// let _inside = RequestContext::new().with_baggage(baggage).enter();
///
/// let baggage = context::baggage().unwrap();
/// if let Some(tenant) = baggage.get("tenant") {
///     context::set("tenant", tenant);
/// }
/// assert_eq!(baggage.get("user"), Some("Jürgen"));
/// ```
///
/// A value is any text; in the header it is percent-encoded. A clone shares the members.
///
/// # Limits
///
/// At most [`MAX_MEMBERS`](Self::MAX_MEMBERS) members and [`MAX_BYTES`](Self::MAX_BYTES) bytes, which
/// the specification guarantees to be passed on. Members are taken in order; one that
/// does not fit is left out as a whole.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Baggage(Option<Arc<List>>);

#[derive(Clone, Default, PartialEq, Eq)]
struct List {
    members: Vec<Member>,
    /// Length of the header.
    bytes: usize,
}

impl Baggage {
    /// Baggage without members.
    pub const EMPTY: Self = Self(None);
    /// How many members there can be.
    pub const MAX_MEMBERS: usize = 64;
    /// How many bytes all members together can have in the header, with the commas between them.
    pub const MAX_BYTES: usize = 8192;

    /// Reads the values of all `baggage` headers, which make one list. A malformed member is left
    /// out, and so is one that does not fit. Percent-encoded bytes that are not UTF-8 become U+FFFD.
    pub fn parse<'a>(headers: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut list = List::default();
        let texts = headers
            .into_iter()
            .flat_map(|header| header.split(|byte| *byte == b','));
        for member in texts.filter_map(Member::parse) {
            if list.members.len() == Self::MAX_MEMBERS {
                break;
            }
            // What does not fit is left out; a later member may be shorter.
            let _ = list.push(member);
        }
        list.into()
    }

    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members().len()
    }

    /// The value of a name. Of a name that occurs several times the last one counts.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.find(name).map(|member| &*member.value)
    }

    /// The properties of a name as they are in the header, such as `ttl=5;secret`; `""` without any.
    #[must_use]
    pub fn properties(&self, name: &str) -> Option<&str> {
        self.find(name).map(|member| &*member.properties)
    }

    /// The members as name and value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.members()
            .iter()
            .map(|member| (&*member.name, &*member.value))
    }

    /// Sets a value, without properties, in the place of all members of this name.
    ///
    /// # Errors
    ///
    /// If `name` is not a token of HTTP, or the member does not fit. Then nothing changes.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), BaggageError> {
        let member = Member::new(name, value).ok_or(BaggageError::Name)?;
        let mut list = self.without(name);
        list.push(member)?;
        *self = list.into();
        Ok(())
    }

    /// Removes all members of a name.
    pub fn remove(&mut self, name: &str) {
        if self.find(name).is_some() {
            *self = self.without(name).into();
        }
    }

    fn without(&self, name: &str) -> List {
        let mut list = List::default();
        for member in self.members().iter().filter(|member| *member.name != *name) {
            // A part of a list that fits.
            let _ = list.push(member.clone());
        }
        list
    }

    fn find(&self, name: &str) -> Option<&Member> {
        self.members().iter().rfind(|member| *member.name == *name)
    }

    fn members(&self) -> &[Member] {
        self.0.as_deref().map_or(&[], |list| &list.members)
    }
}

impl List {
    fn push(&mut self, member: Member) -> Result<(), BaggageError> {
        let comma = usize::from(!self.members.is_empty());
        let bytes = self.bytes + comma + member.encoded_len();
        if self.members.len() >= Baggage::MAX_MEMBERS || bytes > Baggage::MAX_BYTES {
            return Err(BaggageError::Full);
        }
        self.bytes = bytes;
        self.members.push(member);
        Ok(())
    }
}

impl From<List> for Baggage {
    fn from(list: List) -> Self {
        Self((!list.members.is_empty()).then(|| Arc::new(list)))
    }
}

/// The value of the header.
impl fmt::Display for Baggage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, member) in self.members().iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            member.fmt(f)?;
        }
        Ok(())
    }
}

/// The names only: values can be anybody's secrets.
impl fmt::Debug for Baggage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.members().iter().map(|member| &member.name))
            .finish()
    }
}

/// Reads a header as [`Baggage::parse`] does, but leaves nothing out.
impl FromStr for Baggage {
    type Err = BaggageError;

    fn from_str(text: &str) -> Result<Self, BaggageError> {
        let mut list = List::default();
        for text in text.split(',') {
            list.push(Member::parse(text.as_bytes()).ok_or(BaggageError::Member)?)?;
        }
        Ok(list.into())
    }
}

/// Why something is not in the baggage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BaggageError {
    /// A name is not a token of HTTP.
    Name,
    /// A member of a header is not `name=value;property`.
    Member,
    /// It does not fit.
    Full,
}

impl fmt::Display for BaggageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str("expected a name of letters, digits and `!#$%&'*+-.^_`|~`"),
            Self::Member => f.write_str("expected members `name=value;property` by W3C Baggage"),
            Self::Full => write!(
                f,
                "expected at most {} members and {} bytes",
                Baggage::MAX_MEMBERS,
                Baggage::MAX_BYTES
            ),
        }
    }
}

impl std::error::Error for BaggageError {}
