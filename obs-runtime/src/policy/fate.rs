//! What became of a guarded call.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use obs_schema::def::CallOutcome;
use pin_project_lite::pin_project;

use crate::outcome::{Class, Verdict};

/// What became of a guarded call, beside the value that its caller gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The body ran, and the value is its own.
    Ran,
    /// The body ran and failed; the value is that of the fallback, if there is one.
    Failed,
    /// The body did not run.
    Rejected,
    /// The body was given up.
    TimedOut,
}

impl Fate {
    /// That of a call whose value has this class, where it matters whether it failed.
    #[inline(always)]
    #[must_use]
    pub const fn of(class: Class) -> Self {
        match class.is_failure() {
            true => Self::Failed,
            false => Self::Ran,
        }
    }

    /// Whether there is no value of the body, or one that will not do.
    #[inline(always)]
    #[must_use]
    pub const fn is_failed(self) -> bool {
        !matches!(self, Self::Ran)
    }

    /// The verdict on the call, which `verdict` would be if the value were the body's own.
    #[inline(always)]
    #[must_use]
    pub fn judge(self, verdict: Verdict<'_>) -> Verdict<'_> {
        match self {
            Self::Ran => verdict,
            other => other.judge_unusual(verdict),
        }
    }

    #[cold]
    fn judge_unusual(self, verdict: Verdict<'_>) -> Verdict<'_> {
        let outcome = match self {
            Self::Ran => return verdict,
            Self::Failed => CallOutcome::Error,
            Self::Rejected => CallOutcome::Rejected,
            Self::TimedOut => CallOutcome::Timeout,
        };
        Verdict { outcome, ..verdict }
    }
}

pin_project! {
    /// The future of [`value_of`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ValueOf<F> {
        #[pin]
        future: F,
    }
}

/// A future of the value alone.
#[inline]
pub fn value_of<T, F: Future<Output = (T, Fate)>>(future: F) -> ValueOf<F> {
    ValueOf { future }
}

impl<T, F: Future<Output = (T, Fate)>> Future for ValueOf<F> {
    type Output = T;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let (value, _) = ready!(self.project().future.poll(cx));
        Poll::Ready(value)
    }
}
