//! How much may wait, and what became of it.

use tracing::Level;

use crate::log::count::{self, PerLevel};

/// How much may wait to be written, what is being written included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueLimits {
    /// Lines. Default 16,384.
    pub lines: usize,
    /// Bytes. Default 8 MiB. A line longer than this is never written.
    pub bytes: usize,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self {
            lines: 16 * 1024,
            bytes: 8 * 1024 * 1024,
        }
    }
}

impl QueueLimits {
    /// The last eighth is kept for errors and warnings, so that a flood of less does not drown them.
    pub(super) fn of(self, level: Level) -> Self {
        if level <= Level::WARN {
            return self;
        }
        Self {
            lines: self.lines - self.lines / 8,
            bytes: self.bytes - self.bytes / 8,
        }
    }
}

/// What became of the lines so far, each by level from `ERROR` to `TRACE`.
///
/// Every line is in exactly one place: `written`, `refused`, `failed`, or still queued.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WriterStats {
    /// Written.
    pub written: PerLevel,
    /// Dropped because too much waited already, or after the end.
    pub refused: PerLevel,
    /// Lost because the sink failed.
    pub failed: PerLevel,
    /// Waiting or being written.
    pub queued: usize,
    /// The bytes of those.
    pub queued_bytes: usize,
}

impl WriterStats {
    /// The sum of two outputs.
    pub(in crate::log) fn plus(mut self, other: &Self) -> Self {
        add_all(&mut self.written, &other.written);
        add_all(&mut self.refused, &other.refused);
        add_all(&mut self.failed, &other.failed);
        self.queued += other.queued;
        self.queued_bytes += other.queued_bytes;
        self
    }
}

/// Lines that were still not written when the time was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlushTimeout {
    /// How many.
    pub lines: usize,
}

impl std::fmt::Display for FlushTimeout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} log lines were not written in time; the output is stalled",
            self.lines
        )
    }
}

impl std::error::Error for FlushTimeout {}

pub(super) fn add(counts: &mut PerLevel, level: Level, n: u64) {
    if let Some(count) = counts.get_mut(count::index(level)) {
        *count += n;
    }
}

pub(super) fn add_all(to: &mut PerLevel, from: &PerLevel) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}
