//! Hiding the secrets in texts that lie one behind the other in one long one.

use std::ops::Range;

use super::REDACTED;
use super::rules::{self, Finders, Redaction};
use crate::hot::body::Text;

/// What becomes of the long text. As long as nothing is hidden, it has allocated nothing.
pub(crate) struct Rewrite<'a> {
    redaction: &'a Redaction,
    finders: Finders,
    all: &'a str,
    /// Whether there can be something to hide in it.
    suspect: bool,
    /// Goes behind the long text.
    added: String,
    /// Nobody refers to these any more.
    gone: Vec<Range<usize>>,
}

/// The changes to a long text.
#[must_use]
pub(crate) struct Changes {
    added: String,
    gone: Vec<Range<usize>>,
}

impl<'a> Rewrite<'a> {
    pub(crate) fn new(redaction: &'a Redaction, finders: Finders, all: &'a str) -> Self {
        Self {
            redaction,
            finders,
            suspect: redaction.may_hide_in(all, finders),
            all,
            added: String::new(),
            gone: Vec::new(),
        }
    }

    /// What takes the place of a value with this name, if it is hidden as a whole.
    #[inline]
    pub(crate) fn by_key(&self, key: Text) -> Option<Text> {
        let is_hidden = match key {
            Text::Static(key) => self.redaction.hides_constant_key(key),
            Text::Part { .. } => self.redaction.hides_key(self.resolve(key)),
        };
        is_hidden.then_some(Text::Static(REDACTED))
    }

    /// What takes the place of a text by what it looks like. `None` if it stays as it is, as every constant of the
    /// program does.
    #[inline]
    pub(crate) fn by_content(&mut self, text: Text) -> Option<Text> {
        if !self.suspect || matches!(text, Text::Static(_)) {
            return None;
        }
        let secrets = self.redaction.secrets(self.resolve(text), self.finders);
        (!secrets.is_empty()).then(|| self.replace(text, &secrets))
    }

    /// What takes the place of a text with this name. One that says of itself that it is hidden has shown what it
    /// wants to.
    pub(crate) fn named(&mut self, key: Text, text: Text) -> Option<Text> {
        match self.by_key(key) {
            Some(_) if self.resolve(text).starts_with(REDACTED) => None,
            Some(hidden) => {
                self.forget(text);
                Some(hidden)
            }
            None => self.by_content(text),
        }
    }

    /// What takes the place of a number with this name.
    pub(crate) fn number(&self, key: Text, number: u64) -> Option<Text> {
        let is_card = Redaction::hides_number(number);
        is_card
            .then_some(Text::Static(REDACTED))
            .or_else(|| self.by_key(key))
    }

    /// The changes, if there are any.
    pub(crate) fn finish(self) -> Option<Changes> {
        let Self { added, gone, .. } = self;
        (!(added.is_empty() && gone.is_empty())).then_some(Changes { added, gone })
    }

    fn resolve(&self, text: Text) -> &'a str {
        match text {
            Text::Static(text) => text,
            Text::Part { start, len } => self.all.get(range(start, len)).unwrap_or_default(),
        }
    }

    #[cold]
    fn replace(&mut self, text: Text, secrets: &[Range<usize>]) -> Text {
        let old = self.resolve(text);
        let start = self.added.len();
        rules::write_without(&mut self.added, old, secrets);
        self.forget(text);
        Text::Part {
            start: (self.all.len() + start) as u32,
            len: (self.added.len() - start) as u32,
        }
    }

    fn forget(&mut self, text: Text) {
        if let Text::Part { start, len } = text {
            self.gone.push(range(start, len));
        }
    }
}

impl Changes {
    /// The long text with its changes. What was hidden is overwritten too.
    pub(crate) fn apply(self, text: String) -> String {
        let mut bytes = text.into_bytes();
        for range in self.gone {
            if let Some(gone) = bytes.get_mut(range) {
                gone.fill(b' ');
            }
        }
        bytes.extend_from_slice(self.added.as_bytes());
        // Whole texts were overwritten, so it cannot fail.
        String::from_utf8(bytes).unwrap_or_default()
    }
}

fn range(start: u32, len: u32) -> Range<usize> {
    start as usize..start as usize + len as usize
}
