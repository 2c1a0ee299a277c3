//! A call whose future is not being polled, or was polled before.

use obs_schema::def::CallOutcome;

use super::active::{Rare, record_error};
use super::measure::{Counted, Measure};
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
        }
    }

    /// The span, if the thread has to know of nothing else.
    pub(super) fn only_span(&self) -> Option<&TaskSpan> {
        self.span.as_ref().filter(|_| self.rare.is_none())
    }

    /// Puts the thread into the call while its future runs. Returns where it was before, for
    /// [`leave`](Self::leave).
    pub(super) fn enter(&mut self) -> Current {
        #[cfg(feature = "log")]
        if let Some(rare) = &self.rare {
            rare.enter();
        }
        self.span.as_mut().map_or(Current::NONE, TaskSpan::enter)
    }

    /// Takes the thread out of the call.
    pub(super) fn leave(&self, former: &Current) {
        if self.span.is_some() {
            segment::return_to(former);
        }
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
        let local = local::get();
        let end = match self.measure.end_plain(local, outcome) {
            Counted::At(end) => end,
            Counted::Missed(end) => {
                self.measure.end_missed(local, end, outcome);
                end
            }
            Counted::Not => {
                let more = self.rare.as_deref().and_then(|rare| rare.more.as_ref());
                self.measure.end(outcome, more)
            }
        };
        if let Some(span) = &mut self.span {
            span.end(end, outcome, self.measure.labels);
        }
        #[cfg(feature = "log")]
        if let Some(rare) = self.rare.take() {
            rare.close(outcome);
        }
    }
}
