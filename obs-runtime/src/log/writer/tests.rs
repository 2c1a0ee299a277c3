use std::io;
use std::sync::{Mutex, mpsc};
use std::time::Instant;

use proptest::prelude::*;

use super::super::count::{self, PerLevel};
use super::super::sink::{Batch, SinkError, StreamSink};
use super::queue::GATHER;
use super::*;

const LONG: Duration = Duration::from_secs(20);

/// A sink that blocks until it is told to go on, and then keeps the lines.
struct Gate {
    open: mpsc::Receiver<()>,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Sink for Gate {
    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        let _ = self.open.recv();
        let mut lines = self.lines.lock().unwrap();
        lines.extend(
            batch
                .lines()
                .map(|(_, line)| String::from_utf8_lossy(line).into_owned()),
        );
        Ok(())
    }
}

fn gated(limits: QueueLimits) -> (Writer, mpsc::Sender<()>, Arc<Mutex<Vec<String>>>) {
    let (sender, open) = mpsc::channel();
    let lines = Arc::default();
    let gate = Gate {
        open,
        lines: Arc::clone(&lines),
    };
    (
        Writer::start(Box::new(gate), limits).unwrap(),
        sender,
        lines,
    )
}

fn total(counts: PerLevel) -> u64 {
    counts.iter().sum()
}

#[test]
fn a_stalled_sink_stops_nobody_and_every_line_is_accounted_for() {
    const THREADS: u64 = 4;
    const EACH: u64 = 5000;
    let limits = QueueLimits {
        lines: 64,
        bytes: 4096,
    };
    let (writer, open, lines) = gated(limits);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for n in 0..EACH {
                    let level = count::LEVELS[n as usize % count::LEVELS.len()];
                    writer.push(level, b"a line of some length\n");
                }
            });
        }
    });
    assert!(started.elapsed() < LONG, "the producers waited");
    let stats = writer.stats();
    assert_eq!(total(stats.written), 0);
    assert!(
        stats.queued <= limits.lines && stats.queued_bytes <= limits.bytes,
        "{stats:?}"
    );
    assert_eq!(stats.queued as u64 + total(stats.refused), THREADS * EACH);
    assert_eq!(
        writer.flush(Duration::from_millis(10)),
        Err(FlushTimeout {
            lines: stats.queued
        })
    );

    drop(open); // from here on the sink never blocks
    writer.flush(LONG).unwrap();
    let stats = writer.stats();
    assert_eq!(stats.queued, 0);
    assert_eq!(total(stats.written), lines.lock().unwrap().len() as u64);
    for level in 0..count::LEVELS.len() {
        let of_level = THREADS * EACH / count::LEVELS.len() as u64;
        assert_eq!(stats.written[level] + stats.refused[level], of_level);
    }
}

#[test]
fn a_flood_of_less_leaves_room_for_errors() {
    let limits = QueueLimits {
        lines: 80,
        bytes: usize::MAX,
    };
    let (writer, open, lines) = gated(limits);
    for _ in 0..200 {
        writer.push(Level::INFO, b"info\n");
    }
    for _ in 0..20 {
        writer.push(Level::ERROR, b"error\n");
    }
    let stats = writer.stats();
    assert_eq!(stats.refused, [10, 0, 130, 0, 0]);
    drop(open);
    writer.flush(LONG).unwrap();
    let lines = lines.lock().unwrap();
    assert_eq!(lines.iter().filter(|line| *line == "error\n").count(), 10);
}

#[test]
fn lines_arrive_in_order_and_closing_writes_them() {
    let (writer, open, lines) = gated(QueueLimits::default());
    drop(open);
    for n in 0..1000 {
        writer.push(Level::INFO, format!("{n}\n").as_bytes());
    }
    writer.close(LONG).unwrap();
    let expected: Vec<String> = (0..1000).map(|n| format!("{n}\n")).collect();
    assert_eq!(*lines.lock().unwrap(), expected);
    writer.push(Level::WARN, b"too late\n");
    assert_eq!(writer.stats().refused, [0, 1, 0, 0, 0]);
}

#[test]
fn lines_are_written_without_being_asked_for() {
    let (writer, open, lines) = gated(QueueLimits::default());
    drop(open);
    // At rest, right after a line, and while lines gather.
    for pause in [20, 0, 1, 0, 20, 3, 0].map(Duration::from_millis) {
        std::thread::sleep(pause);
        writer.push(Level::INFO, b"line\n");
    }
    let started = Instant::now();
    while lines.lock().unwrap().len() < 7 {
        assert!(started.elapsed() < LONG, "the thread sleeps over lines");
        std::thread::yield_now();
    }
}

#[test]
fn nobody_waits_for_lines_to_gather() {
    let (writer, open, _) = gated(QueueLimits::default());
    drop(open);
    let started = Instant::now();
    for _ in 0..1000 {
        writer.push(Level::INFO, b"line\n");
        writer.flush(LONG).unwrap();
    }
    assert!(started.elapsed() < 1000 * GATHER, "{:?}", started.elapsed());
}

#[test]
fn closing_a_stalled_writer_gives_up_in_time() {
    let (writer, _open, _) = gated(QueueLimits::default());
    writer.push(Level::INFO, b"stuck\n");
    let started = Instant::now();
    assert_eq!(
        writer.close(Duration::from_millis(20)),
        Err(FlushTimeout { lines: 1 })
    );
    assert!(started.elapsed() < LONG);
}

#[test]
fn a_closed_pipe_costs_the_lines_and_nothing_else() {
    let (reader, pipe) = io::pipe().unwrap();
    drop(reader);
    let writer = Writer::start(Box::new(StreamSink::new(pipe)), QueueLimits::default()).unwrap();
    for _ in 0..3 {
        writer.push(Level::ERROR, b"lost\n");
        writer.flush(LONG).unwrap();
    }
    assert_eq!(writer.stats().failed, [3, 0, 0, 0, 0]);
}

#[test]
fn a_pipe_that_nobody_reads_stops_nobody() {
    use io::Read;

    let (mut reader, pipe) = io::pipe().unwrap();
    let limits = QueueLimits {
        lines: 1000,
        bytes: 1 << 20,
    };
    let writer = Writer::start(Box::new(StreamSink::new(pipe)), limits).unwrap();
    let line = [&[b'x'; 999][..], b"\n"].concat();
    let produced = 10_000;
    for _ in 0..produced {
        writer.push(Level::WARN, &line);
    }
    let stats = writer.stats();
    assert!(
        stats.refused[1] > 0 && stats.queued > 0,
        "the pipe is not full: {stats:?}"
    );
    let read = std::thread::spawn(move || {
        let mut all = Vec::new();
        reader.read_to_end(&mut all).unwrap();
        all.len() / 1000
    });
    writer.close(LONG).unwrap();
    let stats = writer.stats();
    assert_eq!(stats.written[1] + stats.refused[1], produced);
    assert_eq!(read.join().unwrap() as u64, stats.written[1]);
}

struct Panics;

impl Sink for Panics {
    fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
        panic!("{} lines", batch.len());
    }
}

#[test]
fn a_panicking_sink_costs_the_lines_and_nothing_else() {
    let writer = Writer::start(Box::new(Panics), QueueLimits::default()).unwrap();
    for _ in 0..3 {
        writer.push(Level::INFO, b"lost\n");
        writer.flush(LONG).unwrap();
    }
    assert_eq!(writer.stats().failed, [0, 0, 3, 0, 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Produced = written + refused + failed, whatever the bounds and however the sink fails.
    #[test]
    fn every_line_is_in_exactly_one_place(
        lines in 1..40_usize,
        bytes in 1..400_usize,
        produced in proptest::collection::vec((0..5_usize, 1..60_usize), 0..100),
        fails in proptest::collection::vec(any::<bool>(), 0..20),
    ) {
        struct Sometimes(std::vec::IntoIter<bool>);
        impl Sink for Sometimes {
            fn write(&mut self, batch: &Batch) -> Result<(), SinkError> {
                if self.0.next() == Some(true) {
                    let source = io::ErrorKind::Other.into();
                    return Err(SinkError { written: batch.len() / 2, source });
                }
                Ok(())
            }
        }
        let sink = Sometimes(fails.into_iter());
        let writer = Writer::start(Box::new(sink), QueueLimits { lines, bytes }).unwrap();
        let mut expected = PerLevel::default();
        for (level, len) in produced {
            writer.push(count::LEVELS[level], &vec![b'x'; len]);
            expected[level] += 1;
        }
        writer.close(LONG).unwrap();
        let stats = writer.stats();
        prop_assert_eq!(stats.queued, 0);
        for (level, expected) in expected.into_iter().enumerate() {
            let found = stats.written[level] + stats.refused[level] + stats.failed[level];
            prop_assert_eq!(found, expected);
        }
    }
}
