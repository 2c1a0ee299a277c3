//! How much waits, how much is sent at once, and for how long it is tried.

use std::time::Duration;

/// The bounds of one sink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Items that wait in memory, what is being sent included.
    pub(crate) queue_items: usize,
    /// Bytes of those.
    pub(crate) queue_bytes: usize,
    /// Items of one batch.
    pub(crate) batch_items: usize,
    /// Bytes of one batch.
    pub(crate) batch_bytes: usize,
    /// How long an item waits for others to be sent with.
    pub(crate) delay: Duration,
    /// How long a request may take.
    pub(crate) timeout: Duration,
    pub(crate) retry: Retry,
    /// Whether an item says everything anew, so that those before it are of no use any more.
    pub(crate) newest_only: bool,
}

/// When a batch is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retry {
    /// The first pause. Each further one is twice as long, up to `longest`; half of it is left to chance, so that
    /// many processes do not come back at the same moment.
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
    /// How long a batch is tried. After that it is given up, because newer ones wait.
    pub(crate) within: Duration,
}

impl Limits {
    /// How long a batch on disk is tried: newer ones do not wait in memory for it.
    const SPOOLED: Duration = Duration::from_secs(24 * 60 * 60);

    /// The same for batches that are on disk.
    pub(super) fn with_spool(mut self) -> Self {
        self.retry.within = self.retry.within.max(Self::SPOOLED);
        self
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            queue_items: 65_536,
            queue_bytes: 32 * 1024 * 1024,
            batch_items: 4096,
            batch_bytes: 4 * 1024 * 1024,
            delay: Duration::from_secs(1),
            timeout: Duration::from_secs(10),
            retry: Retry::default(),
            newest_only: false,
        }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(250),
            longest: Duration::from_secs(30),
            within: Duration::from_secs(300),
        }
    }
}
