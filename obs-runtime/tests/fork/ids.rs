//! The ids of traces and spans in parent and children.

use std::collections::HashSet;
use std::time::Duration;

use obs_runtime::trace;

use crate::child::told_by_child;
use crate::service::{outer, start_to_fork};

const TRACES: usize = 10_000;
/// Bytes of a trace id and a span id.
const BYTES: usize = 16 + 8;

/// The ids of so many traces, each with its only span.
fn ids(traces: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(traces * BYTES);
    for _ in 0..traces {
        outer(|| {
            let current = trace::current().unwrap();
            bytes.extend(current.trace_id.to_bytes());
            bytes.extend(current.span_id.to_bytes());
        });
    }
    bytes
}

/// Two children and the parent go on from the same state, on the thread that forked and on another one.
pub(crate) fn are_unique() {
    let running = start_to_fork();
    let before = ids(10);
    let of_process = || {
        let other = std::thread::spawn(|| ids(TRACES / 2));
        [ids(TRACES / 2), other.join().unwrap()].concat()
    };
    let first = told_by_child(of_process);
    let second = told_by_child(of_process);
    let all = [before, of_process(), first(), second()].concat();

    let (mut traces, mut spans) = (HashSet::new(), HashSet::new());
    for ids in all.chunks_exact(BYTES) {
        let (trace, span) = ids.split_at(16);
        assert!(traces.insert(trace), "a trace id was given twice");
        assert!(spans.insert(span), "a span id was given twice");
    }
    assert_eq!(traces.len(), 10 + 3 * TRACES);
    assert!(running.flush(Duration::from_secs(5)));
    running.shutdown().wait();
}
