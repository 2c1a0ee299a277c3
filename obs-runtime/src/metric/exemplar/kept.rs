//! The exemplars of all series, and the way from a call to its series.

use std::collections::HashMap;
use std::sync::atomic::Ordering::Relaxed;

use obs_schema::def::{CallOutcome, OperationDef};
use rapidhash::quality::RandomState;

use super::series::{Bounds, Series};
use super::{Call, DROPPED, Exemplar, Key, key_of};
use crate::operation::{self, LiveBlock};
use crate::series::SeriesKey;

/// Series whose exemplars are kept; those of later ones are dropped, and counted.
const MAX_SERIES: usize = 4096;
/// Kinds of calls whose series need not be looked for.
const RECENT: usize = 64;

/// See the module.
pub(super) struct Kept {
    series: Vec<Series>,
    /// Where in `series` they are.
    places: HashMap<Key, usize, RandomState>,
    /// The blocks of operations, which never change, by the address of the definition.
    blocks: HashMap<usize, Vec<&'static LiveBlock>, RandomState>,
    /// What was called last: calls that are kept are of few operations, and most of them end well.
    recent: [Option<Recent>; RECENT],
}

/// Calls that are counted in the same series.
#[derive(Clone, Copy)]
struct Kind {
    def: &'static OperationDef,
    combination: usize,
    outcome: CallOutcome,
}

struct Recent {
    kind: Kind,
    /// Where in [`Kept::series`] they are.
    places: Vec<usize>,
}

impl Kept {
    /// Remembers a call whose labels are finite.
    pub(super) fn put(&mut self, def: &'static OperationDef, combination: usize, call: Call) {
        let kind = Kind {
            def,
            combination,
            outcome: call.outcome,
        };
        if let Some(Some(recent)) = self.recent.get(kind.slot())
            && recent.kind.is(kind)
        {
            for &place in &recent.places {
                if let Some(series) = self.series.get_mut(place) {
                    series.put(call);
                }
            }
            return;
        }
        let places = self.find_and_put(def, SeriesKey::Index(combination), call);
        // What finds no room has to be counted each time.
        let places = places.into_iter().collect::<Option<_>>();
        if let (Some(slot), Some(places)) = (self.recent.get_mut(kind.slot()), places) {
            *slot = Some(Recent { kind, places });
        }
    }

    /// Remembers a call, and says where: for each block of its operation, unless there was no room.
    pub(super) fn find_and_put(
        &mut self,
        def: &'static OperationDef,
        key: SeriesKey<'_>,
        call: Call,
    ) -> Vec<Option<usize>> {
        let blocks = self
            .blocks
            .entry(std::ptr::from_ref(def).addr())
            .or_insert_with(|| operation::find(def))
            .clone();
        let places = blocks.into_iter().map(|live| {
            let block = live.block(key)?;
            self.put_at(key_of(block, call.outcome), Bounds::Operation(live), call)
        });
        places.collect()
    }

    /// Remembers a call in a series, and says where that is, unless there was no room.
    pub(super) fn put_at(&mut self, key: Key, bounds: Bounds, call: Call) -> Option<usize> {
        let place = match self.places.get(&key) {
            Some(&place) => place,
            None if self.series.len() < MAX_SERIES => {
                let place = self.series.len();
                self.series.push(Series::new(bounds));
                self.places.insert(key, place);
                place
            }
            None => {
                DROPPED.fetch_add(1, Relaxed);
                return None;
            }
        };
        self.series.get_mut(place)?.put(call);
        Some(place)
    }

    /// Adds the exemplars of a series, sorted by bucket.
    pub(super) fn read(&self, key: Key, into: &mut Vec<Exemplar>) {
        let series = self.places.get(&key).and_then(|&at| self.series.get(at));
        if let Some(series) = series {
            into.extend(series.exemplars());
        }
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            series: Vec::new(),
            places: HashMap::default(),
            blocks: HashMap::default(),
            recent: [const { None }; RECENT],
        }
    }
}

impl Kind {
    fn slot(self) -> usize {
        let def = std::ptr::from_ref(self.def).addr() / align_of::<OperationDef>();
        (def ^ (def / RECENT) ^ self.combination ^ (11 * self.outcome as usize)) % RECENT
    }

    fn is(self, other: Self) -> bool {
        std::ptr::eq(self.def, other.def)
            && self.combination == other.combination
            && self.outcome == other.outcome
    }
}
