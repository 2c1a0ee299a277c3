//! Which traces are recorded, decided when they start.
//!
//! The decision is made before anything is known about the trace, because it travels in
//! `traceparent`. A trace that turns out slow or erroneous can still be kept in this process.

mod rate;

use rate::RateLimit;

use super::{TraceFlags, TraceId};

/// Decides about each trace that enters or starts in this process.
///
/// * A *ratio* keeps the trace ids whose random part reaches a threshold, as OpenTelemetry's
///   consistent probability sampling does: every participant that samples at the same ratio keeps
///   the same traces, and one with a higher ratio keeps those and more.
/// * A *parent-based* sampler (the default) follows the flag of a parent and asks the ratio only for
///   traces without one.
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
    limit: Option<RateLimit>,
}

/// What a [`Sampler`] said about a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HeadDecision {
    /// Record it, and tell those who continue it.
    Sampled,
    /// The parent or the ratio is against it.
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
        /// One more than the largest random part of a trace id.
        const END: f64 = (1_u64 << 56) as f64;
        let kept = if ratio.is_nan() {
            0.0
        } else {
            ratio.clamp(0.0, 1.0)
        };
        Self {
            threshold: ((1.0 - kept) * END).round() as u64,
            parent_based: true,
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
        self.decide_at(trace_id, parent, || now_ns)
    }

    /// The same with a time that is only asked for if there is a limit.
    pub(crate) fn decide_at(
        &self,
        trace_id: TraceId,
        parent: Option<TraceFlags>,
        now_ns: impl FnOnce() -> u64,
    ) -> HeadDecision {
        let wanted = match parent {
            Some(flags) if self.parent_based => flags.is_sampled(),
            _ => trace_id.randomness() >= self.threshold,
        };
        match &self.limit {
            _ if !wanted => HeadDecision::NotSampled,
            Some(limit) if !limit.admit(now_ns()) => HeadDecision::RateLimited,
            _ => HeadDecision::Sampled,
        }
    }
}

impl Default for Sampler {
    /// [`always_on`](Self::always_on), parent-based, without a limit.
    fn default() -> Self {
        Self::always_on()
    }
}

#[cfg(test)]
mod tests;
