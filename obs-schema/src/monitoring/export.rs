//! What waits to be sent to other systems.

use crate::issue::{Finding, Findings, Issue};
use crate::text::Message;

/// How the service keeps what exporters have not delivered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export {
    /// The directory in which it waits; empty for none, so that it waits in memory.
    pub spool: &'static str,
    /// How many bytes of each exporter may wait there.
    pub spool_size: u64,
}

impl Export {
    /// The smallest spool: room for a few batches of the largest size.
    pub const MIN_SPOOL: u64 = 16 << 20;

    /// In memory.
    pub const DEFAULT: Self = Self {
        spool: "",
        spool_size: 256 << 20,
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::new()
            .and(self.small())
            .and(self.size_of_nothing())
    }

    /// [`Export::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    const fn small(&self) -> Option<Finding> {
        if self.spool_size >= Self::MIN_SPOOL {
            return None;
        }
        Some(Finding::new(
            "size.range",
            "export.spool_size",
            Message::new().str("`export.spool_size` must be at least `16MiB`"),
            "leave `spool_size` out for the default",
        ))
    }

    const fn size_of_nothing(&self) -> Option<Finding> {
        if !self.spool.is_empty() || self.spool_size == Self::DEFAULT.spool_size {
            return None;
        }
        Some(Finding::new(
            "monitoring.contradiction",
            "export.spool_size",
            Message::new().str("`export.spool_size` is set but `export.spool` is not"),
            "name a directory in `spool` or leave `spool_size` out",
        ))
    }
}

impl Default for Export {
    fn default() -> Self {
        Self::DEFAULT
    }
}
