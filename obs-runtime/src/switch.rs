//! What is measured and recorded, changed while the program runs.

use obs_schema::def::OperationDef;

use crate::callsite::{self, Signals};

/// Turns every operation that `which` picks on or off, its metrics and its spans, and returns how many functions
/// were picked.
///
/// An operation that is off costs a load and a branch. It can be switched before its first call; its series stay
/// in a scrape as they are. Of metrics and spans, what was switched off by [`switch_metrics`] or [`switch_spans`] is
/// on again as well.
///
/// A call stays what it was when it began, at the first poll if it is `async`: one that began while the operation was
/// on is counted when it ends, and one that began while it was off is not. So the calls under way always go back to 0.
///
/// ```
/// use obs_runtime::{CallOutcome, switch, testing, trace_request};
///
/// #[trace_request("import")]
/// fn import() {}
///
/// let capture = testing::capture();
/// assert_eq!(switch(false, |operation| operation.name == "import"), 1);
/// import();
/// assert_eq!(capture.calls("import", CallOutcome::Ok), 0);
///
/// switch(true, |operation| operation.name == "import");
/// import();
/// assert_eq!(capture.calls("import", CallOutcome::Ok), 1);
/// ```
pub fn switch(on: bool, which: impl FnMut(&OperationDef) -> bool) -> usize {
    callsite::switch(Signals::ALL, on, which)
}

/// Turns the metrics of every operation that `which` picks on or off, and returns how many functions were picked.
///
/// Spans are recorded as before. All else is as with [`switch`].
pub fn switch_metrics(on: bool, which: impl FnMut(&OperationDef) -> bool) -> usize {
    callsite::switch(Signals::METRICS, on, which)
}

/// Turns the spans of every operation that `which` picks on or off, also those that other `tracing` subscribers get,
/// and returns how many functions were picked.
///
/// Calls are counted as before. What happens in a call without a span belongs to the span around it; where there is
/// none, each call inside begins a trace of its own. All else is as with [`switch`].
///
/// ```
/// use obs_runtime::{service, switch_spans, testing};
///
/// struct Cache;
///
/// #[service]
/// impl Cache {
///     fn get(&self) {}
///     fn put(&self) {}
/// }
///
/// let capture = testing::capture();
/// assert_eq!(switch_spans(false, |operation| operation.service == "Cache"), 2);
/// Cache.get();
/// Cache.put();
/// assert!(capture.spans().is_empty());
/// ```
pub fn switch_spans(on: bool, which: impl FnMut(&OperationDef) -> bool) -> usize {
    callsite::switch(Signals::SPANS, on, which)
}
