//! Records one after the other, without an allocation of its own for any of them.

use std::collections::VecDeque;

use crate::log::draft::{Item, View};
use crate::log::portion::{Kept, Portion};

/// Records, the oldest first.
#[derive(Debug, Default, Clone)]
pub(super) struct Rings {
    records: VecDeque<Kept>,
    items: VecDeque<Item>,
    text: VecDeque<u8>,
    /// How many records, items and bytes of text have left at the front, ever.
    gone: Lengths,
}

#[derive(Debug, Default, Clone)]
struct Lengths {
    records: u64,
    items: u64,
    text: u64,
}

impl Rings {
    /// How many records there are.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// The sum of their sizes.
    pub(super) fn bytes(&self) -> usize {
        self.records.len() * size_of::<Kept>()
            + self.items.len() * size_of::<Item>()
            + self.text.len()
    }

    /// Adds a record at the end.
    pub(super) fn push(&mut self, record: View<'_>) {
        self.records.push_back(Kept {
            head: *record.head,
            items: self.gone.items + self.items.len() as u64,
            text: self.gone.text + self.text.len() as u64,
        });
        self.items.extend(record.items);
        self.text.extend(record.text.as_bytes());
    }

    /// Drops the oldest record. False if there is none.
    pub(super) fn pop(&mut self) -> bool {
        if self.records.pop_front().is_none() {
            return false;
        }
        let (items, text) = self.start_of(0);
        self.items.drain(..items);
        self.text.drain(..text);
        self.gone.records += 1;
        self.gone.items += items as u64;
        self.gone.text += text as u64;
        true
    }

    /// Replaces `portion` by a copy of the last `count` of the records before the one with the number
    /// `before`, and returns the number of the first of them.
    pub(super) fn copy_last(&self, count: usize, before: u64, portion: &mut Portion) -> u64 {
        let end = before
            .saturating_sub(self.gone.records)
            .min(self.len() as u64) as usize;
        let start = end.saturating_sub(count);
        let ((first_item, first_byte), (item, byte)) = (self.start_of(start), self.start_of(end));
        portion.clear();
        portion.records.extend(self.records.range(start..end));
        portion.items.extend(self.items.range(first_item..item));
        portion.text.extend(self.text.range(first_byte..byte));
        self.gone.records + start as u64
    }

    /// Where in the rings the items and the text of a record begin; where they end, beyond the last.
    fn start_of(&self, record: usize) -> (usize, usize) {
        match self.records.get(record) {
            Some(kept) => (
                (kept.items - self.gone.items) as usize,
                (kept.text - self.gone.text) as usize,
            ),
            None => (self.items.len(), self.text.len()),
        }
    }
}
