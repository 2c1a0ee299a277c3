//! Where lines go.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use tracing::Level;

/// For how long a stream may refuse to take a single byte (a pipe in non-blocking mode whose
/// reader sleeps) before its lines are given up.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(5);

/// Something that takes finished lines. It runs on a thread of its own, so it may block.
///
/// Nothing that happens in it reaches the program: lines that wait too long are dropped and
/// counted, so are lines that it fails to write, and its own `tracing` events are not logged.
pub trait Sink: Send {
    /// Gets ready, before there is a line: what this does wrong shows when the program starts and not
    /// with its first line. Does nothing by default.
    fn begin(&mut self) {}

    /// Writes the lines of a batch in order, and makes sure that they have left the process.
    ///
    /// # Errors
    ///
    /// If not all were written; the error says how many were. The others are counted as lost and
    /// not offered again.
    fn write(&mut self, batch: &Batch) -> Result<(), SinkError>;
}

/// Lines that are written together.
#[derive(Debug, Default)]
pub struct Batch {
    bytes: Vec<u8>,
    lines: Vec<Line>,
}

#[derive(Debug, Clone, Copy)]
struct Line {
    end: usize,
    level: Level,
}

/// A batch that was not written, or only in part.
#[derive(Debug)]
pub struct SinkError {
    /// How many of the batch's lines were written.
    pub written: usize,
    /// What went wrong.
    pub source: io::Error,
}

impl Batch {
    /// The lines, each with its line feed.
    pub fn lines(&self) -> impl Iterator<Item = (Level, &[u8])> {
        let mut start = 0;
        self.lines.iter().map(move |line| {
            let range = std::mem::replace(&mut start, line.end)..line.end;
            (line.level, self.bytes.get(range).unwrap_or_default())
        })
    }

    /// All lines in a row.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn push(&mut self, level: Level, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        let end = self.bytes.len();
        self.lines.push(Line { end, level });
    }

    /// Empties the batch for the next lines.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.lines.clear();
    }

    /// Gives memory back that only a burst needed.
    pub(super) fn give_back(&mut self) {
        const WARM_BYTES: usize = 256 * 1024;
        const WARM_LINES: usize = 1024;
        self.bytes.shrink_to(WARM_BYTES);
        self.lines.shrink_to(WARM_LINES);
    }

    /// How many lines lie in the first `bytes` bytes as a whole.
    pub(super) fn whole_lines(&self, bytes: usize) -> usize {
        self.lines.partition_point(|line| line.end <= bytes)
    }

    /// Where the lines end that begin at the byte `start` and have no more than `room` bytes; the first of
    /// them counts in any case.
    pub(super) fn end_of_lines(&self, start: usize, room: usize) -> usize {
        let fit = self.whole_lines(start.saturating_add(room));
        let last = fit.saturating_sub(1).max(self.whole_lines(start));
        self.lines
            .get(last)
            .map_or(self.bytes.len(), |line| line.end)
    }
}

/// Writes lines to a stream: standard output, standard error, a pipe, a buffer.
#[derive(Debug)]
pub struct StreamSink<W> {
    stream: W,
    /// A line was begun and not finished.
    torn: bool,
}

impl<W: Write + Send> StreamSink<W> {
    /// Writes to `stream`.
    pub fn new(stream: W) -> Self {
        Self {
            stream,
            torn: false,
        }
    }

    /// The same to a stream whose last line may have no end.
    pub(super) fn after_torn_line(self, torn: bool) -> Self {
        Self { torn, ..self }
    }

    pub(super) fn stream(&self) -> &W {
        &self.stream
    }

    /// Takes note that the line that was begun is not in the stream any more.
    pub(super) fn mend(&mut self) {
        self.torn = false;
    }

    /// Writes lines, the first of them on a line of its own: how many of their bytes, and why not all.
    pub(super) fn append(&mut self, lines: &[u8]) -> (usize, io::Result<()>) {
        if self.torn {
            let (_, ended) = self.write_some(b"\n");
            if ended.is_err() {
                return (0, ended);
            }
            self.torn = false;
        }
        let (written, result) = self.write_some(lines);
        let last = written.checked_sub(1).and_then(|last| lines.get(last));
        self.torn = result.is_err() && last.is_some_and(|byte| *byte != b'\n');
        (written, result)
    }

    /// Writes as much as can be; the number counts even if an error comes with it.
    fn write_some(&mut self, bytes: &[u8]) -> (usize, io::Result<()>) {
        let mut written = 0;
        let mut stuck_since = None;
        while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
            match self.stream.write(rest) {
                Ok(0) => return (written, Err(io::ErrorKind::WriteZero.into())),
                Ok(count) => {
                    written += count.min(rest.len());
                    stuck_since = None;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let since: &Instant = stuck_since.get_or_insert_with(Instant::now);
                    if since.elapsed() > PATIENCE {
                        return (written, Err(error));
                    }
                    std::thread::sleep(PAUSE);
                }
                Err(error) => return (written, Err(error)),
            }
        }
        (written, self.stream.flush())
    }
}

impl<W: Write + Send> Sink for StreamSink<W> {
    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        let (written, result) = self.append(batch.bytes());
        result.map_err(|source| SinkError {
            written: batch.whole_lines(written),
            source,
        })
    }
}

#[cfg(test)]
mod tests;
