//! What is compared in the place of a secret.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

/// The digest of a secret. Comparing two takes as long whatever they have in common, and tells nothing of their
/// lengths; it shows as nothing.
#[derive(Clone)]
pub(super) struct Digest([u8; 32]);

impl Digest {
    /// The digest of these parts, one after the other, each with its length.
    pub(super) fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// Whether the other is the digest of the same.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[hidden]")
    }
}
