//! The future of an annotated `async fn`, and of a function that returns a future.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::attribute::{self, AttributeValue, Formatted};
use crate::callsite::Callsite;
use crate::hot::local::Current;
use crate::op::{Op, TaskOp};
use crate::outcome::Verdict;
use crate::series::SeriesKey;
use crate::trace::SpanContext;

pin_project! {
    /// Runs a future as the body of a call that has begun.
    ///
    /// While it is polled, the call's span is the thread's current one; a poll reads no clock and
    /// allocates nothing. Dropped before it is done, the call ends as `cancelled`.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Observed<F, C> {
        #[pin]
        future: Option<F>,
        op: Option<TaskOp>,
        classify: C,
    }

    impl<F, C> PinnedDrop for Observed<F, C> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.op.is_some() {
                // What the body's own values do when they are dropped belongs to the call.
                let stay = Stay::new(this.op);
                this.future.set(None);
                drop(stay);
            }
        }
    }
}

impl Op {
    /// Goes on with the call in a future. `classify` looks at what it returns.
    #[inline]
    pub fn observe<F, C>(self, future: F, classify: C) -> Observed<F, C>
    where
        F: Future,
        C: Fn(&F::Output) -> Verdict<'_>,
    {
        Observed {
            future: Some(future),
            op: self.suspend(),
            classify,
        }
    }
}

impl<F, C> Future for Observed<F, C>
where
    F: Future,
    C: Fn(&F::Output) -> Verdict<'_>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            // As after completion of any future: there is nothing left to do.
            return Poll::Pending;
        };
        if this.op.is_none() {
            return future.poll(cx);
        }
        let mut stay = Stay::new(this.op);
        let Poll::Ready(output) = future.poll(cx) else {
            stay.leave();
            return Poll::Pending;
        };
        this.future.set(None);
        stay.end(&(this.classify)(&output));
        Poll::Ready(output)
    }
}

/// The thread's stay in a call while its future runs. If it is dropped before that was said, the call has
/// ended without a value: its body unwound, or its future was given up. Whoever catches the former drops the
/// future later, when nothing shows any more that it panicked.
struct Stay<'a> {
    /// The call, until the stay has ended.
    op: Option<&'a mut Option<TaskOp>>,
    /// Where the thread was before.
    former: Current,
}

impl<'a> Stay<'a> {
    #[inline(always)]
    fn new(op: &'a mut Option<TaskOp>) -> Self {
        let former = op.as_mut().map_or(Current::NONE, TaskOp::enter);
        Self {
            op: Some(op),
            former,
        }
    }

    /// The future is not done.
    #[inline(always)]
    fn leave(&mut self) {
        if let Some(Some(op)) = self.op.take() {
            op.leave(&self.former);
        }
    }

    /// The future is done.
    #[inline(always)]
    fn end(&mut self, verdict: &Verdict<'_>) {
        if let Some(slot) = self.op.take() {
            if let Some(op) = slot {
                op.note(verdict);
                op.leave(&self.former);
                op.end(verdict.outcome);
            }
            *slot = None;
        }
    }

    #[cold]
    #[inline(never)]
    fn abandon(&mut self) {
        if let Some(mut op) = self.op.take().and_then(Option::take) {
            op.leave(&self.former);
            op.end_abandoned();
        }
    }
}

impl Drop for Stay<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.op.is_some() {
            self.abandon();
        }
    }
}

/// A call that begins when the future that a function returns is first polled.
#[derive(Debug)]
pub struct Later {
    callsite: &'static Callsite,
    key: Key,
    parent: Option<SpanContext>,
    attributes: Vec<(&'static str, Formatted)>,
    /// Set while the function that returns the future runs, if the thread was not unwinding before.
    guards: bool,
}

/// A series key of its own.
#[derive(Debug)]
enum Key {
    Index(usize),
    Values(Vec<String>),
}

impl Later {
    /// Notes what the call will need.
    #[must_use]
    pub fn new(
        callsite: &'static Callsite,
        key: SeriesKey<'_>,
        parent: Option<&SpanContext>,
    ) -> Self {
        let key = match key {
            SeriesKey::Index(index) => Key::Index(index),
            SeriesKey::Values(values) => Key::Values(values.iter().map(|&v| v.into()).collect()),
        };
        Self {
            callsite,
            key,
            parent: parent.cloned(),
            attributes: Vec::new(),
            guards: !std::thread::panicking(),
        }
    }

    /// Whether attributes are of use to anybody.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.callsite.word().span()
    }

    /// Adds an attribute to the span that is to come.
    pub fn attribute(&mut self, key: &'static str, value: &impl AttributeValue) {
        if let Some(value) = attribute::format(value.attribute_value()) {
            self.attributes.push((key, value));
        }
    }

    /// The future that begins the call at its first poll.
    pub fn observe<F, C>(mut self, future: F, classify: C) -> ObservedLater<F, C>
    where
        F: Future,
        C: Fn(&F::Output) -> Verdict<'_>,
    {
        self.guards = false;
        ObservedLater {
            later: Some(self),
            future: Observed {
                future: Some(future),
                op: None,
                classify,
            },
        }
    }

    fn begin(&self) -> Op {
        let parent = self.parent.as_ref();
        let mut op = Op::new();
        match &self.key {
            Key::Index(index) => op.enter(self.callsite, SeriesKey::Index(*index), parent),
            Key::Values(values) => {
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                op.enter(self.callsite, SeriesKey::Values(&values), parent);
            }
        }
        for (key, value) in &self.attributes {
            op.formatted(key, value);
        }
        op
    }
}

impl Drop for Later {
    /// A function that unwinds instead of returning its future is a call, too.
    fn drop(&mut self) {
        if self.guards && std::thread::panicking() {
            self.begin().finish(Verdict::PANIC);
        }
    }
}

pin_project! {
    /// The future of [`Later::observe`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ObservedLater<F, C> {
        later: Option<Later>,
        #[pin]
        future: Observed<F, C>,
    }
}

impl<F, C> Future for ObservedLater<F, C>
where
    F: Future,
    C: Fn(&F::Output) -> Verdict<'_>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut future = this.future;
        if let Some(later) = this.later.take() {
            *future.as_mut().project().op = later.begin().suspend();
        }
        future.poll(cx)
    }
}
