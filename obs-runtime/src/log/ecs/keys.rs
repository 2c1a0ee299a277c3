//! The keys under which a record has what the program says: as they are sent, and which of them count.
//!
//! Mostly a record has the keys of one before it, and what was found out about those holds for it as well.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::ptr;

use super::super::draft::{Item, Raw, Text, View};
use super::super::json;

/// Records whose keys are remembered. Of those that share a slot the last is.
const SLOTS: usize = 64;
/// More keys, or more bytes of them, are not remembered.
const MOST_KEYS: usize = 32;
const MOST_BYTES: usize = 1024;
/// Bytes of a key that is copied at once.
const SHORT: usize = 32;

/// The keys of records that were written.
#[derive(Debug)]
pub(super) struct Memory {
    slots: [Keys; SLOTS],
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            slots: [const { Keys::none() }; SLOTS],
        }
    }
}

impl Memory {
    /// Calls `write` with the keys of a record.
    pub(super) fn with(&mut self, record: View<'_>, write: impl FnOnce(&Keys)) {
        match self.slots.get_mut(slot(record)) {
            Some(known) if known.are_of(record) => write(known),
            slot => {
                let keys = Keys::of(record);
                write(&keys);
                if let Some(slot) = slot
                    && keys.are_few()
                {
                    *slot = keys;
                }
            }
        }
    }
}

/// Where the keys of a record are remembered: by the first and the last, and how many there may be.
fn slot(record: View<'_>) -> usize {
    let place = |item: Option<&Item>| match item.and_then(Item::keyed) {
        Some((_, Text::Static(key), _)) => key.as_ptr().addr(),
        // It is elsewhere in each record.
        Some((_, Text::Part { len, .. }, _)) => len as usize,
        None => 0,
    };
    let (first, last) = (place(record.items.first()), place(record.items.last()));
    let word = (first.rotate_left(16) ^ last.rotate_left(8) ^ record.items.len()) as u64;
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize % SLOTS
}

/// The keys, and how far each stands behind others that are the same.
fn said(record: View<'_>) -> impl Iterator<Item = (u8, Text)> {
    let keyed = record.items.iter().filter_map(Item::keyed);
    keyed.map(|(rank, key, _)| (rank, key))
}

/// The keys of a record, in order.
#[derive(Debug)]
pub(super) struct Keys {
    keys: Vec<Key>,
    /// All of them as they are sent, each with quotes and a colon, and some bytes behind the last.
    sent: Vec<u8>,
}

#[derive(Debug)]
struct Key {
    rank: u8,
    /// Whether another one counts that is sent as the same.
    hidden: bool,
    /// As the program has it.
    said: Cow<'static, str>,
    /// Where it is in what is sent.
    sent: Range<usize>,
}

/// A key that counts.
#[derive(Debug)]
pub(super) struct Shown<'a> {
    /// As the program has it.
    pub(super) said: &'a str,
    /// As it is sent, and what stands behind that.
    sent: &'a [u8],
    len: usize,
}

impl Keys {
    const fn none() -> Self {
        Self {
            keys: Vec::new(),
            sent: Vec::new(),
        }
    }

    fn of(record: View<'_>) -> Self {
        let mut all = Self::none();
        for (rank, key) in said(record) {
            let start = all.sent.len();
            write(&mut all.sent, record.text(key));
            all.keys.push(Key {
                rank,
                hidden: false,
                said: record.cow(key),
                sent: start..all.sent.len(),
            });
        }
        all.sent.extend_from_slice(&[0; SHORT]);
        all.hide();
        all
    }

    fn are_few(&self) -> bool {
        self.keys.len() <= MOST_KEYS && self.sent.len() <= MOST_BYTES
    }

    /// Of those that are sent as the same, the one of the least rank counts, and the last of that rank.
    fn hide(&mut self) {
        let mut shown: HashMap<&[u8], &mut Key> = HashMap::with_capacity(self.keys.len());
        for key in &mut self.keys {
            let sent = self.sent.get(key.sent.clone()).unwrap_or_default();
            match shown.get_mut(sent) {
                Some(known) if known.rank < key.rank => key.hidden = true,
                Some(known) => {
                    known.hidden = true;
                    *known = key;
                }
                None => {
                    shown.insert(sent, key);
                }
            }
        }
    }

    /// Whether a record has these keys.
    fn are_of(&self, record: View<'_>) -> bool {
        let mut known = self.keys.iter();
        said(record).all(|(rank, key)| {
            known
                .next()
                .is_some_and(|known| known.is(record, rank, key))
        }) && known.next().is_none()
    }

    /// Of the record that they are of, the values that count, each with its key.
    pub(super) fn shown<'a>(
        &'a self,
        record: View<'a>,
    ) -> impl Iterator<Item = (Shown<'a>, &'a Raw)> {
        let said = record.items.iter().filter_map(Item::keyed);
        let shown = self.keys.iter().zip(said).filter(|(key, _)| !key.hidden);
        shown.map(|(key, (_, _, value))| {
            let shown = Shown {
                said: &key.said,
                sent: self.sent.get(key.sent.start..).unwrap_or_default(),
                len: key.sent.len(),
            };
            (shown, value)
        })
    }
}

impl Shown<'_> {
    /// Appends it as it is sent.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self.sent.first_chunk::<SHORT>() {
            // So many bytes are a few instructions; any other number is a call.
            Some(bytes) if self.len <= SHORT => {
                let end = out.len() + self.len;
                out.extend_from_slice(bytes);
                out.truncate(end);
            }
            _ => out.extend_from_slice(self.sent.get(..self.len).unwrap_or_default()),
        }
    }
}

impl Key {
    fn is(&self, record: View<'_>, rank: u8, key: Text) -> bool {
        if self.rank != rank {
            return false;
        }
        match (&self.said, key) {
            // Constants at the same address are the same.
            (Cow::Borrowed(said), Text::Static(key)) if ptr::eq(*said, key) => true,
            _ => *self.said == *record.text(key),
        }
    }
}

/// Appends a key as it is sent, with its quotes and colon. A dot would make an object of it, and what is blank is
/// refused.
fn write(out: &mut Vec<u8>, key: &str) {
    let is_special = |c: char| matches!(c, '.' | '*' | '\\') || c.is_whitespace() || c.is_control();
    let key = if key.is_empty() { "_" } else { key };
    if key.contains(is_special) {
        json::write_string(out, &key.replace(is_special, "_"));
    } else {
        json::write_string(out, key);
    }
    out.push(b':');
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::super::super::draft::Draft;
    use super::*;

    fn draft(keys: &[&str]) -> Draft {
        let mut draft = Draft::new();
        draft.begin(Level::INFO, 1);
        for key in keys {
            let key = draft.append(key);
            draft.items.push(Item::Field(key, Raw::U64(1)));
        }
        draft
    }

    /// Where the keys of a record are in memory, after they were written.
    fn written(memory: &mut Memory, draft: &Draft) -> usize {
        let mut place = 0;
        memory.with(draft.view(), |keys| {
            assert!(keys.are_of(draft.view()));
            place = keys.sent.as_ptr().addr();
        });
        place
    }

    #[test]
    fn keys_are_found_again() {
        let mut memory = Memory::default();
        let (one, other) = (draft(&["order", "item"]), draft(&["order"]));
        let place = written(&mut memory, &one);
        assert_ne!(written(&mut memory, &other), place);
        assert_eq!(written(&mut memory, &draft(&["order", "item"])), place);
    }

    #[test]
    fn many_keys_and_long_ones_are_not_remembered() {
        let mut memory = Memory::default();
        let many = vec!["key"; MOST_KEYS + 1];
        let long = "k".repeat(MOST_BYTES + 1);
        for keys in [&*many, &[&*long]] {
            written(&mut memory, &draft(keys));
        }
        assert!(memory.slots.iter().all(|keys| keys.sent.is_empty()));
        written(&mut memory, &draft(many.get(1..).unwrap()));
        assert!(memory.slots.iter().any(|keys| !keys.sent.is_empty()));
    }
}
