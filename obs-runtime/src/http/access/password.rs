//! Passwords: hashed by Argon2 or bcrypt, or as they are.

use std::sync::{PoisonError, RwLock};

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordVerifier};

use super::secret::Digest;

/// A password that can be compared, and not be read.
#[derive(Debug)]
pub(super) struct Password {
    kind: Kind,
    /// What was right the last time: a scraper comes every few seconds, and the hash costs a core for some
    /// milliseconds each time.
    known: RwLock<Option<Digest>>,
}

#[derive(Debug)]
enum Kind {
    Argon2(String),
    Bcrypt(String),
    Plain(Digest),
}

/// Why a text is no hash.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PasswordError {
    /// It does not begin as one.
    NotHashed,
    /// It begins as one.
    Malformed(String),
}

impl Password {
    /// Reads a hash: `$argon2id$…`, `$2b$…`.
    pub(super) fn hashed(text: &str) -> Result<Self, PasswordError> {
        if text.starts_with("$argon2") {
            let hash = PasswordHash::new(text)
                .map_err(|error| PasswordError::Malformed(error.to_string()))?;
            if hash.hash.is_none() || hash.salt.is_none() {
                let missing = "it has no salt or no hash".to_owned();
                return Err(PasswordError::Malformed(missing));
            }
            return Ok(Self::new(Kind::Argon2(text.to_owned())));
        }
        if ["$2a$", "$2b$", "$2x$", "$2y$"]
            .iter()
            .any(|start| text.starts_with(start))
        {
            text.parse::<bcrypt::HashParts>()
                .map_err(|error| PasswordError::Malformed(error.to_string()))?;
            return Ok(Self::new(Kind::Bcrypt(text.to_owned())));
        }
        Err(PasswordError::NotHashed)
    }

    /// A password that is its own hash.
    pub(super) fn plain(text: &str) -> Self {
        Self::new(Kind::Plain(Digest::of(&[text.as_bytes()])))
    }

    fn new(kind: Kind) -> Self {
        Self {
            kind,
            known: RwLock::new(None),
        }
    }

    /// Whether it was right before. Costs nothing.
    pub(super) fn is_known(&self, given: &str) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known
            .as_ref()
            .is_some_and(|known| known.is(&self.digest(given)))
    }

    /// Whether it is right. Costs what the hash was made to cost.
    pub(super) fn check(&self, given: &str) -> bool {
        let is_right = match &self.kind {
            Kind::Argon2(hash) => PasswordHash::new(hash).is_ok_and(|hash| {
                Argon2::default()
                    .verify_password(given.as_bytes(), &hash)
                    .is_ok()
            }),
            Kind::Bcrypt(hash) => bcrypt::verify(given, hash).unwrap_or(false),
            Kind::Plain(digest) => digest.is(&Digest::of(&[given.as_bytes()])),
        };
        if is_right {
            let digest = self.digest(given);
            *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(digest);
        }
        is_right
    }

    /// The digest of a password that is remembered, with the hash's own salt in it.
    fn digest(&self, given: &str) -> Digest {
        let salt = match &self.kind {
            Kind::Argon2(hash) | Kind::Bcrypt(hash) => hash.as_bytes(),
            Kind::Plain(_) => b"",
        };
        Digest::of(&[salt, given.as_bytes()])
    }
}
