//! The log of a test.

use std::fmt;
use std::sync::Arc;

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use crate::log::{Levels, LogConfig, LogHandle, Query, Record, layer_and_handle};

/// Records that a capture holds.
const MAX_RECORDS: usize = 100_000;
const MAX_BYTES: usize = 64 << 20;

/// A subscriber of this thread that keeps every record in memory.
pub(super) struct Logs {
    handle: LogHandle,
    _default: DefaultGuard,
}

impl Logs {
    pub(super) fn start() -> Self {
        let everything: Levels = "trace".parse().unwrap_or_default();
        let config = LogConfig::new()
            .with_levels(everything)
            .with_recent(MAX_RECORDS, MAX_BYTES);
        let (layer, handle) = layer_and_handle(config);
        let subscriber = Registry::default().with(layer);
        Self {
            handle,
            _default: tracing::subscriber::set_default(subscriber),
        }
    }

    pub(super) fn records(&self) -> Vec<Arc<Record>> {
        let mut records = self.handle.recent(&Query::new().limit(MAX_RECORDS));
        records.reverse();
        records
    }
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logs").finish_non_exhaustive()
    }
}
