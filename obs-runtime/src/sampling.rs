//! Which traces are kept: what the configuration said, as the hot path reads it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{PoisonError, RwLock};

use crate::hot::clock;
use crate::trace::{HeadDecision, Keep, Sampler, SpanContext, TraceId};

/// Traces that the sampler wanted and the rate limit did not allow. Failed and slow ones among them
/// may have been kept all the same.
pub(crate) static RATE_LIMITED: AtomicU64 = AtomicU64::new(0);
/// The head sampler in force.
static SAMPLER: RwLock<Option<Sampler>> = RwLock::new(None);
/// Whether failed and slow traces are kept although the head sampler said no.
static KEEP_NOTABLE: AtomicBool = AtomicBool::new(true);
/// From how many ticks on a trace is slow, unless its operation says otherwise.
static SLOW: AtomicU64 = AtomicU64::new(u64::MAX);

/// Puts a head sampler in force. `None` samples everything.
pub(crate) fn set_sampler(sampler: Option<Sampler>) {
    *SAMPLER.write().unwrap_or_else(PoisonError::into_inner) = sampler;
}

/// Sets what is kept beside the sampled traces: failed ones, and those of at least `slow`.
pub(crate) fn set_notable(keep: bool, slow: Option<std::time::Duration>) {
    KEEP_NOTABLE.store(keep, Relaxed);
    SLOW.store(slow.map_or(u64::MAX, clock::from_duration), Relaxed);
}

/// The head decision for a new trace, or for the part of a remote one that happens here.
pub(crate) fn head(trace_id: TraceId, parent: Option<&SpanContext>, now: u64) -> bool {
    let sampler = SAMPLER.read().unwrap_or_else(PoisonError::into_inner);
    let Some(sampler) = sampler.as_ref() else {
        return true;
    };
    let flags = parent.map(|parent| parent.flags);
    let decision = sampler.decide(trace_id, flags, clock::to_nanos(now));
    if decision == HeadDecision::RateLimited {
        RATE_LIMITED.fetch_add(1, Relaxed);
    }
    decision.is_sampled()
}

/// Why a finished trace is kept, if it is.
pub(crate) fn keep(sampled: bool, failed: bool, ticks: u64, slow_secs: f64) -> Option<Keep> {
    let notable = KEEP_NOTABLE.load(Relaxed);
    if sampled {
        Some(Keep::Sampled)
    } else if notable && failed {
        Some(Keep::Error)
    } else if notable && ticks >= slow_ticks(slow_secs) {
        Some(Keep::Slow)
    } else {
        None
    }
}

/// Why a part of a trace is kept whose root was not.
pub(crate) fn keep_part(failed: bool) -> Option<Keep> {
    (failed && KEEP_NOTABLE.load(Relaxed)).then_some(Keep::Error)
}

fn slow_ticks(slow_secs: f64) -> u64 {
    if slow_secs > 0.0 {
        clock::from_seconds(slow_secs)
    } else {
        SLOW.load(Relaxed)
    }
}
