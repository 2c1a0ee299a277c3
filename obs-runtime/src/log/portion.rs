//! Records in a row, each copied as it is.

use super::draft::{Head, Item, View};

/// A record whose items and text are with those of others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kept {
    pub(super) head: Head,
    /// Where its items and text begin, counted from the first there ever was.
    pub(super) items: u64,
    pub(super) text: u64,
}

/// How much memory a record takes, in bytes.
pub(crate) fn size(record: View<'_>) -> usize {
    size_of::<Kept>() + size_of_val(record.items) + record.text.len()
}

/// Some records in a row, without an allocation of its own for any of them.
#[derive(Debug, Default)]
pub(crate) struct Portion {
    pub(super) records: Vec<Kept>,
    pub(super) items: Vec<Item>,
    pub(super) text: Vec<u8>,
}

impl Portion {
    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The records, the last first.
    pub(crate) fn newest_first(&self) -> impl Iterator<Item = View<'_>> {
        let text = self.text();
        let indices = (0..self.records.len()).rev();
        indices.filter_map(move |index| self.get(index, text))
    }

    /// Takes all records out and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.records.clear();
        self.items.clear();
        self.text.clear();
    }

    /// That of all records.
    fn text(&self) -> &str {
        str::from_utf8(&self.text).unwrap_or_default()
    }

    fn get<'a>(&'a self, index: usize, all: &'a str) -> Option<View<'a>> {
        let kept = self.records.get(index)?;
        let (first_item, first_byte) = self.start();
        let next = self.records.get(index + 1);
        let (items, text) = next.map_or_else(|| self.end(), |next| (next.items, next.text));
        let range = |first: u64, start: u64, end: u64| {
            start.saturating_sub(first) as usize..end.saturating_sub(first) as usize
        };
        let items = range(first_item, kept.items, items);
        let text = all.get(range(first_byte, kept.text, text));
        Some(View {
            head: &kept.head,
            items: self.items.get(items).unwrap_or_default(),
            text: text.unwrap_or_default(),
        })
    }

    /// Where the items and the text of the first record begin.
    fn start(&self) -> (u64, u64) {
        let first = self.records.first();
        first.map_or((0, 0), |first| (first.items, first.text))
    }

    /// Where those of the last one end.
    fn end(&self) -> (u64, u64) {
        let (items, text) = self.start();
        (
            items + self.items.len() as u64,
            text + self.text.len() as u64,
        )
    }
}

#[cfg(any(feature = "otlp", feature = "elastic"))]
impl Portion {
    /// An empty one with memory for as much as this one has.
    pub(crate) fn as_large_as(other: &Self) -> Self {
        Self {
            records: Vec::with_capacity(other.records.capacity()),
            items: Vec::with_capacity(other.items.capacity()),
            text: Vec::with_capacity(other.text.capacity()),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.records.len()
    }

    /// The sum of their sizes.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.records) + size_of_val(&*self.items) + self.text.len()
    }

    /// The bytes that it has memory for.
    pub(crate) fn capacity(&self) -> usize {
        self.records.capacity() * size_of::<Kept>()
            + self.items.capacity() * size_of::<Item>()
            + self.text.capacity()
    }

    /// Adds a record at the end.
    pub(crate) fn push(&mut self, record: View<'_>) {
        let (items, text) = self.end();
        self.records.push(Kept {
            head: *record.head,
            items,
            text,
        });
        self.items.extend_from_slice(record.items);
        self.text.extend_from_slice(record.text.as_bytes());
    }

    /// The records, the first first.
    pub(crate) fn oldest_first(&self) -> impl Iterator<Item = View<'_>> {
        let text = self.text();
        (0..self.len()).filter_map(move |index| self.get(index, text))
    }
}

#[cfg(all(test, any(feature = "otlp", feature = "elastic")))]
mod tests {
    use proptest::prelude::*;
    use tracing::Level;

    use super::*;
    use crate::log::draft::tests::draft;
    use crate::log::record::Record;
    use crate::trace::Value;

    fn records() -> impl Strategy<Value = Vec<Record>> {
        let record = (".{0,30}", 0..4_i64).prop_map(|(message, fields)| Record {
            fields: (0..fields)
                .map(|n| (format!("{message}{n}").into(), Value::I64(n)))
                .collect(),
            user_id: Some(message.clone()),
            message,
            ..Record::empty(Level::INFO)
        });
        proptest::collection::vec(record, 0..20)
    }

    proptest! {
        #[test]
        fn records_read_back_as_they_were_also_in_memory_used_before(
            before in records(),
            after in records(),
        ) {
            let mut portion = Portion::default();
            for records in [before, after] {
                portion.clear();
                let drafts: Vec<_> = records.iter().map(draft).collect();
                drafts.iter().for_each(|draft| portion.push(draft.view()));
                let read: Vec<_> = portion.oldest_first().map(View::record).collect();
                prop_assert_eq!(&read, &records);
                let mut read: Vec<_> = portion.newest_first().map(View::record).collect();
                read.reverse();
                prop_assert_eq!(&read, &records);
                let sizes = drafts.iter().map(|draft| size(draft.view()));
                prop_assert_eq!(portion.bytes(), sizes.sum::<usize>());
                prop_assert_eq!((portion.len(), portion.is_empty()), (records.len(), records.is_empty()));
                prop_assert!(portion.capacity() >= portion.bytes());
            }
        }
    }
}
