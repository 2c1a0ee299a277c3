//! A queue behind a stage: items count as handed over when they come into that.

use std::sync::Arc;

use tokio::time::Instant;

use super::{Queue, Size};
use crate::export::delivery::answer::Loss;
use crate::export::delivery::batch::Batch;
use crate::export::delivery::books::Books;
use crate::export::delivery::stage::Stage;

impl Queue {
    /// What comes in waits in `stage` before. To be said before anything does, and once.
    pub(crate) fn stand_behind(&self, stage: Arc<dyn Stage>) {
        // An error says that it stands behind one already.
        let _ = self.stage.set(stage);
    }

    /// Takes in items from the stage, or some of them if there is no room for all. The first came there at `since`.
    /// Never waits.
    pub(crate) fn push_staged(&self, items: &Batch, since: Instant) {
        self.add(items, Some(since));
    }

    /// What may be in memory here: what the stage may hold is part of the bounds.
    pub(super) fn room(&self) -> Size {
        let staged = self.stage.get().map(|stage| stage.bounds());
        let staged = staged.unwrap_or_default();
        Size {
            items: self.limits.queue_items.saturating_sub(staged.items),
            bytes: self.limits.queue_bytes.saturating_sub(staged.bytes),
        }
    }

    /// The books as they are now.
    pub(crate) fn books(&self) -> Books {
        let state = self.lock();
        let mut books = state.books.clone();
        books.queued_bytes = state.held.bytes as u64;
        let Some(stage) = self.stage.get() else {
            return books;
        };
        // Nothing comes from there as long as the lock is held.
        let mut staged = stage.books();
        staged.leave_out(state.staged);
        if state.closed {
            staged.lose(staged.queued as usize, Loss::Shutdown);
            staged.queued_bytes = 0;
        }
        books.add(&staged);
        books
    }
}
