//! Quantiles of a stream in little memory.
//!
//! The algorithm of Cormode, Korn, Muthukrishnan and Srivastava, "Effective
//! Computation of Biased Quantiles over Data Streams" (ICDE 2005), for targeted
//! quantiles: a quantile φ with an error ε is answered by a value whose rank is
//! within ε·n of φ·n. Only values near the targets are kept.

/// Values that a stream keeps at most. Objectives that need more get a larger error: an ε of 0.001
/// needs some hundred.
pub(super) const MAX_SAMPLES: usize = 2048;

/// A value, and for how many ranks it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sample {
    value: f64,
    /// Its lowest rank less the lowest rank of the sample before it.
    gap: u64,
    /// Its highest rank less its lowest.
    delta: u64,
}

/// A stream of observations, summed up.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    objectives: &'static [(f64, f64)],
    samples: Vec<Sample>,
    count: u64,
}

impl Stream {
    pub(super) fn new(objectives: &'static [(f64, f64)]) -> Self {
        Self {
            objectives,
            samples: Vec::new(),
            count: 0,
        }
    }

    /// How many observations there were.
    #[cfg(test)]
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// How many values are kept.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.samples.len()
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.samples.clear();
        self.count = 0;
    }

    /// Adds observations, which are sorted and not NaN.
    pub(super) fn insert(&mut self, sorted: &[f64]) {
        let kept = std::mem::take(&mut self.samples);
        let mut merged = Vec::with_capacity(kept.len() + sorted.len());
        let mut kept = kept.into_iter().peekable();
        let mut rank = 0;
        for &value in sorted {
            while let Some(sample) = kept.next_if(|sample| sample.value <= value) {
                rank += sample.gap;
                merged.push(sample);
            }
            let outermost = merged.is_empty() || kept.peek().is_none();
            let delta = if outermost {
                0
            } else {
                self.allowed(rank).saturating_sub(1)
            };
            merged.push(Sample {
                value,
                gap: 1,
                delta,
            });
            self.count += 1;
            rank += 1;
        }
        merged.extend(kept);
        self.samples = merged;
        self.compress(1);
        let mut factor = 2;
        while self.samples.len() > MAX_SAMPLES && factor < 1 << 32 {
            self.compress(factor);
            factor *= 2;
        }
    }

    /// The value whose rank is nearest to that of `quantile`, or NaN without observations. The
    /// quantiles 0 and 1 are exact.
    pub(super) fn query(&self, quantile: f64) -> f64 {
        let wanted = (quantile * self.count as f64).ceil() as u64;
        let limit = match quantile {
            q if q <= 0.0 => 0,
            q if q >= 1.0 => u64::MAX,
            _ => wanted.saturating_add(self.allowed(wanted) / 2),
        };
        let mut found = f64::NAN;
        let mut rank = 0;
        for sample in &self.samples {
            if !found.is_nan() && rank + sample.gap + sample.delta > limit {
                break;
            }
            rank += sample.gap;
            found = sample.value;
        }
        found
    }

    /// How many ranks one sample may stand for at `rank`.
    fn allowed(&self, rank: u64) -> u64 {
        let (rank, count) = (rank as f64, self.count as f64);
        // The first and the last value are kept, so 0 and 1 allow anything in between.
        let inner = self.objectives.iter().filter(|(q, _)| *q > 0.0 && *q < 1.0);
        let least = inner.map(|&(quantile, error)| {
            // A sample below the target may stand for more ranks than one at it. Without this
            // correction an answer could be off by a little more than the error.
            let error = error * (1.0 - quantile) / (1.0 - quantile + 2.0 * error);
            if rank >= quantile * count {
                2.0 * error * rank / quantile
            } else {
                2.0 * error * (count - rank) / (1.0 - quantile)
            }
        });
        (least.fold(f64::MAX, f64::min) as u64).max(1)
    }

    /// Joins neighbours that may be one sample. The first and the last stay as they are.
    fn compress(&mut self, factor: u64) {
        let [first, inner @ ..] = self.samples.as_slice() else {
            return;
        };
        let Some((last, inner)) = inner.split_last() else {
            return;
        };
        let mut rank = self.count - last.gap;
        let mut joined = vec![*last];
        for sample in inner.iter().rev() {
            rank = rank.saturating_sub(sample.gap);
            let allowed = self.allowed(rank).saturating_mul(factor);
            match joined.last_mut() {
                Some(next) if sample.gap + next.gap + next.delta <= allowed => {
                    next.gap += sample.gap;
                }
                _ => joined.push(*sample),
            }
        }
        joined.push(*first);
        joined.reverse();
        self.samples = joined;
    }
}
