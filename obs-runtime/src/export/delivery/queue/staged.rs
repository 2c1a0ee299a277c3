//! A queue behind a stage: items count as handed over when they come into that.

use std::sync::Arc;

use tokio::time::Instant;

use super::state::Work;
use super::{Queue, Size};
use crate::export::delivery::answer::Loss;
use crate::export::delivery::batch::Batch;
use crate::export::delivery::books::Books;
use crate::export::delivery::stage::Stage;

/// The open batch of a queue, which nobody else has meanwhile: what comes from the stage is written into it without a
/// lock, and without a copy.
#[derive(Debug)]
pub(crate) struct Lent {
    /// What waits already, to be written behind.
    pub(crate) batch: Batch,
    before: Size,
    opened: Option<Instant>,
    /// How many were full before.
    full: usize,
}

impl Queue {
    /// What comes in waits in `stage` before. To be said before anything does, and once.
    pub(crate) fn stand_behind(&self, stage: Arc<dyn Stage>) {
        // An error says that it stands behind one already.
        let _ = self.stage.set(stage);
    }

    /// Lends the open batch for so many items. It has to be taken back before the queue ends.
    pub(crate) fn lend(&self, items: usize) -> Lent {
        let mut state = self.lock();
        let full = state.full.len();
        if !state.open.is_empty() && state.open.len() + items > self.limits.batch_items {
            state.close_open();
        }
        state.make_room();
        let batch = std::mem::take(&mut state.open);
        Lent {
            before: Size::of(&batch),
            batch,
            opened: state.opened.take(),
            full,
        }
    }

    /// Takes in what was appended, or some of it if there is no room for all. The first of it came to the stage at
    /// `since`. Never waits.
    pub(crate) fn take_back(&self, lent: Lent, since: Instant) {
        let Lent {
            mut batch, before, ..
        } = lent;
        let all = Size::of(&batch);
        let new = Size {
            items: all.items - before.items,
            bytes: all.bytes - before.bytes,
        };
        let mut state = self.lock();
        state.staged += new.items as u64;
        let have_room = self.have_room(&state, before, new);
        let rest = (!have_room).then(|| batch.split_off(before.items));
        if !state.open.is_empty() {
            state.close_open();
        }
        if !state.closed {
            state.open = batch;
            state.opened = lent.opened;
        }
        if let Some(rest) = rest {
            for item in rest.items() {
                self.push_locked(&mut state, item, Some(since));
            }
        } else {
            state.note_appended(new, Some(since));
            self.close_if_full(&mut state);
        }
        let before = Work {
            opened: None,
            full: lent.full,
        };
        self.wake(before, state);
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
