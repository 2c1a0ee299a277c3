//! Batches on disk, so that a receiver that is away for long, or the end of the process, costs nothing.
//!
//! Each batch is written to a file of its own before it is sent, and the file is removed when the batch
//! is settled. What a killed process leaves is taken over by the next one that has the same directory, and
//! sent before anything newer. A batch that was under way at that moment is sent again: it arrives at least
//! once, not exactly once.
//!
//! ```text
//! DIRECTORY/SERVICE/SINK/PROCESS/lock      held by the process that writes there
//!                                0000000000000001.batch
//! ```
//!
//! Several processes may have one directory: each has a place of its own in it.

mod file;
mod place;
mod shelf;
mod writing;

use std::io;
use std::path::PathBuf;

use self::place::Place;
pub(super) use self::shelf::{Shelf, Stored};

/// Where batches are kept, and how much of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpoolSettings {
    /// The directory of all services and sinks.
    pub(crate) directory: PathBuf,
    /// Whose telemetry it is.
    pub(crate) service: String,
    /// Bytes of one sink on disk.
    pub(crate) max_bytes: u64,
}

impl SpoolSettings {
    /// Whether something can be written to the directory.
    ///
    /// # Errors
    ///
    /// If not.
    pub(super) fn check(&self) -> io::Result<()> {
        Place::new(self, "").map(drop)
    }
}
