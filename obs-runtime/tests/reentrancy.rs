//! Annotated functions that are called where little can be relied on: from the allocator, while the locals of a thread
//! are being destroyed, from the panic hook. They must not panic and not wait for themselves; and each call is
//! counted, or counted as skipped.
#![cfg(feature = "macros")]

#[path = "reentrancy/allocator.rs"]
mod allocator;
#[path = "reentrancy/destructors.rs"]
mod destructors;
#[path = "reentrancy/panics.rs"]
mod panics;

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use obs_runtime::metric::Registry;
use obs_runtime::metric::snapshot::Value;

/// Runs `test` on a thread of its own, and fails if it does not come back: a lock that a thread takes twice is not
/// told from one that it waits for.
fn within_a_minute(test: impl FnOnce() + Send + 'static) {
    let (done, is_done) = mpsc::channel();
    let thread = thread::spawn(move || {
        test();
        let _ = done.send(());
    });
    let waited = is_done.recv_timeout(Duration::from_secs(60));
    assert!(waited != Err(mpsc::RecvTimeoutError::Timeout), "it hangs");
    thread.join().unwrap();
}

/// The sum of the counters or gauges of a family that have these labels.
fn total(family: &str, labels: &[(&str, &str)]) -> f64 {
    let snapshot = Registry::global().snapshot();
    let series = snapshot.family(family).unwrap().series.iter();
    let picked = series.filter(|series| {
        labels
            .iter()
            .all(|&(name, value)| series.label(name) == Some(value))
    });
    picked
        .map(|series| match &series.value {
            Value::Counter(count) => *count as f64,
            Value::Gauge(value) => *value,
            other => panic!("{other:?}"),
        })
        .sum()
}

/// How many calls of an operation ended so.
fn calls(operation: &str, outcome: &str) -> f64 {
    total(
        "operation_calls_total",
        &[("operation", operation), ("outcome", outcome)],
    )
}

fn in_flight(operation: &str) -> f64 {
    total("operation_in_flight", &[("operation", operation)])
}
