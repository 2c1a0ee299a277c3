//! Which traces are recorded, decided when they start.
//!
//! The decision is made before anything is known about the trace, because it travels in
//! `traceparent`. A trace that turns out slow or erroneous can still be kept in this process.

mod adaptive;
mod operations;
mod rate;

use adaptive::Adaptive;
use operations::Operations;
pub(crate) use rate::RateLimit;

use super::{TraceFlags, TraceId};

/// One more than the largest random part of a trace id.
const END: f64 = (1_u64 << 56) as f64;

/// Decides about each trace that enters or starts in this process.
///
/// * A *ratio* keeps the trace ids whose random part reaches a threshold, as OpenTelemetry's
///   consistent probability sampling does: every participant that samples at the same ratio keeps
///   the same traces, and one with a higher ratio keeps those and more.
/// * A *parent-based* sampler (the default) follows the flag of a parent and asks the ratio only for
///   traces without one.
/// * An *operation* can have a ratio of its own, by the name of the root.
/// * A *target* lowers the ratio of each root operation until so many of its traces a second are kept.
/// * A *rate limit* caps the result, whoever asked for it: a caller that marks every request as
///   sampled cannot make this process record more.
///
/// ```
/// use obs_runtime::trace::{HeadDecision, Sampler, TraceFlags, TraceId};
///
/// let sampler = Sampler::ratio(0.25).max_per_second(1);
/// let kept = TraceId::new(0xc0_0000_0000_0000).unwrap();
/// let dropped = TraceId::new(0xbf_ffff_ffff_ffff).unwrap();
///
/// assert_eq!(sampler.decide(kept, None, 0), HeadDecision::Sampled);
/// assert_eq!(sampler.decide(dropped, None, 0), HeadDecision::NotSampled);
/// assert_eq!(sampler.decide(kept, None, 1_000), HeadDecision::RateLimited);
/// assert_eq!(sampler.decide(dropped, Some(TraceFlags::SAMPLED), 1_000_000_000), HeadDecision::Sampled);
/// ```
#[derive(Debug)]
pub struct Sampler {
    /// The smallest random part of a trace id that is kept: 0 keeps all, 2^56 none.
    threshold: u64,
    parent_based: bool,
    operations: Option<Operations>,
    adaptive: Option<Adaptive>,
    limit: Option<RateLimit>,
}

/// What a [`Sampler`] said about a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeadDecision {
    /// Record it, and tell those who continue it.
    Sampled,
    /// The parent, the ratio or the target is against it.
    NotSampled,
    /// The parent or the ratio is for it, but there were too many in this second.
    RateLimited,
}

impl HeadDecision {
    /// Whether the trace is recorded.
    #[must_use]
    pub const fn is_sampled(self) -> bool {
        matches!(self, Self::Sampled)
    }
}

impl Sampler {
    /// Records every trace, unless its parent says otherwise.
    #[must_use]
    pub fn always_on() -> Self {
        Self::ratio(1.0)
    }

    /// Records no trace, unless its parent says otherwise.
    #[must_use]
    pub fn always_off() -> Self {
        Self::ratio(0.0)
    }

    /// Records this share of the traces that have no parent, from 0 to 1.
    ///
    /// A ratio outside that range counts as its nearer end, and NaN as 0.
    #[must_use]
    pub fn ratio(ratio: f64) -> Self {
        Self {
            threshold: threshold(ratio),
            parent_based: true,
            operations: None,
            adaptive: None,
            limit: None,
        }
    }

    /// Whether the sampled flag of a parent decides. Default: yes.
    ///
    /// Without it every trace is decided by its id: for a service that takes requests from
    /// strangers.
    #[must_use]
    pub fn parent_based(mut self, parent_based: bool) -> Self {
        self.parent_based = parent_based;
        self
    }

    /// Ratios of single root operations, by name, which count instead of the ratio and of the
    /// [target](Self::target_per_second). Default: none. The [limit](Self::max_per_second) holds for them too.
    ///
    /// ```
    /// use obs_runtime::trace::{Sampler, TraceId};
    ///
    /// let sampler = Sampler::ratio(0.1).operations([("health", 0.0), ("pay", 1.0)]);
    /// let sampled = |name| sampler.decide_for(name, TraceId::new(7).unwrap(), None, 0).is_sampled();
    /// assert!(sampled("pay"));
    /// assert!(!sampled("health") && !sampled("order"));
    /// ```
    #[must_use]
    pub fn operations<N: Into<Box<str>>>(
        mut self,
        ratios: impl IntoIterator<Item = (N, f64)>,
    ) -> Self {
        let ratios = ratios.into_iter();
        self.operations =
            Operations::new(ratios.map(|(name, ratio)| (name.into(), threshold(ratio))));
        self
    }

    /// How many traces per second to record of each root operation. Default: no such aim.
    ///
    /// The ratio is the most that is recorded; where an operation begins more traces than this, its own
    /// ratio is lower. It follows the load from second to second, and within a second no more than twice as many are
    /// recorded. Which ones the trace id says, as with any ratio. A parent that decides is not
    /// counted. Some 1,000 operations are told apart by their names; further ones share a place.
    ///
    /// ```
    /// use obs_runtime::trace::{Sampler, TraceId};
    ///
    /// let sampler = Sampler::always_on().target_per_second(5);
    /// let trace_id = TraceId::new(0xc0_0000_0000_0000).unwrap();
    /// let kept = |name| (0..100).filter(|_| sampler.decide_for(name, trace_id, None, 0).is_sampled()).count();
    /// assert_eq!((kept("health"), kept("order")), (10, 10));
    /// ```
    #[must_use]
    pub fn target_per_second(mut self, traces: u32) -> Self {
        self.adaptive = Some(Adaptive::new(traces));
        self
    }

    /// The largest number of traces to record per second, with bursts of at most one second's
    /// worth. Default: no limit.
    #[must_use]
    pub fn max_per_second(mut self, traces: u32) -> Self {
        self.limit = Some(RateLimit::per_second(traces));
        self
    }

    /// Decides about a trace whose parent, if it has one in another process, passed on `parent`.
    ///
    /// `now_ns` is the time on any clock that does not go backwards, in nanoseconds. Call it once per
    /// trace: a decision to record uses up the rate limit.
    #[must_use]
    pub fn decide(
        &self,
        trace_id: TraceId,
        parent: Option<TraceFlags>,
        now_ns: u64,
    ) -> HeadDecision {
        self.decide_for("", trace_id, parent, now_ns)
    }

    /// The same about a trace whose root is the operation with this name.
    #[must_use]
    pub fn decide_for(
        &self,
        operation: &str,
        trace_id: TraceId,
        parent: Option<TraceFlags>,
        now_ns: u64,
    ) -> HeadDecision {
        self.decide_at(operation, trace_id, parent, || now_ns)
    }

    /// The same with a time that is only asked for if it matters.
    pub(crate) fn decide_at(
        &self,
        operation: &str,
        trace_id: TraceId,
        parent: Option<TraceFlags>,
        now_ns: impl Fn() -> u64,
    ) -> HeadDecision {
        let wanted = match parent {
            Some(flags) if self.parent_based => flags.is_sampled(),
            _ => match self.own_threshold(operation) {
                Some(own) => trace_id.randomness() >= own,
                None => {
                    trace_id.randomness() >= self.threshold
                        && self.adaptive.as_ref().is_none_or(|adaptive| {
                            adaptive.admit(operation, position(trace_id), now_ns())
                        })
                }
            },
        };
        match &self.limit {
            _ if !wanted => HeadDecision::NotSampled,
            Some(limit) if !limit.admit(now_ns()) => HeadDecision::RateLimited,
            _ => HeadDecision::Sampled,
        }
    }

    /// The threshold of an operation that has its own.
    #[inline]
    fn own_threshold(&self, operation: &str) -> Option<u64> {
        self.operations.as_ref()?.threshold(operation)
    }
}

/// The smallest random part of a trace id that this ratio keeps.
fn threshold(ratio: f64) -> u64 {
    let kept = if ratio.is_nan() {
        0.0
    } else {
        ratio.clamp(0.0, 1.0)
    };
    ((1.0 - kept) * END).round() as u64
}

/// How far a trace is from the one that every ratio keeps, from 0 to 1.
fn position(trace_id: TraceId) -> f64 {
    1.0 - trace_id.randomness() as f64 / END
}

impl Default for Sampler {
    /// [`always_on`](Self::always_on), parent-based, without a limit.
    fn default() -> Self {
        Self::always_on()
    }
}

#[cfg(test)]
mod tests;
