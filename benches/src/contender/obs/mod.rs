//! The framework of this repository.

mod breaker;
mod counter;
mod debug;
mod log;
mod metrics;
mod off;
mod policy;
mod polls;
mod redaction;
mod series;
mod service;
mod spans;
pub(super) mod steady;

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    off::OFF,
    debug::OFF,
    counter::HANDLE,
    counter::COUNTED,
    metrics::RED,
    metrics::THREADS,
    spans::KEPT,
    spans::DROPPED,
    spans::LABELLED,
    spans::STRADDLE,
    spans::TRACE_KEPT,
    spans::TRACE_DROPPED,
    spans::BACKGROUND_KEPT,
    spans::BACKGROUND_DROPPED,
    spans::THREADS,
    polls::POLL,
    polls::POLL_IN_TRACE,
    polls::MEMORY,
    breaker::CLOSED,
    breaker::CLOSED_ALONE,
    breaker::CLOSED_TIME,
    breaker::FAILING,
    breaker::OPEN,
    breaker::OPEN_ALONE,
    policy::WELL,
    policy::WELL_ALONE,
    log::LOG,
    log::UNREDACTED,
    redaction::TEXTS,
    series::COUNTERS,
    series::STREAMED_COUNTERS,
    series::HISTOGRAMS,
    series::STREAMED_HISTOGRAMS,
    series::INTERFERENCE,
    series::MEMORY,
];
