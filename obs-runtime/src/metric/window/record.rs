//! The record of the last snapshots. It knows no clock: every tick says its time.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::super::snapshot::{Family, Kind, Label, Series, Snapshot};
use super::delta::{Delta, Total, between, bounds};
use super::stats::Stats;
use super::{MAX_SERIES, RETENTION, SLOT};

/// What the metrics did within a window.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WindowSummary {
    /// How much time the numbers are about: at most that asked for and one slot, less soon after the start.
    pub covered: Duration,
    /// The families, sorted by name.
    pub families: Vec<FamilyWindow>,
    /// Series that are not followed because there are too many.
    pub untracked: usize,
}

/// What the series of one name did.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FamilyWindow {
    /// The name of the metric.
    pub name: Cow<'static, str>,
    /// What kind of metric it is.
    pub kind: Kind,
    /// The unit in base units, or empty.
    pub unit: Cow<'static, str>,
    /// All its series together.
    pub total: Stats,
    /// Each series, sorted by labels.
    pub series: Vec<SeriesWindow>,
}

/// What one series did.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SeriesWindow {
    /// Names and values of its labels.
    pub labels: Vec<Label>,
    /// The numbers.
    pub stats: Stats,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Windows {
    slots: VecDeque<Slot>,
    families: BTreeMap<Cow<'static, str>, FamilyRecord>,
    /// How many series are followed.
    tracked: usize,
    untracked: usize,
}

/// A piece of time, [`SLOT`] long unless ticks were late.
#[derive(Debug, Clone, Copy)]
struct Slot {
    number: u64,
    /// When the tick before its first one was.
    from: Duration,
    /// When its last tick was.
    to: Duration,
}

#[derive(Debug)]
struct FamilyRecord {
    kind: Kind,
    unit: Cow<'static, str>,
    series: BTreeMap<Vec<Label>, SeriesRecord>,
}

#[derive(Debug)]
struct SeriesRecord {
    bounds: Cow<'static, [f64]>,
    total: Option<Total>,
    /// The changes by the number of their slot; slots without one are left out.
    deltas: VecDeque<(u64, Delta)>,
    /// The number of the slot in which it was seen last.
    seen: u64,
}

impl Windows {
    pub(super) const fn new() -> Self {
        Self {
            slots: VecDeque::new(),
            families: BTreeMap::new(),
            tracked: 0,
            untracked: 0,
        }
    }

    /// When the last tick was.
    pub(super) fn last_tick(&self) -> Option<Duration> {
        self.slots.back().map(|slot| slot.to)
    }

    /// Takes a snapshot into the record. One that is older than the last is left out.
    pub(super) fn record(&mut self, now: Duration, snapshot: &Snapshot) {
        let first = self.slots.is_empty();
        let Some(slot) = self.advance(now) else {
            return;
        };
        self.untracked = 0;
        for family in &snapshot.families {
            if family.kind != Kind::Info {
                self.record_family(slot, first, family);
            }
        }
        self.forget();
    }

    /// The number of the slot of `now`.
    fn advance(&mut self, now: Duration) -> Option<u64> {
        let number = now.as_secs() / SLOT.as_secs();
        match self.slots.back_mut() {
            Some(last) if now < last.to => return None,
            Some(last) if last.number == number => last.to = now,
            last => {
                let from = last.map_or(now, |last| last.to);
                let to = now;
                self.slots.push_back(Slot { number, from, to });
            }
        }
        Some(number)
    }

    fn record_family(&mut self, slot: u64, first: bool, family: &Family) {
        if !self.families.contains_key(&family.name) {
            let record = FamilyRecord {
                kind: family.kind,
                unit: family.unit.clone(),
                series: BTreeMap::new(),
            };
            self.families.insert(family.name.clone(), record);
        }
        let Some(record) = self.families.get_mut(&family.name) else {
            return;
        };
        for series in &family.series {
            if let Some(known) = record.series.get_mut(series.labels.as_slice()) {
                known.record(slot, series);
            } else if self.tracked < MAX_SERIES {
                let new = SeriesRecord::new(slot, first, series);
                record.series.insert(series.labels.clone(), new);
                self.tracked += 1;
            } else {
                self.untracked += 1;
            }
        }
    }

    /// Removes what no window can reach any more.
    fn forget(&mut self) {
        let Some(last) = self.slots.back().map(|slot| slot.number) else {
            return;
        };
        let oldest = last.saturating_sub(RETENTION.as_secs() / SLOT.as_secs());
        while self.slots.front().is_some_and(|slot| slot.number < oldest) {
            self.slots.pop_front();
        }
        for family in self.families.values_mut() {
            family.series.retain(|_, series| {
                while series.deltas.front().is_some_and(|delta| delta.0 < oldest) {
                    series.deltas.pop_front();
                }
                series.seen >= oldest
            });
        }
        self.families.retain(|_, family| !family.series.is_empty());
        let series = self.families.values().map(|family| family.series.len());
        self.tracked = series.sum();
    }

    /// What happened within the last `window` before the last tick.
    pub(super) fn summary(&self, window: Duration) -> WindowSummary {
        let end = self.last_tick().unwrap_or_default();
        let start = end.checked_sub(window);
        let within = |slot: &&Slot| start.is_none_or(|start| slot.to > start);
        let first = self.slots.iter().find(within);
        let (number, covered) = match first {
            Some(slot) => (slot.number, end.saturating_sub(slot.from)),
            None => (u64::MAX, Duration::ZERO),
        };
        let families = self.families.iter();
        WindowSummary {
            covered,
            families: families
                .map(|(name, record)| record.summary(name.clone(), number, covered))
                .collect(),
            untracked: self.untracked,
        }
    }
}

impl FamilyRecord {
    fn summary(&self, name: Cow<'static, str>, from: u64, covered: Duration) -> FamilyWindow {
        let seconds = covered.as_secs_f64();
        let mut total = Sum::default();
        let mut series = Vec::with_capacity(self.series.len());
        for (labels, record) in &self.series {
            let mut sum = Sum::default();
            for delta in record.since(from) {
                sum.add(delta, &record.bounds);
                total.add(delta, &record.bounds);
            }
            series.push(SeriesWindow {
                labels: labels.clone(),
                stats: sum.stats(self.kind, seconds),
            });
        }
        let mut total = total.stats(self.kind, seconds);
        if series.len() > 1 {
            // The last of one of them is not that of all.
            total.last = None;
        }
        FamilyWindow {
            name,
            kind: self.kind,
            unit: self.unit.clone(),
            total,
            series,
        }
    }
}

impl SeriesRecord {
    fn new(slot: u64, first: bool, series: &Series) -> Self {
        let mut record = Self {
            bounds: bounds(&series.value),
            total: Total::of(&series.value),
            deltas: VecDeque::new(),
            seen: slot,
        };
        let before = if first {
            // Nobody knows when that happened.
            record.total.clone()
        } else {
            Total::before_first(&series.value)
        };
        record.push(slot, between(before.as_ref(), &series.value));
        record
    }

    fn record(&mut self, slot: u64, series: &Series) {
        self.seen = slot;
        let bounds = bounds(&series.value);
        if self.bounds != bounds {
            // Two functions began to share the series: what was counted in other buckets is over.
            self.bounds = bounds;
            self.deltas.clear();
        }
        self.push(slot, between(self.total.as_ref(), &series.value));
        self.total = Total::of(&series.value);
    }

    fn push(&mut self, slot: u64, delta: Option<Delta>) {
        let Some(delta) = delta else { return };
        match self.deltas.back_mut() {
            Some((last, sum)) if *last == slot => sum.add(&delta),
            _ => self.deltas.push_back((slot, delta)),
        }
    }

    /// The changes from the slot `number` on.
    fn since(&self, number: u64) -> impl Iterator<Item = &Delta> {
        let reached = move |delta: &&(u64, Delta)| delta.0 >= number;
        self.deltas.iter().filter(reached).map(|delta| &delta.1)
    }
}

/// Changes that are added up, and the bounds that belong to them.
#[derive(Debug, Default)]
struct Sum<'a> {
    delta: Option<Delta>,
    bounds: &'a [f64],
    /// Series with different bounds have no quantiles together.
    mixed: bool,
}

impl<'a> Sum<'a> {
    fn add(&mut self, delta: &Delta, bounds: &'a [f64]) {
        match &mut self.delta {
            Some(sum) => {
                self.mixed |= self.bounds != bounds;
                sum.add(delta);
            }
            None => {
                self.delta = Some(delta.clone());
                self.bounds = bounds;
            }
        }
    }

    fn stats(&self, kind: Kind, seconds: f64) -> Stats {
        let Some(delta) = &self.delta else {
            let nothing = (seconds > 0.0 && kind != Kind::Gauge).then_some(0.0);
            return Stats {
                increase: nothing.filter(|_| kind == Kind::Counter),
                rate: nothing,
                ..Stats::default()
            };
        };
        let mut stats = delta.stats(self.bounds, seconds);
        if self.mixed {
            (stats.median, stats.p95, stats.p99) = (None, None, None);
        }
        stats
    }
}
