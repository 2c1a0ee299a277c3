//! Where the spans of one trace in one task are written.
//!
//! A segment has one owner at a time, the value [`Owned`]: the root call's
//! guard, the future that polls the trace, or the collector. While the owner is
//! active on a thread, the thread's block points to the segment, so that nested
//! spans find it without an argument; they reach it only through
//! [`with_current`]. Nothing in it is shared, so nothing in it is locked.
//!
//! Segments are never freed: a reference to one is always valid to read the
//! generation from, and the generation tells whether the trace that one
//! remembers is still the one in it.

use std::borrow::Cow;
use std::cell::UnsafeCell;
use std::sync::atomic::{
    AtomicPtr, AtomicU64, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};
use std::sync::{Arc, Mutex, PoisonError};

use obs_schema::def::{CallOutcome, OperationDef, SpanKind};

use super::local::{self, Call, Current};
use crate::capture::Sink;
use crate::context::RequestContext;
use crate::part::Parts;
use crate::trace::{Keep, TraceState, Value};

/// Spans that a segment holds at most, besides its first; later ones are counted.
static MAX_SPANS: AtomicUsize = AtomicUsize::new(1024);
/// Attributes, events and links that a segment holds at most; later ones are counted.
pub(crate) const MAX_ITEMS: usize = 8192;
/// Bytes of text that a segment holds at most; what comes later is counted.
pub(crate) const MAX_TEXT: usize = 256 * 1024;
/// Bytes of one text; the rest is cut off at a character.
pub(crate) const MAX_VALUE: usize = 4096;
/// Capacities that a recycled segment may keep.
const WARM_SPANS: usize = 64;
const WARM_ITEMS: usize = 256;
const WARM_TEXT: usize = 16 * 1024;

/// A name or value: a constant of the program, or a part of the segment's text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text {
    Static(&'static str),
    Part { start: u32, len: u32 },
}

/// The value of an attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Raw {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Text),
}

/// What a span is of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum What {
    /// A call of an annotated function.
    Operation(&'static OperationDef),
    /// A span started by hand, by the HTTP layer or by another library.
    Named(Text, SpanKind),
}

/// A finished span.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) id: u64,
    pub(crate) parent: u64,
    pub(crate) what: What,
    /// Which combination of the operation's finite labels.
    pub(crate) labels: u32,
    pub(crate) outcome: CallOutcome,
}

impl Record {
    #[inline]
    fn is_failure(&self) -> bool {
        matches!(self.outcome, CallOutcome::Error | CallOutcome::Panic)
    }
}

/// What belongs to a span beside its record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Item {
    Attribute {
        span: u64,
        key: Text,
        value: Raw,
    },
    Event {
        span: u64,
        at: u64,
        name: Text,
    },
    /// Belongs to the event before it.
    EventAttribute {
        key: Text,
        value: Raw,
    },
    Link {
        span: u64,
        trace: u128,
        to: u64,
    },
    /// Describes how the span ended, and makes it an error if `error` is set.
    Status {
        span: u64,
        error: bool,
        message: Text,
    },
    /// Makes the span explicitly fine.
    Fine {
        span: u64,
    },
}

/// The contents of a segment.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) trace_id: u128,
    /// The W3C flags that go out with the trace.
    pub(crate) flags: u8,
    /// The `tracestate` that came in, to be handed on.
    pub(crate) state: TraceState,
    /// The span of another process or task that the first span here belongs to, or 0.
    pub(crate) parent: u64,
    /// Whether that span is in another process.
    pub(crate) remote: bool,
    /// Chosen when the trace began.
    pub(crate) sampled: bool,
    /// Why the trace is kept, once that is decided.
    pub(crate) keep: Option<Keep>,
    /// A span ended with an error or a panic.
    pub(crate) failed: bool,
    pub(crate) started: u64,
    pub(crate) spans: Vec<Record>,
    pub(crate) items: Vec<Item>,
    pub(crate) text: String,
    pub(crate) dropped_spans: u32,
    pub(crate) dropped_items: u32,
    pub(crate) request: Option<Arc<RequestContext>>,
    /// The test that the trace belongs to.
    pub(crate) capture: Option<Arc<Sink>>,
    /// The parts of this trace in other tasks.
    pub(crate) parts: Option<Arc<Parts>>,
}

impl std::fmt::Debug for Segment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Segment")
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// See the module.
pub(crate) struct Segment {
    /// Odd while a trace is in it. Changes when a trace begins and when it ends.
    generation: AtomicU64,
    trace_high: AtomicU64,
    trace_low: AtomicU64,
    started: AtomicU64,
    operation: AtomicPtr<OperationDef>,
    /// The name of a root that is not an operation.
    name: Mutex<String>,
    body: UnsafeCell<Body>,
}

// SAFETY: `body` is reached only through the one `Owned` of the segment, which moves between
// threads as a value does, or through `with_current` on the thread on which that owner is active.
unsafe impl Sync for Segment {}

/// The right to read and write a segment.
pub(crate) struct Owned(&'static Segment);

/// A trace that has begun and not ended, as another thread sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Active {
    pub(crate) trace_id: u128,
    pub(crate) started: u64,
    pub(crate) name: String,
}

impl Segment {
    pub(super) fn leak() -> &'static Self {
        Box::leak(Box::new(Self {
            generation: AtomicU64::new(0),
            trace_high: AtomicU64::new(0),
            trace_low: AtomicU64::new(0),
            started: AtomicU64::new(0),
            operation: AtomicPtr::new(std::ptr::null_mut()),
            name: Mutex::new(String::new()),
            body: UnsafeCell::new(Body::default()),
        }))
    }

    /// The trace in it, if there is one. May miss one that begins or ends meanwhile.
    pub(super) fn active(&self) -> Option<Active> {
        let generation = self.generation.load(Acquire);
        if generation.is_multiple_of(2) {
            return None;
        }
        let high = u128::from(self.trace_high.load(Relaxed)) << 64;
        let trace_id = high | u128::from(self.trace_low.load(Relaxed));
        let started = self.started.load(Relaxed);
        let name = self.name();
        std::sync::atomic::fence(Acquire);
        (self.generation.load(Relaxed) == generation).then_some(Active {
            trace_id,
            started,
            name,
        })
    }

    fn name(&self) -> String {
        // SAFETY: the pointer is null or comes from a `&'static OperationDef`.
        match unsafe { self.operation.load(Relaxed).as_ref() } {
            Some(operation) => operation.name.to_owned(),
            None => self
                .name
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        }
    }
}

impl Owned {
    /// Takes a free segment over. Only the pool calls this, with a segment that nobody owns.
    pub(super) fn new(segment: &'static Segment) -> Self {
        Self(segment)
    }

    /// Gives the segment up, empty.
    pub(super) fn into_free(mut self) -> &'static Segment {
        self.body().clear();
        self.0
    }

    /// Makes the segment visible as an active trace. `body` has been filled in.
    pub(crate) fn open(&mut self, operation: Option<&'static OperationDef>, name: &str) {
        let (trace_id, started) = (self.body().trace_id, self.body().started);
        let segment = self.0;
        segment.trace_high.store((trace_id >> 64) as u64, Relaxed);
        segment.trace_low.store(trace_id as u64, Relaxed);
        segment.started.store(started, Relaxed);
        let pointer = operation.map_or(std::ptr::null(), std::ptr::from_ref);
        segment.operation.store(pointer.cast_mut(), Relaxed);
        if operation.is_none() {
            let mut shown = segment.name.lock().unwrap_or_else(PoisonError::into_inner);
            shown.clear();
            shown.push_str(name);
        }
        segment.generation.fetch_add(1, Release);
    }

    /// Ends the trace: whoever still remembers the segment finds another generation in it.
    pub(crate) fn close(&mut self) {
        self.0.generation.fetch_add(1, Release);
    }

    /// Makes every place in the segment that anybody remembers invalid; the trace goes on.
    #[cfg(feature = "log")]
    pub(crate) fn renew(&mut self) {
        self.0.generation.fetch_add(2, Release);
    }

    /// The contents.
    pub(crate) fn body(&mut self) -> &mut Body {
        // SAFETY: there is one `Owned` for a segment, and it is borrowed mutably here. The thread's
        // block may point to the same segment, but `with_current` is never on the stack while the
        // owner is used: it runs nothing of the caller's but plain writes.
        unsafe { &mut *self.0.body.get() }
    }

    /// Where a thread has to point to write into this segment as `span`, in `call`.
    pub(crate) fn as_current(&self, span: u64, call: Call) -> Current {
        Current {
            segment: Some(self.0),
            generation: self.0.generation.load(Relaxed),
            span,
            call,
        }
    }
}

impl std::fmt::Debug for Owned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Owned").field(&self.0.generation).finish()
    }
}

impl Current {
    /// Whether a trace is open here.
    #[inline(always)]
    pub(crate) fn is_open(self) -> bool {
        self.segment
            .is_some_and(|segment| segment.generation.load(Relaxed) == self.generation)
    }

    /// Whether the two are of the same trace and task.
    #[inline(always)]
    pub(crate) fn same_segment(self, other: Self) -> bool {
        let pointer = |place: Self| place.segment.map(std::ptr::from_ref);
        pointer(self) == pointer(other) && self.generation == other.generation
    }

    /// The current span, or 0.
    #[inline(always)]
    pub(crate) fn span(self) -> u64 {
        self.span
    }

    /// The annotated call at this place.
    #[inline(always)]
    pub(crate) fn call(self) -> Call {
        self.call
    }

    /// The same place with another current span.
    #[inline(always)]
    pub(crate) fn with_span(self, span: u64) -> Self {
        Self { span, ..self }
    }

    /// The same place in another call.
    #[inline(always)]
    pub(crate) fn with_call(self, call: Call) -> Self {
        Self { call, ..self }
    }
}

/// Points the thread to a place in a trace until the returned value is dropped.
#[must_use]
pub(crate) fn activate(current: Current) -> Activation {
    Activation {
        former: local::replace_current(current),
    }
}

/// See [`activate`].
pub(crate) struct Activation {
    former: Current,
}

impl Drop for Activation {
    fn drop(&mut self) {
        local::replace_current(self.former);
    }
}

/// Sets the thread's place in a trace and returns the former one.
#[inline(always)]
pub(crate) fn enter(current: Current) -> Current {
    local::replace_current(current)
}

/// Goes back to `former` if the thread is still in the segment of `entered`; guards that are
/// dropped out of order leave the thread where it is.
#[inline(always)]
pub(crate) fn leave(entered: Current, former: Current) {
    if local::current().same_segment(entered) {
        local::replace_current(former);
    }
}

/// Reads or writes the segment that this thread is in. `None` without an open trace.
///
/// `change` must not run code of the program: no `Display`, no closure from outside.
#[inline(always)]
pub(crate) fn with_current<R>(change: impl FnOnce(&mut Body, Current) -> R) -> Option<R> {
    let current = local::current();
    let segment = current.segment.filter(|_| current.is_open())?;
    if local::set_writing(true) {
        return None;
    }
    // SAFETY: the generation matches, so the trace is open and its owner is active on this thread:
    // a future's owner points the thread to the segment only inside `poll` (`Activation` is never
    // leaked), and the guards of synchronous spans cannot leave their thread. The owner is not in
    // use meanwhile, and an allocator that came back here would have been turned away above.
    let body = unsafe { &mut *segment.body.get() };
    let result = change(body, current);
    local::set_writing(false);
    Some(result)
}

/// Sets how many spans a segment holds at most.
pub(crate) fn set_max_spans(max: usize) {
    MAX_SPANS.store(max, Relaxed);
}

impl Body {
    /// Adds a finished span.
    #[inline]
    pub(crate) fn push(&mut self, record: Record) {
        if self.spans.len() < MAX_SPANS.load(Relaxed) {
            self.push_first(record);
        } else {
            self.failed |= record.is_failure();
            self.dropped_spans = self.dropped_spans.saturating_add(1);
        }
    }

    /// Adds the span that the segment began with, which ends last and always has a place.
    #[inline]
    pub(crate) fn push_first(&mut self, record: Record) {
        self.failed |= record.is_failure();
        self.spans.push(record);
    }

    /// Adds something that belongs to a span.
    pub(crate) fn add(&mut self, item: Item) {
        if self.items.len() < MAX_ITEMS {
            self.items.push(item);
        } else {
            self.dropped_items = self.dropped_items.saturating_add(1);
        }
    }

    /// Copies a text into the segment, cut at [`MAX_VALUE`] bytes. `None`, counted, when it is full.
    pub(crate) fn keep(&mut self, text: &str) -> Option<Text> {
        let text = cut(text, MAX_VALUE);
        if self.text.len() + text.len() > MAX_TEXT {
            self.dropped_items = self.dropped_items.saturating_add(1);
            return None;
        }
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Some(Text::Part {
            start,
            len: text.len() as u32,
        })
    }

    /// Takes over a key, copied only if it is no constant of the program.
    #[cfg(feature = "log")]
    #[expect(
        clippy::ptr_arg,
        reason = "a borrowed key is kept without a copy, which `&str` could not tell"
    )]
    pub(crate) fn keep_key(&mut self, key: &Cow<'static, str>) -> Option<Text> {
        match key {
            Cow::Borrowed(key) => Some(Text::Static(key)),
            Cow::Owned(key) => self.keep(key),
        }
    }

    /// Takes over a value. Numbers beyond what OpenTelemetry can carry become text.
    #[cfg(feature = "log")]
    pub(crate) fn keep_value(&mut self, value: &Value) -> Option<Raw> {
        match value {
            Value::Bool(value) => Some(Raw::Bool(*value)),
            Value::I64(value) => Some(Raw::Int(*value)),
            Value::U64(value) => match i64::try_from(*value) {
                Ok(value) => Some(Raw::Int(value)),
                Err(_) => self.keep(&value.to_string()).map(Raw::Text),
            },
            Value::F64(value) => Some(Raw::Float(*value)),
            Value::Str(text) => self.keep_key(text).map(Raw::Text),
        }
    }

    /// A key or text as a value of its own.
    pub(crate) fn owned_text(&self, text: Text) -> Cow<'static, str> {
        match text {
            Text::Static(text) => Cow::Borrowed(text),
            Text::Part { .. } => Cow::Owned(self.text(text).to_owned()),
        }
    }

    /// An attribute's value as a value of its own.
    pub(crate) fn owned_value(&self, value: Raw) -> Value {
        match value {
            Raw::Bool(value) => Value::Bool(value),
            Raw::Int(value) => Value::I64(value),
            Raw::Float(value) => Value::F64(value),
            Raw::Text(text) => Value::Str(self.owned_text(text)),
        }
    }

    /// The characters of a text.
    pub(crate) fn text(&self, text: Text) -> &str {
        match text {
            Text::Static(text) => text,
            Text::Part { start, len } => self
                .text
                .get(start as usize..(start + len) as usize)
                .unwrap_or(""),
        }
    }

    fn clear(&mut self) {
        let mut spans = std::mem::take(&mut self.spans);
        let mut items = std::mem::take(&mut self.items);
        let mut text = std::mem::take(&mut self.text);
        spans.clear();
        items.clear();
        text.clear();
        spans.shrink_to(WARM_SPANS);
        items.shrink_to(WARM_ITEMS);
        text.shrink_to(WARM_TEXT);
        *self = Self {
            spans,
            items,
            text,
            ..Self::default()
        };
    }
}

/// The longest start of `text` of at most `bytes` bytes that ends at a character.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    if text.len() <= bytes {
        return text;
    }
    let end = (0..=bytes)
        .rev()
        .find(|&end| text.is_char_boundary(end))
        .unwrap_or(0);
    text.get(..end).unwrap_or("")
}
