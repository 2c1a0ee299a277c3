//! The slots of the last day.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::distinct::Distinct;
use super::slot::Slot;
use super::{Entry, RETENTION, SLOT};

/// See the module.
#[derive(Debug)]
pub(super) struct Store {
    /// Those in which something happened, the oldest first. Readers share them; one that is shared is copied before it
    /// is changed.
    slots: VecDeque<Arc<Slot>>,
    bytes: usize,
    /// Everything that happened since is here.
    since: Duration,
}

/// What there was no room for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Lost {
    /// Names that were counted as `__overflow__`.
    pub(super) overflowed: u64,
    /// Events that went before their time.
    pub(super) evicted: u64,
}

/// What happened within a window.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    pub(super) slots: Vec<Arc<Slot>>,
    /// How far back it was asked to reach.
    pub(super) window: Duration,
    /// How far back it reaches.
    pub(super) covered: Duration,
}

impl Store {
    /// Nothing since `now`. Times are those of one clock that never goes back.
    pub(super) fn new(now: Duration) -> Self {
        Self {
            slots: VecDeque::new(),
            bytes: 0,
            since: now,
        }
    }

    /// The memory that it takes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Counts an event in at most `budget` bytes.
    pub(super) fn record(&mut self, now: Duration, entry: &Entry<'_>, budget: usize) -> Lost {
        self.expire(now);
        let number = number(now);
        if self.slots.back().is_none_or(|last| last.number < number) {
            let slot = Slot::new(number);
            self.bytes += slot.bytes();
            self.slots.push_back(Arc::new(slot));
        }
        let mut lost = Lost::default();
        if let Some(last) = self.slots.back_mut() {
            // A copy may be smaller than what it is a copy of.
            let before = last.bytes();
            lost.overflowed = Arc::make_mut(last).record(entry);
            self.bytes = (self.bytes + last.bytes()).saturating_sub(before);
        }
        while self.bytes > budget && self.slots.len() > 1 {
            lost.evicted += self.drop_oldest();
        }
        lost
    }

    /// What happened within the last `window` before `now`, in whole slots.
    pub(super) fn excerpt(&mut self, now: Duration, window: Duration) -> Excerpt {
        self.expire(now);
        let window = window.min(RETENTION);
        let first = number(now.saturating_sub(window));
        let slots = self.slots.iter().filter(|slot| slot.number >= first);
        let begin = start(first).max(self.since);
        Excerpt {
            slots: slots.cloned().collect(),
            window,
            covered: now.saturating_sub(begin),
        }
    }

    /// Drops what no window reaches any more.
    fn expire(&mut self, now: Duration) {
        let first = number(now.saturating_sub(RETENTION));
        while self.slots.front().is_some_and(|slot| slot.number < first) {
            self.drop_oldest();
        }
    }

    /// Returns how many events it had.
    fn drop_oldest(&mut self) -> u64 {
        let Some(slot) = self.slots.pop_front() else {
            return 0;
        };
        self.bytes = self.bytes.saturating_sub(slot.bytes());
        self.since = self.since.max(start(slot.number + 1));
        slot.total.count
    }
}

impl Excerpt {
    pub(super) fn users(&self) -> impl Iterator<Item = &Distinct> {
        self.slots.iter().map(|slot| &slot.users)
    }
}

/// The slot of a time.
fn number(time: Duration) -> u64 {
    time.as_secs() / SLOT.as_secs()
}

/// When a slot begins.
fn start(number: u64) -> Duration {
    Duration::from_secs(number.saturating_mul(SLOT.as_secs()))
}
