//! What is known at the place where a record is made, beside the event itself.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use obs_schema::def::{OperationDef, Values};

use super::record::{Place, Record, Thread, set};
use crate::context::{self, REQUEST_ID, USER_ID};
use crate::hot::body::{Body, Item};
use crate::hot::local::Call;
use crate::hot::segment;
use crate::series::finite_values;
use crate::trace::{Attribute, SpanId, TraceId, Value};

/// Notes on `record` which trace, call, request and thread it belongs to. `call_span` is the span
/// of the enclosing call, where that is not the current one.
pub(super) fn locate(record: &mut Record, call_span: Option<u64>) {
    segment::with_current(|body, current| {
        if let (Some(trace_id), Some(span_id)) =
            (TraceId::new(body.trace_id), SpanId::new(current.span()))
        {
            record.trace = Some(Place { trace_id, span_id });
        }
        let Call { operation, labels } = current.call();
        if let Some(operation) = operation {
            record.operation = Some(operation.name);
            add_labels(&mut record.attributes, operation, labels);
        }
        let span = call_span.unwrap_or(current.span());
        add_attributes(&mut record.attributes, body, span);
    });
    if let Some(request) = context::current() {
        request.each(|key, value| match key {
            REQUEST_ID => record.request_id = Some(value.to_owned()),
            USER_ID => record.user_id = Some(value.to_owned()),
            _ => record.context.push((key.to_owned(), value.to_owned())),
        });
    }
}

/// The labels, if all are finite; otherwise the span has them as attributes.
fn add_labels(to: &mut Vec<Attribute>, operation: &'static OperationDef, index: u32) {
    let defs = operation.labels;
    let finite = |values: &Values| matches!(values, Values::Finite(_));
    if defs.is_empty() || !defs.iter().all(|label| finite(&label.values)) {
        return;
    }
    for (label, value) in defs.iter().zip(finite_values(defs, index as usize)) {
        to.push((Cow::Borrowed(label.name), Value::from(value)));
    }
}

/// What was recorded on the span so far.
fn add_attributes(to: &mut Vec<Attribute>, body: &Body, of: u64) {
    for item in &body.items {
        if let Item::Attribute { span, key, value } = *item
            && span == of
        {
            set(to, body.owned_text(key), body.owned_value(value));
        }
    }
}

thread_local! {
    static THREAD: OnceCell<Thread> = const { OnceCell::new() };
}

/// Threads that were given a number.
static THREADS: AtomicU64 = AtomicU64::new(0);

/// The thread that this runs on. After its locals are gone it has the number 0.
pub(super) fn thread() -> Thread {
    THREAD
        .try_with(|thread| thread.get_or_init(current_thread).clone())
        .unwrap_or(Thread { id: 0, name: None })
}

fn current_thread() -> Thread {
    let name = std::thread::current().name().map(Arc::from);
    Thread {
        id: THREADS.fetch_add(1, Relaxed) + 1,
        name,
    }
}
