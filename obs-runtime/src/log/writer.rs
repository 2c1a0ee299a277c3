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

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use tracing::Level;

use super::bounded::guarded;
use super::count::{self, PerLevel};
use super::sink::{Batch, Sink};
use super::suppress::suppress;
use crate::{diagnostics, fork};

/// How long lines gather once the thread is awake, unless there are many or somebody waits for them.
const GATHER: Duration = Duration::from_millis(2);
/// After how long without a line the memory that only a burst needed is given back.
const REST: Duration = Duration::from_secs(5);

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
    fn of(self, level: Level) -> Self {
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
    pub(super) fn plus(mut self, other: &Self) -> Self {
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

/// The caller's end of an output.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Arc<Queue>,
}

struct Queue {
    limits: QueueLimits,
    /// Locked by the thread while it writes; `None` once it has ended.
    sink: Mutex<Option<Box<dyn Sink>>>,
    state: Mutex<State>,
    /// There are lines, or no more will come.
    work: Condvar,
    /// Lines were settled, or the thread has ended.
    settled: Condvar,
}

#[derive(Debug, Default)]
struct State {
    batch: Batch,
    /// Lines and bytes that the thread has taken and not settled.
    taken_lines: usize,
    taken_bytes: usize,
    /// Lines taken in and lines written or lost, ever.
    accepted: u64,
    done: u64,
    /// Of those taken in, how many are to be written at once.
    wanted: u64,
    stats: WriterStats,
    thread: Thread,
    closed: bool,
    ended: bool,
    /// The process that the lines and the thread are of.
    process: u32,
}

/// What the thread does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Thread {
    /// Writes, or is about to.
    #[default]
    Awake,
    /// Waits for more lines before it writes them.
    Gathers,
    /// Waits for a line.
    Rests,
}

impl Writer {
    /// Starts the thread that writes to `sink`.
    pub(super) fn start(sink: Box<dyn Sink>, limits: QueueLimits) -> io::Result<Self> {
        let queue = Arc::new(Queue::new(limits, Some(sink), State::new()));
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
        let state = State {
            closed: true,
            ended: true,
            ..State::new()
        };
        Self {
            queue: Arc::new(Queue::new(limits, None, state)),
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

impl Queue {
    fn new(limits: QueueLimits, sink: Option<Box<dyn Sink>>, state: State) -> Self {
        Self {
            limits,
            sink: Mutex::new(sink),
            state: Mutex::new(state),
            work: Condvar::new(),
            settled: Condvar::new(),
        }
    }

    /// Starts the thread.
    fn start(queue: &Arc<Self>) -> io::Result<()> {
        let queue = queue.clone();
        std::thread::Builder::new()
            .name("obs-log".to_owned())
            .spawn(move || queue.run())
            .map(drop)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.process != fork::generation() {
            state.leave_parent();
        }
        state
    }

    fn lock_sink(&self) -> MutexGuard<'_, Option<Box<dyn Sink>>> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, level: Level, line: &[u8]) {
        let mut state = self.lock();
        if state.closed || state.ended || !state.has_room(self.limits.of(level), line.len()) {
            add(&mut state.stats.refused, level, 1);
            return;
        }
        state.batch.push(level, line);
        state.accepted += 1;
        let wake = match state.thread {
            Thread::Awake => false,
            Thread::Gathers => state.is_half_full(self.limits),
            Thread::Rests => true,
        };
        if wake {
            state.thread = Thread::Awake;
        }
        drop(state);
        if wake {
            self.work.notify_one();
        }
    }

    /// Makes the thread write what there is.
    fn hurry<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.lock();
        state.thread = Thread::Awake;
        state.wanted = state.accepted;
        let result = change(&mut state);
        drop(state);
        self.work.notify_one();
        result
    }

    fn wait(&self, timeout: Duration, over: impl Fn(&State) -> bool) -> Result<(), FlushTimeout> {
        let deadline = Instant::now().checked_add(timeout);
        let mut state = self.lock();
        while !over(&state) {
            let left = match deadline {
                Some(deadline) => deadline.saturating_duration_since(Instant::now()),
                None => Duration::from_secs(3600),
            };
            if left.is_zero() {
                let lines = state.batch.len() + state.taken_lines;
                return Err(FlushTimeout { lines });
            }
            let waited = self.settled.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }

    /// The thread: takes what there is, writes it, counts it.
    fn run(&self) {
        let _quiet = suppress();
        let mut batch = Batch::default();
        if let Some(sink) = self.lock_sink().as_mut() {
            guarded(|| sink.begin());
        }
        let mut reported = false;
        while self.take(&mut batch) {
            let result = write(self.lock_sink().as_mut(), &batch);
            let written = match result {
                Ok(()) => {
                    reported = false;
                    batch.len()
                }
                Err((written, reason)) => {
                    if !std::mem::replace(&mut reported, true) {
                        diagnostics::report(&format!("log lines are lost: {reason}"));
                    }
                    written
                }
            };
            self.settle(&batch, written);
            batch.clear();
        }
        self.lock().ended = true;
        self.settled.notify_all();
        let sink = self.lock_sink().take();
        drop(sink);
    }

    /// Waits for lines. `false` when there are none and no more will come.
    fn take(&self, batch: &mut Batch) -> bool {
        let mut state = self.lock();
        if state.done >= state.wanted {
            state = self.sleep(state, Thread::Gathers, GATHER);
        }
        let mut rest = REST;
        while state.batch.is_empty() && !state.closed {
            state = self.sleep(state, Thread::Rests, rest);
            if state.batch.is_empty() {
                batch.give_back();
                state.batch.give_back();
                rest = Duration::MAX;
            }
        }
        std::mem::swap(&mut state.batch, batch);
        state.taken_lines = batch.len();
        state.taken_bytes = batch.bytes().len();
        !batch.is_empty()
    }

    /// Waits for so long, or until it is woken.
    fn sleep<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        how: Thread,
        limit: Duration,
    ) -> MutexGuard<'a, State> {
        state.thread = how;
        let is_asleep = |state: &mut State| state.thread == how && !state.closed;
        let slept = self.work.wait_timeout_while(state, limit, is_asleep);
        state = slept.unwrap_or_else(PoisonError::into_inner).0;
        state.thread = Thread::Awake;
        state
    }

    /// Counts a batch of which the first `written` lines were written.
    fn settle(&self, batch: &Batch, written: usize) {
        let (mut done, mut lost) = (PerLevel::default(), PerLevel::default());
        for (position, (level, _)) in batch.lines().enumerate() {
            let counts = if position < written {
                &mut done
            } else {
                &mut lost
            };
            add(counts, level, 1);
        }
        let mut state = self.lock();
        add_all(&mut state.stats.written, &done);
        add_all(&mut state.stats.failed, &lost);
        state.done += batch.len() as u64;
        state.taken_lines = 0;
        state.taken_bytes = 0;
        drop(state);
        self.settled.notify_all();
    }
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl State {
    fn new() -> Self {
        Self {
            process: fork::generation(),
            ..Self::default()
        }
    }

    /// In a forked child: there is no thread, and what waits is the parent's to write.
    fn leave_parent(&mut self) {
        *self = Self {
            closed: self.closed,
            ended: true,
            ..Self::new()
        };
    }

    fn has_room(&self, limits: QueueLimits, bytes: usize) -> bool {
        self.batch.len() + self.taken_lines < limits.lines
            && self.batch.bytes().len() + self.taken_bytes + bytes <= limits.bytes
    }

    fn is_half_full(&self, limits: QueueLimits) -> bool {
        self.batch.len() >= limits.lines / 2 || self.batch.bytes().len() >= limits.bytes / 2
    }
}

fn add(counts: &mut PerLevel, level: Level, n: u64) {
    if let Some(count) = counts.get_mut(count::index(level)) {
        *count += n;
    }
}

fn add_all(to: &mut PerLevel, from: &PerLevel) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}

/// Writes a batch. The error says how many lines were written, and why not all.
fn write(sink: Option<&mut Box<dyn Sink>>, batch: &Batch) -> Result<(), (usize, String)> {
    let Some(sink) = sink else {
        return Err((0, "the output has ended".to_owned()));
    };
    match guarded(|| sink.write(batch)) {
        Some(Ok(())) => Ok(()),
        Some(Err(error)) => Err((error.written.min(batch.len()), error.source.to_string())),
        None => Err((0, "the sink panicked".to_owned())),
    }
}

#[cfg(test)]
mod tests;
