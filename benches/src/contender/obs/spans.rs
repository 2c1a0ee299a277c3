//! Spans, which measure calls and durations as well.

use obs_runtime::{Label, trace_request};

use super::service::{Metrics, Service, expect_no_traces, expect_traces};
use crate::body::{Failed, bare, body, each};
use crate::case::{Case, Finish};
use crate::contender::Entry;
use crate::paired::Paired;
use crate::shape::{self, Made};
use crate::{background, threads};

pub(super) const KEPT: Entry = Entry {
    contender: "obs",
    scenario: "span",
    how: "#[trace_request], every trace kept",
    set_up: || slope(1.0, "child", root),
};

pub(super) const DROPPED: Entry = Entry {
    contender: "obs-unsampled",
    scenario: "span",
    how: "#[trace_request], recorded and dropped at the end of the trace",
    set_up: || slope(0.0, "child", root),
};

pub(super) const LABELLED: Entry = Entry {
    contender: "obs",
    scenario: "labelled",
    how: "#[trace_request(labels(..), attributes(..))], every trace kept",
    set_up: || slope(1.0, "labelled_child", labelled_root),
};

pub(super) const STRADDLE: Entry = Entry {
    contender: "obs",
    scenario: "straddle",
    how: "#[trace_request(buckets = [..])] with a label and an attribute, every trace kept",
    set_up: || slope(1.0, "straddling_child", straddling_root),
};

pub(super) const TRACE_KEPT: Entry = Entry {
    contender: "obs",
    scenario: "trace-kept",
    how: "#[trace_request], sampler 1",
    set_up: || traces(1.0, "child", trace).boxed(),
};

pub(super) const TRACE_DROPPED: Entry = Entry {
    contender: "obs",
    scenario: "trace-dropped",
    how: "#[trace_request], sampler 0: recorded, kept if it fails or is slow",
    set_up: || traces(0.0, "child", trace).boxed(),
};

pub(super) const BACKGROUND_KEPT: Entry = Entry {
    contender: "obs",
    scenario: "background-kept",
    how: "the collector and its store",
    set_up: || background::case(traces(1.0, "child", trace)),
};

pub(super) const BACKGROUND_DROPPED: Entry = Entry {
    contender: "obs",
    scenario: "background-dropped",
    how: "the collector",
    set_up: || background::case(traces(0.0, "child", trace)),
};

pub(super) const THREADS: Entry = Entry {
    contender: "obs-span",
    scenario: "threads",
    how: "#[trace_request], each call a trace of its own that is dropped",
    set_up: on_threads,
};

/// Traces between two flushes: fewer than the collector's queue holds.
const TRACES_PER_FLUSH: u64 = 2_000;

#[derive(Debug, Clone, Copy, Label)]
pub(super) enum Parity {
    Even,
    Odd,
}

impl Parity {
    pub(super) fn of(input: u64) -> Self {
        if input.is_multiple_of(2) {
            Self::Even
        } else {
            Self::Odd
        }
    }
}

#[inline(never)]
#[trace_request("child")]
fn child(input: u64) -> Result<u64, Failed> {
    body(input)
}

#[inline(never)]
#[trace_request("labelled_child", labels(parity = parity), attributes(input = input))]
fn labelled_child(input: u64, parity: Parity) -> Result<u64, Failed> {
    body(input)
}

#[inline(never)]
#[trace_request(
    "straddling_child",
    labels(parity = parity),
    attributes(input = input),
    buckets = [25e-9, 50e-9, 75e-9, 100e-9, 125e-9, 150e-9, 175e-9, 200e-9, 225e-9, 250e-9],
)]
fn straddling_child(input: u64, parity: Parity) -> Result<u64, Failed> {
    body(input)
}

#[trace_request("root")]
fn root(common: &[u64], rest: &[u64], annotated: bool) {
    each(common, child);
    if annotated {
        each(rest, child);
    } else {
        each(rest, bare);
    }
}

#[trace_request("labelled_root")]
fn labelled_root(common: &[u64], rest: &[u64], annotated: bool) {
    each(common, |input| labelled_child(input, Parity::of(input)));
    if annotated {
        each(rest, |input| labelled_child(input, Parity::of(input)));
    } else {
        each(rest, bare);
    }
}

#[trace_request("straddling_root")]
fn straddling_root(common: &[u64], rest: &[u64], annotated: bool) {
    each(common, |input| straddling_child(input, Parity::of(input)));
    if annotated {
        each(rest, |input| straddling_child(input, Parity::of(input)));
    } else {
        each(rest, bare);
    }
}

#[trace_request("trace")]
fn trace(inputs: &[u64]) {
    each(inputs, child);
}

pub(super) fn slope(sampled: f64, operation: &'static str, root: shape::Root) -> Box<dyn Case> {
    let traces_per_pass = (crate::body::INPUTS / shape::CHILDREN) as u64;
    let paired = shape::slope(root, move |made| check(sampled, operation, made));
    started(sampled, paired, TRACES_PER_FLUSH / traces_per_pass / 4).boxed()
}

pub(super) fn traces(sampled: f64, operation: &'static str, trace: fn(&[u64])) -> Paired {
    let traces_per_pass = (crate::body::INPUTS / shape::SMALL) as u64;
    let paired = shape::traces(trace, move |made| check(sampled, operation, made));
    started(sampled, paired, TRACES_PER_FLUSH / traces_per_pass)
}

/// Lets the collector catch up from time to time where there is something to collect.
fn started(sampled: f64, paired: Paired, passes_per_flush: u64) -> Paired {
    let service = Service::start(sampled);
    if sampled > 0.0 {
        paired.drain(passes_per_flush, move || service.flush())
    } else {
        // It runs to the end of the process.
        std::mem::forget(service);
        paired
    }
}

fn on_threads() -> Box<dyn Case> {
    let service = Service::start(0.0);
    threads::case(child, move |calls| {
        drop(service);
        Metrics::now().expect_calls("child", calls, 0)
    })
}

fn check(sampled: f64, operation: &str, made: Made) -> Result<Finish, String> {
    let calls = Metrics::now().expect_calls(operation, made.children, 0)?;
    let traces = if sampled > 0.0 {
        expect_traces(made)?
    } else {
        expect_no_traces()?
    };
    Ok(calls.and(traces))
}
