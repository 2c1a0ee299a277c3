//! Records that wait to be encoded.
//!
//! They are in portions, of which the last one is open. A portion that was encoded is memory for another one, so that to
//! take in a record is to copy it, and allocates nothing once there are enough of them.
//!
//! To wake the encoder takes a caller a hundred times as long as all the rest. So it comes by itself when the oldest record
//! is due, and is woken only for the first record after a rest, and by many at once.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::export::delivery::{Books, Loss, Size, woken};
use crate::log::ship::{Portion, View, size};

/// Portions whose memory is kept while nothing is in them.
const SPARE: usize = 4;
/// The encoder is woken when this part of what may wait does, if that is not more than a batch.
const MANY: usize = 8;

/// See the module.
#[derive(Debug)]
pub(super) struct Waiting {
    bounds: Bounds,
    /// So much is a reason to wake the encoder.
    many: Size,
    /// How long a record waits for others.
    delay: Duration,
    state: Mutex<State>,
    /// The encoder is wanted.
    work: Notify,
}

/// How much waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// At most, what is being encoded included.
    pub(super) all: Size,
    /// In a portion; the last record in it may be beyond.
    pub(super) portion: Size,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            all: Size {
                items: 16_384,
                bytes: 8 * 1024 * 1024,
            },
            portion: Size {
                items: 512,
                bytes: 256 * 1024,
            },
        }
    }
}

/// Some records.
#[derive(Debug)]
pub(super) struct Staged {
    pub(super) records: Portion,
    /// When the first of them came.
    pub(super) since: Instant,
}

#[derive(Debug, Default)]
struct State {
    open: Portion,
    /// When the first record came into the open portion.
    opened: Option<Instant>,
    full: VecDeque<Staged>,
    spare: Vec<Portion>,
    /// What is in memory, what is being encoded included.
    held: Size,
    books: Books,
    /// The records that are in the queues.
    passed_on: u64,
    /// How many these were when the encoder found nothing.
    seen: u64,
    encoder: Encoder,
    closed: bool,
}

/// What the encoder does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Encoder {
    /// Encodes, or is about to.
    #[default]
    Awake,
    /// Comes when the oldest record is due.
    Waits,
    /// Comes when it is woken.
    Rests,
}

impl State {
    /// Whether the encoder is to be woken for what has come.
    fn is_news(&self, many: Size) -> bool {
        let are_many = || self.held.items >= many.items || self.held.bytes >= many.bytes;
        match self.encoder {
            Encoder::Awake => false,
            Encoder::Waits => !self.full.is_empty() && are_many(),
            Encoder::Rests => true,
        }
    }

    /// Until when the encoder has nothing to do; `None` if until it is woken. It waits once in vain before it rests, so that
    /// records that come regularly need not wake it.
    fn next(&mut self, delay: Duration) -> Option<Instant> {
        let since = self.opened.or_else(|| {
            let idle = std::mem::replace(&mut self.seen, self.passed_on) == self.passed_on;
            (!idle).then(Instant::now)
        });
        self.encoder = if since.is_some() {
            Encoder::Waits
        } else {
            Encoder::Rests
        };
        since.map(|since| since + delay)
    }

    fn admit(&self, bytes: usize, all: Size) -> Result<(), Loss> {
        if self.closed {
            return Err(Loss::Shutdown);
        }
        if bytes > all.bytes {
            return Err(Loss::TooLarge);
        }
        let has_room = self.held.items < all.items && self.held.bytes + bytes <= all.bytes;
        if has_room {
            Ok(())
        } else {
            Err(Loss::QueueFull)
        }
    }

    fn add(&mut self, record: View<'_>, bytes: usize, portion: Size) {
        self.open.push(record);
        self.opened.get_or_insert_with(Instant::now);
        self.held.items += 1;
        self.held.bytes += bytes;
        if self.open.len() >= portion.items || self.open.bytes() >= portion.bytes {
            self.close_open();
        }
    }

    fn close_open(&mut self) {
        if let Some(since) = self.opened.take() {
            let like = || Portion::as_large_as(&self.open);
            let next = self.spare.pop().unwrap_or_else(like);
            let records = std::mem::replace(&mut self.open, next);
            self.full.push_back(Staged { records, since });
        }
    }
}

impl Waiting {
    /// For queues that send so many items at once, after so long.
    pub(super) fn new(bounds: Bounds, batch: usize, delay: Duration) -> Self {
        Self {
            bounds,
            many: Size {
                items: batch.min(bounds.all.items / MANY),
                bytes: bounds.all.bytes / MANY,
            },
            delay,
            state: Mutex::default(),
            work: Notify::new(),
        }
    }

    pub(super) fn bounds(&self) -> Size {
        self.bounds.all
    }

    /// Takes in a copy of a record. Never waits.
    pub(super) fn push(&self, record: View<'_>) {
        let bytes = size(record);
        let mut state = self.lock();
        state.books.produce(1);
        match state.admit(bytes, self.bounds.all) {
            Ok(()) => state.add(record, bytes, self.bounds.portion),
            Err(loss) => state.books.lose(1, loss),
        }
        let is_news = state.is_news(self.many);
        if is_news {
            state.encoder = Encoder::Awake;
        }
        drop(state);
        if is_news {
            self.work.notify_one();
        }
    }

    /// Waits until there is a portion to encode. False when nothing more will come.
    pub(super) async fn is_due(&self) -> bool {
        loop {
            let due = {
                let mut state = self.lock();
                if self.has_due(&state) {
                    state.encoder = Encoder::Awake;
                    return true;
                }
                if state.closed {
                    return false;
                }
                state.next(self.delay)
            };
            woken(&self.work, due).await;
        }
    }

    fn has_due(&self, state: &State) -> bool {
        let is_old = |opened: Instant| opened.elapsed() >= self.delay;
        !state.full.is_empty() || state.opened.is_some_and(is_old)
    }

    /// The oldest portion, if it is full or old enough, or in any case.
    pub(super) fn take(&self, in_any_case: bool) -> Option<Staged> {
        let mut state = self.lock();
        if state.full.is_empty() && (in_any_case || self.has_due(&state)) {
            state.close_open();
        }
        state.full.pop_front()
    }

    /// A portion that was taken is in the queues.
    pub(super) fn give_back(&self, staged: Staged) {
        let mut records = staged.records;
        let (items, bytes) = (records.len(), records.bytes());
        records.clear();
        let is_usual = records.capacity() <= 2 * self.bounds.portion.bytes;
        let mut state = self.lock();
        state.held.items = state.held.items.saturating_sub(items);
        state.held.bytes = state.held.bytes.saturating_sub(bytes);
        state.passed_on += items as u64;
        if is_usual && !state.closed && state.spare.len() < SPARE {
            state.spare.push(records);
        }
    }

    /// Records that were taken in, ever.
    pub(super) fn taken_in(&self) -> u64 {
        self.lock().books.queued
    }

    /// Of those, the ones that are in the queues.
    pub(super) fn passed_on(&self) -> u64 {
        self.lock().passed_on
    }

    /// The books, in which what is in the queues is still `queued`.
    pub(super) fn books(&self) -> Books {
        let state = self.lock();
        let mut books = state.books.clone();
        books.queued_bytes = state.held.bytes as u64;
        books
    }

    /// The bytes that what waits really takes, and the memory for more.
    #[cfg(test)]
    pub(super) fn memory(&self) -> usize {
        let state = self.lock();
        let full = state.full.iter().map(|staged| &staged.records);
        let portions = full.chain([&state.open]).chain(&state.spare);
        portions.map(Portion::capacity).sum()
    }

    /// Takes nothing more in.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.spare.clear();
        drop(state);
        self.work.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
