//! What becomes of batches that were taken out of a queue.

use std::time::Duration;

use super::{Queue, Size};
use crate::export::delivery::answer::Loss;
use crate::export::delivery::books::Books;

impl Queue {
    /// Items of a batch that was taken have arrived. Of a batch on disk they are `stowed`.
    pub(in crate::export::delivery) fn deliver(&self, items: usize, stowed: bool) {
        self.settle(items, stowed, |books| books.deliver(items));
    }

    /// Items of a batch that was taken are given up.
    pub(in crate::export::delivery) fn lose(&self, items: usize, why: Loss, stowed: bool) {
        self.settle(items, stowed, |books| books.lose(items, why));
    }

    fn settle(&self, items: usize, stowed: bool, note: impl FnOnce(&mut Books)) {
        let mut state = self.lock();
        note(&mut state.books);
        if stowed {
            state.stowed = state.stowed.saturating_sub(items as u64);
        }
        drop(state);
        self.settled.notify_all();
    }

    /// A batch of this size that was taken is not in memory any more.
    pub(in crate::export::delivery) fn release(&self, size: Size) {
        self.lock().release(size);
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
        self.lock().stowed += size.items as u64;
        self.release(size);
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
