//! From finished segments to stored traces.
//!
//! The collector thread calls [`drain`] a few times a second. Everything that
//! was put off on the calling threads happens here: ticks become wall-clock
//! time, label numbers become text, items find their spans.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use obs_schema::def::{CallOutcome, OperationDef, Values};

use super::{
    Attribute, CodeLocation, Keep, SpanBatch, SpanContext, SpanData, SpanEvent, SpanId, SpanLink,
    Status, Store, TraceFlags, TraceId, Value,
};
use crate::hot::body::{Body, Item, Raw, Record, Text, What};
use crate::hot::{clock, pool};
use crate::metric::exemplar::{self, Call};
use crate::series::{SeriesKey, finite_values};

/// Spans of kept traces that had too many.
pub(crate) static TRACE_FULL: AtomicU64 = AtomicU64::new(0);

/// Attributes of one span that are kept; further ones are counted.
const MAX_ATTRIBUTES: usize = 128;

/// Stores every finished segment. Returns how many there were.
pub(crate) fn drain(store: &Store) -> usize {
    let mut count = 0;
    while let Some(mut segment) = pool::next_finished() {
        if let Some(batch) = batch(segment.body()) {
            TRACE_FULL.fetch_add(batch.dropped_spans, Relaxed);
            offer_exemplars(segment.body(), &batch);
            store.insert(batch);
        }
        pool::recycle(segment);
        count += 1;
    }
    count
}

/// Lets the histograms that counted the calls of a kept trace point to it.
fn offer_exemplars(body: &Body, batch: &SpanBatch) {
    for record in &body.spans {
        let call = Call {
            outcome: record.outcome,
            ticks: record.end.saturating_sub(record.start),
            trace_id: body.trace_id,
            unix_ns: clock::to_unix_nanos(record.end),
        };
        let What::Operation(operation) = record.what else {
            exemplar::offer_marked(record.labels, call);
            continue;
        };
        if all_finite(operation) {
            exemplar::offer(operation, SeriesKey::Index(record.labels as usize), call);
        } else if let Some(values) = label_values(operation, record.id, batch) {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            exemplar::offer(operation, SeriesKey::Values(&values), call);
        }
    }
}

/// The values of labels that are free text: the span has them as attributes.
fn label_values(operation: &OperationDef, id: u64, batch: &SpanBatch) -> Option<Vec<String>> {
    let span = batch.spans.iter().find(|span| span.span_id.get() == id)?;
    let value = |name| span.attribute(name).map(ToString::to_string);
    operation
        .labels
        .iter()
        .map(|label| value(label.name))
        .collect()
}

/// The spans of a segment.
pub(crate) fn batch(body: &Body) -> Option<SpanBatch> {
    let keep = body.keep.unwrap_or(Keep::Sampled);
    let mut spans: Vec<SpanData> = body
        .spans
        .iter()
        .filter_map(|record| span(body, record))
        .collect();
    add_items(body, &mut spans);
    judge_by_status(body, &mut spans);
    add_request(body, &mut spans);
    if let (Keep::Error | Keep::Slow, Some(root)) = (keep, spans.last_mut()) {
        // The first span of a segment ends last.
        add_attribute(root, "sampling.kept".into(), Value::from(keep.as_str()));
    }
    Some(SpanBatch {
        trace_id: TraceId::new(body.trace_id)?,
        keep,
        spans,
        dropped_spans: u64::from(body.dropped_spans),
    })
}

fn span(body: &Body, record: &Record) -> Option<SpanData> {
    let parent = SpanId::new(record.parent);
    let name = match record.what {
        What::Operation(operation) => Cow::Borrowed(operation.name),
        What::Named(name, _) => body.owned_text(name),
    };
    let duration = clock::to_nanos(record.end.saturating_sub(record.start));
    let start = clock::to_unix_nanos(record.start);
    let mut span = SpanData::new(SpanId::new(record.id)?, parent, name, start, duration);
    span.parent_is_remote = body.remote && record.parent == body.parent;
    span.outcome = Some(record.outcome);
    span.status = match record.outcome {
        CallOutcome::Error | CallOutcome::Panic | CallOutcome::Timeout => Status::Error,
        CallOutcome::Ok | CallOutcome::Cancelled | CallOutcome::Rejected => Status::Unset,
    };
    match record.what {
        What::Operation(operation) => describe(&mut span, operation, record.labels),
        What::Named(_, kind) => span.kind = kind,
    }
    Some(span)
}

/// What the definition of an operation says about its span.
fn describe(span: &mut SpanData, operation: &'static OperationDef, labels: u32) {
    span.kind = operation.span.unwrap_or_default();
    span.code = CodeLocation {
        target: operation.source.module,
        function: operation.function,
        file: operation.source.file,
        line: operation.source.line,
    };
    for (key, value) in operation.attributes {
        add_attribute(span, Cow::Borrowed(key), Value::from(*value));
    }
    if all_finite(operation) {
        let values = finite_values(operation.labels, labels as usize);
        for (label, value) in operation.labels.iter().zip(values) {
            add_attribute(span, Cow::Borrowed(label.name), Value::from(value));
        }
    }
}

/// Whether the number in a record says what the labels were.
fn all_finite(operation: &OperationDef) -> bool {
    operation
        .labels
        .iter()
        .all(|label| matches!(label.values, Values::Finite(_)))
}

fn add_items(body: &Body, spans: &mut [SpanData]) {
    if body.items.is_empty() {
        return;
    }
    let positions: HashMap<u64, usize> = spans
        .iter()
        .enumerate()
        .map(|(position, span)| (span.span_id.get(), position))
        .collect();
    let mut of_event = None;
    for item in &body.items {
        let id = match *item {
            Item::Attribute { span, .. }
            | Item::Event { span, .. }
            | Item::Link { span, .. }
            | Item::Status { span, .. }
            | Item::Fine { span } => Some(span),
            Item::EventAttribute { .. } => of_event,
        };
        of_event = matches!(item, Item::Event { .. } | Item::EventAttribute { .. })
            .then_some(id)
            .flatten();
        let position = id.and_then(|id| positions.get(&id));
        if let Some(span) = position.and_then(|&position| spans.get_mut(position)) {
            add_item(body, span, *item);
        }
    }
}

fn add_item(body: &Body, span: &mut SpanData, item: Item) {
    match item {
        Item::Attribute { key, value, .. } => {
            let (key, value) = attribute(body, key, value);
            set_attribute(span, key, value);
        }
        Item::Event { at, name, .. } => span.events.push(SpanEvent {
            name: body.owned_text(name),
            time_unix_ns: clock::to_unix_nanos(at),
            attributes: Vec::new(),
        }),
        Item::EventAttribute { key, value } => {
            if let Some(event) = span.events.last_mut() {
                event.attributes.push(attribute(body, key, value));
            }
        }
        Item::Link { trace, to, .. } => {
            if let (Some(trace), Some(to)) = (TraceId::new(trace), SpanId::new(to)) {
                let context = SpanContext::new(trace, to, TraceFlags::NONE);
                span.links.push(SpanLink {
                    context,
                    attributes: Vec::new(),
                });
            }
        }
        Item::Status { error, message, .. } => {
            if error {
                span.status = Status::Error;
            }
            let message = body.owned_text(message);
            span.status_message = Some(message).filter(|message| !message.is_empty());
        }
        Item::Fine { .. } => {
            span.status = Status::Ok;
            // A description is one of an error.
            span.status_message = None;
        }
    }
}

/// A call knows how it ended by what it returned. A span by hand that was marked as failed has nothing
/// else that says so.
fn judge_by_status(body: &Body, spans: &mut [SpanData]) {
    for (record, span) in body.spans.iter().zip(spans) {
        let by_hand = matches!(record.what, What::Named(..));
        if by_hand && span.is_error() && span.outcome == Some(CallOutcome::Ok) {
            span.outcome = Some(CallOutcome::Error);
        }
    }
}

/// The request's id, user and keys belong to each of its spans. A request that begins inside a trace
/// is that of the whole trace, unless there are others.
fn add_request(body: &Body, spans: &mut [SpanData]) {
    let around = body.request.as_deref().or_else(|| body.visits.only());
    // Every record has become a span, so the indices are those of the records.
    for (index, span) in spans.iter_mut().enumerate() {
        let Some(request) = body.visits.at(index).or(around) else {
            continue;
        };
        request.each(|key, value| {
            let key = Cow::Owned(key.to_owned());
            add_attribute(span, key, Value::from(value.to_owned()));
        });
    }
}

/// Sets an attribute; one that is set again has its last value.
fn set_attribute(span: &mut SpanData, key: Cow<'static, str>, value: Value) {
    match span.attributes.iter_mut().find(|(name, _)| *name == key) {
        Some((_, old)) => *old = value,
        None => add_attribute(span, key, value),
    }
}

fn add_attribute(span: &mut SpanData, key: Cow<'static, str>, value: Value) {
    if span.attributes.len() < MAX_ATTRIBUTES {
        span.attributes.push((key, value));
    } else {
        span.dropped.attributes += 1;
    }
}

fn attribute(body: &Body, key: Text, value: Raw) -> Attribute {
    (body.owned_text(key), body.owned_value(value))
}
