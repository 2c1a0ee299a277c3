//! Which traces are kept: what the configuration said, as the hot path reads it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use crate::hot::body::{Body, Record, What};
use crate::hot::clock;
use crate::hot::published::Published;
use crate::trace::sampler::RateLimit;
use crate::trace::{HeadDecision, Keep, Sampler, TraceFlags, TraceId};

/// Traces that the sampler wanted and the rate limit did not allow. Failed and slow ones among them
/// may have been kept all the same.
pub(crate) static RATE_LIMITED: AtomicU64 = AtomicU64::new(0);
/// Failed and slow traces that the sampler left out and that were too many in a second.
pub(crate) static ERRORS_LIMITED: AtomicU64 = AtomicU64::new(0);
pub(crate) static SLOW_LIMITED: AtomicU64 = AtomicU64::new(0);
/// The head sampler in force.
static SAMPLER: Published<Sampler> = Published::nothing();
/// Whether failed and slow traces are kept although the head sampler said no.
static KEEP_NOTABLE: AtomicBool = AtomicBool::new(true);
/// How many of those are kept a second; all of them without a limit.
static BUDGET: Published<RateLimit> = Published::nothing();
/// From how many ticks on a trace is slow, unless its operation says otherwise.
static SLOW: AtomicU64 = AtomicU64::new(u64::MAX);

/// Puts a head sampler in force. `None` samples everything.
pub(crate) fn set_sampler(sampler: Option<Sampler>) {
    SAMPLER.set(sampler);
}

/// Sets what is kept beside the sampled traces: failed ones, and those of at least `slow`.
pub(crate) fn set_notable(keep: bool, slow: Option<std::time::Duration>) {
    KEEP_NOTABLE.store(keep, Relaxed);
    SLOW.store(slow.map_or(u64::MAX, clock::from_duration), Relaxed);
}

/// Sets how many traces a second are kept although unsampled. `None` for no limit.
pub(crate) fn set_budget(per_second: Option<u32>) {
    BUDGET.set(per_second.map(RateLimit::per_second));
}

/// The head decision for a new trace, or for the part of a remote one that happens here. `asked` are the
/// flags of a caller that has decided, `operation` is the name of the root.
pub(crate) fn head(
    operation: &str,
    trace_id: TraceId,
    asked: Option<TraceFlags>,
    now: u64,
) -> bool {
    let Some(sampler) = SAMPLER.get() else {
        return true;
    };
    let decision = sampler.decide_at(operation, trace_id, asked, || clock::to_nanos(now));
    if decision == HeadDecision::RateLimited {
        RATE_LIMITED.fetch_add(1, Relaxed);
    }
    decision.is_sampled()
}

/// What makes a trace worth keeping that was not sampled.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Notable {
    /// A span failed.
    pub(crate) failed: bool,
    /// The root was slow, or a call that says itself from when on it is.
    pub(crate) slow: bool,
}

impl Notable {
    /// What the spans of a finished segment show.
    pub(crate) fn of(body: &Body) -> Self {
        Self {
            failed: body.failed,
            slow: body.spans.iter().any(is_slow_call),
        }
    }

    /// What either shows.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            failed: self.failed || other.failed,
            slow: self.slow || other.slow,
        }
    }
}

/// Why a finished trace, or a part of one, is kept, if it is. Only of one that was not sampled it
/// matters what is `notable` about it.
pub(crate) fn keep(sampled: bool, notable: impl FnOnce() -> Notable) -> Option<Keep> {
    if sampled {
        return Some(Keep::Sampled);
    }
    if !KEEP_NOTABLE.load(Relaxed) {
        return None;
    }
    match notable() {
        Notable { failed: true, .. } => within_budget(Keep::Error, &ERRORS_LIMITED),
        Notable { slow: true, .. } => within_budget(Keep::Slow, &SLOW_LIMITED),
        Notable { .. } => None,
    }
}

/// The reason to keep a trace that was not sampled, unless there are too many of them.
#[cold]
fn within_budget(reason: Keep, limited: &AtomicU64) -> Option<Keep> {
    let now_ns = || clock::to_nanos(clock::ticks());
    if BUDGET.get().is_none_or(|budget| budget.admit(now_ns())) {
        return Some(reason);
    }
    limited.fetch_add(1, Relaxed);
    None
}

/// Whether a root that took so long is slow, unless its operation says from when on it is.
pub(crate) fn is_slow_root(ticks: u64, slow_secs: f64) -> bool {
    slow_secs == 0.0 && ticks >= SLOW.load(Relaxed)
}

fn is_slow_call(record: &Record) -> bool {
    let What::Operation(operation) = record.what else {
        return false;
    };
    let ticks = record.end.saturating_sub(record.start);
    operation.slow_secs > 0.0 && ticks >= clock::from_seconds(operation.slow_secs)
}
