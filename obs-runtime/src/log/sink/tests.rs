use std::collections::VecDeque;

use super::*;

/// A stream that does with each call what the script says, and then takes everything.
struct Scripted {
    script: VecDeque<io::Result<usize>>,
    taken: Vec<u8>,
}

impl Write for Scripted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.script.pop_front().unwrap_or(Ok(bytes.len()))?;
        let count = count.min(bytes.len());
        self.taken.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn sink(script: impl IntoIterator<Item = io::Result<usize>>) -> StreamSink<Scripted> {
    StreamSink::new(Scripted {
        script: script.into_iter().collect(),
        taken: Vec::new(),
    })
}

fn batch(lines: &[&str]) -> Batch {
    let mut batch = Batch::default();
    for line in lines {
        batch.push(Level::INFO, line.as_bytes());
    }
    batch
}

fn kind(kind: io::ErrorKind) -> io::Result<usize> {
    Err(kind.into())
}

#[test]
fn a_batch_gives_its_lines_back() {
    let batch = batch(&["one\n", "two\n"]);
    let lines: Vec<_> = batch.lines().collect();
    assert_eq!(
        lines,
        [(Level::INFO, &b"one\n"[..]), (Level::INFO, b"two\n")]
    );
    assert_eq!(batch.len(), 2);
    assert_eq!(batch.bytes(), b"one\ntwo\n");
}

#[test]
fn what_a_stream_does_not_take_at_once_is_offered_again() {
    let mut sink = sink([
        Ok(2),
        kind(io::ErrorKind::Interrupted),
        kind(io::ErrorKind::WouldBlock),
        Ok(3),
    ]);
    sink.write(&batch(&["one\n", "two\n"])).unwrap();
    assert_eq!(sink.stream.taken, b"one\ntwo\n");
}

#[test]
fn a_failure_counts_the_whole_lines_only_and_the_next_batch_begins_a_new_line() {
    let mut sink = sink([Ok(6), kind(io::ErrorKind::StorageFull)]);
    let error = sink
        .write(&batch(&["one\n", "two\n", "three\n"]))
        .unwrap_err();
    assert_eq!(error.written, 1);
    assert_eq!(error.source.kind(), io::ErrorKind::StorageFull);
    sink.write(&batch(&["four\n"])).unwrap();
    assert_eq!(sink.stream.taken, b"one\ntw\nfour\n");
}

#[test]
fn a_failure_between_lines_leaves_no_empty_line() {
    let mut sink = sink([Ok(4), kind(io::ErrorKind::BrokenPipe)]);
    let error = sink.write(&batch(&["one\n", "two\n"])).unwrap_err();
    assert_eq!(error.written, 1);
    sink.write(&batch(&["three\n"])).unwrap();
    assert_eq!(sink.stream.taken, b"one\nthree\n");
}
