//! Where the traces of a test go instead of the collector.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use crate::hot::alone::alone;
use crate::hot::body::Body;
use crate::trace::{SpanBatch, SpanData, collector};

thread_local! {
    static SINK: RefCell<Option<Arc<Sink>>> = const { RefCell::new(None) };
}

/// The finished spans of the traces that began while a test captured.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    batches: Mutex<Vec<SpanBatch>>,
}

impl Sink {
    /// Takes the spans of a finished segment, whether it would be kept or not.
    pub(crate) fn take(&self, body: &Body) {
        alone(|| {
            if let Some(batch) = collector::batch(body) {
                self.batches
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(batch);
            }
        });
    }

    /// The spans so far, in the order in which they ended within each task.
    pub(crate) fn batches(&self) -> Vec<SpanBatch> {
        self.batches
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The spans of all batches.
    pub(crate) fn spans(&self) -> Vec<SpanData> {
        self.batches()
            .into_iter()
            .flat_map(|batch| batch.spans)
            .collect()
    }
}

/// The sink for traces that begin on this thread, if a test captures here.
pub(crate) fn current() -> Option<Arc<Sink>> {
    SINK.try_with(|sink| sink.borrow().clone()).ok().flatten()
}

/// Sets the sink of this thread and returns the former one.
pub(crate) fn replace(sink: Option<Arc<Sink>>) -> Option<Arc<Sink>> {
    SINK.try_with(|current| current.replace(sink))
        .ok()
        .flatten()
}
