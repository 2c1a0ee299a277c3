//! A call whose body is a future.

use std::mem::ManuallyDrop;

use obs_schema::def::CallOutcome;

use super::measure::Measure;
use super::{Op, Rare, record_error};
use crate::hot::body::What;
use crate::hot::local::{self, Current};
use crate::hot::segment;
use crate::outcome::Verdict;
use crate::span::TaskSpan;

/// See the module.
#[derive(Debug)]
pub(crate) struct TaskOp {
    measure: Measure,
    span: Option<TaskSpan>,
    rare: Option<Box<Rare>>,
    /// Whether the thread was unwinding when the call began.
    unwinding: bool,
}

impl Op {
    /// Takes the call off the thread, for a future.
    pub(crate) fn suspend(mut self) -> Option<TaskOp> {
        let active = self.active.take()?;
        let rare = ManuallyDrop::into_inner(active.rare);
        #[cfg(feature = "log")]
        if let Some(rare) = &rare {
            rare.exit();
        }
        Some(TaskOp {
            span: active.span.map(|span| {
                let what = What::Operation(active.measure.callsite.def());
                span.suspend(what, active.measure.call(), active.measure.start())
            }),
            measure: active.measure,
            rare,
            unwinding: std::thread::panicking(),
        })
    }
}

impl TaskOp {
    /// Puts the thread into the call while its future runs. Returns where it was before, for
    /// [`leave`](Self::leave).
    #[inline(always)]
    pub(crate) fn enter(&mut self) -> Current {
        #[cfg(feature = "log")]
        if let Some(rare) = &self.rare {
            rare.enter();
        }
        self.span.as_mut().map_or(Current::NONE, TaskSpan::enter)
    }

    /// Takes the thread out of the call.
    #[inline(always)]
    pub(crate) fn leave(&self, former: &Current) {
        if self.span.is_some() {
            segment::return_to(former);
        }
        #[cfg(feature = "log")]
        if let Some(rare) = &self.rare {
            rare.exit();
        }
    }

    /// Notes on the span what a returned value says. The thread is in the call.
    #[inline(always)]
    pub(crate) fn note(&self, verdict: &Verdict<'_>) {
        if let (Some(error), Some(span)) = (verdict.error, &self.span) {
            record_error(span.id(), error, verdict.outcome == CallOutcome::Error);
        }
    }

    /// Ends the call. The thread is not in it any more.
    #[inline(never)]
    pub(crate) fn end(&mut self, outcome: CallOutcome) {
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

    /// Ends a call whose future was dropped before it was done.
    #[cold]
    #[inline(never)]
    pub(crate) fn end_abandoned(&mut self) {
        self.end(if std::thread::panicking() && !self.unwinding {
            CallOutcome::Panic
        } else {
            CallOutcome::Cancelled
        });
    }
}
