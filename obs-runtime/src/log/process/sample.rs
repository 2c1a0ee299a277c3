//! Keeps a share of the records.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tracing::Level;

use crate::hot::segment;
use crate::log::count::{self, LEVELS};
use crate::log::draft::View;

/// Which share of the records is kept, by level.
///
/// A trace is one piece: where a share of the records is kept, those of a trace are kept or left out together, and
/// those of a sampled trace are always kept, so that what is seen of a request is all of it. So are those of a trace
/// in which a call has failed, from then on. Without a share of their own, records of a level are all kept.
///
/// ```
/// use obs_runtime::log::{LogConfig, LogSampler};
/// use tracing::Level;
///
/// let sampler = LogSampler::new().level(Level::INFO, 0.1).level(Level::DEBUG, 0.01);
/// let config = LogConfig::default().with_sampler(sampler);
/// # drop(config);
/// let same = LogSampler::below(Level::WARN, 0.1); // info, debug and trace
/// # drop(same);
/// ```
#[derive(Debug)]
pub struct LogSampler {
    /// By level, as in [`LEVELS`]: a number in 2⁶⁴ below which a draw is for keeping; `u64::MAX` for always.
    thresholds: [u64; LEVELS.len()],
    draws: AtomicU64,
}

impl LogSampler {
    /// Keeps everything.
    #[must_use]
    pub fn new() -> Self {
        Self {
            thresholds: [u64::MAX; LEVELS.len()],
            draws: AtomicU64::new(0),
        }
    }

    /// Keeps a share of the records that are less severe than `level`.
    #[must_use]
    pub fn below(level: Level, share: f64) -> Self {
        let less_severe = LEVELS.into_iter().filter(|other| *other > level);
        less_severe.fold(Self::new(), |sampler, level| sampler.level(level, share))
    }

    /// Keeps a share of the records of a level: from 0, none, to 1, all.
    #[must_use]
    pub fn level(mut self, level: Level, share: f64) -> Self {
        if let Some(threshold) = self.thresholds.get_mut(count::index(level)) {
            // Beyond what there is, the conversion takes the nearest; what is no number is 0.
            *threshold = (share * 2_f64.powi(64)) as u64;
        }
        self
    }

    pub(super) fn picks(&self, record: View<'_>) -> bool {
        let threshold = self.thresholds.get(count::index(record.head.level));
        let threshold = threshold.copied().unwrap_or(u64::MAX);
        threshold == u64::MAX || is_of_kept_trace() || self.draw(record) < threshold
    }

    /// The same for all records of a trace; otherwise evenly distributed.
    fn draw(&self, record: View<'_>) -> u64 {
        match record.head.place {
            Some(place) => mix(place.trace_id.get() as u64),
            None => mix(self.draws.fetch_add(1, Relaxed)),
        }
    }
}

impl Default for LogSampler {
    fn default() -> Self {
        Self::new()
    }
}

/// As far as that is known by now: a trace that fails or is slow is kept in the end.
fn is_of_kept_trace() -> bool {
    let mut kept = false;
    segment::with_current(|body, _| kept = body.sampled || body.failed);
    kept
}

/// Spreads a number over all there are (`SplitMix64`, by Sebastiano Vigna).
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
