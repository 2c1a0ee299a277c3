use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use obs_schema::def::CallOutcome;
use serde_json::Value as Json;

use super::queue::MAX_BYTES;
use super::*;
use crate::trace::collector::tests::{Said, segment};
use crate::trace::{
    CodeLocation, Keep, SpanBatch, SpanContext, SpanData, SpanEvent, SpanId, SpanLink, Status,
    TraceFlags, TraceId, Value,
};

const LIMIT: Duration = Duration::from_secs(10);
/// The counters are those of the process.
static ALONE: Mutex<()> = Mutex::new(());

fn id(n: u64) -> SpanId {
    SpanId::new(n).unwrap()
}

/// 2026-08-06, a time after midday.
pub(super) fn span(n: u64, parent: u64, name: &'static str, after: u64, took: u64) -> SpanData {
    let start = 1_786_017_600_000_000_000 + after;
    let mut span = SpanData::new(id(n), SpanId::new(parent), name, start, took);
    span.outcome = Some(CallOutcome::Ok);
    span
}

pub(super) fn trace(keep: Keep, spans: Vec<SpanData>) -> Trace {
    Trace::new(SpanBatch {
        trace_id: TraceId::new(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c).unwrap(),
        keep,
        spans,
        dropped_spans: 0,
    })
    .unwrap()
}

/// A stream that takes text when it is allowed to.
struct Stream {
    permits: Receiver<io::Result<()>>,
    written: Sender<String>,
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.permits.recv().unwrap()?;
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        self.written.send(text).unwrap();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn stream() -> (Stream, Sender<io::Result<()>>, Receiver<String>) {
    let ((permit, permits), (written, read)) = (channel(), channel());
    (Stream { permits, written }, permit, read)
}

fn packed(spans: usize) -> Packed {
    let written = vec![(0, 1_000, CallOutcome::Ok, Vec::<Said>::new()); spans];
    Packed::of(&segment(7, &written)).unwrap()
}

fn counts() -> [u64; 3] {
    [&WRITTEN, &FULL, &FAILED].map(|count| count.load(Relaxed))
}

#[test]
fn every_kept_trace_is_written_whole_and_in_order() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (stream, permit, read) = stream();
    let before = counts();
    let (console, mut encoder) = Console::to(Form::Json, stream).unwrap();
    for _ in 0..100 {
        permit.send(Ok(())).unwrap();
    }
    for spans in 1..=100 {
        encoder.take(&packed(spans));
    }
    assert!(console.flush(LIMIT));
    let lines = read.try_iter().collect::<String>();
    assert_eq!(lines.lines().count(), 5_050);
    assert_eq!(counts()[0] - before[0], 5_050);
    assert_eq!(counts()[1..], before[1..]);
}

#[test]
fn a_stream_that_stands_still_costs_traces_and_no_time() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (stream, permit, read) = stream();
    let before = counts();
    let (console, mut encoder) = Console::to(Form::Json, stream).unwrap();
    let started = Instant::now();
    while counts()[1] == before[1] {
        encoder.take(&packed(10));
        assert!(started.elapsed() < LIMIT);
    }
    assert!(!console.flush(Duration::from_millis(1)));
    for _ in 0..3 {
        permit.send(Ok(())).unwrap();
    }
    assert!(console.flush(LIMIT));
    encoder.take(&packed(1));
    assert!(console.flush(LIMIT));
    let text = read.try_iter().collect::<String>();
    assert!(text.len() <= 2 * MAX_BYTES + 4096, "{}", text.len());
    let written = counts()[0] - before[0];
    assert_eq!(text.lines().count() as u64, written);
    assert!(written > 1_000 && counts()[2] == before[2]);
}

#[test]
fn a_stream_that_fails_is_counted_and_tried_again_on_a_new_line() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (stream, permit, read) = stream();
    let before = counts();
    let (console, mut encoder) = Console::to(Form::Json, stream).unwrap();
    permit.send(Err(io::ErrorKind::BrokenPipe.into())).unwrap();
    encoder.take(&packed(3));
    assert!(console.flush(LIMIT));
    assert_eq!(counts()[2] - before[2], 3);
    for result in [
        Ok(()),
        Err(io::ErrorKind::Interrupted.into()),
        Err(io::ErrorKind::WouldBlock.into()),
        Ok(()),
    ] {
        permit.send(result).unwrap();
    }
    encoder.take(&packed(1));
    assert!(console.flush(LIMIT));
    let text = read.try_iter().collect::<String>();
    assert!(text.starts_with("\n{") && text.ends_with("}\n"), "{text:?}");
    assert_eq!(counts()[0] - before[0], 1);
}

#[test]
fn the_thread_writes_what_waits_and_ends() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (stream, permit, read) = stream();
    let (console, mut encoder) = Console::to(Form::Json, stream).unwrap();
    encoder.take(&packed(1));
    drop(console);
    let before = counts();
    encoder.take(&packed(1));
    assert_eq!(counts()[1] - before[1], 1);
    permit.send(Ok(())).unwrap();
    assert!(read.recv_timeout(LIMIT).unwrap().ends_with("}\n"));
    // The stream is dropped with the thread.
    assert!(read.recv_timeout(LIMIT).is_err());
}

#[test]
fn a_line_says_all_that_is_known_of_a_span() {
    let mut charge = span(2, 1, "char\"ge\n", 10_000_000, 100_500_000);
    charge.parent_is_remote = true;
    charge.status = Status::Error;
    charge.status_message = Some("card declined".into());
    charge.outcome = Some(CallOutcome::Timeout);
    charge.attributes = vec![
        ("card".into(), "visa".into()),
        ("amount".into(), Value::F64(1.5)),
        ("odd".into(), Value::F64(f64::NAN)),
        ("retried".into(), Value::Bool(true)),
        ("delta".into(), Value::I64(-3)),
    ];
    charge.events = vec![SpanEvent {
        name: "retry".into(),
        time_unix_ns: charge.start_unix_ns,
        attributes: vec![("n".into(), Value::U64(2))],
    }];
    let context = SpanContext::new(TraceId::new(5).unwrap(), id(6), TraceFlags::NONE);
    charge.links = vec![
        SpanLink {
            context,
            attributes: Vec::new()
        };
        2
    ];
    charge.code = CodeLocation {
        target: "shop",
        function: "shop::charge",
        file: "src/pay.rs",
        line: 7,
    };
    let mut out = String::new();
    Form::Json.write(
        &mut out,
        &trace(Keep::Error, vec![charge, span(1, 0, "order", 0, 9)]),
    );
    let lines: Vec<Json> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let link = serde_json::json!({
        "trace_id": "00000000000000000000000000000005", "span_id": "0000000000000006", "attributes": {},
    });
    let expected = serde_json::json!({
        "trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": "0000000000000002",
        "parent_id": "0000000000000001", "parent_is_remote": true,
        "name": "char\"ge\n", "kind": "internal",
        "start": "2026-08-06T12:00:00.010000Z", "duration_ms": 100.5,
        "status": "error", "status_message": "card declined", "outcome": "timeout", "kept": "error",
        "attributes": {"card": "visa", "amount": 1.5, "odd": null, "retried": true, "delta": -3},
        "events": [{"name": "retry", "time": "2026-08-06T12:00:00.010000Z", "attributes": {"n": 2}}],
        "links": [link, link],
        "code": {"function": "shop::charge", "file": "src/pay.rs", "line": 7},
    });
    assert_eq!(lines[0], expected);
    assert_eq!(lines[1]["parent_id"], Json::Null);
    assert_eq!(lines.len(), 2);
}
