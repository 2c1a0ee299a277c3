//! Which names say that what they name is nobody's business.
//!
//! A name is a row of words: `db_password`, `X-Api-Key` and `clientSecret` have the words that
//! count. It is harmless if it ends in a word that makes it a name of something *about* a secret,
//! as `token_count` does.

use super::words::{ABOUT, ASKING, ENDINGS, PAIRS, SECRETS};

/// What a name has in it, or it names no secret; and its letters.
const STEMS: &[(u32, &str)] = &[
    stem("pass"),
    stem("pwd"),
    stem("secret"),
    stem("token"),
    stem("key"),
    stem("cookie"),
    stem("cred"),
    stem("authoriz"),
    stem("session"),
    stem("card"),
    stem("jwt"),
    stem("cvv"),
    stem("cvc"),
];

const fn stem(text: &'static str) -> (u32, &'static str) {
    (letters(text), text)
}

/// Words of a name that are looked at; of a longer one, the last.
const MAX_WORDS: usize = 12;

/// The letters of a text as bits. Other bytes share them, which only ever adds some.
pub(super) const fn letters(text: &str) -> u32 {
    let bytes = text.as_bytes();
    let mut all = 0;
    let mut rest = bytes;
    while let [byte, after @ ..] = rest {
        all |= bit(*byte);
        rest = after;
    }
    all
}

pub(super) const fn bit(byte: u8) -> u32 {
    1 << (byte & 31)
}

/// Whether a name with these letters can be that of a secret.
#[inline]
pub(super) fn may_be_secret(letters: u32) -> bool {
    let has = |stem: &(u32, &str)| letters & stem.0 == stem.0;
    STEMS.iter().fold(false, |any, stem| any | has(stem))
}

fn has_stem(name: &str, letters: u32) -> bool {
    let in_name = |stem: &str| {
        let mut parts = name.as_bytes().windows(stem.len());
        parts.any(|part| part.eq_ignore_ascii_case(stem.as_bytes()))
    };
    let mut stems = STEMS.iter();
    stems.any(|(of_stem, stem)| letters & of_stem == *of_stem && in_name(stem))
}

/// Whether the name, which has these letters, is that of a secret.
pub(super) fn is_secret(name: &str, letters: u32) -> bool {
    if !has_stem(name, letters) {
        return false;
    }
    let judged = judge(&Words::of(name));
    // `PassWord` has other words by its capitals than it should.
    let judged = judged.or_else(|| judge(&Words::between_separators(name)));
    judged.unwrap_or(false)
}

/// Whether these words name a secret; `None` if there is no word in them that could.
fn judge(words: &Words<'_>) -> Option<bool> {
    let words = words.as_slice();
    let (first, last) = (words.first()?, words.last()?);
    if ends_in_pair(words) || last.eq_ignore_ascii_case("session") {
        return Some(true);
    }
    let by_word = words.iter().any(|word| is_secret_word(word));
    let names_one = by_word || words.windows(2).any(ends_in_pair);
    let is_asking = words.len() > 1 && is_one_of(ASKING, first);
    names_one.then(|| !is_asking && !is_one_of(ABOUT, last))
}

/// The longest word of a name.
pub(super) fn longest_word(name: &str) -> &str {
    let words = Words::of(name);
    let longest = words.as_slice().iter().max_by_key(|word| word.len());
    longest.copied().unwrap_or_default()
}

/// Whether two words of prose, as in `private key: ..`, name a secret only together.
pub(super) fn is_pair(name: &str) -> bool {
    ends_in_pair(Words::of(name).as_slice())
}

/// Whether the words of `wanted` follow each other in `name`.
pub(super) fn has_words(name: &str, wanted: &str) -> bool {
    let (name, wanted) = (Words::of(name), Words::of(wanted));
    let (name, wanted) = (name.as_slice(), wanted.as_slice());
    let same = |(a, b): (&&str, &&str)| a.eq_ignore_ascii_case(b);
    !wanted.is_empty()
        && name
            .windows(wanted.len())
            .any(|part| part.iter().zip(wanted).all(same))
}

fn ends_in_pair(words: &[&str]) -> bool {
    let [.., first, second] = words else {
        return false;
    };
    let second = second.trim_end_matches(|c: char| c.is_ascii_digit());
    PAIRS
        .iter()
        .any(|(a, b)| second.eq_ignore_ascii_case(b) && first.eq_ignore_ascii_case(a))
}

fn is_secret_word(word: &str) -> bool {
    // `password2`.
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let ends = |ending: &&str| {
        let start = word.len().checked_sub(ending.len());
        let end = start.and_then(|start| word.get(start..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(ending))
    };
    is_one_of(SECRETS, word) || ENDINGS.iter().any(ends)
}

fn is_one_of(words: &[&str], word: &str) -> bool {
    words.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// The words of a name.
struct Words<'a> {
    words: [&'a str; MAX_WORDS],
    len: usize,
}

impl<'a> Words<'a> {
    fn of(name: &'a str) -> Self {
        Self::split(name, begins_word)
    }

    fn between_separators(name: &'a str) -> Self {
        Self::split(name, |_, _, _| false)
    }

    fn split(name: &'a str, begins: fn(&[u8], usize, u8) -> bool) -> Self {
        let mut words = Self {
            words: [""; MAX_WORDS],
            len: 0,
        };
        let mut start = 0;
        let bytes = name.as_bytes();
        for at in 0..=bytes.len() {
            let byte = bytes.get(at).copied().unwrap_or(b'_');
            if is_end(byte) {
                words.push(name.get(start..at));
                start = at + 1;
            } else if at > start && begins(bytes, at, byte) {
                words.push(name.get(start..at));
                start = at;
            }
        }
        words
    }

    fn push(&mut self, word: Option<&'a str>) {
        let Some(word) = word.filter(|word| !word.is_empty()) else {
            return;
        };
        if self.len == MAX_WORDS {
            self.words.rotate_left(1);
            self.len -= 1;
        }
        if let Some(place) = self.words.get_mut(self.len) {
            *place = word;
            self.len += 1;
        }
    }

    fn as_slice(&self) -> &[&'a str] {
        self.words.get(..self.len).unwrap_or_default()
    }
}

fn is_end(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric()
}

/// Whether a capital begins a word: `apiKey`, and the `K` of `APIKey`.
fn begins_word(bytes: &[u8], at: usize, byte: u8) -> bool {
    let before = bytes.get(at.wrapping_sub(1)).copied().unwrap_or(0);
    let after = bytes.get(at + 1).copied().unwrap_or(0);
    byte.is_ascii_uppercase() && (!before.is_ascii_uppercase() || after.is_ascii_lowercase())
}
