//! Records for other processes: whoever sends them gets each one when it is made.

use std::sync::Arc;

use super::draft::Text;
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

impl Item {
    /// What it says under a key, and how far it stands behind others of the same key.
    pub(crate) fn keyed(&self) -> Option<(u8, Text, &Raw)> {
        match self {
            Self::Field(key, value) => Some((0, *key, value)),
            Self::Attribute(key, value) => Some((1, *key, value)),
            Self::SpanField(key, value) => Some((2, *key, value)),
            Self::Context(key, value) => Some((3, *key, value)),
            Self::Error(_) | Self::Span(_) => None,
        }
    }
}
