//! From packed spans to those that everybody sees.
//!
//! Label numbers become text, and items find their spans.

use std::borrow::Cow;
use std::collections::HashMap;

use obs_schema::def::{CallOutcome, OperationDef};

use super::all_finite;
use super::packed::{Packed, Span};
use crate::hot::body::{Item, Raw, Text, What};
use crate::series::finite_values;
use crate::trace::{
    Attribute, CodeLocation, Keep, SpanBatch, SpanContext, SpanData, SpanEvent, SpanId, SpanLink,
    Status, TraceFlags, TraceId, Value,
};

/// Attributes of one span that are kept; further ones are counted.
const MAX_ATTRIBUTES: usize = 128;

impl Packed {
    /// The spans as others know them.
    pub(crate) fn unpack(&self) -> SpanBatch {
        let spans = self.spans.iter();
        let mut spans: Vec<SpanData> = spans.filter_map(|span| self.span(span)).collect();
        add_items(self, &mut spans);
        judge_by_status(self, &mut spans);
        add_requests(self, &mut spans);
        if let (Keep::Error | Keep::Slow, Some(root)) = (self.keep, spans.last_mut()) {
            // The first span of a segment ends last.
            add_attribute(
                root,
                "sampling.kept".into(),
                Value::from(self.keep.as_str()),
            );
        }
        SpanBatch {
            trace_id: self.trace_id,
            keep: self.keep,
            spans,
            dropped_spans: self.dropped_spans,
        }
    }

    fn span(&self, span: &Span) -> Option<SpanData> {
        let parent = SpanId::new(span.parent);
        let name = match span.what {
            What::Operation(operation) => Cow::Borrowed(operation.name),
            What::Named(name, _) => self.owned_text(name),
        };
        let id = SpanId::new(span.id)?;
        let mut data = SpanData::new(id, parent, name, span.start_unix_ns, span.duration_ns);
        data.parent_is_remote = parent.is_some() && span.parent == self.remote_parent;
        data.outcome = Some(span.outcome);
        if span.is_failure() {
            data.status = Status::Error;
        }
        match span.what {
            What::Operation(operation) => describe(&mut data, operation, span.labels),
            What::Named(_, kind) => data.kind = kind,
        }
        Some(data)
    }

    fn owned_text(&self, text: Text) -> Cow<'static, str> {
        match text {
            Text::Static(text) => Cow::Borrowed(text),
            Text::Part { .. } => Cow::Owned(self.text(text).to_owned()),
        }
    }

    fn attribute(&self, key: Text, value: Raw) -> Attribute {
        let value = match value {
            Raw::Bool(value) => Value::Bool(value),
            Raw::Int(value) => Value::I64(value),
            Raw::Float(value) => Value::F64(value),
            Raw::Text(text) => Value::Str(self.owned_text(text)),
        };
        (self.owned_text(key), value)
    }
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

fn add_items(packed: &Packed, spans: &mut [SpanData]) {
    if packed.items.is_empty() {
        return;
    }
    let positions: HashMap<u64, usize> = spans
        .iter()
        .enumerate()
        .map(|(position, span)| (span.span_id.get(), position))
        .collect();
    let mut of_event = None;
    for item in &packed.items {
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
            add_item(packed, span, *item);
        }
    }
}

fn add_item(packed: &Packed, span: &mut SpanData, item: Item) {
    match item {
        Item::Attribute { key, value, .. } => {
            let (key, value) = packed.attribute(key, value);
            set_attribute(span, key, value);
        }
        Item::Event { at, name, .. } => span.events.push(SpanEvent {
            name: packed.owned_text(name),
            time_unix_ns: at,
            attributes: Vec::new(),
        }),
        Item::EventAttribute { key, value } => {
            if let Some(event) = span.events.last_mut() {
                event.attributes.push(packed.attribute(key, value));
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
            let message = packed.owned_text(message);
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
fn judge_by_status(packed: &Packed, spans: &mut [SpanData]) {
    for (record, span) in packed.spans.iter().zip(spans) {
        let by_hand = matches!(record.what, What::Named(..));
        if by_hand && span.is_error() && span.outcome == Some(CallOutcome::Ok) {
            span.outcome = Some(CallOutcome::Error);
        }
    }
}

/// Every span of ours has become one of theirs, so the positions are the same.
fn add_requests(packed: &Packed, spans: &mut [SpanData]) {
    for inherited in &packed.inherited {
        for span in spans.get_mut(inherited.spans.clone()).unwrap_or_default() {
            let value = Value::Str(packed.owned_text(inherited.value));
            add_attribute(span, packed.owned_text(inherited.key), value);
        }
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
