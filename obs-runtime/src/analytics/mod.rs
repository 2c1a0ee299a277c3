//! What the users of the program do: events, features, errors, users and models over a window of time.
//!
//! A type that derives [`Event`](crate::Event) is the usual way in; an [`Entry`] is the same by hand. [`summary`] and
//! `/monitoring/analytics/summary` say what came of it.
//!
//! ```
//! use std::time::Duration;
//!
//! use obs_runtime::analytics::{self, Entry};
//!
//! Entry {
//!     user: Some("ada"),
//!     model: Some("large"),
//!     tokens_in: 1_200,
//!     tokens_out: 300,
//!     ..Entry::of("question_answered")
//! }
//! .record();
//!
//! let day = analytics::summary(Duration::from_hours(24));
//! assert_eq!((day.events, day.users.count), (1, 1));
//! assert_eq!(day.by_model[0].tokens_in, 1_200);
//! ```
//!
//! # What is kept
//!
//! Counts in memory, for slots of [`SLOT`], as far back as [`RETENTION`]; nothing of a single event, and of a user only a
//! hash with a key that is made anew in each process. A window is whole slots, so it reaches back up to [`SLOT`] further
//! than asked. All of it takes at most `analytics.store` bytes. When they are used up, the oldest slot goes, and
//! [`Summary::covered`] says how far back the rest reaches. A slot has at most [`MAX_NAMES`] events, features, errors and
//! models each; further ones are counted together as `__overflow__`. `obs_analytics_dropped_total` counts both.
//!
//! Users are counted one by one while each slot of the window has at most [`EXACT_USERS`] of them. A slot with more goes
//! over to a HyperLogLog sketch of Apache DataSketches, in 4 KiB; the number of users of a window with such a slot has a
//! standard error of [`USERS_ERROR`], so in 95 of 100 cases it is off by less than 3.3 percent.
//!
//! # What it costs
//!
//! Recording takes a lock that is held for a few table look-ups, and no longer while somebody reads a summary: a reader
//! has the slots as they were, and the one that changes is copied once.

mod day;
mod distinct;
mod entry;
mod prices;
mod settings;
mod slot;
mod store;
mod summary;
mod table;
#[cfg(test)]
mod tests;
mod turn;

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use obs_schema::monitoring::Analytics;

use crate::fork::PerProcess;
use crate::hot::alone::{self, alone};
use crate::hot::clock;
use crate::metric;

pub use distinct::{EXACT_USERS, USERS_ERROR, Users};
pub use entry::Entry;
use store::{Excerpt, Store};
pub use summary::{Activity, ModelUsage, NamedCount, Summary};
pub use table::MAX_NAMES;
pub(crate) use turn::{recording, registering};

/// The time that events are counted together for.
pub const SLOT: Duration = Duration::from_secs(5 * 60);
/// How far back a window can reach.
pub const RETENTION: Duration = Duration::from_secs(24 * 60 * 60);

static STORE: PerProcess<Mutex<Store>> = PerProcess::new();

/// Names that were counted as `__overflow__`.
pub(crate) static OVERFLOWED: AtomicU64 = AtomicU64::new(0);
/// Events that went with their slot before their time.
pub(crate) static EVICTED: AtomicU64 = AtomicU64::new(0);

/// What happened within the last `window`, at most [`RETENTION`].
#[must_use]
pub fn summary(window: Duration) -> Summary {
    Summary::new(&excerpt(window), settings::current())
}

/// Puts the settings of a start in force. What was counted before stays.
pub(crate) fn configure(analytics: &Analytics) {
    settings::set(analytics);
    // From now on there is something to look at, even if nothing happens.
    with_store(|_| ());
}

/// What the store has to say of itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Status {
    pub(crate) bytes: usize,
    pub(crate) overflowed: u64,
    pub(crate) evicted: u64,
}

/// `None` before the first event.
pub(crate) fn status() -> Option<Status> {
    let bytes = with_store(|store| store.bytes())?;
    let (overflowed, evicted) = (OVERFLOWED.load(Relaxed), EVICTED.load(Relaxed));
    (bytes > 0 || evicted > 0).then_some(Status {
        bytes,
        overflowed,
        evicted,
    })
}

/// How many users there were within [`RETENTION`]. `None` if no event had one.
pub(crate) fn users() -> Option<Users> {
    let excerpt = excerpt(RETENTION);
    Some(day::users(&excerpt)).filter(|users| users.count > 0)
}

/// Counts an event.
fn record(entry: &Entry<'_>) {
    let settings = settings::current();
    if !settings.enabled {
        return;
    }
    let now = now();
    let lost = with_store(|store| store.record(now, entry, settings.budget));
    match lost {
        Some(lost) => {
            OVERFLOWED.fetch_add(lost.overflowed, Relaxed);
            EVICTED.fetch_add(lost.evicted, Relaxed);
        }
        None => alone::skip(),
    }
    if let Some(model) = entry.model {
        let cost = settings
            .prices
            .cost(model, entry.tokens_in, entry.tokens_out);
        metric::count_model(
            model,
            entry.tokens_in,
            entry.tokens_out,
            cost,
            settings.currency,
        );
    }
}

/// The time since some moment of this process. It never goes back.
fn now() -> Duration {
    Duration::from_nanos(clock::to_nanos(clock::ticks()))
}

fn excerpt(window: Duration) -> Excerpt {
    let now = now();
    with_store(|store| store.excerpt(now, window)).unwrap_or_default()
}

/// `None` if the allocator of the program asks while this thread is in here already.
fn with_store<R>(work: impl FnOnce(&mut Store) -> R) -> Option<R> {
    alone(|| {
        let store = STORE.get(|| Mutex::new(Store::new(now())));
        work(&mut store.lock().unwrap_or_else(PoisonError::into_inner))
    })
}
