//! The annotated functions of the other modules, with all durations in one bucket: for counting instructions.
//!
//! Under an emulator a call takes microseconds, more or fewer from run to run. With the default bounds the
//! work of finding the bucket would differ by that.

use obs_runtime::{monitor_performance, trace_request};

use super::service::{Metrics, Service};
use super::spans::{self, Parity};
use crate::body::{Failed, bare, body, each};
use crate::case::Case;
use crate::contender::Entry;
use crate::paired::Paired;

const HOW: &str = "one bucket";

/// Not in the tables.
pub(in crate::contender) const ENTRIES: &[Entry] = &[
    Entry {
        contender: "obs-steady",
        scenario: "red",
        how: HOW,
        set_up: red,
    },
    Entry {
        contender: "obs-steady",
        scenario: "span",
        how: HOW,
        set_up: || spans::slope(0.0, "steady_child", root),
    },
    Entry {
        contender: "obs-steady",
        scenario: "labelled",
        how: HOW,
        set_up: || spans::slope(0.0, "steady_labelled_child", labelled_root),
    },
    Entry {
        contender: "obs-steady",
        scenario: "trace-kept",
        how: HOW,
        set_up: || spans::traces(1.0, "steady_child", trace).boxed(),
    },
    Entry {
        contender: "obs-steady",
        scenario: "trace-dropped",
        how: HOW,
        set_up: || spans::traces(0.0, "steady_child", trace).boxed(),
    },
];

#[inline(never)]
#[monitor_performance("steady", buckets = [60.0])]
fn measured(input: u64) -> Result<u64, Failed> {
    body(input)
}

fn red() -> Box<dyn Case> {
    let service = Service::start(1.0);
    Paired::new(
        |inputs| each(inputs, measured),
        move |given| {
            drop(service);
            Metrics::now().expect_calls("steady", given.with, 0)
        },
    )
    .boxed()
}

#[inline(never)]
#[trace_request("steady_child", buckets = [60.0])]
fn child(input: u64) -> Result<u64, Failed> {
    body(input)
}

#[inline(never)]
#[trace_request(
    "steady_labelled_child",
    labels(parity = parity),
    attributes(input = input),
    buckets = [60.0]
)]
fn labelled_child(input: u64, parity: Parity) -> Result<u64, Failed> {
    body(input)
}

fn labelled(input: u64) -> Result<u64, Failed> {
    labelled_child(input, Parity::of(input))
}

#[trace_request("steady_root", buckets = [60.0])]
fn root(common: &[u64], rest: &[u64], annotated: bool) {
    each(common, child);
    if annotated {
        each(rest, child);
    } else {
        each(rest, bare);
    }
}

#[trace_request("steady_labelled_root", buckets = [60.0])]
fn labelled_root(common: &[u64], rest: &[u64], annotated: bool) {
    each(common, labelled);
    if annotated {
        each(rest, labelled);
    } else {
        each(rest, bare);
    }
}

#[trace_request("steady_trace", buckets = [60.0])]
fn trace(inputs: &[u64]) {
    each(inputs, child);
}
