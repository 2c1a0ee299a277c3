//! Counts of calls, and ways to end a call.

use std::panic::{AssertUnwindSafe, catch_unwind};

use obs_runtime::metric::Registry;
use obs_runtime::metric::snapshot::{Series, Value};

/// The outcomes that an operation can have, each with the number of calls that ended so: what
/// `operation_calls_total` says, and `_count` of `operation_duration_seconds` too. None may be under way.
pub(crate) fn calls(operation: &str) -> Vec<(&'static str, u64)> {
    let counted = outcomes("operation_calls_total", &[("operation", operation)]);
    let timed = outcomes("operation_duration_seconds", &[("operation", operation)]);
    assert_eq!(counted, timed, "calls and durations of `{operation}`");
    assert_eq!(in_flight(operation), 0, "in flight of `{operation}`");
    counted
}

/// How many calls of an operation are under way.
pub(crate) fn in_flight(operation: &str) -> u64 {
    let found = series("operation_in_flight", &[("operation", operation)]);
    found.iter().map(|series| count(&series.value)).sum()
}

/// How many observations the series with these labels have, by outcome, in the order of the outcomes.
pub(crate) fn outcomes(family: &str, labels: &[(&str, &str)]) -> Vec<(&'static str, u64)> {
    let found = series(family, labels);
    ["ok", "error", "panic", "cancelled", "rejected", "timeout"]
        .into_iter()
        .filter_map(|outcome| {
            let of_outcome = found
                .iter()
                .filter(|series| series.label("outcome") == Some(outcome));
            let counts: Vec<u64> = of_outcome.map(|series| count(&series.value)).collect();
            assert!(counts.len() < 2, "several series: {found:?}");
            Some((outcome, *counts.first()?))
        })
        .collect()
}

/// The series of a family that have these labels, and maybe others.
pub(crate) fn series(family: &str, labels: &[(&str, &str)]) -> Vec<Series> {
    let snapshot = Registry::global().snapshot();
    let Some(family) = snapshot.family(family) else {
        return Vec::new();
    };
    let has = |series: &&Series| {
        labels
            .iter()
            .all(|&(name, value)| series.label(name) == Some(value))
    };
    family.series.iter().filter(has).cloned().collect()
}

/// The number in a series: of a counter, of a gauge of whole numbers, of the observations in a histogram.
pub(crate) fn count(value: &Value) -> u64 {
    match value {
        Value::Counter(count) => *count,
        Value::Histogram(histogram) => histogram.count(),
        Value::Gauge(number) => {
            let whole = format!("{number}").parse();
            whole.expect("a gauge of whole numbers")
        }
        other => panic!("no count in {other:?}"),
    }
}

/// Runs a function that panics.
pub(crate) fn panics<R>(function: impl FnOnce() -> R) {
    assert!(catch_unwind(AssertUnwindSafe(function)).is_err());
}
