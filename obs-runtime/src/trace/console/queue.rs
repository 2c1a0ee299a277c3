//! Text from the collector's thread to the one that writes it.

use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::diagnostics;

/// How much may wait, what is being written not included.
pub(super) const MAX_BYTES: usize = 1 << 20;
/// For how long a stream in non-blocking mode may refuse to take a single byte.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

/// Spans that were written.
pub(crate) static WRITTEN: AtomicU64 = AtomicU64::new(0);
/// Spans that were not, because too much waited already.
pub(crate) static FULL: AtomicU64 = AtomicU64::new(0);
/// Spans that were not, because the stream failed.
pub(crate) static FAILED: AtomicU64 = AtomicU64::new(0);

/// What waits to be written.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    /// There is text, or no more will come.
    work: Condvar,
    /// Text was written or lost.
    settled: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: Text,
    /// Spans taken in and spans written or lost, ever.
    accepted: u64,
    done: u64,
    closed: bool,
}

/// Text, and how many spans are in it.
#[derive(Debug, Default)]
struct Text {
    text: String,
    spans: u64,
}

impl Queue {
    /// An empty queue, and the thread that writes what gets into it to `out`.
    pub(super) fn start(out: impl Write + Send + 'static) -> io::Result<Arc<Self>> {
        let queue = Arc::new(Self::default());
        let own = queue.clone();
        std::thread::Builder::new()
            .name("obs-console".to_owned())
            .spawn(move || own.run(out))?;
        Ok(queue)
    }

    /// Whether anything more can wait.
    pub(super) fn has_room(&self) -> bool {
        let state = self.lock();
        !state.closed && state.waiting.text.len() < MAX_BYTES
    }

    /// Takes the text of so many spans in, or counts them as lost.
    pub(super) fn push(&self, text: &str, spans: u64) {
        let mut state = self.lock();
        if state.closed || state.waiting.text.len() + text.len() > MAX_BYTES {
            count(&FULL, spans);
            return;
        }
        state.waiting.text.push_str(text);
        state.waiting.spans += spans;
        state.accepted += spans;
        drop(state);
        self.work.notify_one();
    }

    /// Waits until everything taken in before is written or lost. Says whether it is.
    pub(super) fn flush(&self, limit: Duration) -> bool {
        let state = self.lock();
        let target = state.accepted;
        let is_missing = |state: &mut State| state.done < target;
        let waited = self.settled.wait_timeout_while(state, limit, is_missing);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.done >= target
    }

    /// Takes no more in. The thread ends when it has written what waits.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_one();
    }

    /// The thread.
    fn run(&self, mut out: impl Write) {
        let mut part = Text::default();
        let mut failed = false;
        while self.take(&mut part) {
            let result = write(&mut out, part.text.as_bytes(), failed);
            count(if result.is_ok() { &WRITTEN } else { &FAILED }, part.spans);
            let failed_before = std::mem::replace(&mut failed, result.is_err());
            if let (false, Err(error)) = (failed_before, result) {
                diagnostics::report(&format!("traces for the console are lost: {error}"));
            }
            self.lock().done += part.spans;
            self.settled.notify_all();
        }
    }

    /// Waits for text. `false` when there is none and no more will come.
    fn take(&self, part: &mut Text) -> bool {
        part.text.clear();
        part.spans = 0;
        let is_idle = |state: &mut State| state.waiting.text.is_empty() && !state.closed;
        let waited = self.work.wait_while(self.lock(), is_idle);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut state.waiting, part);
        !part.text.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn count(counter: &AtomicU64, spans: u64) {
    counter.fetch_add(spans, Relaxed);
}

/// Writes all of it, on a line of its own if the last one may have been left without an end.
fn write(out: &mut impl Write, text: &[u8], torn: bool) -> io::Result<()> {
    if torn {
        write_all(out, b"\n")?;
    }
    write_all(out, text)?;
    out.flush()
}

/// As `Write::write_all`, also to a stream that is not always ready.
fn write_all(out: &mut impl Write, mut bytes: &[u8]) -> io::Result<()> {
    let mut stuck_since = None;
    while !bytes.is_empty() {
        match out.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => {
                bytes = bytes.get(written..).unwrap_or_default();
                stuck_since = None;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                let since: &Instant = stuck_since.get_or_insert_with(Instant::now);
                if since.elapsed() > PATIENCE {
                    return Err(error);
                }
                std::thread::sleep(PAUSE);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
