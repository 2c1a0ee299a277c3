//! Telemetry in tests: capture it, assert on it, and stop the clock.
//!
#![cfg_attr(all(feature = "macros", feature = "log"), doc = "```")]
#![cfg_attr(not(all(feature = "macros", feature = "log")), doc = "```ignore")]
//! use std::time::Duration;
//! use obs_runtime::{CallOutcome, testing, trace_request};
//!
//! #[trace_request("pack", attributes(items = items))]
//! fn pack(items: u32, clock: &testing::VirtualClock) {
//!     tracing::info!("packing");
//!     clock.advance(Duration::from_millis(250));
//! }
//!
//! let capture = testing::capture();
//! let clock = testing::virtual_clock();
//! pack(3, &clock);
//!
//! assert_eq!(capture.calls("pack", CallOutcome::Ok), 1);
//! assert_eq!(capture.observed("operation_duration_seconds", &[("operation", "pack")]).sum, 0.25);
//! let span = capture.span("pack");
//! assert_eq!(span.duration_ns, 250_000_000);
//! assert_eq!(span.attribute("items").unwrap().to_string(), "3");
//! assert_eq!(capture.logs()[0].message, "packing");
//! ```

#[cfg(feature = "log")]
mod logs;
mod metrics;

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::callsite::SpansWanted;
use crate::capture::{self, Sink};
use crate::hot::clock;
use crate::metric::snapshot::Snapshot;
use crate::outcome::CallOutcome;
use crate::trace::SpanData;

pub use metrics::Observed;
use metrics::Scope;

/// Captures what happens on this thread until the returned value is dropped.
///
/// - Metrics: what this thread counts from now on. Gauges and summaries are shared by the whole process.
/// - Spans: of all traces that begin on this thread, wherever they end, sampled or not.
/// - Logs: the `tracing` events of this thread, of every level. The program's own subscriber does
///   not get them meanwhile.
///
/// Tests that run side by side do not see each other's. Where a test spreads work over threads, as
/// on a multi-threaded runtime, [`capture_process`] sees it all.
pub fn capture() -> Capture {
    Capture::new(Scope::Thread, None)
}

/// Captures as [`capture()`], but counts what every thread of the process does. While one such
/// capture lives, another one waits for its end.
pub fn capture_process() -> Capture {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    Capture::new(Scope::Process, Some(turn))
}

/// What a test captured. See [`capture()`].
#[derive(Debug)]
#[must_use = "the capture ends when this is dropped"]
pub struct Capture {
    scope: Scope,
    before: Snapshot,
    sink: Arc<Sink>,
    former: Option<Arc<Sink>>,
    #[cfg(feature = "log")]
    logs: logs::Logs,
    _spans: SpansWanted,
    _turn: Option<MutexGuard<'static, ()>>,
    stays_on_thread: PhantomData<*const ()>,
}

impl Capture {
    fn new(scope: Scope, turn: Option<MutexGuard<'static, ()>>) -> Self {
        let sink = Arc::new(Sink::default());
        Self {
            scope,
            before: scope.begin(),
            former: capture::replace(Some(sink.clone())),
            sink,
            #[cfg(feature = "log")]
            logs: logs::Logs::start(),
            _spans: SpansWanted::new(),
            _turn: turn,
            stays_on_thread: PhantomData,
        }
    }

    /// How many calls of an annotated function ended so.
    #[must_use]
    pub fn calls(&self, operation: &str, outcome: CallOutcome) -> u64 {
        let labels = [("operation", operation), ("outcome", outcome.as_str())];
        let now = self.scope.read();
        metrics::counter(&self.before, &now, "operation_calls_total", &labels).unwrap_or(0.0) as u64
    }

    /// How much a counter grew: the sum over its series that have all of these labels.
    ///
    /// # Panics
    ///
    /// If there is no such counter; the message lists what there is.
    #[must_use]
    #[track_caller]
    pub fn counter(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let now = self.scope.read();
        let grown = metrics::counter(&self.before, &now, name, labels);
        grown.unwrap_or_else(|| no_such("counter", name, labels, &now))
    }

    /// The present value of a gauge: the sum over its series that have all of these labels.
    ///
    /// # Panics
    ///
    /// If there is no such gauge; the message lists what there is.
    #[must_use]
    #[track_caller]
    pub fn gauge(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let now = self.scope.read();
        metrics::gauge(&now, name, labels).unwrap_or_else(|| no_such("gauge", name, labels, &now))
    }

    /// What a histogram or summary took in: over its series that have all of these labels.
    ///
    /// # Panics
    ///
    /// If there is no such histogram or summary; the message lists what there is.
    #[must_use]
    #[track_caller]
    pub fn observed(&self, name: &str, labels: &[(&str, &str)]) -> Observed {
        let now = self.scope.read();
        metrics::observed(&self.before, &now, name, labels)
            .unwrap_or_else(|| no_such("histogram or summary", name, labels, &now))
    }

    /// The spans that have ended so far. The spans of a trace appear when its root has ended.
    #[must_use]
    pub fn spans(&self) -> Vec<SpanData> {
        self.sink.spans()
    }

    /// Spans that were lost because their trace had too many.
    #[must_use]
    pub fn dropped_spans(&self) -> u64 {
        self.sink
            .batches()
            .iter()
            .map(|batch| batch.dropped_spans)
            .sum()
    }

    /// The one span of this name.
    ///
    /// # Panics
    ///
    /// If there is none, or more than one; the message lists the names there are.
    #[must_use]
    #[track_caller]
    pub fn span(&self, name: &str) -> SpanData {
        let mut spans = self.spans();
        let names: Vec<String> = spans.iter().map(|span| span.name.to_string()).collect();
        let mut found: Vec<SpanData> = spans.extract_if(.., |span| span.name == name).collect();
        assert!(
            found.len() == 1,
            "expected one span `{name}`, found {} among {names:?}",
            found.len()
        );
        found.remove(0)
    }

    /// The log records so far, the oldest first.
    #[cfg(feature = "log")]
    #[must_use]
    pub fn logs(&self) -> Vec<Arc<crate::log::Record>> {
        self.logs.records()
    }
}

#[track_caller]
fn no_such<T>(kind: &str, name: &str, labels: &[(&str, &str)], now: &Snapshot) -> T {
    let there: Vec<String> = match now.family(name) {
        Some(family) => family
            .series
            .iter()
            .map(|series| format!("{:?}", series.labels))
            .collect(),
        None => now
            .families
            .iter()
            .map(|family| family.name.to_string())
            .collect(),
    };
    panic!("no {kind} `{name}` with the labels {labels:?}; there are {there:#?}")
}

impl Drop for Capture {
    fn drop(&mut self) {
        capture::replace(self.former.take());
    }
}

thread_local! {
    /// The virtual clocks of this thread.
    static CLOCKS: Cell<u32> = const { Cell::new(0) };
}

/// Stops the clock of this thread: durations and timestamps of telemetry move only by
/// [`VirtualClock::advance`], until the returned value is dropped.
///
/// Other threads go on with real time. It has nothing to do with `tokio::time::pause`, which can
/// be used beside it. Of several, each moves the one clock, which runs again when the last is dropped.
#[must_use = "the clock runs again when this is dropped"]
pub fn virtual_clock() -> VirtualClock {
    if CLOCKS.replace(CLOCKS.get() + 1) == 0 {
        clock::freeze();
    }
    VirtualClock {
        stays_on_thread: PhantomData,
    }
}

/// See [`virtual_clock`].
#[derive(Debug)]
pub struct VirtualClock {
    stays_on_thread: PhantomData<*const ()>,
}

impl VirtualClock {
    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        clock::advance(by);
    }
}

impl Drop for VirtualClock {
    fn drop(&mut self) {
        let others = CLOCKS.get().saturating_sub(1);
        CLOCKS.set(others);
        if others == 0 {
            clock::resume();
        }
    }
}
