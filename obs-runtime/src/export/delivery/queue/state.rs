//! What is in a queue.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::export::delivery::answer::Loss;
use crate::export::delivery::batch::Batch;
use crate::export::delivery::books::Books;

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) open: Batch,
    /// When the first item came into the open batch.
    pub(super) opened: Option<Instant>,
    pub(super) full: VecDeque<Batch>,
    /// How large the last one became: the next will be so too, and need not grow to it by and by.
    pub(super) usual: Size,
    /// Memory for the next.
    pub(super) spare: Option<Batch>,
    /// What is in memory, what is being sent included.
    pub(super) held: Size,
    pub(super) books: Books,
    /// The items that have come in from the stage, of which its books speak as well.
    pub(super) staged: u64,
    /// Of what is queued, the items that are on disk.
    pub(super) stowed: u64,
    /// As long as fewer items than this are settled, no item waits for others.
    pub(super) hurry: u64,
    pub(super) ended: bool,
    pub(super) closed: bool,
}

/// What there is to do for the courier.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    pub(super) opened: Option<Instant>,
    pub(super) full: usize,
}

/// How much something is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) items: usize,
    pub(crate) bytes: usize,
}

impl Size {
    pub(in super::super) fn of(batch: &Batch) -> Self {
        Self {
            items: batch.len(),
            bytes: batch.size(),
        }
    }
}

impl State {
    /// Whether anything waits to be taken.
    pub(super) fn waits(&self) -> bool {
        self.opened.is_some() || !self.full.is_empty()
    }

    /// Items that are neither settled nor on disk.
    pub(super) fn left(&self) -> usize {
        let left = self.books.queued.saturating_sub(self.stowed);
        usize::try_from(left).unwrap_or(usize::MAX)
    }

    /// Gives up what waits: something newer has come.
    pub(super) fn replace_waiting(&mut self) {
        self.close_open();
        for batch in std::mem::take(&mut self.full) {
            let size = Size::of(&batch);
            self.books.lose(size.items, Loss::Replaced);
            self.release(size);
        }
    }

    pub(super) fn release(&mut self, size: Size) {
        self.held.items = self.held.items.saturating_sub(size.items);
        self.held.bytes = self.held.bytes.saturating_sub(size.bytes);
    }

    pub(super) fn work(&self) -> Work {
        Work {
            opened: self.opened,
            full: self.full.len(),
        }
    }

    /// Takes in items for which there is room.
    pub(super) fn append(&mut self, items: &Batch) {
        self.make_room();
        self.open.append(items);
        self.note_appended(Size::of(items), None);
    }

    /// Notes that so much was appended to the open batch.
    pub(super) fn note_appended(&mut self, new: Size, since: Option<Instant>) {
        self.books.produce(new.items);
        self.held.items += new.items;
        self.held.bytes += new.bytes;
        self.note_opened(since);
    }

    /// Notes when the first item of the open batch came, if that is not known.
    pub(super) fn note_opened(&mut self, since: Option<Instant>) {
        self.opened
            .get_or_insert_with(|| since.unwrap_or_else(Instant::now));
    }

    pub(super) fn make_room(&mut self) {
        if self.open.is_empty() {
            self.open.reserve(self.usual);
        }
    }

    pub(super) fn close_open(&mut self) {
        let next = self.spare.take().unwrap_or_default();
        let mut batch = std::mem::replace(&mut self.open, next);
        self.usual = Size::of(&batch);
        // It grew by doubling, and up to half of its memory is empty.
        batch.shrink();
        self.full.push_back(batch);
        self.opened = None;
    }

    /// The oldest batch, if it is full or has waited for `delay`, or nobody wants to wait any more.
    pub(super) fn take(&mut self, delay: Duration) -> Option<Batch> {
        if let Some(batch) = self.full.pop_front() {
            return Some(batch);
        }
        let due = self.ended
            || self.books.settled() < self.hurry
            || self.opened.is_some_and(|opened| opened.elapsed() >= delay);
        if due && !self.open.is_empty() {
            self.close_open();
        }
        self.full.pop_front()
    }
}
