//! Log records on their way to the receivers.
//!
//! A thread that logs copies its record as it is, once for all receivers, into memory where it [waits](waiting) until
//! there are many, or one has waited long enough. The exporters' thread encodes them then, a portion at a time so
//! that it comes to send between, and puts them into the queues.

mod waiting;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::waiting::{Bounds, Staged, Waiting};
use super::delivery::{Books, Dispatch, Queue, Size, Stage};
use crate::log::ship::{Ship, View};

/// Writes records as a receiver wants them.
pub(super) trait Encode: Send {
    /// Appends a record.
    fn encode(&mut self, out: &mut Vec<u8>, record: View<'_>);
}

/// The way of records to one receiver.
pub(super) struct Lane {
    encoder: Box<dyn Encode>,
    pub(super) queue: Arc<Queue>,
}

impl Lane {
    pub(super) fn new(encoder: impl Encode + 'static, queue: Arc<Queue>) -> Self {
        Self {
            encoder: Box::new(encoder),
            queue,
        }
    }

    fn pass_on(&mut self, staged: &Staged) {
        let mut open = self.queue.lend(staged.records.len());
        for record in staged.records.oldest_first() {
            open.batch.write(|out| self.encoder.encode(out, record));
        }
        self.queue.take_back(open, staged.since);
    }
}

/// Without the queue, which shows the records before it.
impl fmt::Debug for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lane").finish_non_exhaustive()
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Records {
    waiting: Waiting,
    /// Whoever has them encodes, so that records stay in order.
    lanes: Mutex<Vec<Lane>>,
}

/// What takes records over for these receivers; `None` if there are none.
pub(super) fn begin(lanes: Vec<Lane>, dispatch: &Dispatch) -> Option<Arc<dyn Ship>> {
    let records = Records::before(lanes, Bounds::default())?;
    dispatch.spawn(records.clone().encode());
    Some(records)
}

impl Records {
    fn before(lanes: Vec<Lane>, bounds: Bounds) -> Option<Arc<Self>> {
        let queues: Vec<_> = lanes.iter().map(|lane| lane.queue.clone()).collect();
        let limits = || queues.iter().map(|queue| queue.limits());
        let delay = limits().map(|limits| limits.delay).min()?;
        let batch = limits().map(|limits| limits.batch_items).min()?;
        let records = Arc::new(Self {
            waiting: Waiting::new(bounds, batch, delay),
            lanes: Mutex::new(lanes),
        });
        for queue in queues {
            queue.stand_behind(records.clone());
        }
        Some(records)
    }

    /// Encodes what comes, until nothing more will.
    async fn encode(self: Arc<Self>) {
        while self.waiting.is_due().await {
            self.pass_on(false);
            tokio::task::yield_now().await;
        }
    }

    /// Encodes the oldest portion if it is due, or in any case. False if there is none.
    fn pass_on(&self, in_any_case: bool) -> bool {
        let mut lanes = self.lanes();
        let Some(staged) = self.waiting.take(in_any_case) else {
            return false;
        };
        lanes.iter_mut().for_each(|lane| lane.pass_on(&staged));
        self.waiting.give_back(staged);
        true
    }

    fn lanes(&self) -> MutexGuard<'_, Vec<Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ship for Records {
    fn ship(&self, record: View<'_>) {
        self.waiting.push(record);
    }
}

impl Stage for Records {
    fn bounds(&self) -> Size {
        self.waiting.bounds()
    }

    fn books(&self) -> Books {
        self.waiting.books()
    }

    fn drain(&self) {
        let wanted = self.waiting.taken_in();
        while self.waiting.passed_on() < wanted && self.pass_on(true) {}
    }

    fn end(&self) {
        self.waiting.close();
        self.drain();
        // Their queues know of this.
        self.lanes().clear();
    }
}

#[cfg(test)]
mod tests;
