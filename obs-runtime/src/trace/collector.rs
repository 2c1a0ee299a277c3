//! From finished segments to stored traces.
//!
//! The collector thread calls [`drain`] a few times a second. It takes a
//! [packed](packed) copy of what was written, and nothing more: few of the traces
//! that are kept are ever looked at, and those become [`SpanData`](super::SpanData)
//! [when they are](unpack).

pub(crate) mod packed;
mod unpack;

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use obs_schema::def::{OperationDef, Values};

use self::packed::{Packed, Values as AttributeValues};
use super::{SpanBatch, Store};
use crate::fork::PerProcess;
use crate::hot::body::{Body, What};
use crate::hot::pool;
use crate::metric::exemplar::{self, Call};
use crate::redact;
use crate::series::SeriesKey;

/// Spans of kept traces that had too many.
pub(crate) static TRACE_FULL: AtomicU64 = AtomicU64::new(0);

/// Takes every kept trace, besides the store.
pub(crate) trait Taker: Send {
    /// Runs on the collector's thread, which has other things to do: it must not wait.
    fn take(&mut self, packed: &Packed);
}

static TAKER: PerProcess<Mutex<Option<Box<dyn Taker>>>> = PerProcess::new();

/// Hands kept traces to `taker` from now on, or to nobody.
pub(crate) fn set_taker(taker: Option<Box<dyn Taker>>) {
    *taker_of_process() = taker;
}

fn taker_of_process() -> MutexGuard<'static, Option<Box<dyn Taker>>> {
    let taker = TAKER.get(Mutex::default);
    taker.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Stores every finished segment. Returns how many there were.
pub(crate) fn drain(store: &Store) -> usize {
    let mut count = 0;
    let mut taker = taker_of_process();
    while let Some(mut segment) = pool::next_finished() {
        if let Some(mut packed) = Packed::of(segment.body()) {
            TRACE_FULL.fetch_add(packed.dropped_spans, Relaxed);
            offer_exemplars(segment.body(), &packed);
            // Only now: the labels of a series are those that were counted.
            redact::hide_in_spans(&mut packed);
            if let Some(taker) = &mut *taker {
                taker.take(&packed);
            }
            store.insert_packed(packed);
        }
        pool::recycle(segment);
        count += 1;
    }
    count
}

/// The spans of a segment.
pub(crate) fn batch(body: &Body) -> Option<SpanBatch> {
    Some(Packed::of(body)?.unpack())
}

/// Lets the histograms that counted the calls of a kept trace point to it.
fn offer_exemplars(body: &Body, packed: &Packed) {
    let mut offers = exemplar::offers();
    let mut attributes = None;
    for (record, span) in body.spans.iter().zip(&packed.spans) {
        let call = Call {
            outcome: record.outcome,
            ticks: record.end.saturating_sub(record.start),
            trace_id: body.trace_id,
            unix_ns: span.end_unix_ns(),
        };
        let What::Operation(operation) = record.what else {
            offers.marked(record.labels, call);
            continue;
        };
        if all_finite(operation) {
            offers.operation(operation, SeriesKey::Index(record.labels as usize), call);
            continue;
        }
        let attributes = attributes.get_or_insert_with(|| AttributeValues::of(packed));
        if let Some(values) = attributes.labels(operation, record.id) {
            let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
            offers.operation(operation, SeriesKey::Values(&values), call);
        }
    }
}

/// Whether the number in a record says what the labels were.
pub(crate) fn all_finite(operation: &OperationDef) -> bool {
    operation
        .labels
        .iter()
        .all(|label| matches!(label.values, Values::Finite(_)))
}

#[cfg(test)]
pub(crate) mod tests;
