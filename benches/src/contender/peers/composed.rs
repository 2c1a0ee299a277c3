//! What one attribute of obs does, put together from peers: fastrace for spans, prometheus for metrics.

use fastrace::collector::SpanContext;
use fastrace::{Span, trace};

use super::{Entry, fastrace as spans, prometheus as metrics};
use crate::body::{FAILING, Failed, bare, body, each};
use crate::case::{Case, Finish};
use crate::shape::{self, Root};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        contender: "fastrace+prometheus",
        scenario: "span",
        how: "#[trace], Histogram and IntGauge resolved before",
        set_up: || slope(root, metrics::expect_durations),
    },
    Entry {
        contender: "fastrace+prometheus",
        scenario: "labelled",
        how: "#[trace(properties = ..)], Histogram by label and outcome and IntGauge resolved before",
        set_up: || slope(labelled_root, metrics::expect_labelled),
    },
];

#[inline(never)]
#[trace(name = "child")]
fn child(input: u64) -> Result<u64, Failed> {
    metrics::measure(input, body)
}

#[inline(never)]
#[trace(name = "child", properties = { "parity": "{parity}", "input": "{input}" })]
fn labelled_child(input: u64, parity: &'static str) -> Result<u64, Failed> {
    metrics::measure_labelled(input, parity, body)
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

fn slope(root: Root, measured: fn(u64) -> Result<Finish, String>) -> Box<dyn Case> {
    spans::start();
    assert!(metrics::measured_child(FAILING).is_err());
    shape::slope(root, move |made| {
        Ok(measured(made.children)?.and(spans::delivered(made)?))
    })
    .drain(20, ::fastrace::flush)
    .boxed()
}
