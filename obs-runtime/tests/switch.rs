//! Operations that are switched off and on while the program runs. Each test has operations of its own: a switch is
//! for the whole process.
#![cfg(feature = "macros")]

use std::future::{Future, pending};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use obs_runtime::metric::Registry;
use obs_runtime::metric::definition::OperationDef;
use obs_runtime::metric::snapshot::Value;
use obs_runtime::testing::{self, Capture};
use obs_runtime::{
    CallOutcome, Label, counted, service, switch, switch_metrics, switch_spans, timed,
    trace_request,
};

#[derive(Label, Debug, Clone, Copy)]
enum Size {
    Small,
    Large,
}

#[trace_request("matrix.plain")]
fn plain() {}

#[trace_request("matrix.labelled", labels(size = size))]
fn labelled(size: Size) -> Result<(), String> {
    let _ = size;
    Ok(())
}

#[trace_request("matrix.text", labels(name = name, max_series = 10))]
fn text(name: &str) {
    let _ = name;
}

#[trace_request("matrix.rooted", root)]
fn rooted() {}

#[trace_request("matrix.later", labels(size = size))]
async fn later(size: Size) {
    tokio::task::yield_now().await;
    let _ = size;
}

#[trace_request("matrix.future")]
fn future() -> impl Future<Output = ()> {
    async {}
}

/// What one call of an operation adds: to its metrics, and to the spans.
fn one_call(capture: &Capture, name: &str, call: impl FnOnce()) -> (u64, usize) {
    let calls = || capture.calls(name, CallOutcome::Ok);
    let spans = || {
        capture
            .spans()
            .iter()
            .filter(|span| span.name == name)
            .count()
    };
    let (calls_before, spans_before) = (calls(), spans());
    call();
    (calls() - calls_before, spans() - spans_before)
}

#[test]
fn metrics_and_spans_go_off_and_on_by_themselves() {
    let capture = testing::capture();
    let functions: [(&str, fn()); 6] = [
        ("matrix.plain", plain),
        ("matrix.labelled", || labelled(Size::Large).unwrap()),
        ("matrix.text", || text("a")),
        ("matrix.rooted", rooted),
        ("matrix.later", || {
            futures::executor::block_on(later(Size::Small));
        }),
        ("matrix.future", || futures::executor::block_on(future())),
    ];
    for (name, call) in functions {
        let added = || one_call(&capture, name, call);
        let is_it = |operation: &OperationDef| operation.name == name;
        // Before its first call.
        assert_eq!(switch(false, is_it), 1);
        assert_eq!(added(), (0, 0), "{name}");
        switch_metrics(true, is_it);
        assert_eq!(added(), (1, 0), "{name}");
        switch_spans(true, is_it);
        assert_eq!(added(), (1, 1), "{name}");
        switch_metrics(false, is_it);
        assert_eq!(added(), (0, 1), "{name}");
        switch_spans(false, is_it);
        assert_eq!(added(), (0, 0), "{name}");
        switch(true, is_it);
        assert_eq!(added(), (1, 1), "{name}");
        switch_spans(false, is_it);
        assert_eq!(added(), (1, 0), "{name}");
        assert_eq!(in_flight(name), 0.0, "{name}");
    }
}

fn in_flight(operation: &str) -> f64 {
    let snapshot = Registry::global().snapshot();
    let family = snapshot.family("operation_in_flight").unwrap();
    let mut all = family.series.iter();
    let series = all.find(|series| series.label("operation") == Some(operation));
    match series.unwrap().value {
        Value::Gauge(calls) => calls,
        ref other => panic!("{other:?}"),
    }
}

#[timed("single.timed")]
fn timed_only() {}

#[counted("single.counted")]
fn counted_only() {}

#[test]
fn what_has_a_single_metric_goes_off_and_on_too() {
    let capture = testing::capture();
    let timed = || {
        let labels = [("operation", "single.timed")];
        capture
            .observed("operation_duration_seconds", &labels)
            .count
    };
    let counted = || capture.calls("single.counted", CallOutcome::Ok);
    for (on, expected) in [(true, 1), (false, 1), (true, 2), (false, 2)] {
        assert_eq!(
            switch(on, |operation| operation.name.starts_with("single.")),
            2
        );
        timed_only();
        counted_only();
        assert_eq!((timed(), counted()), (expected, expected), "{on}");
    }
}

#[trace_request("across.sync")]
fn across(inside: impl FnOnce()) {
    inside();
}

#[test]
fn a_call_stays_what_it_was_when_it_began() {
    let capture = testing::capture();
    let turn = |on| switch(on, |operation| operation.name == "across.sync");
    let calls = || capture.calls("across.sync", CallOutcome::Ok);
    across(|| {
        turn(false);
        assert_eq!(in_flight("across.sync"), 1.0);
        across(|| assert_eq!(in_flight("across.sync"), 1.0));
    });
    assert_eq!((calls(), capture.spans().len()), (1, 1));
    across(|| {
        turn(true);
        across(|| assert_eq!(in_flight("across.sync"), 1.0));
    });
    assert_eq!((calls(), capture.spans().len()), (2, 2));
    assert_eq!(in_flight("across.sync"), 0.0);
}

#[trace_request("across.async", attributes(n = n))]
async fn polled(n: u32) -> Result<u32, String> {
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
    if n == 0 { Err("zero".into()) } else { Ok(n) }
}

#[trace_request("across.waits")]
async fn waits() {
    pending::<()>().await;
}

#[tokio::test]
async fn a_future_stays_what_it_was_at_its_first_poll() {
    let capture = testing::capture();
    let turn = |on| {
        switch(on, |operation| {
            operation.name.starts_with("across.a") || operation.name == "across.waits"
        })
    };
    let mut begun_on = Box::pin(polled(0));
    let mut given_up = Box::pin(waits());
    assert!(futures::poll!(&mut begun_on).is_pending());
    assert!(futures::poll!(&mut given_up).is_pending());
    let mut begun_off = Box::pin(polled(1));
    turn(false);
    assert!(futures::poll!(&mut begun_off).is_pending());
    assert!(futures::poll!(&mut begun_on).is_pending());
    turn(true);
    assert!(futures::poll!(&mut begun_off).is_pending());
    turn(false);
    assert!(begun_on.await.is_err());
    turn(true);
    assert_eq!(begun_off.await, Ok(1));
    turn(false);
    drop(given_up);
    let of = |name, outcome| capture.calls(name, outcome);
    assert_eq!(of("across.async", CallOutcome::Error), 1);
    assert_eq!(of("across.async", CallOutcome::Ok), 0);
    assert_eq!(of("across.waits", CallOutcome::Cancelled), 1);
    assert_eq!(
        (in_flight("across.async"), in_flight("across.waits")),
        (0.0, 0.0)
    );
    let mut names: Vec<_> = capture.spans().into_iter().map(|span| span.name).collect();
    names.sort();
    assert_eq!(names, ["across.async", "across.waits"]);
}

#[trace_request("nested.outer")]
fn outer() {
    middle();
}

#[trace_request("nested.middle")]
fn middle() {
    inner();
}

#[trace_request("nested.inner")]
fn inner() {}

#[test]
fn what_is_in_a_call_without_a_span_belongs_to_the_one_around_it() {
    let capture = testing::capture();
    switch_spans(false, |operation| operation.name == "nested.middle");
    outer();
    let (outer_span, inner_span) = (capture.span("nested.outer"), capture.span("nested.inner"));
    assert_eq!(inner_span.parent_id, Some(outer_span.span_id));
    assert_eq!(capture.calls("nested.middle", CallOutcome::Ok), 1);

    switch_spans(false, |operation| operation.name == "nested.outer");
    outer();
    let spans = capture.spans();
    assert_eq!(spans.last().unwrap().parent_id, None);
    assert_eq!(spans.len(), 3);
}

struct Cache<T>(T);

#[service]
impl<T: Copy> Cache<T> {
    fn get(&self) -> T {
        self.0
    }

    async fn load(&self) -> T {
        self.0
    }
}

struct Store;

#[service]
impl Store {
    fn get(&self) {}
}

#[test]
fn a_service_goes_off_with_all_its_methods() {
    let capture = testing::capture();
    let use_all = || {
        Cache(1u8).get();
        Cache("text").get();
        futures::executor::block_on(Cache(2.0).load());
        Store.get();
    };
    let calls = || {
        ["Cache::get", "Cache::load", "Store::get"].map(|name| capture.calls(name, CallOutcome::Ok))
    };
    assert_eq!(switch(false, |operation| operation.service == "Cache"), 2);
    use_all();
    assert_eq!(calls(), [0, 0, 1]);
    switch(true, |operation| operation.service == "Cache");
    use_all();
    assert_eq!(calls(), [2, 1, 2]);
}

#[trace_request("shared", labels(size = size))]
fn one_of_the_name(size: Size) {
    let _ = size;
}

#[trace_request("shared", labels(size = size))]
fn another<T>(size: Size, _: T) {
    let _ = size;
}

#[test]
fn all_functions_of_a_name_go_off_and_one_alone_by_where_it_stands() {
    let capture = testing::capture();
    let call_all = || {
        one_of_the_name(Size::Small);
        another(Size::Large, 1);
        another(Size::Large, "text");
    };
    let calls = || {
        ["small", "large"].map(|size| {
            let labels = [("operation", "shared"), ("size", size), ("outcome", "ok")];
            capture.counter("operation_calls_total", &labels)
        })
    };
    call_all();
    assert_eq!(calls(), [1.0, 2.0]);
    assert_eq!(switch(false, |operation| operation.name == "shared"), 2);
    call_all();
    assert_eq!(calls(), [1.0, 2.0]);
    assert_eq!(
        switch(true, |operation| operation.function.ends_with("::another")),
        1
    );
    call_all();
    assert_eq!(calls(), [1.0, 4.0]);
}

#[test]
fn a_name_that_nobody_has_picks_nothing() {
    assert_eq!(
        switch(false, |operation| operation.name == "no.such.operation"),
        0
    );
}

#[trace_request("busy.sync", labels(size = size))]
fn busy(size: Size) {
    let _ = size;
}

#[trace_request("busy.async")]
async fn busy_later() {
    tokio::task::yield_now().await;
    busy(Size::Small);
}

/// Calls until told to stop; returns how often.
fn keep_busy(stop: &AtomicBool) -> u64 {
    let mut calls = 0;
    while !stop.load(Relaxed) {
        busy(Size::Large);
        futures::executor::block_on(busy_later());
        calls += 1;
    }
    calls
}

#[test]
fn switching_under_calls_of_other_threads_counts_each_once_or_not_at_all() {
    let capture = testing::capture_process();
    let stop = AtomicBool::new(false);
    let is_busy = |operation: &OperationDef| operation.name.starts_with("busy.");
    let made: u64 = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| keep_busy(&stop))).collect();
        for round in 0..400 {
            let on = round % 2 == 0;
            match round % 3 {
                0 => switch(on, is_busy),
                1 => switch_metrics(on, is_busy),
                _ => switch_spans(on, is_busy),
            };
            thread::yield_now();
        }
        stop.store(true, Relaxed);
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    let calls = |name| capture.calls(name, CallOutcome::Ok);
    assert!(calls("busy.async") <= made && calls("busy.sync") <= 2 * made);
    assert_eq!(
        (in_flight("busy.sync"), in_flight("busy.async")),
        (0.0, 0.0)
    );
    for (on, expected) in [(false, 0), (true, 100)] {
        switch(on, is_busy);
        let before = calls("busy.sync");
        thread::scope(|scope| {
            (0..4).for_each(|_| drop(scope.spawn(|| (0..25).for_each(|_| busy(Size::Small)))));
        });
        assert_eq!(calls("busy.sync") - before, expected);
    }
}
