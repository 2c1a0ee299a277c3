//! Telemetry in tests: capture it, assert on it, and stop the clock.
//!
//! ```
//! use std::time::Duration;
//! use obs_runtime::{testing, trace};
//!
//! let capture = testing::capture();
//! let clock = testing::virtual_clock();
//! {
//!     let _span = trace::span("pack").enter();
//!     clock.advance(Duration::from_millis(250));
//! }
//! let span = capture.span("pack");
//! assert_eq!(span.duration_ns, 250_000_000);
//! ```

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use crate::callsite::{self, SpansWanted};
use crate::capture::{self, Sink};
use crate::hot::clock;
use crate::trace::SpanData;

/// Captures what begins on this thread until the returned value is dropped.
///
/// Spans: of all traces that begin on this thread, wherever they end, sampled or not.
pub fn capture() -> Capture {
    callsite::register_all();
    let sink = Arc::new(Sink::default());
    Capture {
        former: capture::replace(Some(sink.clone())),
        sink,
        _spans: SpansWanted::new(),
        stays_on_thread: PhantomData,
    }
}

/// What a test captured. See [`capture()`].
#[derive(Debug)]
#[must_use = "the capture ends when this is dropped"]
pub struct Capture {
    sink: Arc<Sink>,
    former: Option<Arc<Sink>>,
    _spans: SpansWanted,
    stays_on_thread: PhantomData<*const ()>,
}

impl Capture {
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
}

impl Drop for Capture {
    fn drop(&mut self) {
        capture::replace(self.former.take());
    }
}

/// Stops the clock of this thread: durations and timestamps of telemetry move only by
/// [`VirtualClock::advance`], until the returned value is dropped.
///
/// Other threads go on with real time. It has nothing to do with `tokio::time::pause`, which can
/// be used beside it.
#[must_use = "the clock runs again when this is dropped"]
pub fn virtual_clock() -> VirtualClock {
    clock::freeze();
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
        clock::resume();
    }
}
