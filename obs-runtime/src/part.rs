//! The parts of one trace in several tasks or threads.
//!
//! Each task writes its own segment. Whether the trace is kept is decided when
//! its first part, the root, ends; parts that ended before wait here for that,
//! parts that end later follow it, except that a failed or slow one is always kept.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use crate::hot::pool;
use crate::hot::segment::Owned;
use crate::sampling::{self, Notable};
use crate::trace::Keep;

/// Finished parts that wait for the root's end. Of more, only those that failed or were slow are kept.
const MAX_WAITING: usize = 1024;

/// Parts that were given up because too many waited.
pub(crate) static CROWDED_OUT: AtomicU64 = AtomicU64::new(0);

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    decision: Option<Option<Keep>>,
    notable: Notable,
    waiting: Vec<Owned>,
}

impl Parts {
    /// Takes a finished part other than the root.
    pub(crate) fn finish(&self, mut part: Owned) {
        let notable = Notable::of(part.body());
        let keep = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.notable = state.notable.or(notable);
            match state.decision {
                None if state.waiting.len() < MAX_WAITING => {
                    state.waiting.push(part);
                    return;
                }
                None => {
                    CROWDED_OUT.fetch_add(1, Relaxed);
                    sampling::keep(false, || notable)
                }
                Some(decision) => decision.or_else(|| sampling::keep(false, || notable)),
            }
        };
        settle(part, keep);
    }

    /// What the parts so far show.
    pub(crate) fn notable(&self) -> Notable {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .notable
    }

    /// Decides for the parts that wait and those to come.
    pub(crate) fn decide(&self, keep: Option<Keep>) {
        let waiting = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.decision = Some(keep);
            std::mem::take(&mut state.waiting)
        };
        for part in waiting {
            settle(part, keep);
        }
    }
}

/// Ships or recycles a finished segment.
pub(crate) fn settle(mut segment: Owned, keep: Option<Keep>) {
    if let Some(sink) = segment.body().capture.take() {
        segment.body().keep = keep;
        sink.take(segment.body());
        pool::recycle(segment);
        return;
    }
    if keep.is_some() {
        segment.body().keep = keep;
        pool::ship(segment);
    } else {
        pool::recycle(segment);
    }
}
