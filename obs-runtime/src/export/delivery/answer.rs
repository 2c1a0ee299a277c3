//! What a receiver made of a batch.

use crate::words::words;
use std::time::Duration;

/// What became of a batch that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It arrived. Of its items the receiver did not take so many, and never will.
    Taken { rejected: usize, why: String },
    /// It did not arrive, or the receiver has no time for it: worth another attempt, but not before `after`.
    Later {
        after: Option<Duration>,
        why: String,
    },
    /// Some items did not arrive, by their positions in order, and are worth another attempt. Of the others the
    /// receiver did not take `rejected`, and never will.
    #[cfg_attr(
        not(feature = "elastic"),
        allow(dead_code, reason = "others do not say which items")
    )]
    SomeLater {
        items: Vec<usize>,
        rejected: usize,
        why: String,
    },
    /// It is too large to be taken at once.
    TooLarge { why: String },
    /// The receiver does not take it, and never will.
    Refused { why: String },
}

words! {
    /// Why an item was not delivered.
    pub(crate) enum Loss {
        /// Too much waited already.
        QueueFull = "queue_full",
        /// The item alone is larger than a batch may be.
        TooLarge = "too_large",
        /// The receiver did not take it.
        Rejected = "rejected",
        /// It could not be delivered for too long.
        GaveUp = "gave_up",
        /// What was kept on disk cannot be read any more.
        Damaged = "damaged",
        /// The program ended before.
        Shutdown = "shutdown",
        /// Something newer came that says all of it anew.
        Replaced = "replaced",
    }
}
