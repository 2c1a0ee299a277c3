//! What a test of a user can capture.
#![cfg(all(feature = "macros", feature = "log"))]

use std::time::Duration;

use obs_runtime::metric::definition::{MetricDef, MetricKind};
use obs_runtime::{CallOutcome, Counter, Gauge, metric::Instrument, testing, trace, trace_request};

static JOBS: MetricDef = MetricDef::new(
    "testing_jobs_total",
    "Jobs of this test.",
    MetricKind::Counter,
);
static DEPTH: MetricDef = MetricDef::new("testing_depth", "Depth of this test.", MetricKind::Gauge);

#[trace_request("testing.work", attributes(n = n))]
fn work(n: i32, clock: &testing::VirtualClock) -> Result<i32, String> {
    clock.advance(Duration::from_millis(100));
    if n < 0 {
        tracing::warn!(n, "negative");
        return Err("negative".to_owned());
    }
    Ok(n)
}

#[test]
fn a_capture_sees_metrics_spans_and_logs_of_its_thread_only() {
    let jobs = Counter::register(&JOBS);
    Gauge::register(&DEPTH).set(4.0);
    let clock = testing::virtual_clock();
    let _ = work(0, &clock);
    let capture = testing::capture();
    jobs.add(2);
    std::thread::spawn(move || {
        let clock = testing::virtual_clock();
        jobs.add(40);
        let _ = work(7, &clock);
    })
    .join()
    .unwrap();
    let (good, bad) = (work(1, &clock), work(-1, &clock));
    assert_eq!((good, bad.is_err()), (Ok(1), true));

    assert_eq!(capture.counter("testing_jobs_total", &[]), 2.0);
    assert_eq!(capture.gauge("testing_depth", &[]), 4.0);
    assert_eq!(capture.calls("testing.work", CallOutcome::Ok), 1);
    assert_eq!(capture.calls("testing.work", CallOutcome::Error), 1);
    assert_eq!(capture.calls("testing.work", CallOutcome::Panic), 0);
    let all = capture.observed(
        "operation_duration_seconds",
        &[("operation", "testing.work")],
    );
    assert_eq!((all.count, all.sum), (2, 0.2));
    assert_eq!(capture.spans().len(), 2);

    let logs = capture.logs();
    assert_eq!(logs.len(), 1);
    let failed = capture
        .spans()
        .into_iter()
        .find(obs_runtime::trace::SpanData::is_error)
        .unwrap();
    assert_eq!(
        logs[0].trace.map(|place| place.span_id),
        Some(failed.span_id)
    );
    assert_eq!(failed.status_message.as_deref(), Some("negative"));
}

#[test]
fn a_capture_of_the_process_sees_every_thread() {
    let capture = testing::capture_process();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let clock = testing::virtual_clock();
                let _ = spread(&clock);
            });
        }
    });
    assert_eq!(capture.calls("testing.spread", CallOutcome::Ok), 8);
}

#[trace_request("testing.spread")]
fn spread(clock: &testing::VirtualClock) -> Result<(), ()> {
    clock.advance(Duration::from_secs(1));
    Ok(())
}

/// As the test harness does: each test has a thread of its own, and takes over what an ended one leaves.
#[test]
fn a_capture_does_not_see_what_threads_before_it_counted() {
    let jobs: Counter = Counter::register(&JOBS);
    for _ in 0..8 {
        let test = std::thread::spawn(move || {
            let (capture, clock) = (testing::capture(), testing::virtual_clock());
            jobs.add(3);
            work(1, &clock).unwrap();
            let calls = capture.calls("testing.work", CallOutcome::Ok);
            let time = [("operation", "testing.work")];
            let observed = capture.observed("operation_duration_seconds", &time);
            let counted = capture.counter("testing_jobs_total", &[]);
            assert_eq!((calls, observed.count, counted), (1, 1, 3.0));
        });
        test.join().unwrap();
    }
}

#[test]
fn the_clock_stands_still_until_its_last_handle_is_dropped() {
    let capture = testing::capture();
    let first = testing::virtual_clock();
    {
        let _span = trace::span("timed").enter();
        testing::virtual_clock().advance(Duration::from_millis(2));
        first.advance(Duration::from_millis(3));
    }
    assert_eq!(capture.span("timed").duration_ns, 5_000_000);
}

#[test]
#[should_panic(expected = "no counter `testing_missing_total`")]
fn a_metric_that_is_not_there_is_said_to_be_missing() {
    let _ = testing::capture().counter("testing_missing_total", &[]);
}
