//! The peers, each as its documentation says and tuned.

mod autometrics;
mod breakers;
mod composed;
mod fastrace;
mod measured;
mod metrics;
mod opentelemetry_metrics;
mod opentelemetry_spans;
mod otel;
mod prometheus;
mod prometheus_client;
mod tracing;
mod tracing_json;
mod tracing_otel;

use super::Entry;

pub(super) const GROUPS: &[&[Entry]] = &[
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
    breakers::ENTRIES,
    tracing_json::ENTRIES,
];

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
