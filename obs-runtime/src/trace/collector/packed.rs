//! The spans of a segment in little memory and few pieces.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use obs_schema::def::{CallOutcome, OperationDef};

use crate::context::RequestContext;
use crate::hot::body::{Body, Item, Raw, Text, What};
use crate::hot::clock;
#[cfg(feature = "otlp")]
use crate::trace::TraceState;
use crate::trace::{Keep, TraceId};

/// A copy of what was written of a trace in one task, with times of the wall clock instead of ticks.
#[derive(Debug)]
pub(crate) struct Packed {
    pub(crate) trace_id: TraceId,
    pub(crate) keep: Keep,
    /// The W3C flags of the trace.
    #[cfg(feature = "otlp")]
    pub(crate) flags: u8,
    /// The `tracestate` that came in.
    #[cfg(feature = "otlp")]
    pub(crate) state: TraceState,
    pub(crate) spans: Box<[Span]>,
    /// Spans that were finished but found no room in the segment.
    pub(crate) dropped_spans: u64,
    /// The span in another process that the first one here belongs to, or 0.
    pub(crate) remote_parent: u64,
    /// As in the segment, but the time of an event is in nanoseconds since 1970.
    pub(crate) items: Box<[Item]>,
    pub(crate) text: Box<str>,
    /// The keys of requests.
    pub(crate) inherited: Box<[Inherited]>,
}

/// A finished span.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) start_unix_ns: u64,
    pub(crate) duration_ns: u64,
    pub(crate) id: u64,
    pub(crate) parent: u64,
    pub(crate) what: What,
    pub(crate) labels: u32,
    pub(crate) outcome: CallOutcome,
}

/// A key of the request that some spans in a row belong to.
#[derive(Debug)]
pub(crate) struct Inherited {
    pub(crate) spans: Range<usize>,
    pub(crate) key: Text,
    pub(crate) value: Text,
}

impl Span {
    pub(crate) fn end_unix_ns(&self) -> u64 {
        self.start_unix_ns.saturating_add(self.duration_ns)
    }

    /// Whether it failed, as far as its outcome says.
    pub(crate) fn is_failure(&self) -> bool {
        match self.outcome {
            CallOutcome::Error | CallOutcome::Panic | CallOutcome::Timeout => true,
            CallOutcome::Ok | CallOutcome::Cancelled | CallOutcome::Rejected => false,
        }
    }
}

impl Packed {
    /// A copy of a finished segment.
    pub(crate) fn of(body: &Body) -> Option<Self> {
        let trace_id = TraceId::new(body.trace_id)?;
        let spans = body.spans.iter().map(|record| Span {
            start_unix_ns: clock::to_unix_nanos(record.start),
            duration_ns: clock::to_nanos(record.end.saturating_sub(record.start)),
            id: record.id,
            parent: record.parent,
            what: record.what,
            labels: record.labels,
            outcome: record.outcome,
        });
        let items = body.items.iter().map(|item| match *item {
            Item::Event { span, at, name } => Item::Event {
                span,
                at: clock::to_unix_nanos(at),
                name,
            },
            other => other,
        });
        let (inherited, text) = inherited(body);
        Some(Self {
            trace_id,
            keep: body.keep.unwrap_or(Keep::Sampled),
            #[cfg(feature = "otlp")]
            flags: body.flags,
            #[cfg(feature = "otlp")]
            state: body.state.clone(),
            spans: spans.collect(),
            dropped_spans: u64::from(body.dropped_spans),
            remote_parent: if body.remote { body.parent } else { 0 },
            items: items.collect(),
            text,
            inherited,
        })
    }

    /// The bytes that it takes.
    pub(crate) fn size(&self) -> usize {
        size_of::<Self>()
            + size_of_val(&*self.spans)
            + size_of_val(&*self.items)
            + size_of_val(&*self.inherited)
            + self.text.len()
    }

    /// Whether a span has the status "error".
    pub(crate) fn has_error(&self) -> bool {
        // Of several things said of a span the last counts. Mostly nothing is, which allocates nothing.
        let said: HashMap<u64, bool> = self
            .items
            .iter()
            .filter_map(|item| match *item {
                Item::Fine { span } => Some((span, false)),
                Item::Status {
                    span, error: true, ..
                } => Some((span, true)),
                _ => None,
            })
            .collect();
        self.spans.iter().any(|span| {
            let failed = said.get(&span.id).copied();
            failed.unwrap_or_else(|| span.is_failure())
        })
    }

    /// Whether a span has this name.
    pub(crate) fn has_name(&self, name: &str) -> bool {
        self.spans.iter().any(|span| match span.what {
            What::Operation(operation) => operation.name == name,
            What::Named(known, _) => self.text(known) == name,
        })
    }

    /// The characters of a text.
    pub(crate) fn text(&self, text: Text) -> &str {
        match text {
            Text::Static(text) => text,
            Text::Part { start, len } => self
                .text
                .get(start as usize..start as usize + len as usize)
                .unwrap_or(""),
        }
    }
}

/// The request's id, user and keys belong to each of its spans. A request that begins inside a trace
/// is that of the whole trace, unless there are others.
///
/// Returns the text of the segment with that of the keys behind it.
fn inherited(body: &Body) -> (Box<[Inherited]>, Box<str>) {
    let mut keys = Keys {
        text: String::new(),
        from: body.text.len(),
        all: Vec::new(),
    };
    let all = 0..body.spans.len();
    if !body.visits.is_empty() {
        keys.add_visits(body);
    } else if let Some(request) = &body.request {
        keys.add(request, all);
    }
    let Keys { text, all, .. } = keys;
    let text = if text.is_empty() {
        Box::from(body.text.as_str())
    } else {
        [body.text.as_str(), &text].concat().into()
    };
    (all.into(), text)
}

/// The keys of requests, collected.
struct Keys {
    text: String,
    /// Where the text will begin.
    from: usize,
    all: Vec<Inherited>,
}

impl Keys {
    fn add(&mut self, request: &RequestContext, spans: Range<usize>) {
        request.each(|key, value| {
            let (key, value) = (self.keep(key), self.keep(value));
            let spans = spans.clone();
            self.all.push(Inherited { spans, key, value });
        });
    }

    /// For each run of spans that ended in the same request.
    fn add_visits(&mut self, body: &Body) {
        let around = body.request.as_deref().or_else(|| body.visits.only());
        let request_of = |index| body.visits.at(index).or(around).map(std::ptr::from_ref);
        let mut start = 0;
        while start < body.spans.len() {
            let request = request_of(start);
            let run = (start..body.spans.len()).take_while(|&index| request_of(index) == request);
            let spans = start..start + run.count();
            start = spans.end;
            if let Some(request) = body.visits.at(spans.start).or(around) {
                self.add(request, spans);
            }
        }
    }

    fn keep(&mut self, text: &str) -> Text {
        let start = self.from + self.text.len();
        self.text.push_str(text);
        Text::Part {
            start: start as u32,
            len: text.len() as u32,
        }
    }
}

/// What the spans of a trace have as attributes, to be asked for by span and key.
pub(crate) struct Values<'a> {
    packed: &'a Packed,
    /// Spans, and where in the items an attribute of theirs is; sorted.
    places: Vec<(u64, usize)>,
}

impl<'a> Values<'a> {
    pub(crate) fn of(packed: &'a Packed) -> Self {
        let items = packed.items.iter().enumerate();
        let mut places: Vec<_> = items
            .filter_map(|(place, item)| match *item {
                Item::Attribute { span, .. } => Some((span, place)),
                _ => None,
            })
            .collect();
        places.sort_unstable();
        Self { packed, places }
    }

    /// The values of the labels of a span's operation, if it has them all as attributes.
    pub(crate) fn labels(&self, operation: &OperationDef, span: u64) -> Option<Vec<Cow<'a, str>>> {
        let labels = operation.labels.iter();
        labels.map(|label| self.value(span, label.name)).collect()
    }

    fn value(&self, span: u64, name: &str) -> Option<Cow<'a, str>> {
        let start = self.places.partition_point(|(of, _)| *of < span);
        let places = self.places.get(start..)?.iter();
        let items = places
            .take_while(|(of, _)| *of == span)
            .filter_map(|(_, place)| self.packed.items.get(*place));
        let values = items.filter_map(|item| match *item {
            Item::Attribute { key, value, .. } if self.packed.text(key) == name => Some(value),
            _ => None,
        });
        Some(match values.last()? {
            Raw::Text(text) => Cow::Borrowed(self.packed.text(text)),
            Raw::Bool(value) => Cow::Owned(value.to_string()),
            Raw::Int(value) => Cow::Owned(value.to_string()),
            Raw::Float(value) => Cow::Owned(value.to_string()),
        })
    }
}
