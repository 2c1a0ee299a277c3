//! The record of a collector that another library reads.

use std::sync::Arc;

use super::{Registry, lock};
use crate::metric::source::Entry;

/// Says of a collector whose families come on another way what is said of those that are registered
/// here. Its series are there as long as this.
#[derive(Debug)]
pub(crate) struct Ledger {
    registry: &'static Registry,
    entry: Arc<Entry>,
}

impl Registry {
    /// A record under the name of a collector.
    pub(crate) fn ledger(&'static self, name: &str) -> Ledger {
        let entry = Arc::new(Entry::without_source(self.next_id(), name));
        lock(&self.sources).push(entry.clone());
        Ledger {
            registry: self,
            entry,
        }
    }
}

impl Ledger {
    /// What `read` returns, or nothing if it panics or an earlier reading is stuck.
    pub(crate) fn guard<R: Default>(&self, read: impl FnOnce() -> R) -> R {
        self.entry.guard(read)
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.registry.remove(self.entry.id);
    }
}
