//! Annotated asynchronous operations.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};

use obs_runtime::trace_request;

use super::service::{Metrics, Service, expect_no_traces};
use crate::alloc;
use crate::body::Failed;
use crate::case::{Case, Finish, equal};
use crate::contender::Entry;
use crate::polls::{self, Pending};
use crate::scrape::Fixed;

pub(super) const POLL: Entry = Entry {
    contender: "obs",
    scenario: "poll",
    how: "#[trace_request], each operation a trace",
    set_up: || poll(|run| run()),
};

pub(super) const POLL_IN_TRACE: Entry = Entry {
    contender: "obs-child",
    scenario: "poll",
    how: "#[trace_request] inside of a trace",
    set_up: || poll(in_trace),
};

pub(super) const MEMORY: Entry = Entry {
    contender: "obs",
    scenario: "memory-task",
    how: "#[trace_request], each task a trace; what is allocated, futures boxed",
    set_up: memory,
};

/// Tasks that live at the same time, fewer than there may be open traces.
const TASKS: usize = 8_000;

#[trace_request("operation")]
async fn operation(polls: u32) -> Result<u64, Failed> {
    Pending(polls).await;
    Ok(u64::from(polls))
}

#[trace_request("pass")]
fn in_trace(run: &mut dyn FnMut()) {
    run();
}

fn poll(around: fn(&mut dyn FnMut())) -> Box<dyn Case> {
    let service = Service::start(0.0);
    polls::polls(operation, move |calls| {
        drop(service);
        let calls = Metrics::now().expect_calls("operation", calls, 0)?;
        Ok(calls.and(expect_no_traces()?))
    })
    .inside(around)
    .boxed()
}

type Task = Pin<Box<dyn Future<Output = Result<u64, Failed>>>>;

/// Tasks that were polled once and wait.
fn waiting(make: impl Fn() -> Task) -> (Vec<Task>, u64) {
    alloc::live_bytes(|| {
        let mut tasks: Vec<Task> = (0..TASKS).map(|_| make()).collect();
        let mut context = Context::from_waker(Waker::noop());
        for task in &mut tasks {
            assert!(task.as_mut().poll(&mut context).is_pending());
        }
        tasks
    })
}

fn memory() -> Box<dyn Case> {
    let service = Service::start(0.0);
    let (bare, bare_bytes) = waiting(|| Box::pin(polls::bare(1)));
    let (tasks, bytes) = waiting(|| Box::pin(operation(1)));
    drop(bare);
    Box::new(Fixed {
        value: bytes.saturating_sub(bare_bytes) as f64 / TASKS as f64,
        check: Box::new(move || {
            let metrics = Metrics::now();
            let labels = [("operation", "operation")];
            let alive = metrics.expect("operation_in_flight", &labels, TASKS as u64)?;
            let refused = metrics.sum("obs_traces_dropped_total", &[]) as u64;
            drop(tasks);
            drop(service);
            let ended = Metrics::now().expect("operation_in_flight", &labels, 0)?;
            let recorded: Finish = equal("traces refused", 0, refused)?;
            Ok(alive.and(ended).and(recorded))
        }),
    })
}
