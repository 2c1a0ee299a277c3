//! So many records per second, and no more, from one place in the program.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing::Level;

use crate::hot::clock;
use crate::log::draft::{Draft, Item, Raw, Text, View};

/// For how long a place's records are counted together.
pub(super) const WINDOW: Duration = Duration::from_secs(1);
/// Places that are told apart; further ones share what one may log.
const MAX_PLACES: usize = 4096;

type RandomState = rapidhash::quality::RandomState;

/// What became of a record.
pub(super) enum Admission {
    Passes,
    /// Passes as the first one after some were left out.
    First(Summary),
    LeftOut,
}

/// What was left out of the records of one place.
#[derive(Debug)]
pub(in crate::log) struct Summary {
    count: u64,
    like: Like,
}

/// The record that all those were like.
#[derive(Debug)]
struct Like {
    level: Level,
    target: Cow<'static, str>,
    file: Option<Cow<'static, str>>,
    line: Option<u32>,
    message: String,
}

/// Counts the records of each place. Clones count together.
#[derive(Debug, Clone)]
pub(in crate::log) struct Limiter {
    per_window: u32,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    places: Mutex<Places>,
    /// Something was left out that is to be told, or there is nobody left to tell it.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Places {
    by_hash: HashMap<u64, Place>,
    hasher: RandomState,
    /// Places of which something was left out and not told.
    owing: usize,
    closed: bool,
}

/// A place in the program, in its current window.
#[derive(Debug)]
struct Place {
    /// In ticks of the clock.
    began: u64,
    passed: u32,
    left_out: Option<LeftOut>,
}

#[derive(Debug)]
struct LeftOut {
    count: u64,
    like: Like,
}

impl Limiter {
    pub(super) fn new(per_second: u32) -> Self {
        Self {
            per_window: per_second,
            shared: Arc::default(),
        }
    }

    /// Counts a record, and says whether it passes.
    pub(super) fn admit(&self, record: View<'_>) -> Admission {
        let now = clock::ticks();
        let mut places = self.lock();
        let hash = places.hash_of(record);
        let place = places.place(hash, now);
        let due = place.begin_window_if_over(now);
        if place.passed < self.per_window {
            place.passed += 1;
            return match due {
                None => Admission::Passes,
                Some(due) => {
                    places.owing = places.owing.saturating_sub(1);
                    Admission::First(due.into())
                }
            };
        }
        match &mut place.left_out {
            Some(left_out) => left_out.count += 1,
            none => {
                *none = Some(LeftOut {
                    count: 1,
                    like: Like::of(record),
                });
                places.owing += 1;
                drop(places);
                self.shared.changed.notify_one();
            }
        }
        Admission::LeftOut
    }

    /// What was left out in windows that are over.
    pub(super) fn due(&self) -> Vec<Summary> {
        let now = clock::ticks();
        self.take(|place| place.is_over(now))
    }

    /// What was left out and not told so far.
    pub(super) fn all(&self) -> Vec<Summary> {
        self.take(|_| true)
    }

    fn take(&self, is_due: impl Fn(&Place) -> bool) -> Vec<Summary> {
        let mut places = self.lock();
        if places.owing == 0 {
            return Vec::new();
        }
        let due = places.by_hash.values_mut().filter(|place| is_due(place));
        let taken: Vec<Summary> = due
            .filter_map(|place| place.left_out.take())
            .map(Into::into)
            .collect();
        places.owing = places.owing.saturating_sub(taken.len());
        taken
    }

    /// Waits until there is something to tell. `false` when nobody is left who could want to know.
    pub(super) fn wait(&self) -> bool {
        let is_idle = |places: &mut Places| places.owing == 0 && !places.closed;
        let places = self.shared.changed.wait_while(self.lock(), is_idle);
        !places.unwrap_or_else(PoisonError::into_inner).closed
    }

    /// Waits for a window to end. `false` as in [`wait`](Self::wait).
    pub(super) fn wait_for_window(&self) -> bool {
        let is_open = |places: &mut Places| !places.closed;
        let waited = self
            .shared
            .changed
            .wait_timeout_while(self.lock(), WINDOW, is_open);
        !waited.unwrap_or_else(PoisonError::into_inner).0.closed
    }

    /// Ends all waiting.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.shared.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Places> {
        self.shared
            .places
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    /// A place is what stands in the source: the level, and the line; for records of `log` without one, the target.
    fn hash_of(&self, record: View<'_>) -> u64 {
        let head = record.head;
        let mut hasher = self.hasher.build_hasher();
        head.level.hash(&mut hasher);
        head.line.hash(&mut hasher);
        record.text(head.target).hash(&mut hasher);
        head.file.map(|file| record.text(file)).hash(&mut hasher);
        hasher.finish()
    }

    fn place(&mut self, hash: u64, now: u64) -> &mut Place {
        let is_known = self.by_hash.contains_key(&hash);
        if !is_known && self.by_hash.len() >= MAX_PLACES {
            self.by_hash
                .retain(|_, place| place.left_out.is_some() || !place.is_over(now));
        }
        let is_full = !is_known && self.by_hash.len() >= MAX_PLACES;
        self.by_hash
            .entry(if is_full { 0 } else { hash })
            .or_insert(Place {
                began: now,
                passed: 0,
                left_out: None,
            })
    }
}

impl Place {
    fn is_over(&self, now: u64) -> bool {
        u128::from(clock::to_nanos(now.saturating_sub(self.began))) >= WINDOW.as_nanos()
    }

    /// Begins the next window if this one is over, and returns what was left out in it.
    fn begin_window_if_over(&mut self, now: u64) -> Option<LeftOut> {
        if !self.is_over(now) {
            return None;
        }
        self.began = now;
        self.passed = 0;
        self.left_out.take()
    }
}

impl Like {
    fn of(record: View<'_>) -> Self {
        let head = record.head;
        Self {
            level: head.level,
            target: record.cow(head.target),
            file: head.file.map(|file| record.cow(file)),
            line: head.line,
            message: record.text(head.message).to_owned(),
        }
    }
}

impl From<LeftOut> for Summary {
    fn from(LeftOut { count, like }: LeftOut) -> Self {
        Self { count, like }
    }
}

impl Summary {
    /// Makes the record that tells of it.
    pub(in crate::log) fn describe(&self, draft: &mut Draft) {
        let Self { count, like } = self;
        draft.begin(like.level, clock::now_unix_nanos());
        draft.head.target = draft.append_cow(&like.target);
        draft.head.file = like.file.as_ref().map(|file| draft.append_cow(file));
        draft.head.line = like.line;
        let were = if *count == 1 {
            "record like this was"
        } else {
            "records like this were"
        };
        draft.head.message = draft.format(format_args!(
            "{count} more {were} left out: {}",
            like.message
        ));
        draft
            .items
            .push(Item::Field(Text::Static("left_out"), Raw::U64(*count)));
    }
}
