//! Lines that wait, and the thread that writes them.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tracing::Level;

use super::books::{FlushTimeout, QueueLimits, WriterStats, add, add_all};
use crate::diagnostics;
use crate::fork::Renewed;
use crate::log::bounded::guarded;
use crate::log::count::PerLevel;
use crate::log::sink::{Batch, Sink};
use crate::log::suppress::suppress;

/// How long lines gather once the thread is awake, unless there are many or somebody waits for them.
pub(super) const GATHER: Duration = Duration::from_millis(2);
/// After how long without a line the memory that only a burst needed is given back.
const REST: Duration = Duration::from_secs(5);

pub(super) struct Queue {
    limits: QueueLimits,
    /// Locked by the thread while it writes; `None` once it has ended.
    pub(super) sink: Mutex<Option<Box<dyn Sink>>>,
    desk: Renewed<Desk>,
}

/// What the threads of one process share.
#[derive(Debug)]
struct Desk {
    state: Mutex<State>,
    /// There are lines, or no more will come.
    work: Condvar,
    /// Lines were settled, or the thread has ended.
    settled: Condvar,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) batch: Batch,
    /// Lines and bytes that the thread has taken and not settled.
    pub(super) taken_lines: usize,
    pub(super) taken_bytes: usize,
    /// Lines taken in and lines written or lost, ever.
    pub(super) accepted: u64,
    pub(super) done: u64,
    /// Of those taken in, how many are to be written at once.
    wanted: u64,
    pub(super) stats: WriterStats,
    thread: Thread,
    pub(super) closed: bool,
    pub(super) ended: bool,
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

impl Queue {
    pub(super) fn new(limits: QueueLimits, sink: Option<Box<dyn Sink>>, state: State) -> Self {
        Self {
            limits,
            sink: Mutex::new(sink),
            desk: Renewed::new(Desk::new(state)),
        }
    }

    /// Starts the thread.
    pub(super) fn start(queue: &Arc<Self>) -> io::Result<()> {
        let queue = queue.clone();
        std::thread::Builder::new()
            .name("obs-log".to_owned())
            .spawn(move || queue.run())
            .map(drop)
    }

    /// In a forked child there is no thread, and what waits is the parent's to write.
    fn desk(&self) -> &Desk {
        self.desk.get(Desk::in_child)
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        let state = self.desk().state.lock();
        state.unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_sink(&self) -> MutexGuard<'_, Option<Box<dyn Sink>>> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, level: Level, line: &[u8]) {
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
            self.desk().work.notify_one();
        }
    }

    /// Makes the thread write what there is.
    pub(super) fn hurry<R>(&self, change: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.lock();
        state.thread = Thread::Awake;
        state.wanted = state.accepted;
        let result = change(&mut state);
        drop(state);
        self.desk().work.notify_one();
        result
    }

    pub(super) fn wait(
        &self,
        timeout: Duration,
        over: impl Fn(&State) -> bool,
    ) -> Result<(), FlushTimeout> {
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
            let waited = self.desk().settled.wait_timeout(state, left);
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
        self.desk().settled.notify_all();
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
        let work = &self.desk().work;
        let slept = work.wait_timeout_while(state, limit, is_asleep);
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
        self.desk().settled.notify_all();
    }
}

impl Desk {
    fn new(state: State) -> Self {
        Self {
            state: Mutex::new(state),
            work: Condvar::new(),
            settled: Condvar::new(),
        }
    }

    fn in_child(former: &Self) -> Self {
        // A thread that the child does not have may hold the lock for ever.
        let closed = former.state.try_lock().is_ok_and(|state| state.closed);
        Self::new(State {
            closed,
            ended: true,
            ..State::default()
        })
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
    /// One that takes nothing in.
    pub(super) fn closed() -> Self {
        Self {
            closed: true,
            ended: true,
            ..Self::default()
        }
    }

    fn has_room(&self, limits: QueueLimits, bytes: usize) -> bool {
        self.batch.len() + self.taken_lines < limits.lines
            && self.batch.bytes().len() + self.taken_bytes + bytes <= limits.bytes
    }

    fn is_half_full(&self, limits: QueueLimits) -> bool {
        self.batch.len() >= limits.lines / 2 || self.batch.bytes().len() >= limits.bytes / 2
    }
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
