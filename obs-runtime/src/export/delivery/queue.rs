//! What waits to be sent, and the books about it.
//!
//! Whoever has something to deliver appends it under a lock that nobody holds
//! while anything is sent. What finds no room is lost at once and counted:
//! nobody waits.

#[cfg_attr(
    not(all(feature = "log", any(feature = "otlp", feature = "elastic"))),
    allow(dead_code, reason = "only log records come from a stage")
)]
mod staged;
mod state;
mod taken;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};

use super::answer::Loss;
use super::batch::Batch;
use super::limits::Limits;
use super::stage::Stage;

pub(crate) use self::state::Size;
use self::state::{State, Work};
pub(super) use self::taken::Gone;

/// See the module.
#[derive(Debug)]
pub(crate) struct Queue {
    limits: Limits,
    /// What stands before it.
    stage: OnceLock<Arc<dyn Stage>>,
    state: Mutex<State>,
    /// There is something to take, or soon.
    work: Notify,
    /// Something was settled.
    settled: Condvar,
    /// When everything has to be done, once nothing more comes.
    end: watch::Sender<Option<Instant>>,
}

impl Queue {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            stage: OnceLock::new(),
            state: Mutex::default(),
            work: Notify::new(),
            settled: Condvar::new(),
            end: watch::Sender::new(None),
        }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Takes in items, or some of them if there is no room for all. Never waits.
    pub(crate) fn push_all(&self, items: &Batch) {
        let mut state = self.lock();
        let before = state.work();
        let open = Size::of(&state.open);
        if self.have_room(&state, open, Size::of(items)) {
            state.append(items);
            self.close_if_full(&mut state);
        } else {
            for item in items.items() {
                self.push_locked(&mut state, item, None);
            }
        }
        self.wake(before, state);
    }

    /// Whether so much fits into an open batch of this size, so that no item has to be looked at.
    fn have_room(&self, state: &State, open: Size, new: Size) -> bool {
        let (limits, room) = (&self.limits, self.room());
        !(state.ended || limits.newest_only || new.items == 0)
            && state.held.items + new.items <= room.items
            && state.held.bytes + new.bytes <= room.bytes
            && open.items + new.items <= limits.batch_items
            && open.bytes + new.bytes <= limits.batch_bytes
    }

    fn close_if_full(&self, state: &mut State) {
        if state.open.len() >= self.limits.batch_items {
            state.close_open();
        }
    }

    fn push_locked(&self, state: &mut State, item: &[u8], since: Option<Instant>) {
        if self.limits.newest_only && state.waits() {
            state.replace_waiting();
            self.settled.notify_all();
        }
        state.books.produce(1);
        if let Err(loss) = self.admit(state, item) {
            state.books.lose(1, loss);
            return;
        }
        if state.open.size() + item.len() > self.limits.batch_bytes {
            state.close_open();
        }
        let before = state.open.size();
        state.make_room();
        state.open.push(item);
        state.held.items += 1;
        state.held.bytes += state.open.size() - before;
        state.note_opened(since);
        self.close_if_full(state);
    }

    fn admit(&self, state: &State, item: &[u8]) -> Result<(), Loss> {
        if state.ended {
            return Err(Loss::Shutdown);
        }
        if item.len() > self.limits.batch_bytes {
            return Err(Loss::TooLarge);
        }
        let room = self.room();
        let has_room = state.held.items < room.items && state.held.bytes + item.len() <= room.bytes;
        if has_room {
            Ok(())
        } else {
            Err(Loss::QueueFull)
        }
    }

    /// Wakes the courier when there is something new to do: a batch to take, or an open one to wait for. Not for
    /// each item: to wake a thread takes longer than all the rest.
    fn wake(&self, before: Work, state: MutexGuard<'_, State>) {
        let work = state.work();
        drop(state);
        if work.opened.is_some() && work.opened != before.opened || work.full > before.full {
            self.work.notify_one();
        }
    }

    /// Takes back the memory of a batch that is settled: the next will be as large, and so large a piece the system would
    /// take back and hand out anew page by page.
    pub(super) fn recycle(&self, mut batch: Batch) {
        batch.clear();
        let mut state = self.lock();
        if state.spare.is_none() && !state.closed && batch.memory() <= 2 * state.usual.bytes {
            state.spare = Some(batch);
        }
    }

    /// The next batch, when it is full or old enough. `None` when nothing more will come.
    pub(in crate::export) async fn next(&self) -> Option<Batch> {
        loop {
            let due = {
                let mut state = self.lock();
                if let Some(batch) = state.take(self.limits.delay) {
                    return Some(batch);
                }
                if state.ended {
                    return None;
                }
                state.opened.map(|opened| opened + self.limits.delay)
            };
            woken(&self.work, due).await;
        }
    }

    /// The bytes that what waits really takes.
    #[cfg(test)]
    pub(crate) fn memory(&self) -> usize {
        let state = self.lock();
        let waiting = state.full.iter().chain([&state.open]).chain(&state.spare);
        waiting.map(Batch::memory).sum()
    }

    /// What has come in by now does not wait for others to be sent with.
    pub(super) fn hurry(&self) -> u64 {
        if let Some(stage) = self.stage.get() {
            stage.drain();
        }
        let mut state = self.lock();
        let wanted = state.books.produced;
        state.hurry = state.hurry.max(wanted);
        self.work.notify_one();
        wanted
    }

    /// Waits until everything that has come in by now is settled, at most for `limit`. Says whether it is.
    pub(super) fn flush(&self, limit: Duration) -> bool {
        let wanted = self.hurry();
        let is_open = |state: &mut State| state.books.settled() < wanted;
        let waited = self.settled.wait_timeout_while(self.lock(), limit, is_open);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// Waits until the courier has ended, at most for `limit`.
    pub(super) fn wait_for_end(&self, limit: Duration) {
        let is_open = |state: &mut State| !state.closed;
        let _ = self.settled.wait_timeout_while(self.lock(), limit, is_open);
    }

    /// Nothing more comes in; what is there has until `deadline`.
    pub(crate) fn end(&self, deadline: Instant) {
        if let Some(stage) = self.stage.get() {
            stage.end();
        }
        self.lock().ended = true;
        self.end.send_replace(Some(deadline));
        self.work.notify_one();
    }

    /// Whether the end was announced.
    pub(super) fn has_ended(&self) -> bool {
        self.lock().ended
    }

    /// Waits until the end is announced, and says when everything has to be done.
    pub(super) async fn ending(&self) -> Instant {
        let mut end = self.end.subscribe();
        let deadline = end.wait_for(Option::is_some).await.ok();
        match deadline.and_then(|deadline| *deadline) {
            Some(deadline) => deadline,
            None => std::future::pending().await,
        }
    }

    /// Items that are neither settled nor on disk.
    pub(super) fn left(&self) -> usize {
        self.lock().left()
    }

    /// Gives up everything that is neither settled nor on disk, and takes nothing more in.
    pub(in crate::export) fn close(&self) {
        let mut state = self.lock();
        state.ended = true;
        state.closed = true;
        let left = state.left();
        state.books.lose(left, Loss::Shutdown);
        state.open = Batch::default();
        state.spare = None;
        state.full.clear();
        state.held = Size::default();
        drop(state);
        self.settled.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits until there is something to do, or it is `due`.
pub(crate) async fn woken(work: &Notify, due: Option<Instant>) {
    match due {
        None => work.notified().await,
        Some(due) => tokio::select! {
            () = work.notified() => {}
            () = sleep_until(due) => {}
        },
    }
}
