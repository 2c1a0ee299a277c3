//! What is measured of a call, without its span.

use obs_schema::def::CallOutcome;

use crate::callsite::{Callsite, Word};
use crate::hot::alone::skip;
use crate::hot::block::Block;
use crate::hot::body::What;
use crate::hot::clock;
use crate::hot::local::{Call, Local};
use crate::operation::MORE_BLOCKS;
use crate::series::SeriesKey;
use crate::span::Ended;

/// The measuring of one call.
#[derive(Debug)]
pub(super) struct Measure {
    pub(super) callsite: &'static Callsite,
    pub(super) word: Word,
    start: u64,
    /// The cells of the first metric block.
    first: Block,
    /// The combination of finite labels.
    pub(super) labels: u32,
}

/// The cells of the metric blocks beside the first, where they cannot be found again by a number.
pub(super) type More = [Block; MORE_BLOCKS];

/// What became of the attempt to count the end of a call as a usual one.
pub(super) enum Counted {
    /// It is done. With the time, or 0 if the call is not timed.
    At(u64),
    /// It remains to be counted: the duration, up to this time, is not in the bucket of the last one.
    Missed(u64),
    /// It remains to be counted, and is of another kind.
    Not,
}

impl Measure {
    /// Measures a call of the usual kind: it has one metric block, whose cells are known by a number, and
    /// nobody else listens. `None` if it is of another kind.
    #[inline(always)]
    pub(super) fn plain(callsite: &'static Callsite, word: Word, index: usize) -> Option<Self> {
        if !word.is_plain() {
            return None;
        }
        let first = word.block().unwrap_or_else(|| callsite.dense_block(index));
        first.is_some().then_some(Self {
            callsite,
            word,
            start: 0,
            first,
            labels: index as u32,
        })
    }

    /// Counts the beginning of a usual call and notes the time. False if this thread has no cells for it yet, or
    /// the clock is not the usual one: then nothing is done.
    #[inline(always)]
    pub(super) fn begin_here(&mut self, local: &Local) -> bool {
        if self.word.is_timed() {
            match clock::counted() {
                Some(now) => self.start = now,
                None => return false,
            }
        }
        !self.word.counts_in_flight() || self.first.begin_if_ready(local)
    }

    /// The same in all other cases.
    pub(super) fn begin_anywhere(&mut self) {
        if self.word.counts_in_flight() && self.first.is_some() && !self.first.begin() {
            self.first = Block::NONE;
            skip();
        }
        if !self.first.is_some() {
            // There are no cells for the end of a usual call.
            self.word = self.word.without_plain();
        }
        self.start = clock::ticks();
    }

    /// Begins to measure any call.
    pub(super) fn begin(callsite: &'static Callsite, word: Word, key: SeriesKey<'_>) -> Self {
        let first = if word.metrics() {
            callsite.block(0, key)
        } else {
            Block::NONE
        };
        let mut measure = Self {
            callsite,
            word,
            start: 0,
            first,
            labels: match key {
                SeriesKey::Index(index) => index as u32,
                SeriesKey::Values(_) => 0,
            },
        };
        measure.begin_anywhere();
        measure
    }

    /// When the call began, in ticks.
    #[inline(always)]
    pub(super) fn start(&self) -> u64 {
        self.start
    }

    /// The call, for what happens in it.
    #[inline(always)]
    pub(super) fn call(&self) -> Call {
        Call {
            operation: Some(self.callsite.def()),
            labels: self.labels,
        }
    }

    /// Counts the end of a call, if it is of the usual kind and its duration of the usual length.
    #[inline(always)]
    pub(super) fn end_plain(&self, local: &Local, outcome: CallOutcome) -> Counted {
        let cells = self.first.cells(local).filter(|_| self.word.is_plain());
        let Some(cells) = cells else {
            return Counted::Not;
        };
        if !self.word.is_timed() {
            self.first.count(cells, outcome);
            return Counted::At(0);
        }
        let Some(end) = clock::counted() else {
            return Counted::Not;
        };
        let ticks = end.saturating_sub(self.start);
        if self.first.end_if_guessed(cells, outcome, ticks) {
            Counted::At(end)
        } else {
            Counted::Missed(end)
        }
    }

    /// Counts the end of a call of the usual kind, whose duration is not in the bucket of the last one.
    #[inline(always)]
    pub(super) fn end_missed(&self, local: &Local, end: u64, outcome: CallOutcome) {
        let ticks = end.saturating_sub(self.start);
        if let Some(cells) = self.first.cells(local) {
            let bounds = self.callsite.bounds(0);
            self.first.end_searched(cells, outcome, ticks, bounds);
        }
    }

    /// Counts the end of any call, and returns the time. `more` are the cells of the blocks beside the first.
    pub(super) fn end(&self, outcome: CallOutcome, more: Option<&More>) -> u64 {
        let end = clock::ticks();
        let ticks = end.saturating_sub(self.start);
        if self.first.is_some() {
            self.first.end(outcome, ticks, self.callsite.bounds(0));
        }
        if self.word.has_more_blocks() {
            let found;
            let more = match more {
                Some(more) => more,
                None => {
                    found = more_blocks(self.callsite, SeriesKey::Index(self.labels as usize));
                    &found
                }
            };
            for (index, block) in more.iter().enumerate().filter(|(_, block)| block.is_some()) {
                block.end(outcome, ticks, self.callsite.bounds(index + 1));
            }
        }
        end
    }

    /// What the call's span has to know.
    #[inline(always)]
    pub(super) fn ended(&self, end: u64, outcome: CallOutcome) -> Ended {
        Ended {
            what: What::Operation(self.callsite.def()),
            start: self.start,
            end,
            outcome,
            labels: self.labels,
        }
    }
}

/// The cells of the blocks beside the first.
pub(super) fn more_blocks(callsite: &Callsite, key: SeriesKey<'_>) -> More {
    std::array::from_fn(|index| callsite.block(index + 1, key))
}

#[cfg(test)]
mod tests {
    use obs_schema::def::{BlockDef, OperationDef, OperationFamily, Source, SpanKind};

    use super::*;
    use crate::hot::cells;
    use crate::op;

    /// More than there can be cells for.
    const BUCKETS: &[f64] = &{
        let mut bounds = [0.0; 2000];
        let mut at = 0;
        while at < bounds.len() {
            bounds[at] = at as f64 + 1.0;
            at += 1;
        }
        bounds
    };

    static WITHOUT_CELLS: OperationDef = OperationDef {
        name: "without_cells",
        service: "",
        function: "without_cells",
        span: Some(SpanKind::Internal),
        blocks: &[BlockDef {
            family: OperationFamily::Operation,
            constants: &[("operation", "without_cells")],
            buckets: BUCKETS,
        }],
        labels: &[],
        outcomes: CallOutcome::Ok.bit(),
        slow_secs: 0.0,
        root: false,
        attributes: &[],
        source: Source {
            module: "",
            file: "",
            line: 0,
        },
    };

    #[test]
    fn a_call_for_which_there_are_no_cells_is_counted_nowhere() {
        static CALLSITE: Callsite = Callsite::new(&WITHOUT_CELLS);
        let first_cells = || cells::only_own(|| (0..64).map(cells::read).collect::<Vec<_>>());
        cells::add(cells::allocate(1).unwrap(), 1);
        let before = first_cells();
        for _ in 0..3 {
            drop(op::begin(&CALLSITE, SeriesKey::Index(0), None));
        }
        assert_eq!(first_cells(), before);
    }
}
