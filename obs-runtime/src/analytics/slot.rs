//! What happened within one slot of time.

use super::Entry;
use super::distinct::{self, Distinct};
use super::table::{Change, Table};

/// See the module.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot {
    /// Which slot it is, from the beginning of time.
    pub(super) number: u64,
    /// All events.
    pub(super) total: Counts,
    /// Events that nobody is known for.
    pub(super) anonymous: u64,
    pub(super) events: Table<Counts>,
    pub(super) features: Table<Counts>,
    pub(super) errors: Table<u64>,
    pub(super) models: Table<Usage>,
    pub(super) users: Distinct,
    tables_bytes: usize,
}

/// How often something happened, and went wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) count: u64,
    pub(super) errors: u64,
}

/// How much a model was used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) requests: Counts,
    pub(super) tokens_in: u64,
    pub(super) tokens_out: u64,
}

/// What can be added up.
pub(super) trait Add: Copy + Default {
    fn add(&mut self, other: Self);
}

impl Add for u64 {
    fn add(&mut self, other: Self) {
        *self = self.saturating_add(other);
    }
}

impl Add for Counts {
    fn add(&mut self, other: Self) {
        self.count.add(other.count);
        self.errors.add(other.errors);
    }
}

impl Add for Usage {
    fn add(&mut self, other: Self) {
        self.requests.add(other.requests);
        self.tokens_in.add(other.tokens_in);
        self.tokens_out.add(other.tokens_out);
    }
}

impl Slot {
    pub(super) fn new(number: u64) -> Self {
        Self {
            number,
            ..Self::default()
        }
    }

    /// Counts an event. Returns for how many of its names there was no room.
    pub(super) fn record(&mut self, entry: &Entry<'_>) -> u64 {
        let counts = Counts {
            count: 1,
            errors: u64::from(entry.error.is_some()),
        };
        self.total.add(counts);
        match entry.user {
            Some(user) => self.users.add(distinct::key(user)),
            None => self.anonymous.add(1),
        }
        let usage = Usage {
            requests: counts,
            tokens_in: entry.tokens_in,
            tokens_out: entry.tokens_out,
        };
        let changes = [
            Some(add(&mut self.events, entry.event, counts)),
            entry
                .feature
                .map(|name| add(&mut self.features, name, counts)),
            entry.error.map(|name| add(&mut self.errors, name, 1)),
            entry.model.map(|name| add(&mut self.models, name, usage)),
        ];
        let mut overflowed = 0;
        for change in changes.into_iter().flatten() {
            self.tables_bytes += change.bytes;
            overflowed += u64::from(change.overflowed);
        }
        overflowed
    }

    /// The memory that it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.tables_bytes + self.users.bytes()
    }
}

fn add<R: Add>(table: &mut Table<R>, name: &str, amount: R) -> Change {
    table.change(name, |row| row.add(amount))
}
