//! Counts of calls.

use obs_runtime::metric::Registry;
use obs_runtime::metric::snapshot::Value;

/// How many calls of an operation ended in each way that it can end.
pub(crate) fn calls(operation: &str) -> Vec<(String, u64)> {
    let snapshot = Registry::global().snapshot();
    let Some(family) = snapshot.family("operation_calls_total") else {
        return Vec::new();
    };
    let of_operation = family
        .series
        .iter()
        .filter(|series| series.label("operation") == Some(operation));
    of_operation
        .map(|series| match series.value {
            Value::Counter(count) => (series.label("outcome").unwrap_or("").to_owned(), count),
            ref other => panic!("no count in {other:?}"),
        })
        .collect()
}

/// How many calls of an operation ended well.
pub(crate) fn ok(operation: &str) -> u64 {
    with_outcome(operation, "ok")
}

/// How many calls of an operation ended in one way.
pub(crate) fn with_outcome(operation: &str, outcome: &str) -> u64 {
    let calls = calls(operation);
    calls
        .iter()
        .filter(|(found, _)| found == outcome)
        .map(|(_, count)| count)
        .sum()
}
