//! Which traces are kept, decided at their end: a process that has been started, and its store.
#![cfg(feature = "macros")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use obs_runtime::config::Layers;
use obs_runtime::trace::{self, Keep, SpanContext, SpanId, TraceFlags, TraceId};
use obs_runtime::{Running, Starter, handoff, testing, trace_request};

/// One process has one monitoring.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn with_sampler(sampler: &str, test: impl FnOnce(&Running)) {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let layers = Layers::default().variables([
        ("OBS_SAMPLER", sampler),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LOG", "off"),
    ]);
    let running = Starter::new(layers).start().unwrap();
    test(&running);
    running.shutdown().wait();
}

/// Why the trace in which `run` ran as the root was kept.
fn kept(running: &Running, run: impl FnOnce()) -> Option<Keep> {
    let mut id = None;
    root(&mut id, run);
    let kept = find(running, id.unwrap());
    assert_eq!(find(running, id.unwrap()), kept, "the decision is final");
    kept
}

#[trace_request("kept.root")]
fn root(id: &mut Option<TraceId>, run: impl FnOnce()) {
    *id = trace::current_trace_id();
    run();
}

fn find(running: &Running, id: TraceId) -> Option<Keep> {
    assert!(running.flush(Duration::from_secs(5)));
    trace::store().get(id).map(|trace| trace.keep)
}

#[trace_request("kept.fails")]
fn fails() -> Result<(), String> {
    Err("no".to_owned())
}

#[trace_request("kept.panics")]
fn panics() {
    panic!("on purpose");
}

#[trace_request("kept.slow", slow = "10ms")]
fn takes(ms: u64, clock: &testing::VirtualClock) {
    clock.advance(Duration::from_millis(ms));
}

#[trace_request("kept.waits")]
async fn waits() {
    std::future::pending::<()>().await;
}

#[trace_request("kept.continued", parent = parent)]
fn continued(parent: Option<&SpanContext>) -> TraceId {
    trace::current_trace_id().unwrap()
}

fn remote(id: u128, sampled: bool) -> SpanContext {
    let flags = TraceFlags::NONE.with_sampled(sampled);
    let span = SpanId::new(9).unwrap();
    SpanContext::new(TraceId::new(id).unwrap(), span, flags)
}

#[test]
fn of_unsampled_traces_those_with_an_error_are_kept() {
    with_sampler("0", |running| {
        assert_eq!(kept(running, || ()), None);
        assert_eq!(kept(running, || drop(fails())), Some(Keep::Error));
        let caught = || assert!(catch_unwind(panics).is_err());
        assert_eq!(kept(running, caught), Some(Keep::Error));
        let by_hand = || {
            let _span = trace::span("by hand").enter();
            trace::set_error("broken");
        };
        assert_eq!(kept(running, by_hand), Some(Keep::Error));
        let given_up = || assert!(waits().now_or_never().is_none());
        assert_eq!(kept(running, given_up), None, "to give up is no error");

        let mut id = None;
        let unwinds = AssertUnwindSafe(|| root(&mut id, || panic!("on purpose")));
        assert!(catch_unwind(unwinds).is_err());
        assert_eq!(find(running, id.unwrap()), Some(Keep::Error));
    });
}

#[test]
fn of_unsampled_traces_slow_ones_are_kept() {
    with_sampler("0", |running| {
        let clock = testing::virtual_clock();
        let root = |ms| kept(running, || clock.advance(Duration::from_millis(ms)));
        assert_eq!(root(999), None);
        assert_eq!(root(1000), Some(Keep::Slow), "the configuration says 1 s");
    });
}

#[test]
fn of_unsampled_traces_those_with_a_call_that_was_slow_by_its_own_standard_are_kept() {
    with_sampler("0", |running| {
        let clock = testing::virtual_clock();
        let elsewhere = || {
            let place = handoff::Handoff::capture();
            let thread = std::thread::spawn(move || {
                let _inside = place.enter();
                takes(11, &testing::virtual_clock());
            });
            thread.join().unwrap();
        };
        assert_eq!(kept(running, || takes(9, &clock)), None);
        assert_eq!(kept(running, || takes(11, &clock)), Some(Keep::Slow));
        assert_eq!(kept(running, elsewhere), Some(Keep::Slow));
    });
}

#[cfg(feature = "tokio")]
#[test]
fn a_failed_part_in_another_task_keeps_the_trace() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    with_sampler("0", |running| {
        let spawned = || {
            let task = async { handoff::spawn(async { drop(fails()) }).await };
            runtime.block_on(task).unwrap();
        };
        assert_eq!(kept(running, spawned), Some(Keep::Error));
    });
}

#[test]
fn a_parent_elsewhere_decides_before_the_ratio() {
    for (sampler, alone) in [("0", None), ("1", Some(Keep::Sampled))] {
        with_sampler(sampler, |running| {
            assert_eq!(find(running, continued(None)), alone);
            let (yes, no) = (
                continued(Some(&remote(1, true))),
                continued(Some(&remote(2, false))),
            );
            assert_eq!(find(running, yes), Some(Keep::Sampled));
            assert_eq!(find(running, no), None);
            trace::store().remove_older_than(u64::MAX);
        });
    }
}

#[test]
fn a_ratio_keeps_its_share() {
    with_sampler("0.25", |running| {
        let all: Vec<TraceId> = (0..2000).map(|_| continued(None)).collect();
        let kept = all.into_iter().filter(|&id| find(running, id).is_some());
        let count = kept.count();
        assert!((400..600).contains(&count), "{count} of 2000");
    });
}
