//! The metrics of annotated functions: from the definition to the cells.

use std::cmp::Ordering;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use obs_schema::def::{BlockDef, CallOutcome, LabelDef, OperationDef, OperationFamily};

use crate::diagnostics;
use crate::hot::alone::alone;
use crate::hot::block::{Block, Totals};
use crate::hot::clock;
use crate::hot::extremes::Extremes;
use crate::metric::exponential::{self, Fine};
use crate::series::{SeriesKey, SeriesTable, fragment};

/// The blocks of all operations. Operations that name the same series share one.
static BLOCKS: Mutex<Vec<&'static LiveBlock>> = Mutex::new(Vec::new());

/// Blocks of an operation beside the first.
pub(crate) const MORE_BLOCKS: usize = OperationDef::MAX_BLOCKS - 1;

/// One set of metrics of an operation, with its cells.
#[derive(Debug)]
pub(crate) struct LiveBlock {
    family: OperationFamily,
    constants: &'static [(&'static str, &'static str)],
    constants_encoded: Box<[u8]>,
    buckets: &'static [f64],
    /// The buckets that are counted, where they are not those that were declared.
    fine: Option<&'static Fine>,
    /// The bounds of the buckets that are counted, in ticks.
    bounds: Box<[u64]>,
    series: SeriesTable<Block>,
    /// The bits of the blocks by the number of the combination, if all labels are finite; 0 where there is
    /// none yet. What the hot path reads of `series`.
    dense: Box<[AtomicU64]>,
    /// The outcomes that can occur, a bit each.
    outcomes: AtomicU8,
}

impl LiveBlock {
    fn new(def: &'static BlockDef, labels: &'static [LabelDef]) -> Self {
        let series = SeriesTable::new(labels);
        let mut constants_encoded = Vec::new();
        for (name, value) in def.constants {
            fragment::push(name, value, &mut constants_encoded);
        }
        let dense = series.combinations().unwrap_or(0);
        let fine = match def.family {
            OperationFamily::Calls => None,
            _ => exponential::of_durations(def.buckets),
        };
        let fine = fine.filter(|fine| Block::fits(fine.bounds().len()));
        let counted = fine.map_or(def.buckets, Fine::bounds);
        Self {
            family: def.family,
            constants: def.constants,
            constants_encoded: constants_encoded.into(),
            buckets: def.buckets,
            fine,
            bounds: counted
                .iter()
                .map(|&bound| clock::from_seconds(bound))
                .collect(),
            series,
            dense: (0..dense).map(|_| AtomicU64::new(0)).collect(),
            outcomes: AtomicU8::new(0),
        }
    }

    /// Which families it feeds.
    pub(crate) fn family(&self) -> OperationFamily {
        self.family
    }

    /// The labels that are the same for every call, `operation` included.
    pub(crate) fn constants(&self) -> &'static [(&'static str, &'static str)] {
        self.constants
    }

    /// Upper bounds of the declared buckets in seconds.
    pub(crate) fn buckets(&self) -> &'static [f64] {
        self.buckets
    }

    /// The buckets that are counted, where they are not those that were declared.
    pub(crate) fn fine(&self) -> Option<&'static Fine> {
        self.fine
    }

    /// Upper bounds of the buckets that are counted, in ticks.
    #[inline(always)]
    pub(crate) fn bounds(&self) -> &[u64] {
        &self.bounds
    }

    /// The declared bucket of a duration, and which others are counted where this one is.
    pub(crate) fn bucket(&self, ticks: u64) -> (usize, RangeInclusive<u64>) {
        let counted = self.bounds.partition_point(|&bound| bound < ticks);
        let above = counted.checked_sub(1).and_then(|at| self.bounds.get(at));
        let shortest = above.map_or(0, |bound| bound.saturating_add(1));
        let longest = self.bounds.get(counted).copied().unwrap_or(u64::MAX);
        let declared = self
            .fine
            .map_or(counted, |fine| fine.declared_bucket(counted));
        (declared, shortest..=longest)
    }

    /// Whether an outcome can occur.
    pub(crate) fn can_be(&self, outcome: CallOutcome) -> bool {
        self.outcomes.load(Relaxed) & outcome.bit() != 0
    }

    /// The bits of the blocks by the number of the combination of finite labels.
    pub(crate) fn dense(&self) -> &[AtomicU64] {
        &self.dense
    }

    /// The cells of a series.
    pub(crate) fn block(&self, key: SeriesKey<'_>) -> Option<Block> {
        let block = self.series.get(key, || {
            let block = Block::allocate(self.bounds.len());
            if block.is_none() {
                diagnostics::report("no room for another series: its calls are not counted");
            }
            block
        })?;
        if let SeriesKey::Index(index) = key
            && let Some(slot) = self.dense.get(index)
        {
            slot.store(block.bits(), Relaxed);
        }
        Some(block)
    }

    /// Its constant labels, encoded.
    pub(crate) fn constants_encoded(&self) -> &[u8] {
        &self.constants_encoded
    }

    /// The names of the labels that are not constant.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.series.labels().iter().map(|label| label.name)
    }

    /// Calls `visit` with the own labels of every series, encoded, and its cells if it was used.
    pub(crate) fn each(&self, mut visit: impl FnMut(&'static [u8], Option<Block>)) {
        self.series
            .each(|labels, block| visit(labels, block.copied()));
    }

    /// Blocks of one order have series with the same names and the same constants; all that have the same
    /// constants stand together.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let constants = self.constants.cmp(other.constants);
        constants.then_with(|| self.names().cmp(other.names()))
    }
}

impl Totals {
    /// The buckets of one outcome that are counted, not cumulative; the last is that of `+Inf`.
    pub(crate) fn of(&self, outcome: CallOutcome) -> &[u64] {
        let stride = self.buckets.len() / CallOutcome::ALL.len();
        let start = outcome as usize * stride;
        self.buckets.get(start..start + stride).unwrap_or(&[])
    }

    /// The sum of the durations of one outcome in ticks.
    pub(crate) fn sum(&self, outcome: CallOutcome) -> u64 {
        self.sums.get(outcome as usize).copied().unwrap_or(0)
    }

    /// How many calls ended so.
    pub(crate) fn calls(&self, outcome: CallOutcome) -> u64 {
        self.of(outcome)
            .iter()
            .fold(0, |sum, n| sum.wrapping_add(*n))
    }

    /// How many calls are under way.
    pub(crate) fn in_flight(&self) -> u64 {
        // A call may end on another thread than it began on, and be read in between.
        let difference = self.begun.wrapping_sub(self.ended);
        if difference > u64::MAX / 2 {
            0
        } else {
            difference
        }
    }
}

impl Extremes {
    /// Both in seconds.
    pub(crate) fn seconds(self) -> (f64, f64) {
        (
            clock::to_seconds(self.least),
            clock::to_seconds(self.greatest),
        )
    }
}

/// The blocks of an operation, in the order of its definition.
pub(crate) fn blocks(def: &'static OperationDef) -> Box<[&'static LiveBlock]> {
    let mut all = lock();
    def.blocks
        .iter()
        .map(|block| intern(&mut all, def, block))
        .collect()
}

/// Every block of every registered operation, in their [order](LiveBlock::order).
pub(crate) fn all(into: &mut Vec<&'static LiveBlock>) {
    into.clear();
    alone(|| into.extend_from_slice(&lock()));
}

/// The blocks of an operation that was registered.
pub(crate) fn find(def: &'static OperationDef) -> Vec<&'static LiveBlock> {
    alone(|| {
        let all = lock();
        let blocks = def.blocks.iter();
        blocks.filter_map(|block| same(&all, def, block)).collect()
    })
    .unwrap_or_default()
}

fn lock() -> MutexGuard<'static, Vec<&'static LiveBlock>> {
    BLOCKS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn same(
    all: &[&'static LiveBlock],
    def: &OperationDef,
    block: &BlockDef,
) -> Option<&'static LiveBlock> {
    let mut others = all.iter().copied();
    others.find(|other| {
        other.family == block.family
            && other.constants == block.constants
            && other.series.labels() == def.labels
    })
}

fn intern(
    all: &mut Vec<&'static LiveBlock>,
    def: &'static OperationDef,
    block: &'static BlockDef,
) -> &'static LiveBlock {
    let live = match same(all, def, block) {
        Some(live) => {
            if live.buckets != block.buckets {
                diagnostics::report(&format!(
                    "operation `{}` is declared twice with different buckets; those of the first call hold, not those at {}:{}",
                    def.name, def.source.file, def.source.line
                ));
            }
            live
        }
        None => {
            let live: &'static LiveBlock = Box::leak(Box::new(LiveBlock::new(block, def.labels)));
            let place = all.partition_point(|other| other.order(live).is_le());
            all.insert(place, live);
            live
        }
    };
    live.outcomes.fetch_or(def.outcomes, Relaxed);
    live
}
