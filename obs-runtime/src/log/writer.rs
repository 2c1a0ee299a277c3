//! From the caller's thread to the sink's.
//!
//! Callers append finished lines to a batch under a lock that is never held
//! during I/O; a thread takes the batch as a whole and writes it. When the sink
//! does not keep up, the batch reaches its bound and further lines are refused:
//! the caller never waits.
//!
//! To wake a thread costs the caller more than all the rest, so it does so only
//! for the first line after a rest. Then the thread looks by itself every now and
//! then, until there is nothing.

mod books;
mod queue;

use std::io;
use std::sync::{Arc, TryLockError};
use std::time::Duration;

use tracing::Level;

pub use self::books::{FlushTimeout, QueueLimits, WriterStats};
use self::queue::{Queue, State};
use super::sink::Sink;

/// The caller's end of an output.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Arc<Queue>,
}

impl Writer {
    /// Starts the thread that writes to `sink`.
    pub(super) fn start(sink: Box<dyn Sink>, limits: QueueLimits) -> io::Result<Self> {
        let queue = Arc::new(Queue::new(limits, Some(sink), State::default()));
        Queue::start(&queue)?;
        Ok(Self { queue })
    }

    /// Starts the thread anew in a forked child, which does not have it. What waited at the fork is written by the
    /// parent alone.
    pub(super) fn go_on(&self) -> io::Result<()> {
        let mut state = self.queue.lock();
        if state.closed || !state.ended {
            return Ok(());
        }
        if let Err(TryLockError::WouldBlock) = self.queue.sink.try_lock() {
            return Err(io::Error::other("it was being written to at the fork"));
        }
        state.ended = false;
        drop(state);
        Queue::start(&self.queue).inspect_err(|_| self.queue.lock().ended = true)
    }

    /// A writer that refuses everything, in place of one whose thread could not be started.
    pub(super) fn closed(limits: QueueLimits) -> Self {
        Self {
            queue: Arc::new(Queue::new(limits, None, State::closed())),
        }
    }

    /// Hands a line over, or counts it as refused. Never waits for the sink.
    pub(super) fn push(&self, level: Level, line: &[u8]) {
        self.queue.push(level, line);
    }

    /// Waits until every line that was handed over before is written or lost.
    pub(super) fn flush(&self, timeout: Duration) -> Result<(), FlushTimeout> {
        let target = self.queue.hurry(|state| state.accepted);
        self.queue.wait(timeout, |state| state.done >= target)
    }

    /// Takes no more lines, writes those that wait, and ends the thread.
    pub(super) fn close(&self, timeout: Duration) -> Result<(), FlushTimeout> {
        self.queue.hurry(|state| state.closed = true);
        self.queue.wait(timeout, |state| state.ended)
    }

    pub(super) fn stats(&self) -> WriterStats {
        let state = self.queue.lock();
        WriterStats {
            queued: state.batch.len() + state.taken_lines,
            queued_bytes: state.batch.bytes().len() + state.taken_bytes,
            ..state.stats
        }
    }
}

impl Drop for Writer {
    /// The thread ends by itself once it has written what waits.
    fn drop(&mut self) {
        self.queue.hurry(|state| state.closed = true);
    }
}

#[cfg(test)]
mod tests;
