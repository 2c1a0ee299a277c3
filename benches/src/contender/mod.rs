//! Who takes part.

mod autometrics;
mod composed;
mod fastrace;
mod measured;
mod metrics;
mod obs;
mod opentelemetry_metrics;
mod opentelemetry_spans;
mod otel;
mod prometheus;
mod prometheus_client;
mod tracing;
mod tracing_json;
mod tracing_otel;

use crate::body::bare;
use crate::case::{Case, Finish};

/// A contender in a scenario.
#[derive(Debug)]
pub struct Entry {
    /// Its name, with the way it is used where there are several.
    pub contender: &'static str,
    /// The scenario.
    pub scenario: &'static str,
    /// How it is used, for the reader of the table.
    pub how: &'static str,
    /// Prepares the process.
    pub set_up: fn() -> Box<dyn Case>,
}

/// Nobody: what the machine does without any annotation.
const NONE: &[Entry] = &[Entry {
    contender: "none",
    scenario: "threads",
    how: "the bare function: what the machine gives",
    set_up: || crate::threads::case(bare, |_| Ok(Finish::default())),
}];

const GROUPS: &[&[Entry]] = &[
    NONE,
    obs::ENTRIES,
    fastrace::ENTRIES,
    composed::ENTRIES,
    tracing::ENTRIES,
    tracing_otel::ENTRIES,
    opentelemetry_spans::ENTRIES,
    opentelemetry_metrics::ENTRIES,
    prometheus::ENTRIES,
    prometheus_client::ENTRIES,
    metrics::ENTRIES,
    measured::ENTRIES,
    autometrics::ENTRIES,
    tracing_json::ENTRIES,
];

/// Every contender in every scenario.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    GROUPS.iter().copied().flatten()
}

/// The entry of these names.
#[must_use]
pub fn find(contender: &str, scenario: &str) -> Option<&'static Entry> {
    all().find(|entry| entry.contender == contender && entry.scenario == scenario)
}

/// Whether a contender is the framework of this repository.
#[must_use]
pub fn is_ours(contender: &str) -> bool {
    contender == "obs" || contender.starts_with("obs-")
}

/// The bounds of everybody's duration histogram, in seconds: those that obs has by default.
const BOUNDS: [f64; 24] = [
    0.000_001, 0.000_005, 0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001,
    0.002_5, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// The bounds of the histogram whose buckets the durations straddle.
const NARROW: [f64; 10] = [
    25e-9, 50e-9, 75e-9, 100e-9, 125e-9, 150e-9, 175e-9, 200e-9, 225e-9, 250e-9,
];

/// The label of the labelled scenarios, for those whose labels are text.
fn parity(input: u64) -> &'static str {
    if input.is_multiple_of(2) {
        "even"
    } else {
        "odd"
    }
}
