//! A call whose future is not being polled, or was polled before.

use obs_schema::def::CallOutcome;

use super::active::{Rare, record_error};
use super::measure::Measure;
use crate::hot::local::{self, Current};
use crate::hot::segment;
use crate::outcome::ErrorInfo;
use crate::span::TaskSpan;

/// See the module.
#[derive(Debug)]
pub(super) struct Away {
    measure: Measure,
    span: Option<TaskSpan>,
    rare: Option<Box<Rare>>,
    /// Whether the thread was unwinding when the call began.
    unwinding: bool,
    /// Where the thread was before it went into the call.
    former: Current,
}

impl Away {
    pub(super) fn new(
        measure: Measure,
        span: Option<TaskSpan>,
        rare: Option<Box<Rare>>,
        unwinding: bool,
    ) -> Self {
        Self {
            measure,
            span,
            rare,
            unwinding,
            former: Current::NONE,
        }
    }

    /// Puts the thread into the call while its future runs.
    #[inline(always)]
    pub(super) fn enter(&mut self) {
        match &self.span {
            Some(span) if self.rare.is_none() && span.is_reachable() => {
                self.former = span.enter_reachable();
            }
            _ => self.enter_any(),
        }
    }

    #[inline(never)]
    fn enter_any(&mut self) {
        #[cfg(feature = "log")]
        if let Some(rare) = &self.rare {
            rare.enter();
        }
        if let Some(span) = &mut self.span {
            self.former = span.enter();
        }
    }

    /// Takes the thread out of the call.
    #[inline(always)]
    pub(super) fn leave(&self) {
        if self.span.is_some() {
            segment::return_to(&self.former);
        }
        if self.rare.is_some() {
            self.leave_rare();
        }
    }

    #[inline(never)]
    fn leave_rare(&self) {
        #[cfg(feature = "log")]
        if let Some(rare) = &self.rare {
            rare.exit();
        }
    }

    /// Notes on the span what a returned value says. The thread is in the call.
    pub(super) fn note(&self, outcome: CallOutcome, error: Option<&dyn ErrorInfo>) {
        if let (Some(error), Some(span)) = (error, &self.span) {
            record_error(span.id(), error, outcome == CallOutcome::Error);
        }
    }

    /// Whether the thread has begun to unwind since the call began.
    pub(super) fn has_unwound(&self) -> bool {
        std::thread::panicking() && !self.unwinding
    }

    /// Ends the call. The thread is not in it any more.
    pub(super) fn end(&mut self, outcome: CallOutcome) {
        let (done, mut end) = self.measure.end_plain(local::get(), outcome);
        if !done {
            let more = self.rare.as_deref().and_then(|rare| rare.more.as_ref());
            end = Some(self.measure.end(outcome, end, more));
        }
        if let Some(span) = &mut self.span {
            span.end(end.unwrap_or_default(), outcome, self.measure.labels);
        }
        #[cfg(feature = "log")]
        if let Some(rare) = self.rare.take() {
            rare.close(outcome);
        }
    }
}
