//! What is known at the place where a record is made, beside the event itself.

use std::cell::OnceCell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use obs_schema::def::{OperationDef, Values};

use super::draft::{Draft, Item, Raw, Text};
use super::record::Place;
use crate::context::{self, REQUEST_ID, USER_ID};
use crate::hot::body::{self, Body};
use crate::hot::local::Call;
use crate::hot::segment;
use crate::series::finite_value;
use crate::trace::{SpanId, TraceId};

/// Notes on `draft` which trace, call, request and thread it belongs to. `call_span` is the span of
/// the enclosing call, where that is not the current one.
pub(super) fn locate(draft: &mut Draft, call_span: Option<u64>) {
    note_thread(draft);
    segment::with_current(|body, current| {
        if let (Some(trace_id), Some(span_id)) =
            (TraceId::new(body.trace_id), SpanId::new(current.span()))
        {
            draft.head.place = Some(Place { trace_id, span_id });
            draft.head.flags = body.flags;
        }
        let Call { operation, labels } = current.call();
        if let Some(operation) = operation {
            draft.head.operation = Some(operation.name);
            add_labels(draft, operation, labels);
        }
        add_attributes(draft, body, call_span.unwrap_or(current.span()));
    });
    if let Some(request) = context::current() {
        request.each(|key, value| {
            let value = draft.append(value);
            match key {
                REQUEST_ID => draft.head.request_id = Some(value),
                USER_ID => draft.head.user_id = Some(value),
                _ => {
                    let key = draft.append(key);
                    draft.items.push(Item::Context(key, Raw::Text(value)));
                }
            }
        });
    }
}

/// The labels, if all are finite; otherwise the span has them as attributes.
fn add_labels(draft: &mut Draft, operation: &'static OperationDef, index: u32) {
    let defs = operation.labels;
    let finite = |values: &Values| matches!(values, Values::Finite(_));
    if !defs.iter().all(|label| finite(&label.values)) {
        return;
    }
    for (position, label) in defs.iter().enumerate() {
        let value = Text::Static(finite_value(defs, index as usize, position));
        let key = Text::Static(label.name);
        draft.items.push(Item::Attribute(key, Raw::Text(value)));
    }
}

/// What was recorded on the span so far.
fn add_attributes(draft: &mut Draft, body: &Body, of: u64) {
    for item in &body.items {
        if let body::Item::Attribute { span, key, value } = *item
            && span == of
        {
            let key = append(draft, body, key);
            let value = match value {
                body::Raw::Bool(value) => Raw::Bool(value),
                body::Raw::Int(value) => Raw::I64(value),
                body::Raw::Float(value) => Raw::F64(value),
                body::Raw::Text(text) => Raw::Text(append(draft, body, text)),
            };
            draft.set_attribute(key, value);
        }
    }
}

/// Takes over a text of a segment.
fn append(draft: &mut Draft, body: &Body, text: Text) -> Text {
    match text {
        Text::Static(_) => text,
        Text::Part { .. } => draft.append(body.text(text)),
    }
}

/// What a record says of its thread.
struct Thread {
    id: u64,
    name: Option<Box<str>>,
}

thread_local! {
    static THREAD: OnceCell<Thread> = const { OnceCell::new() };
}

/// Threads that were given a number.
static THREADS: AtomicU64 = AtomicU64::new(0);

/// Notes the thread that this runs on. After its locals are gone it has the number 0.
fn note_thread(draft: &mut Draft) {
    let _ = THREAD.try_with(|thread| {
        let Thread { id, name } = thread.get_or_init(current_thread);
        draft.head.thread_id = *id;
        draft.head.thread = name.as_ref().map(|name| draft.append(name));
    });
}

fn current_thread() -> Thread {
    Thread {
        id: THREADS.fetch_add(1, Relaxed) + 1,
        name: std::thread::current().name().map(Box::from),
    }
}
