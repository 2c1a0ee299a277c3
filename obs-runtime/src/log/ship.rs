//! Records for other processes: whoever sends them gets each one when it is made.

use std::sync::Arc;

#[cfg(test)]
pub(crate) use super::draft::tests::draft;
pub(crate) use super::draft::{Item, Raw, View};
#[cfg(feature = "elastic")]
pub(crate) use super::ecs::Ecs;
#[cfg(any(feature = "otlp", feature = "elastic"))]
pub(crate) use super::portion::{Portion, size};
#[cfg(feature = "otlp")]
pub(crate) use super::usual::Usual;
use crate::fork;
use crate::hot::published::Published;

/// Takes records over, to send them.
pub(crate) trait Ship: Send + Sync {
    /// Takes a record over. This runs on the thread that logs: it must not wait.
    fn ship(&self, record: View<'_>);
}

/// Who takes records over, and in which process: a child of `fork` has nobody who would send them.
static SHIPPER: Published<(u32, Arc<dyn Ship>)> = Published::nothing();

/// Hands every record of every log to this one from now on, or to nobody.
pub(crate) fn set(shipper: Option<Arc<dyn Ship>>) {
    SHIPPER.set(shipper.map(|shipper| (fork::generation(), shipper)));
}

/// Hands a record over.
pub(super) fn hand_over(record: View<'_>) {
    if let Some((process, shipper)) = SHIPPER.get()
        && *process == fork::generation()
    {
        shipper.ship(record);
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
}
