//! What becomes of batches that were taken out of a queue.

use std::time::Duration;

use super::{Queue, Size};
use crate::export::delivery::answer::Loss;
use crate::export::delivery::books::Books;

/// What is free again once items are settled.
#[derive(Debug, Clone, Copy)]
pub(in crate::export::delivery) enum Gone {
    /// So many items were on disk.
    FromDisk(usize),
    /// Nothing, until the last item of a batch is settled; then all of the batch.
    FromMemory(Size),
}

impl Queue {
    /// Items of a batch that was taken have arrived, with which so much goes from where they were.
    pub(in crate::export::delivery) fn deliver(&self, items: usize, gone: Gone) {
        self.settle(gone, |books| books.deliver(items));
    }

    /// Items of a batch that was taken are given up.
    pub(in crate::export::delivery) fn lose(&self, items: usize, why: Loss, gone: Gone) {
        self.settle(gone, |books| books.lose(items, why));
    }

    fn settle(&self, gone: Gone, note: impl FnOnce(&mut Books)) {
        let mut state = self.lock();
        note(&mut state.books);
        match gone {
            Gone::FromDisk(items) => state.stowed = state.stowed.saturating_sub(items as u64),
            Gone::FromMemory(size) => state.release(size),
        }
        drop(state);
        self.settled.notify_all();
    }

    /// Whether what was taken is of no use any more, because something newer came.
    pub(in crate::export::delivery) fn is_outdated(&self) -> bool {
        self.limits.newest_only && self.lock().waits()
    }

    /// Items are there that an earlier process left on disk.
    pub(in crate::export::delivery) fn take_over(&self, items: usize) {
        let mut state = self.lock();
        state.books.produce(items);
        state.stowed += items as u64;
    }

    /// A batch that was taken is on disk now, and not in memory any more.
    pub(in crate::export::delivery) fn stow(&self, size: Size) {
        let mut state = self.lock();
        state.stowed += size.items as u64;
        state.release(size);
    }

    /// So many bytes are on disk now.
    pub(in crate::export::delivery) fn note_spool(&self, bytes: u64) {
        self.lock().books.spooled_bytes = bytes;
    }

    /// Notes a request.
    pub(in crate::export::delivery) fn count_request(&self, again: bool, took: Duration) {
        self.lock().books.request(again, took);
    }
}
