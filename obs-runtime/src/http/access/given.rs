//! What a request comes with: the header `Authorization`.

use std::fmt;

use ::http::HeaderMap;
use ::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::secret::Digest;

/// The most characters of what a request gives.
const MAX_GIVEN: usize = 1024;

/// What a request gives.
pub(super) enum Given {
    Token(Digest),
    Password {
        user: String,
        password: String,
    },
    /// What is neither.
    Nonsense,
}

impl Given {
    /// What the header `Authorization` gives; `None` without one.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut all = headers.get_all(AUTHORIZATION).into_iter();
        let first = all.next()?;
        let only = (all.next().is_none() && first.len() <= MAX_GIVEN).then_some(first);
        let text = only.and_then(|value| value.to_str().ok());
        Some(text.and_then(Self::read).unwrap_or(Self::Nonsense))
    }

    fn read(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(' ')?;
        let rest = rest.trim();
        if scheme.eq_ignore_ascii_case("bearer") {
            return Some(Self::Token(Digest::of(&[rest.as_bytes()])));
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let text = String::from_utf8(STANDARD.decode(rest).ok()?).ok()?;
        let (user, password) = text.split_once(':')?;
        Some(Self::Password {
            user: user.to_owned(),
            password: password.to_owned(),
        })
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token(_) => "Token",
            Self::Password { .. } => "Password",
            Self::Nonsense => "Nonsense",
        })
    }
}
