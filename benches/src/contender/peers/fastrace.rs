//! fastrace: spans.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use fastrace::collector::{Config, Reporter, SpanContext, SpanRecord};
use fastrace::{Span, trace};

use super::Entry;
use crate::background;
use crate::body::{Failed, INPUTS, bare, body, each};
use crate::case::{Case, Finish, equal};
use crate::paired::Paired;
use crate::polls::{Pending, polls};
use crate::shape::{self, Made};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        contender: "fastrace",
        scenario: "off",
        how: "#[trace] outside of a trace",
        set_up: off,
    },
    Entry {
        contender: "fastrace",
        scenario: "span",
        how: "#[trace], spans alone",
        set_up: || slope(root),
    },
    Entry {
        contender: "fastrace",
        scenario: "labelled",
        how: "#[trace(properties = ..)], spans alone",
        set_up: || slope(labelled_root),
    },
    Entry {
        contender: "fastrace",
        scenario: "trace-kept",
        how: "Span::root and #[trace]",
        set_up: || trace_kept().boxed(),
    },
    Entry {
        contender: "fastrace",
        scenario: "trace-dropped",
        how: "Span::root of an unsampled context and #[trace]",
        set_up: || trace_dropped().boxed(),
    },
    Entry {
        contender: "fastrace",
        scenario: "poll",
        how: "#[trace] in a trace",
        set_up: poll,
    },
    Entry {
        contender: "fastrace",
        scenario: "background-kept",
        how: "reporter that counts",
        set_up: || background::case(trace_kept()),
    },
    Entry {
        contender: "fastrace",
        scenario: "background-dropped",
        how: "unsampled contexts",
        set_up: || background::case(trace_dropped()),
    },
];

static REPORTED: AtomicU64 = AtomicU64::new(0);

/// Counts what arrives.
pub(super) struct Count;

impl Reporter for Count {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        REPORTED.fetch_add(spans.len() as u64, Relaxed);
    }
}

/// Sets the reporter.
pub(super) fn start() {
    let config = Config::default().report_interval(Duration::from_millis(50));
    fastrace::set_reporter(Count, config);
}

#[inline(never)]
#[trace(name = "child")]
fn child(input: u64) -> Result<u64, Failed> {
    body(input)
}

#[inline(never)]
#[trace(name = "child", properties = { "parity": "{parity}", "input": "{input}" })]
fn labelled_child(input: u64, parity: &'static str) -> Result<u64, Failed> {
    body(input)
}

fn labelled(input: u64) -> Result<u64, Failed> {
    labelled_child(input, super::parity(input))
}

fn root(common: &[u64], rest: &[u64], annotated: bool) {
    let root = Span::root("root", SpanContext::random());
    let _guard = root.set_local_parent();
    each(common, child);
    if annotated {
        each(rest, child);
    } else {
        each(rest, bare);
    }
}

fn labelled_root(common: &[u64], rest: &[u64], annotated: bool) {
    let root = Span::root("root", SpanContext::random());
    let _guard = root.set_local_parent();
    each(common, labelled);
    if annotated {
        each(rest, labelled);
    } else {
        each(rest, bare);
    }
}

fn small(inputs: &[u64], sampled: bool) {
    let root = Span::root("root", SpanContext::random().sampled(sampled));
    let _guard = root.set_local_parent();
    each(inputs, child);
}

fn off() -> Box<dyn Case> {
    start();
    Paired::new(|inputs| each(inputs, child), |_| reported(0)).boxed()
}

fn slope(root: shape::Root) -> Box<dyn Case> {
    start();
    shape::slope(root, delivered)
        .drain(20, fastrace::flush)
        .boxed()
}

fn trace_kept() -> Paired {
    start();
    shape::traces(|inputs| small(inputs, true), delivered)
        .drain(8_000 / INPUTS as u64, fastrace::flush)
}

fn trace_dropped() -> Paired {
    start();
    shape::traces(|inputs| small(inputs, false), |_| reported(0))
}

#[trace(name = "operation")]
async fn operation(polls: u32) -> Result<u64, Failed> {
    Pending(polls).await;
    Ok(u64::from(polls))
}

fn poll() -> Box<dyn Case> {
    start();
    let in_trace = |run: &mut dyn FnMut()| {
        let root = Span::root("root", SpanContext::random());
        let _guard = root.set_local_parent();
        run();
    };
    let roots = |calls| calls / INPUTS as u64;
    polls(operation, move |calls| {
        Finish::arrived("spans", calls + roots(calls), flushed())
    })
    .inside(in_trace)
    .drain(4, fastrace::flush)
    .boxed()
}

/// Checks the spans of kept traces. What is missing was dropped; fastrace does not count that.
pub(super) fn delivered(made: Made) -> Result<Finish, String> {
    Finish::arrived("spans", made.traces + made.children, flushed())
}

fn reported(expected: u64) -> Result<Finish, String> {
    equal("spans reported", expected, flushed())
}

/// How many spans arrived.
fn flushed() -> u64 {
    fastrace::flush();
    REPORTED.load(Relaxed)
}
