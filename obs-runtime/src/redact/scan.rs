//! One pass over a text for what looks like a secret.
//!
//! Every kind of secret has a byte that few other things have: the separator between a name and a value, the dash of
//! `sk-`, the `J` of `eyJ`, a digit. Only at those is looked closer, so that a text without a secret costs about
//! as much as reading it.

use std::ops::Range;

use super::rules::Keys;
use super::{card, pair, token, url};

/// What a byte can be a part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Nothing,
    Colon,
    Equals,
    Comma,
    Dash,
    Underscore,
    Digit,
    /// Of `Bearer` and `Basic`.
    B,
    /// Of `AKIA` and `AIza`.
    I,
    /// Of `eyJ`.
    J,
}

static SIGNS: [Sign; 256] = signs();

const fn signs() -> [Sign; 256] {
    let mut signs = [Sign::Nothing; 256];
    let mut byte = 0;
    while byte < signs.len() {
        signs[byte] = match byte as u8 {
            b':' => Sign::Colon,
            b'=' => Sign::Equals,
            b',' => Sign::Comma,
            b'-' => Sign::Dash,
            b'_' => Sign::Underscore,
            b'0'..=b'9' => Sign::Digit,
            b'B' | b'b' => Sign::B,
            b'I' => Sign::I,
            b'J' => Sign::J,
            _ => Sign::Nothing,
        };
        byte += 1;
    }
    signs
}

/// The longest text that is cheaper looked at as a whole than searched for hints.
pub(super) const SHORT: usize = 64;

/// `false` if there is nothing to be hidden in a short text for certain: it has none of the [signs](Sign), and fewer
/// digits than the number of a card.
pub(super) fn may_be_in(text: &str) -> bool {
    // One sum, so that there is nothing to be decided for each byte.
    let weights = text.bytes().map(|byte| WEIGHTS[usize::from(byte)]);
    let sum = weights.fold(0_u16, u16::wrapping_add);
    sum >= SIGN_WEIGHT || usize::from(sum) >= card::MIN_DIGITS
}

/// More than there are digits in a short text; as many of them as that has bytes are not too many for the sum.
const SIGN_WEIGHT: u16 = 256;

/// 1 for digits, and for other signs [`SIGN_WEIGHT`].
static WEIGHTS: [u16; 256] = {
    let signs = signs();
    let mut weights = [0; 256];
    let mut byte = 0;
    while byte < weights.len() {
        weights[byte] = match signs[byte] {
            Sign::Nothing => 0,
            Sign::Digit => 1,
            _ => SIGN_WEIGHT,
        };
        byte += 1;
    }
    weights
};

/// Adds what is to be hidden of a text to `found`, in the order of the text.
pub(super) fn scan(keys: &Keys, text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let (mut at, mut hidden) = (0, 0);
    while let Some(next) = next_sign(bytes, at) {
        at = next;
        match look(keys, text, at) {
            Ok(secret) => {
                let secret = secret.start.max(hidden)..secret.end;
                hidden = secret.end.max(at + 1);
                at = hidden;
                if !secret.is_empty() {
                    found.push(secret);
                }
            }
            Err(after) => at = after,
        }
    }
}

fn next_sign(bytes: &[u8], at: usize) -> Option<usize> {
    let is_sign = |byte: &u8| SIGNS[usize::from(*byte)] != Sign::Nothing;
    Some(at + bytes.get(at..)?.iter().position(is_sign)?)
}

/// The secret that the sign at `at` is one of; otherwise, where to look on.
#[inline]
fn look(keys: &Keys, text: &str, at: usize) -> Result<Range<usize>, usize> {
    let bytes = text.as_bytes();
    let sign = bytes
        .get(at)
        .map_or(Sign::Nothing, |byte| SIGNS[usize::from(*byte)]);
    let found = match sign {
        Sign::Nothing => None,
        Sign::Digit => return card::find(bytes, at),
        Sign::Colon => return colon(keys, text, at),
        Sign::Equals => pair::find(keys, text, at),
        Sign::Comma => pair::find_in_tuple(keys, text, at),
        Sign::Dash if bytes.get(at + 1) == Some(&b'-') => return dashes(keys, text, at),
        Sign::Dash | Sign::Underscore => token::prefixed(text, at),
        Sign::B => token::after_scheme(text, at),
        Sign::I => token::capital(text, at),
        Sign::J => token::json_web_token(text, at),
    };
    found.ok_or(at + 1)
}

fn colon(keys: &Keys, text: &str, at: usize) -> Result<Range<usize>, usize> {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    if rest.starts_with(b"://") {
        return url::find(text, at).ok_or(at + "://".len());
    }
    // The path of a module.
    if rest.starts_with(b"::") {
        return Err(at + "::".len());
    }
    pair::find(keys, text, at).ok_or(at + 1)
}

/// A key with two dashes in it, a private key, or the secret of `--password hunter2`.
fn dashes(keys: &Keys, text: &str, at: usize) -> Result<Range<usize>, usize> {
    let end = token::run(text.as_bytes(), at, |byte| byte == b'-');
    let found = token::prefixed(text, at)
        .or_else(|| token::private_key(text, at))
        .or_else(|| pair::find_in_arguments(keys, text, end));
    found.ok_or(end)
}
