//! Records for other processes: whoever sends them gets each one when it is made.

use std::cell::Cell;

#[cfg(test)]
pub(crate) use super::draft::tests::draft;
pub(crate) use super::draft::{Item, Raw, View};
#[cfg(feature = "elastic")]
pub(crate) use super::ecs::Ecs;
use super::panic;
use crate::fork;
use crate::hot::published::Published;

/// What only one long record needed is not kept.
const WARM: usize = 64 * 1024;

/// Takes records over, to send them.
pub(crate) trait Ship: Send + Sync {
    /// Takes a record over. This runs on the thread that logs: it must not wait. `memory` is empty, and to be used.
    fn ship(&self, record: View<'_>, memory: &mut Vec<u8>);
}

/// Who takes records over, and in which process: a child of `fork` has nobody who would send them.
static SHIPPERS: Published<(u32, Vec<Box<dyn Ship>>)> = Published::nothing();

thread_local! {
    /// Taken out while it is used.
    static MEMORY: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Hands every record of every log to these from now on, instead of to those before.
pub(crate) fn set(shippers: Vec<Box<dyn Ship>>) {
    let shippers = (!shippers.is_empty()).then(|| (fork::generation(), shippers));
    SHIPPERS.set(shippers);
}

/// Hands a record over.
pub(super) fn hand_over(record: View<'_>) {
    let Some((process, shippers)) = SHIPPERS.get() else {
        return;
    };
    if *process != fork::generation() {
        return;
    }
    // After the thread's locals are gone it is fresh memory.
    let mut memory = MEMORY.try_with(Cell::take).unwrap_or_default();
    for shipper in shippers {
        memory.clear();
        shipper.ship(record, &mut memory);
    }
    if memory.capacity() <= WARM {
        let _ = MEMORY.try_with(|kept| kept.set(memory));
    }
}

impl<'a> View<'a> {
    /// What an item says under a key, and how far it stands behind others of the same key.
    pub(crate) fn keyed(self, item: &Item) -> Option<(u8, &'a str, Raw)> {
        let (rank, key, value) = match *item {
            Item::Field(key, value) => (0, key, value),
            Item::Attribute(key, value) => (1, key, value),
            Item::SpanField(key, value) => (2, key, value),
            Item::Context(key, value) => (3, key, Raw::Text(value)),
            Item::Error(_) | Item::Span(_) => return None,
        };
        Some((rank, self.text(key), value))
    }

    /// Whether it is the record of a panic.
    pub(crate) fn is_panic(self) -> bool {
        self.text(self.head.target) == panic::TARGET
    }
}
