//! Observations with quantiles computed in the process.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use obs_schema::def::{MetricDef, MetricKind};

use super::instrument::{Series, sealed::Sealed};
use super::own;
use super::quantile::Stream;
use super::scan::{Scan, take_summary};
use super::snapshot::Value;
use crate::fork::PerProcess;
use crate::hot::clock;

/// Into how many parts `max_age` is divided: an observation counts for between four fifths of it
/// and all of it.
const AGES: usize = 5;
/// Observations that are sorted in at once.
const BUFFER: usize = 512;

/// Observations with quantiles computed in the process, over the recent past.
///
/// Each quantile is answered by an observation whose rank is off by at most the declared error.
/// Quantiles of several processes cannot be added up: prefer a [`Histogram`](super::Histogram)
/// unless the range of the values is unknown. Observing takes a lock and, every 512th time, sorts.
/// A series holds at most about 250 kB, and some 10 kB as a rule.
///
/// ```
/// use obs_runtime::metric::{Instrument, Summary};
/// use obs_runtime::metric::definition::{MetricDef, MetricKind};
///
/// static SIZE: MetricDef = MetricDef {
///     unit: "bytes",
///     objectives: &[(0.5, 0.05), (0.99, 0.001)],
///     max_age_secs: 600.0,
///     ..MetricDef::new("basket_bytes", "Size of the basket.", MetricKind::Summary)
/// };
///
/// let size = Summary::register(&SIZE);
/// (1..=100).for_each(|bytes| size.observe(f64::from(bytes)));
/// let median = size.quantile(0.5).unwrap();
/// assert!((45.0..=55.0).contains(&median));
/// assert_eq!(size.quantile(0.75), None, "not declared");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Summary {
    /// `None` counts into the void.
    kept: Option<&'static Kept>,
}

#[derive(Debug)]
struct Kept {
    def: &'static MetricDef,
    state: PerProcess<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    objectives: &'static [(f64, f64)],
    /// Each holds what came since it was cleared; the oldest answers.
    ages: [Stream; AGES],
    oldest: usize,
    /// When the oldest is cleared, in ticks, and how long until the next one is.
    next_turn: u64,
    turn: u64,
    /// Observations that are not in the streams yet.
    buffer: Vec<f64>,
    count: u64,
    sum: f64,
}

impl Summary {
    /// Counts one observation. NaN and infinities are left out, and counted in
    /// `obs_values_refused_total`.
    pub fn observe(&self, value: f64) {
        if value.is_finite() {
            self.with(|state| state.observe(value));
        } else {
            own::NOT_FINITE.fetch_add(1, Relaxed);
        }
    }

    /// Counts a duration, in seconds.
    pub fn observe_duration(&self, duration: Duration) {
        self.observe(duration.as_secs_f64());
    }

    /// How many observations there have been since the start.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.with(|state| state.count).unwrap_or(0)
    }

    /// The sum of all observations since the start.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.with(|state| state.sum).unwrap_or(0.0)
    }

    /// The value of a declared quantile; `None` if it was not declared or there is no observation
    /// within `max_age`.
    #[must_use]
    pub fn quantile(&self, quantile: f64) -> Option<f64> {
        let found = self.with(|state| state.quantiles().find(|known| known.0 == quantile))??;
        Some(found.1).filter(|value| !value.is_nan())
    }

    fn with<R>(&self, change: impl FnOnce(&mut State) -> R) -> Option<R> {
        let kept = self.kept?;
        let state = kept.state.get(|| Mutex::new(State::new(kept.def)));
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        Some(change(&mut state))
    }
}

impl State {
    fn new(def: &'static MetricDef) -> Self {
        let objectives = def.objectives;
        let turn = clock::from_seconds(def.max_age_secs / AGES as f64).max(1);
        Self {
            objectives,
            ages: std::array::from_fn(|_| Stream::new(objectives)),
            oldest: 0,
            next_turn: clock::ticks().saturating_add(turn),
            turn,
            buffer: Vec::with_capacity(BUFFER),
            count: 0,
            sum: 0.0,
        }
    }

    fn observe(&mut self, value: f64) {
        self.turn_to(clock::ticks());
        self.count += 1;
        self.sum += value;
        self.buffer.push(value);
        if self.buffer.len() >= BUFFER {
            self.flush();
        }
    }

    fn quantiles(&mut self) -> impl Iterator<Item = (f64, f64)> {
        self.turn_to(clock::ticks());
        self.flush();
        let stream = self.ages.get(self.oldest);
        let wanted = self.objectives.iter();
        wanted.filter_map(move |&(q, _)| Some((q, stream?.query(q))))
    }

    fn flush(&mut self) {
        if self.buffer.is_empty() {
            return;
        }
        self.buffer.sort_unstable_by(f64::total_cmp);
        for stream in &mut self.ages {
            stream.insert(&self.buffer);
        }
        self.buffer.clear();
    }

    /// Clears the streams whose time is over.
    fn turn_to(&mut self, now: u64) {
        if now < self.next_turn {
            return;
        }
        self.flush();
        // After `AGES` turns everything is forgotten, however long ago they were due.
        for _ in 0..AGES {
            if now < self.next_turn {
                return;
            }
            if let Some(stream) = self.ages.get_mut(self.oldest) {
                stream.clear();
            }
            self.oldest = (self.oldest + 1) % AGES;
            self.next_turn = self.next_turn.saturating_add(self.turn);
        }
        self.next_turn = self.next_turn.max(now.saturating_add(self.turn));
    }
}

impl Series for Summary {
    const KIND: MetricKind = MetricKind::Summary;
}

impl Sealed for Summary {
    fn create(def: &'static MetricDef) -> Option<Self> {
        Some(Self {
            kept: Some(Box::leak(Box::new(Kept {
                def,
                state: PerProcess::new(),
            }))),
        })
    }

    fn void() -> Self {
        Self { kept: None }
    }

    fn read(&self, _: &'static MetricDef, _: &mut Scan, value: &mut Value) -> bool {
        let read = self.with(|state| {
            let mut summary = take_summary(value);
            summary.quantiles.extend(state.quantiles());
            (summary.count, summary.sum) = (state.count, state.sum);
            *value = Value::Summary(summary);
        });
        read.is_some()
    }

    fn read_untouched(def: &'static MetricDef, value: &mut Value) -> bool {
        let quantiles = def.objectives.iter().map(|&(q, _)| (q, f64::NAN));
        let mut summary = take_summary(value);
        summary.quantiles.extend(quantiles);
        *value = Value::Summary(summary);
        true
    }
}
