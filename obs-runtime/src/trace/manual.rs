//! Spans by hand, beside those of annotated functions.

use std::borrow::Cow;
use std::error::Error;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use obs_schema::def::{CallOutcome, SpanKind};
use pin_project_lite::pin_project;

use super::{SpanContext, SpanId, TraceId};
use crate::attribute::{self, AttributeValue};
use crate::hot::body::{self, Item, Text};
use crate::hot::clock;
use crate::hot::segment;
use crate::propagate::Extracted;
use crate::span::{NamedSpan, Origin, TaskSpan};
use crate::{callsite, span};

/// Begins to describe a span. It starts with [`SpanBuilder::enter`] or [`SpanBuilder::observe`].
///
/// ```
/// use obs_runtime::trace;
///
/// let _capture = obs_runtime::testing::capture();
/// let span = trace::span("compress").enter();
/// span.attribute("level", 9);
/// trace::add_event("dictionary loaded", &[("bytes", &512)]);
/// assert_eq!(trace::current_span_id(), Some(span.id().unwrap()));
/// ```
pub fn span(name: impl Into<Cow<'static, str>>) -> SpanBuilder {
    SpanBuilder {
        name: name.into(),
        kind: SpanKind::Internal,
        place: Place::Here,
    }
}

/// A span that is about to start. See [`span()`].
#[derive(Debug, Clone)]
#[must_use = "the span starts with `enter` or `observe`"]
pub struct SpanBuilder {
    name: Cow<'static, str>,
    kind: SpanKind,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Here,
    Root,
    Below(SpanContext),
    Asked {
        parent: Option<SpanContext>,
        sampled: Option<bool>,
    },
}

impl SpanBuilder {
    /// The role of the span in a remote call. Default: internal.
    pub fn kind(self, kind: SpanKind) -> Self {
        Self { kind, ..self }
    }

    /// Starts a new trace even inside another one.
    pub fn root(self) -> Self {
        Self {
            place: Place::Root,
            ..self
        }
    }

    /// Makes the span a child of `parent` instead of the current span.
    pub fn parent(self, parent: SpanContext) -> Self {
        Self {
            place: Place::Below(parent),
            ..self
        }
    }

    /// Makes the span a child of what a message named, sampled as it says. Without a parent it starts a new
    /// trace; where the message says nothing at all, below the current span.
    pub fn continues(self, sent: &Extracted) -> Self {
        if sent.parent.is_none() && sent.sampled.is_none() {
            return self;
        }
        Self {
            place: Place::Asked {
                parent: sent.parent.clone(),
                sampled: sent.sampled,
            },
            ..self
        }
    }

    /// Starts the span and makes it the thread's current one until the guard is dropped.
    ///
    /// Before [`start`](crate::start) the guard does nothing.
    pub fn enter(self) -> SpanGuard {
        SpanGuard {
            span: self.begin(),
            error: false,
            unwinding: std::thread::panicking(),
            stays_on_thread: PhantomData,
        }
    }

    /// Runs a future inside the span, which starts at the first poll.
    pub fn observe<F: Future>(self, future: F) -> InSpan<F> {
        InSpan {
            builder: Some(self),
            future: Some(future),
            span: None,
        }
    }

    pub(crate) fn begin(&self) -> Option<NamedSpan> {
        if !callsite::spans_on() {
            return None;
        }
        let origin = match &self.place {
            Place::Here => Origin::Here,
            Place::Root => Origin::Root,
            Place::Below(parent) => Origin::Below(parent),
            Place::Asked { parent, sampled } => Origin::Asked {
                parent: parent.as_ref(),
                sampled: *sampled,
            },
        };
        NamedSpan::begin(&self.name, self.kind, origin, clock::ticks())
    }
}

/// A span that is the thread's current one until this is dropped.
///
/// It stays on its thread: in `async` code use [`SpanBuilder::observe`].
#[derive(Debug)]
#[must_use = "the span ends when the guard is dropped"]
pub struct SpanGuard {
    span: Option<NamedSpan>,
    error: bool,
    /// Whether the thread was unwinding when the span started.
    unwinding: bool,
    stays_on_thread: PhantomData<*const ()>,
}

impl SpanGuard {
    /// The span's id; `None` if nothing is recorded.
    #[must_use]
    pub fn id(&self) -> Option<SpanId> {
        SpanId::new(self.span.as_ref()?.id())
    }

    /// Adds an attribute. The last value of a key counts.
    pub fn attribute(&self, key: &str, value: impl AttributeValue) {
        if let Some(span) = &self.span {
            attribute::record(span.id(), key, value.attribute_value());
        }
    }

    /// Ends the span as an error, with this description.
    pub fn set_error(&mut self, message: &str) {
        self.error = true;
        if let Some(span) = &self.span {
            set_status(span.id(), message);
        }
    }
}

impl Drop for SpanGuard {
    fn drop(&mut self) {
        if let Some(mut span) = self.span.take() {
            let outcome = match (std::thread::panicking() && !self.unwinding, self.error) {
                (true, _) => CallOutcome::Panic,
                (false, true) => CallOutcome::Error,
                (false, false) => CallOutcome::Ok,
            };
            span.end(clock::ticks(), outcome);
        }
    }
}

pin_project! {
    /// The future of [`SpanBuilder::observe`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct InSpan<F> {
        builder: Option<SpanBuilder>,
        #[pin]
        future: Option<F>,
        span: Option<TaskSpan>,
    }

    impl<F> PinnedDrop for InSpan<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let Some(mut span) = this.span.take() else { return };
            let active = span.activate();
            this.future.set(None);
            drop(active);
            span.end(clock::ticks(), CallOutcome::Cancelled, 0);
        }
    }
}

impl<F: Future> Future for InSpan<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if let Some(builder) = this.builder.take() {
            *this.span = builder.begin().map(NamedSpan::suspend);
        }
        let Some(future) = this.future.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let mut polled = Polled {
            span: this.span,
            unwound: true,
        };
        let active = polled.span.as_mut().map(TaskSpan::activate);
        let result = future.poll(cx);
        if result.is_ready() {
            this.future.set(None);
            drop(active);
            if let Some(mut span) = polled.span.take() {
                span.end(clock::ticks(), CallOutcome::Ok, 0);
            }
        }
        polled.unwound = false;
        result
    }
}

/// Ends a span whose future unwinds out of a poll: whoever catches that drops the future later, when
/// nothing shows any more that it panicked.
struct Polled<'a> {
    span: &'a mut Option<TaskSpan>,
    unwound: bool,
}

impl Drop for Polled<'_> {
    fn drop(&mut self) {
        if self.unwound
            && let Some(mut span) = self.span.take()
        {
            span.end(clock::ticks(), CallOutcome::Panic, 0);
        }
    }
}

/// The current span as another process or task may name it; `None` outside a recorded trace.
#[must_use]
pub fn current() -> Option<SpanContext> {
    span::current_context()
}

/// The id of the current trace.
#[must_use]
pub fn current_trace_id() -> Option<TraceId> {
    segment::with_current(|body, _| TraceId::new(body.trace_id)).flatten()
}

/// The id of the current span.
#[must_use]
pub fn current_span_id() -> Option<SpanId> {
    segment::with_current(|_, current| SpanId::new(current.span())).flatten()
}

/// Adds an attribute to the current span. The last value of a key counts.
pub fn set_attribute(key: &str, value: impl AttributeValue) {
    if let Some(id) = current_span_id() {
        attribute::record(id.get(), key, value.attribute_value());
    }
}

/// Adds an event to the current span: something that happened at this moment.
pub fn add_event(name: &str, attributes: &[(&str, &dyn AttributeValue)]) {
    let Some(id) = current_span_id() else { return };
    let (span, at) = (id.get(), clock::ticks());
    // The values are formatted first: that runs the program's code, and may add events of its own.
    let texts: Vec<(&str, attribute::Formatted)> = attributes
        .iter()
        .filter_map(|(key, value)| Some((*key, attribute::format(value.attribute_value())?)))
        .collect();
    segment::with_current(|body, _| {
        let Some(name) = body.keep(name) else { return };
        body.add(Item::Event { span, at, name });
        for (key, value) in &texts {
            if let (Some(key), Some(value)) = (body.keep(key), value.as_ready().keep(body)) {
                body.add(Item::EventAttribute { key, value });
            }
        }
    });
}

/// Links the current span to another one, for example to the message that a batch took up.
pub fn add_link(to: &SpanContext) {
    segment::with_current(|body, current| {
        body.add(Item::Link {
            span: current.span(),
            trace: to.trace_id.get(),
            to: to.span_id.get(),
        });
    });
}

/// Marks the current span as failed, with a description.
pub fn set_error(message: &str) {
    if let Some(id) = current_span_id() {
        set_status(id.get(), message);
    }
}

/// Marks the current span as explicitly fine.
pub fn set_ok() {
    segment::with_current(|body, current| {
        body.add(Item::Fine {
            span: current.span(),
        });
    });
}

/// Marks the current span as failed with this error: its type, its text and that of its sources. Of a `dyn Error` the
/// type is not known, and left out.
pub fn record_error<E: Error + ?Sized>(error: &E) {
    let Some(id) = current_span_id() else { return };
    let type_name = std::any::type_name::<E>();
    if !type_name.starts_with("dyn ") {
        attribute::record(id.get(), "error.type", type_name.attribute_value());
    }
    let mut text = attribute::written(format_args!("{error}"));
    let mut source = error.source();
    while let (Some(inner), true) = (source, text.len() < body::MAX_VALUE) {
        text.push_str(&attribute::written(format_args!(": {inner}")));
        source = inner.source();
    }
    set_status(id.get(), &text);
}

fn set_status(span: u64, message: &str) {
    segment::with_current(|body, _| {
        let message = body.keep(message).unwrap_or(Text::Static(""));
        body.failed = true;
        body.add(Item::Status {
            span,
            error: true,
            message,
        });
    });
}
