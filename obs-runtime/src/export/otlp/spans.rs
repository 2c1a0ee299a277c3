//! Spans as OTLP wants them.
//!
//! Most of a span is known before the call: name, kind and the attributes of its
//! operation are encoded once, and copied from then on.
//!
//! Source: `opentelemetry/proto/trace/v1/trace.proto`.

use std::collections::HashMap;

use obs_schema::def::{CallOutcome, OperationDef, SpanKind};

use super::value::{Value, attribute};
use super::wire;
use crate::export::delivery::Batch;
use crate::hot::body::{Item, Raw, Text, What};
use crate::series::finite_value;
use crate::trace::collector::all_finite;
use crate::trace::collector::packed::{Packed, Span};
use crate::trace::{Keep, Status};

/// `ScopeSpans.spans`.
const SPANS: u32 = 2;

const TRACE_ID: u32 = 1;
const SPAN_ID: u32 = 2;
const TRACE_STATE: u32 = 3;
const PARENT: u32 = 4;
const NAME: u32 = 5;
const KIND: u32 = 6;
const START: u32 = 7;
const END: u32 = 8;
const ATTRIBUTES: u32 = 9;
const DROPPED_ATTRIBUTES: u32 = 10;
const EVENTS: u32 = 11;
const LINKS: u32 = 13;
const STATUS: u32 = 15;
const FLAGS: u32 = 16;

/// Flags beside those of W3C: whether it is known where the parent is, and that it is elsewhere.
const PARENT_IS_KNOWN: u32 = 0x100;
const PARENT_IS_REMOTE: u32 = 0x200;

/// Attributes of one span that are sent; further ones are counted.
const MAX_ATTRIBUTES: usize = 128;

/// Makes items of a batch out of spans, and remembers what is the same every time.
#[derive(Debug, Default)]
pub(super) struct Spans {
    /// By the address of the definition.
    known: HashMap<usize, Known, rapidhash::quality::RandomState>,
    /// Spans, and where in the items something of theirs is; sorted. Kept for its memory.
    places: Vec<(u64, u32)>,
}

/// What is known of the spans of an operation.
#[derive(Debug)]
struct Known {
    name_and_kind: Vec<u8>,
    attributes: Vec<u8>,
}

/// A span, and what belongs to it.
struct Whole<'a> {
    packed: &'a Packed,
    span: &'a Span,
    index: usize,
    places: &'a [(u64, u32)],
}

impl Spans {
    /// Encodes the spans of a trace behind those in `batch`.
    pub(super) fn encode(&mut self, packed: &Packed, batch: &mut Batch) {
        self.place_items(packed);
        for (index, span) in packed.spans.iter().enumerate() {
            let known = match span.what {
                What::Operation(operation) => Some(known(&mut self.known, operation)),
                What::Named(..) => None,
            };
            let from = self.places.partition_point(|(of, _)| *of < span.id);
            let rest = self.places.get(from..).unwrap_or_default();
            let len = rest.iter().take_while(|(of, _)| *of == span.id).count();
            let whole = Whole {
                packed,
                span,
                index,
                places: rest.get(..len).unwrap_or_default(),
            };
            batch.write(|out| wire::long_message(out, SPANS, |out| whole.encode(out, known)));
        }
    }

    fn place_items(&mut self, packed: &Packed) {
        self.places.clear();
        let items = packed.items.iter().zip(0..);
        self.places
            .extend(items.filter_map(|(item, place)| Some((span_of(item)?, place))));
        self.places.sort_unstable();
    }
}

fn known<'a>(
    known: &'a mut HashMap<usize, Known, rapidhash::quality::RandomState>,
    operation: &'static OperationDef,
) -> &'a Known {
    let address = std::ptr::from_ref(operation).addr();
    known.entry(address).or_insert_with(|| Known::of(operation))
}

impl Known {
    fn of(operation: &OperationDef) -> Self {
        let mut name_and_kind = Vec::new();
        wire::bytes(&mut name_and_kind, NAME, operation.name.as_bytes());
        let kind = operation.span.unwrap_or_default();
        wire::uint(&mut name_and_kind, KIND, kind_number(kind));
        let mut attributes = Vec::new();
        let mut text = |key: &str, value: &str| {
            if !value.is_empty() {
                attribute(&mut attributes, ATTRIBUTES, key, Value::Text(value));
            }
        };
        text("code.function.name", operation.function);
        text("code.file.path", operation.source.file);
        let line = Value::Int(i64::from(operation.source.line));
        attribute(&mut attributes, ATTRIBUTES, "code.line.number", line);
        Self {
            name_and_kind,
            attributes,
        }
    }
}

impl Whole<'_> {
    fn encode(&self, out: &mut Vec<u8>, known: Option<&Known>) {
        let (packed, span) = (self.packed, self.span);
        wire::few_bytes(out, TRACE_ID, &packed.trace_id.get().to_be_bytes());
        wire::few_bytes(out, SPAN_ID, &span.id.to_be_bytes());
        wire::bytes(out, TRACE_STATE, packed.state.as_str().as_bytes());
        if span.parent != 0 {
            wire::few_bytes(out, PARENT, &span.parent.to_be_bytes());
        }
        match (known, span.what) {
            (Some(known), _) => out.extend_from_slice(&known.name_and_kind),
            (None, What::Named(name, kind)) => {
                wire::bytes(out, NAME, packed.text(name).as_bytes());
                wire::uint(out, KIND, kind_number(kind));
            }
            (None, What::Operation(_)) => {}
        }
        wire::fixed64(out, START, span.start_unix_ns);
        wire::fixed64(out, END, span.end_unix_ns());
        if let Some(known) = known {
            out.extend_from_slice(&known.attributes);
        }
        self.encode_attributes(out);
        self.encode_events(out);
        self.encode_links(out);
        self.encode_status(out);
        wire::fixed32(out, FLAGS, self.flags());
    }

    fn flags(&self) -> u32 {
        let is_remote = self.span.parent != 0 && self.span.parent == self.packed.remote_parent;
        let remote = if is_remote { PARENT_IS_REMOTE } else { 0 };
        u32::from(self.packed.flags) | PARENT_IS_KNOWN | remote
    }

    fn items(&self) -> impl DoubleEndedIterator<Item = &Item> + Clone {
        let places = self.places.iter();
        places.filter_map(|(_, place)| self.packed.items.get(*place as usize))
    }

    /// What was set on the span itself, each key with its last value.
    fn own(&self) -> impl Iterator<Item = (&str, Raw)> {
        let set = |item: &Item| match *item {
            Item::Attribute { key, value, .. } => Some((self.packed.text(key), value)),
            _ => None,
        };
        let all = self.items().filter_map(set);
        all.clone()
            .enumerate()
            .filter_map(move |(at, (key, value))| {
                let is_last = all.clone().skip(at + 1).all(|(later, _)| later != key);
                is_last.then_some((key, value))
            })
    }

    fn encode_attributes(&self, out: &mut Vec<u8>) {
        let mut added = 0;
        let mut dropped = 0;
        let mut add = |out: &mut Vec<u8>, key: &str, value: Value<'_>| {
            if added < MAX_ATTRIBUTES {
                attribute(out, ATTRIBUTES, key, value);
                added += 1;
            } else {
                dropped += 1;
            }
        };
        let is_own = |key: &str| self.own().any(|(own, _)| own == key);
        if let What::Operation(operation) = self.span.what {
            for (key, value) in operation.attributes.iter().filter(|(key, _)| !is_own(key)) {
                add(out, key, Value::Text(value));
            }
            if all_finite(operation) {
                for (position, label) in operation.labels.iter().enumerate() {
                    if !is_own(label.name) {
                        let labels = self.span.labels as usize;
                        let value = finite_value(operation.labels, labels, position);
                        add(out, label.name, Value::Text(value));
                    }
                }
            }
        }
        for (key, value) in self.own() {
            add(out, key, self.value(value));
        }
        for inherited in &self.packed.inherited {
            if inherited.spans.contains(&self.index) {
                let (key, value) = (inherited.key, inherited.value);
                add(
                    out,
                    self.packed.text(key),
                    Value::Text(self.packed.text(value)),
                );
            }
        }
        if !matches!(self.span.outcome, CallOutcome::Ok | CallOutcome::Error) {
            add(out, "outcome", Value::Text(self.span.outcome.as_str()));
        }
        let is_root = self.index + 1 == self.packed.spans.len();
        if is_root && self.packed.keep != Keep::Sampled {
            add(out, "sampling.kept", Value::Text(self.packed.keep.as_str()));
        }
        wire::uint(out, DROPPED_ATTRIBUTES, dropped);
    }

    fn encode_events(&self, out: &mut Vec<u8>) {
        for (_, place) in self.places {
            let rest = self.packed.items.get(*place as usize..).unwrap_or_default();
            let Some((Item::Event { at, name, .. }, rest)) = rest.split_first() else {
                continue;
            };
            wire::message(out, EVENTS, |out| {
                wire::fixed64(out, 1, *at);
                wire::bytes(out, 2, self.packed.text(*name).as_bytes());
                for item in rest {
                    let Item::EventAttribute { key, value } = *item else {
                        break;
                    };
                    attribute(out, 3, self.packed.text(key), self.value(value));
                }
            });
        }
    }

    fn encode_links(&self, out: &mut Vec<u8>) {
        for item in self.items() {
            if let Item::Link { trace, to, .. } = *item {
                wire::message(out, LINKS, |out| {
                    wire::few_bytes(out, TRACE_ID, &trace.to_be_bytes());
                    wire::few_bytes(out, SPAN_ID, &to.to_be_bytes());
                });
            }
        }
    }

    fn encode_status(&self, out: &mut Vec<u8>) {
        let (status, message) = self.status();
        let message = message.map_or("", |message| self.packed.text(message));
        let code = match status {
            Status::Unset => 0,
            Status::Ok => 1,
            Status::Error => 2,
        };
        if code != 0 || !message.is_empty() {
            wire::message(out, STATUS, |out| {
                wire::bytes(out, 2, message.as_bytes());
                wire::uint(out, 3, code);
            });
        }
    }

    /// Of several things said of a span the last counts.
    fn status(&self) -> (Status, Option<Text>) {
        let by_outcome = if self.span.is_failure() {
            Status::Error
        } else {
            Status::Unset
        };
        self.items()
            .fold((by_outcome, None), |said, item| match *item {
                Item::Fine { .. } => (Status::Ok, None),
                Item::Status {
                    error: true,
                    message,
                    ..
                } => (Status::Error, Some(message)),
                Item::Status { message, .. } => (said.0, Some(message)),
                _ => said,
            })
    }

    fn value(&self, value: Raw) -> Value<'_> {
        match value {
            Raw::Bool(value) => Value::Bool(value),
            Raw::Int(value) => Value::Int(value),
            Raw::Float(value) => Value::Float(value),
            Raw::Text(text) => Value::Text(self.packed.text(text)),
        }
    }
}

fn span_of(item: &Item) -> Option<u64> {
    match *item {
        Item::Attribute { span, .. }
        | Item::Event { span, .. }
        | Item::Link { span, .. }
        | Item::Status { span, .. }
        | Item::Fine { span } => Some(span),
        // They belong to the event before them.
        Item::EventAttribute { .. } => None,
    }
}

const fn kind_number(kind: SpanKind) -> u64 {
    match kind {
        SpanKind::Internal => 1,
        SpanKind::Server => 2,
        SpanKind::Client => 3,
        SpanKind::Producer => 4,
        SpanKind::Consumer => 5,
    }
}
