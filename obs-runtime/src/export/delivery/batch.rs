//! Encoded items in a row.

use std::sync::Arc;

use super::queue::Size;

/// Items that are sent together, each encoded as its receiver wants it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    /// Where each item ends.
    ends: Vec<u32>,
    /// What its sink sends with the items, if it is not what this process would send, see [`Sink::origin`](super::Sink::origin).
    origin: Option<Arc<[u8]>>,
}

impl Batch {
    /// Adds an item that `encode` writes.
    pub(crate) fn write(&mut self, encode: impl FnOnce(&mut Vec<u8>)) {
        encode(&mut self.bytes);
        // More than 4 GiB never come together: batches have a bound far below.
        self.ends.push(self.bytes.len() as u32);
    }

    /// Adds an item.
    pub(crate) fn push(&mut self, item: &[u8]) {
        self.write(|bytes| bytes.extend_from_slice(item));
    }

    /// Adds all items of another.
    pub(super) fn append(&mut self, other: &Self) {
        let start = self.bytes.len() as u32;
        self.bytes.extend_from_slice(&other.bytes);
        self.ends.extend(other.ends.iter().map(|end| start + end));
    }

    /// The items in order.
    pub(crate) fn items(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        let mut start = 0;
        self.ends.iter().map(move |&end| {
            let range = std::mem::replace(&mut start, end as usize)..end as usize;
            self.bytes.get(range).unwrap_or_default()
        })
    }

    /// A batch from its parts, if they fit together.
    pub(super) fn restore(bytes: Vec<u8>, ends: Vec<u32>, origin: &[u8]) -> Option<Self> {
        let last = ends.last().copied().unwrap_or(0);
        let fits = ends.is_sorted() && last as usize == bytes.len();
        fits.then(|| Self {
            bytes,
            ends,
            origin: Some(origin.into()),
        })
    }

    /// What has to be sent with the items, if they come from another process.
    pub(crate) fn origin(&self) -> Option<&[u8]> {
        self.origin.as_deref()
    }

    pub(super) fn set_origin(&mut self, origin: Arc<[u8]>) {
        self.origin = Some(origin);
    }

    /// Where each item ends.
    pub(super) fn ends(&self) -> &[u32] {
        &self.ends
    }

    /// All items in a row.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many items there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes that it counts for: those of the items, and of where they end.
    pub(crate) fn size(&self) -> usize {
        self.bytes.len() + size_of_val(&*self.ends)
    }

    /// The items for which `wanted` says so, by their position.
    pub(crate) fn select(&self, mut wanted: impl FnMut(usize) -> bool) -> Self {
        let mut selected = Self {
            origin: self.origin.clone(),
            ..Self::default()
        };
        for (index, item) in self.items().enumerate() {
            if wanted(index) {
                selected.push(item);
            }
        }
        selected
    }

    /// The first half and the second.
    pub(crate) fn halves(&self) -> (Self, Self) {
        let middle = self.len() / 2;
        (
            self.select(|index| index < middle),
            self.select(|index| index >= middle),
        )
    }

    /// Takes out the items from this one on.
    pub(super) fn split_off(&mut self, first: usize) -> Self {
        let rest = self.select(|index| index >= first);
        self.bytes.truncate(self.bytes.len() - rest.bytes.len());
        self.ends.truncate(first);
        rest
    }

    /// Makes room for so much, and a little more: batches differ in size.
    pub(super) fn reserve(&mut self, size: Size) {
        self.bytes.reserve_exact(size.bytes + size.bytes / 8);
        self.ends.reserve_exact(size.items);
    }

    /// Gives back the memory that no item needs, if that is much of it.
    pub(super) fn shrink(&mut self) {
        if self.memory() > self.size() / 4 * 5 {
            self.bytes.shrink_to_fit();
            self.ends.shrink_to_fit();
        }
    }

    /// The bytes that it takes, whether something is in them or not.
    pub(crate) fn memory(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * size_of::<u32>()
    }

    /// Takes all items out and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }
}
