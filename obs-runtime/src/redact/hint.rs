//! Whether a text can have a secret in it, found out many bytes at a time.
//!
//! Most texts have none. They need not be [read byte by byte](super::scan) if none of some short words is in them, and
//! no row of digits that is long enough for the number of a card.

use std::sync::{Arc, LazyLock};

use aho_corasick::packed::{Config, Searcher};

use super::card;

/// Of these, in small letters, every secret has one in it or before it.
const HINTS: &[&str] = &[
    // Names.
    "pass",
    "pwd",
    "ecret",
    "oken",
    "key",
    "uthori",
    "ookie",
    "cred",
    "jwt",
    "ession",
    "cvv",
    "cvc",
    "card",
    "sig=",
    "ignature=", // Addresses.
    "://",       // What tokens begin with.
    "sk-",
    "xox",
    "xapp-",
    "glpat-",
    "gldt-",
    "pypi-",
    "sq0atp-",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "pat_",
    "_live_",
    "_test_",
    "whsec_",
    "npm_",
    "hf_",
    "dop_v1_",
    "glsa_",
    "akia",
    "asia",
    "aiza",
    "eyj",
    "earer ",
    "asic ",
    "-----begin ",
];

/// Shorter hints would be in every text.
const MIN_HINT: usize = 3;
/// Bytes that are looked at together.
const PORTION: usize = 256;
/// Bytes of a portion that are looked at with the next one again, at least as many as a hint has.
const OVERLAP: usize = 32;

/// The hints that rules look for.
#[derive(Debug, Clone)]
pub(super) struct Hints {
    /// `None` where the processor has no fast way, or there are too many hints.
    searcher: Option<Arc<Searcher>>,
}

static USUAL: LazyLock<Option<Arc<Searcher>>> = LazyLock::new(|| searcher(&[]));

impl Hints {
    /// Those of the rules that are always.
    pub(super) fn usual() -> Self {
        Self {
            searcher: USUAL.clone(),
        }
    }

    /// These besides. Each is in small letters.
    pub(super) fn with(own: &[String]) -> Self {
        Self {
            searcher: searcher(own),
        }
    }

    /// `false` if the text has no secret for certain.
    pub(super) fn may_be_in(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let Some(searcher) = self.searcher.as_ref().filter(|_| text.len() >= MIN_HINT) else {
            return true;
        };
        let mut small = [0; PORTION];
        let mut start = 0;
        while let Some(rest) = bytes.get(start..) {
            let len = rest.len().min(PORTION);
            let Some(portion) = small.get_mut(..len) else {
                return true;
            };
            for (small, byte) in portion.iter_mut().zip(rest) {
                *small = byte.to_ascii_lowercase();
            }
            if searcher.find(portion).is_some() {
                return true;
            }
            if rest.len() <= PORTION {
                break;
            }
            start += PORTION - OVERLAP;
        }
        card::may_be_in(bytes)
    }
}

fn searcher(own: &[String]) -> Option<Arc<Searcher>> {
    let fits = |hint: &String| (MIN_HINT..=OVERLAP).contains(&hint.len());
    if !own.iter().all(fits) {
        return None;
    }
    let own = own.iter().map(String::as_str);
    let mut builder = Config::new().builder();
    builder.extend(HINTS.iter().copied().chain(own));
    builder.build().map(Arc::new)
}
