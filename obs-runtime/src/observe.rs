//! The future of a function that returns one: the call begins when that is first polled.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::attribute::{self, AttributeValue, Formatted};
use crate::callsite::Callsite;
use crate::op::Task;
use crate::outcome::Verdict;
use crate::series::SeriesKey;
use crate::trace::SpanContext;

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

    /// Takes attributes, if they are of use to anybody.
    #[must_use]
    pub fn recorder(&mut self) -> Option<&mut Self> {
        self.callsite.word().span().then_some(self)
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
            task: Task::new(),
            future: Some(future),
            classify,
        }
    }

    fn begin(&self, task: &mut Task) {
        let parent = self.parent.as_ref();
        match &self.key {
            Key::Index(index) => task.enter(self.callsite, SeriesKey::Index(*index), parent),
            Key::Values(values) => {
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                task.enter(self.callsite, SeriesKey::Values(&values), parent);
            }
        }
        if let Some(recorder) = task.recorder() {
            for (key, value) in &self.attributes {
                recorder.formatted(key, value);
            }
        }
    }
}

impl Drop for Later {
    /// A function that unwinds instead of returning its future is a call, too.
    fn drop(&mut self) {
        if self.guards && std::thread::panicking() {
            let mut task = Task::new();
            self.begin(&mut task);
            task.finish(Verdict::PANIC);
        }
    }
}

pin_project! {
    /// The future of [`Later::observe`]. Dropped before it is done, the call ends as `cancelled`.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct ObservedLater<F, C> {
        later: Option<Later>,
        task: Task,
        #[pin]
        future: Option<F>,
        classify: C,
    }

    impl<F, C> PinnedDrop for ObservedLater<F, C> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            // What the body's own values do when they are dropped belongs to the call.
            this.task.go_in();
            this.future.set(None);
        }
    }
}

impl<F, C> Future for ObservedLater<F, C>
where
    F: Future,
    C: Fn(&F::Output) -> Verdict<'_>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            // As after completion of any future: there is nothing left to do.
            return Poll::Pending;
        };
        if let Some(later) = this.later.take() {
            later.begin(this.task);
        }
        this.task.go_in();
        let mut stay = Stay(Some(this.task));
        let Poll::Ready(output) = future.poll(cx) else {
            stay.end(Task::go_out);
            return Poll::Pending;
        };
        this.future.set(None);
        if stay.is_active() {
            let verdict = (this.classify)(&output);
            stay.end(|task| task.finish(verdict));
        }
        Poll::Ready(output)
    }
}

/// The thread's stay in a call while its future runs. If it is dropped before that was said, the body has
/// unwound, and so the call has ended: whoever catches that drops the future later, when nothing shows any
/// more that it panicked.
struct Stay<'a>(Option<&'a mut Task>);

impl Stay<'_> {
    fn is_active(&self) -> bool {
        self.0.as_ref().is_some_and(|task| task.is_active())
    }

    fn end(&mut self, end: impl FnOnce(&mut Task)) {
        if let Some(task) = self.0.take() {
            end(task);
        }
    }
}

impl Drop for Stay<'_> {
    fn drop(&mut self) {
        self.end(|task| {
            if task.is_active() {
                task.abandon();
            }
        });
    }
}
