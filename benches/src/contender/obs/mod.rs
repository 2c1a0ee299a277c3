//! The framework of this repository.

mod counter;
mod metrics;
mod off;
mod service;
mod spans;

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    off::OFF,
    counter::HANDLE,
    counter::COUNTED,
    metrics::RED,
    spans::KEPT,
    spans::DROPPED,
    spans::LABELLED,
    spans::STRADDLE,
    spans::TRACE_KEPT,
    spans::TRACE_DROPPED,
];
