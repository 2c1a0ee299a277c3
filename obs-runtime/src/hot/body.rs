//! What is written of a trace: records of spans, and what belongs to them.
//!
//! Plain values without destructors in three lists that keep their capacity from
//! one trace to the next, so that writing allocates nothing once they are warm.

#[cfg(feature = "log")]
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use obs_schema::def::{CallOutcome, OperationDef, SpanKind};

use crate::capture::Sink;
use crate::context::{RequestContext, Visits};
use crate::part::Parts;
#[cfg(feature = "log")]
use crate::trace::Value;
use crate::trace::{Keep, TraceState};

/// Spans that a segment holds at most, besides its first; later ones are counted.
static MAX_SPANS: AtomicUsize = AtomicUsize::new(1024);
/// Attributes, events and links that a segment holds at most; later ones are counted.
pub(crate) const MAX_ITEMS: usize = 8192;
/// Bytes of text that a segment holds at most; what comes later is counted.
pub(crate) const MAX_TEXT: usize = 256 * 1024;
/// Bytes of one text; the rest is cut off at a character.
pub(crate) const MAX_VALUE: usize = 4096;
/// Bytes of capacity that one recycled segment may keep: those of 1,024 spans with an attribute each.
const MAX_WARM: usize = 256 * 1024;
/// Bytes of capacity that all recycled segments may keep together.
pub(super) const MAX_WARM_TOTAL: usize = 64 * 1024 * 1024;

/// What they keep, that of those in use again included.
pub(super) static WARM: AtomicUsize = AtomicUsize::new(0);

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
    /// Which combination of the operation's finite labels; of a named span, the histogram that
    /// observed it, or 0, see [`Histogram::mark`](crate::metric::Histogram::mark).
    pub(crate) labels: u32,
    pub(crate) outcome: CallOutcome,
}

impl Record {
    #[inline(always)]
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
    /// Its share of [`WARM`].
    pub(crate) warm: usize,
    /// The request context that the first span began in.
    pub(crate) request: Option<Arc<RequestContext>>,
    /// The other ones that spans ended in.
    pub(crate) visits: Visits,
    /// The test that the trace belongs to.
    pub(crate) capture: Option<Arc<Sink>>,
    /// The parts of this trace in other tasks.
    pub(crate) parts: Option<Arc<Parts>>,
}

/// Sets how many spans a segment holds at most.
pub(crate) fn set_max_spans(max: usize) {
    MAX_SPANS.store(max, Relaxed);
}

impl Body {
    /// Whether a span can be added without an allocation.
    #[inline(always)]
    pub(crate) fn has_room(&self) -> bool {
        self.spans.len() < self.spans.capacity()
    }

    /// Adds a finished span.
    #[inline(always)]
    pub(crate) fn push(&mut self, record: &Record) {
        if self.spans.len() < MAX_SPANS.load(Relaxed) {
            self.push_first(record);
        } else {
            self.failed |= record.is_failure();
            self.dropped_spans = self.dropped_spans.saturating_add(1);
        }
    }

    /// Adds the span that the segment began with, which ends last and always has a place.
    #[inline(always)]
    pub(crate) fn push_first(&mut self, record: &Record) {
        if record.is_failure() {
            self.failed = true;
        }
        self.spans.push(*record);
    }

    /// Adds something that belongs to a span.
    #[inline(always)]
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

    /// Describes how a span ended, and makes it an error if `error` is set.
    pub(crate) fn describe(&mut self, span: u64, error: bool, message: &str) {
        let Some(message) = self.keep(message) else {
            return;
        };
        self.add(Item::Status {
            span,
            error,
            message,
        });
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

    /// Empties it, and keeps its capacity while that is [moderate](MAX_WARM). Field by field: to make a new one and
    /// copy it here would take longer than all that was written.
    pub(super) fn clear(&mut self) {
        self.spans.clear();
        self.items.clear();
        self.text.clear();
        if self.capacity() > self.warm {
            self.settle();
        }
        self.state = TraceState::default();
        self.parent = 0;
        self.remote = false;
        self.keep = None;
        self.failed = false;
        self.dropped_spans = 0;
        self.dropped_items = 0;
        self.request = None;
        self.visits = Visits::default();
        self.capture = None;
        self.parts = None;
    }

    /// The bytes that the lists have.
    #[inline(always)]
    fn capacity(&self) -> usize {
        self.spans.capacity() * size_of::<Record>()
            + self.items.capacity() * size_of::<Item>()
            + self.text.capacity()
    }

    /// Has the capacity counted, after it has grown, or gives all of it back where it is too much.
    #[cold]
    #[inline(never)]
    fn settle(&mut self) {
        let capacity = self.capacity();
        let more = capacity - self.warm;
        let with_more = |total: usize| Some(total + more).filter(|&total| total <= MAX_WARM_TOTAL);
        if capacity <= MAX_WARM && WARM.fetch_update(Relaxed, Relaxed, with_more).is_ok() {
            self.warm = capacity;
            return;
        }
        self.spans = Vec::new();
        self.items = Vec::new();
        self.text = String::new();
        WARM.fetch_sub(self.warm, Relaxed);
        self.warm = 0;
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

#[cfg(test)]
mod tests;
