//! What is hidden.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use obs_schema::monitoring::Logging;

use super::hint::Hints;
use super::known::Verdicts;
use super::{REDACTED, card, key, scan, token};
#[cfg(feature = "log")]
use crate::trace::Value;

/// What is hidden in log records and in spans.
///
/// By the name of a field, attribute or key: `password`, `secret`, `token`, `api_key`, `authorization`, `cookie`,
/// `credential`, `private_key`, `session_id`, `card_number` and the like, in every spelling, also as a part:
/// `db_password`, `X-Api-Key`, `clientSecret`. Not where the name is of something about a secret, such as
/// `token_count`.
///
/// By what a text looks like: bearer and basic credentials, JSON web tokens, the keys of well-known services (`sk-`,
/// `ghp_`, `AKIA`, `xoxb-`, `AIza`, `glpat-` and others), private keys in PEM, numbers of payment cards that satisfy
/// Luhn's formula, passwords in addresses, and what stands behind a name as above: `password=..`, `"token": ".."`,
/// `Cookie: ..`.
///
/// It is a net with holes: a password in prose looks like any other word. What is known to be secret belongs into a
/// [`Sensitive`](super::Sensitive), or behind `#[derive(Redact)]`.
///
/// ```
/// use obs_runtime::redact::Redaction;
///
/// let redaction = Redaction::new().with_keys(["iban"]).with_prefixes(["acme_"]);
/// assert!(redaction.hides_key("customer_iban"));
/// assert_eq!(
///     redaction.hide("login of ada with password=hunter2 and acme_17"),
///     "login of ada with password=[redacted] and [redacted]",
/// );
/// assert_eq!(redaction.hide("token_count=17"), "token_count=17");
/// ```
#[derive(Clone)]
#[must_use = "rules hide nothing until they are given to `LogConfig::with_redaction`"]
pub struct Redaction {
    keys: Keys,
    prefixes: Vec<String>,
    finders: Vec<Arc<Finder>>,
    hints: Hints,
}

/// Whether functions of the program may run. Not in a panic hook: a panic of theirs would be the end of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finders {
    Run,
    #[cfg_attr(
        not(feature = "log"),
        expect(dead_code, reason = "only the log hears of panics")
    )]
    Rest,
}

type Finder = dyn Fn(&str) -> Vec<Range<usize>> + Send + Sync;

/// Which names are those of secrets.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    /// Beside those that are always.
    extra: Vec<(u32, String)>,
    /// Those that are not, in spite of their words.
    shown: Vec<String>,
    /// What these rules say of constants.
    known: Arc<Verdicts>,
}

impl Redaction {
    /// What is hidden without further settings.
    pub fn new() -> Self {
        Self {
            keys: Keys::default(),
            prefixes: Vec::new(),
            finders: Vec::new(),
            hints: Hints::usual(),
        }
    }

    /// What a service's `monitoring(logging(..))` says. `None` if nothing is hidden.
    #[must_use]
    pub fn of(logging: &Logging) -> Option<Self> {
        let keys = logging.redact_keys.split(',').map(str::trim);
        logging.redact.then(|| Self::new().with_keys(keys))
    }

    /// Further names of secrets. They count in every spelling, and as a part of a longer name.
    pub fn with_keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        let keys = keys.into_iter().map(Into::into);
        let keys = keys.filter(|key| key.bytes().any(|byte| byte.is_ascii_alphanumeric()));
        self.keys
            .extra
            .extend(keys.map(|key| (common_letters(&key), key)));
        self.keys.known = Arc::default();
        self.with_own_hints()
    }

    /// Names that are shown although they look like those of secrets. Each counts for itself alone, whatever the
    /// case.
    pub fn with_shown_keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.keys.shown.extend(keys.into_iter().map(Into::into));
        self.keys.known = Arc::default();
        self
    }

    /// What further tokens begin with. Hidden is all of the token: letters, digits and `_ - . ~ + / =`.
    pub fn with_prefixes<P: Into<String>>(mut self, prefixes: impl IntoIterator<Item = P>) -> Self {
        let prefixes = prefixes.into_iter().map(Into::into);
        self.prefixes
            .extend(prefixes.filter(|prefix| !prefix.is_empty()));
        self.with_own_hints()
    }

    /// A function that says which bytes of a text are to be hidden. It runs for every text of every record, so it
    /// should be quick to return an empty list. If it panics, the whole text is hidden. It does not run for the records
    /// of panics.
    ///
    /// ```
    /// use obs_runtime::redact::Redaction;
    ///
    /// let redaction = Redaction::new()
    ///     .with_finder(|text| text.find("ticket ").map(|at| at + 7..text.len()).into_iter().collect());
    /// assert_eq!(redaction.hide("ticket 17-b"), "ticket [redacted]");
    /// ```
    pub fn with_finder(
        mut self,
        finder: impl Fn(&str) -> Vec<Range<usize>> + Send + Sync + 'static,
    ) -> Self {
        self.finders.push(Arc::new(finder));
        self
    }

    /// Whether the value of something with this name is hidden.
    #[must_use]
    pub fn hides_key(&self, key: &str) -> bool {
        self.keys.hide(key, letters_of(key))
    }

    /// The same for a constant of the program, of which it is found out once.
    #[inline]
    pub(super) fn hides_constant_key(&self, key: &'static str) -> bool {
        self.keys.known.of(key, |key| self.hides_key(key))
    }

    /// The text without its secrets: the text itself if it has none.
    #[must_use]
    pub fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let secrets = self.secrets(text, Finders::Run);
        if secrets.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut shown = String::with_capacity(text.len() + REDACTED.len());
        write_without(&mut shown, text, &secrets);
        Cow::Owned(shown)
    }

    /// Whether a value with this name is hidden as a whole.
    #[cfg(feature = "log")]
    pub(crate) fn hides_value(&self, key: &str, value: &Value) -> bool {
        let by_key = || self.hides_key(key);
        match value {
            Value::Bool(_) => false,
            Value::I64(number) => {
                Self::hides_number(u64::try_from(*number).unwrap_or(0)) || by_key()
            }
            Value::U64(number) => Self::hides_number(*number) || by_key(),
            Value::F64(_) => by_key(),
            Value::Str(text) => !text.starts_with(REDACTED) && by_key(),
        }
    }

    /// Whether a number is one that is hidden.
    pub(super) fn hides_number(number: u64) -> bool {
        card::is_card(number)
    }

    /// What is to be hidden, from left to right and apart. Allocates only where there is something.
    pub(super) fn secrets(&self, text: &str, finders: Finders) -> Vec<Range<usize>> {
        if self.may_hide_in(text, finders) {
            self.read(text, finders)
        } else {
            Vec::new()
        }
    }

    /// `false` if there is nothing to be hidden in a text for certain, nor in any part of it.
    pub(super) fn may_hide_in(&self, text: &str, finders: Finders) -> bool {
        let own = finders == Finders::Run && !self.finders.is_empty();
        own || if text.len() <= scan::SHORT {
            !self.prefixes.is_empty() || scan::may_be_in(text)
        } else {
            self.hints.may_be_in(text)
        }
    }

    /// What [`secrets`](Self::secrets) finds, byte by byte.
    pub(super) fn read(&self, text: &str, finders: Finders) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        scan::scan(&self.keys, text, &mut found);
        if !(self.prefixes.is_empty() && self.finders.is_empty()) {
            self.add_prefixed(text, &mut found);
            if finders == Finders::Run {
                self.add_found(text, &mut found);
            }
            found = merged(found, text);
        }
        found
    }

    fn with_own_hints(mut self) -> Self {
        let keys = self.keys.extra.iter();
        let keys = keys.map(|(_, key)| key::longest_word(key));
        let own = keys.chain(self.prefixes.iter().map(String::as_str));
        let own: Vec<String> = own.map(str::to_ascii_lowercase).collect();
        self.hints = Hints::with(&own);
        self
    }

    fn add_prefixed(&self, text: &str, found: &mut Vec<Range<usize>>) {
        for prefix in &self.prefixes {
            found.extend(text.match_indices(prefix).map(|(at, _)| {
                let is_part = |byte: u8| {
                    token::is_key(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'=')
                };
                at..token::run(text.as_bytes(), at + prefix.len(), is_part)
            }));
        }
    }

    fn add_found(&self, text: &str, found: &mut Vec<Range<usize>>) {
        for finder in &self.finders {
            match guarded(|| finder(text)) {
                Some(own) => found.extend(own),
                None => found.push(0..text.len()),
            }
        }
    }
}

impl Keys {
    /// Whether the value of something with this name, which has these letters, is hidden.
    #[inline]
    pub(super) fn hide(&self, name: &str, letters: u32) -> bool {
        if !key::may_be_secret(letters) && self.extra.is_empty() {
            return false;
        }
        self.is_secret(name, letters)
    }

    fn is_secret(&self, name: &str, letters: u32) -> bool {
        let is_extra = |(wanted, key): &(u32, String)| {
            letters & wanted == *wanted && key::has_words(name, key)
        };
        if self.extra.iter().any(is_extra) {
            return true;
        }
        key::may_be_secret(letters)
            && key::is_secret(name, letters)
            && !self
                .shown
                .iter()
                .any(|shown| shown.eq_ignore_ascii_case(name))
    }
}

impl Default for Redaction {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Redaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redaction")
            .field("keys", &self.keys)
            .field("prefixes", &self.prefixes)
            .field("finders", &self.finders.len())
            .finish()
    }
}

/// Appends a text with [`REDACTED`] in place of the secrets.
pub(super) fn write_without(out: &mut String, text: &str, secrets: &[Range<usize>]) {
    let mut from = 0;
    for secret in secrets {
        out.push_str(text.get(from..secret.start).unwrap_or_default());
        out.push_str(REDACTED);
        from = secret.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
}

/// The letters that the name has in every spelling.
fn common_letters(name: &str) -> u32 {
    let letters = name.bytes().filter(u8::is_ascii_alphanumeric);
    letters.fold(0, |letters, byte| letters | key::bit(byte))
}

fn letters_of(name: &str) -> u32 {
    name.bytes()
        .fold(0, |letters, byte| letters | key::bit(byte))
}

/// The ranges in order, on whole characters and apart.
fn merged(mut found: Vec<Range<usize>>, text: &str) -> Vec<Range<usize>> {
    found.retain_mut(|range| {
        let (start, end) = (range.start.min(text.len()), range.end.min(text.len()));
        *range = text.floor_char_boundary(start)..text.ceil_char_boundary(end);
        start < end
    });
    found.sort_unstable_by_key(|range| range.start);
    found.dedup_by(|next, last| {
        let meets = next.start <= last.end;
        if meets {
            last.end = last.end.max(next.end);
        }
        meets
    });
    found
}

/// Runs code of the program. `None` if it panics.
fn guarded<R>(run: impl FnOnce() -> R) -> Option<R> {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    // The payload's destructor is the program's code too, and may panic again.
    catch_unwind(AssertUnwindSafe(run))
        .map_err(std::mem::forget)
        .ok()
}
