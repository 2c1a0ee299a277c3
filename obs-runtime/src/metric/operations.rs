//! The families that annotated functions feed.
//!
//! All cells are added up before anything is written, so the families agree with each other: the number
//! of calls is the number of durations.

use std::sync::atomic::Ordering::Relaxed;

use obs_schema::def::{CallOutcome, MetricDef, OperationFamily};

use super::ends::Ends;
use super::scan::{Labels, Reading, Scan, Sink, take_histogram};
use super::snapshot::{self, Value};
use super::{builtin, exemplar, own};
use crate::hot::block::{Block, Totals};
use crate::hot::clock;
use crate::hot::extremes::Extremes;
use crate::operation::{self, LiveBlock};
use crate::series::fragment;

/// The label that every finished call has.
const OUTCOME: &str = "outcome";

/// A family of annotated functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Calls,
    InFlight,
    Duration,
    Database,
    ExternalApi,
}

/// What all annotated functions have counted. Its memory is used again.
#[derive(Debug)]
pub(super) struct Operations {
    blocks: Vec<&'static LiveBlock>,
    rows: Vec<Row>,
    /// Rows from here on are memory to use again.
    len: usize,
    /// `outcome="…",`
    outcomes: [Vec<u8>; CallOutcome::ALL.len()],
}

/// A series of a block.
#[derive(Debug)]
struct Row {
    live: &'static LiveBlock,
    /// The labels that are not constant, encoded.
    labels: &'static [u8],
    cells: Option<Block>,
    totals: Totals,
    extremes: Option<(f64, f64)>,
    /// The extremes since the start.
    ends: Option<Extremes>,
}

impl Default for Operations {
    fn default() -> Self {
        let encode = |outcome: CallOutcome| {
            let mut encoded = Vec::new();
            fragment::push(OUTCOME, outcome.as_str(), &mut encoded);
            encoded
        };
        Self {
            blocks: Vec::new(),
            rows: Vec::new(),
            len: 0,
            outcomes: CallOutcome::ALL.map(encode),
        }
    }
}

impl Which {
    pub(super) const ALL: [Self; 5] = [
        Self::Calls,
        Self::InFlight,
        Self::Duration,
        Self::Database,
        Self::ExternalApi,
    ];

    pub(super) fn def(self) -> &'static MetricDef {
        match self {
            Self::Calls => &builtin::CALLS,
            Self::InFlight => &builtin::IN_FLIGHT,
            Self::Duration => &builtin::DURATION,
            Self::Database => &builtin::DATABASE,
            Self::ExternalApi => &builtin::EXTERNAL_API,
        }
    }

    /// Whether blocks of this kind feed it.
    fn is_fed_by(self, block: OperationFamily) -> bool {
        use OperationFamily::{Calls, Database, Duration, ExternalApi, Operation};
        match self {
            Self::Calls => matches!(block, Operation | Calls),
            Self::InFlight => matches!(block, Operation),
            Self::Duration => matches!(block, Operation | Duration),
            Self::Database => matches!(block, Database),
            Self::ExternalApi => matches!(block, ExternalApi),
        }
    }
}

impl Row {
    fn has(&self, outcome: CallOutcome) -> bool {
        self.live.can_be(outcome) || self.totals.calls(outcome) > 0
    }

    /// Whether another row is the same series. Functions that are declared alike may feed one.
    fn is_same(&self, other: &Self) -> bool {
        !std::ptr::eq(self.live, other.live)
            && self.labels == other.labels
            && self.live.order(other.live).is_eq()
    }
}

impl Operations {
    /// Adds up all cells.
    pub(super) fn read(&mut self, scan: &Scan) {
        operation::all(&mut self.blocks);
        self.len = 0;
        for &live in &self.blocks {
            live.each(|labels, cells| {
                let used_before = self.rows.get_mut(self.len);
                let totals = used_before.map(|row| std::mem::take(&mut row.totals));
                let row = Row::read(live, labels, cells, totals.unwrap_or_default(), scan);
                match self.rows.get_mut(self.len) {
                    Some(place) => *place = row,
                    None => self.rows.push(row),
                }
                self.len += 1;
            });
        }
        // Series that several blocks feed stand together.
        let rows = self.rows.get_mut(..self.len).unwrap_or_default();
        for group in rows.chunk_by_mut(|a, b| a.live.order(b.live).is_eq()) {
            let blocks = group.chunk_by(|a, b| std::ptr::eq(a.live, b.live)).count();
            if blocks > 1 {
                group.sort_by_key(|row| row.labels);
            }
        }
    }

    fn rows(&self) -> &[Row] {
        self.rows.get(..self.len).unwrap_or_default()
    }

    /// Calls `visit` with the rows of each series of a family, and its outcome.
    fn each(&self, which: Which, mut visit: impl FnMut(&[Row], CallOutcome)) {
        for rows in self.rows().chunk_by(Row::is_same) {
            for outcome in CallOutcome::ALL {
                if rows.iter().any(|row| row.feeds(which, outcome)) {
                    visit(rows, outcome);
                }
            }
        }
    }

    /// How many series a family has.
    pub(super) fn count(&self, which: Which) -> usize {
        let mut count = 0;
        match which {
            Which::InFlight => self.each_in_flight(|_, _| count += 1),
            _ => self.each(which, |_, _| count += 1),
        }
        count
    }

    /// Tells `sink` of the series of a family; `family` describes it. `value` is memory to use again.
    pub(super) fn visit(
        &self,
        which: Which,
        family: &snapshot::Family,
        value: &mut Value,
        sink: &mut dyn Sink,
    ) {
        let mut tell = |live: &LiveBlock, labels: &[&[u8]], value: &Value| {
            let has_constant = |name: &str| live.constants().iter().any(|label| label.0 == name);
            let has_own = |name: &str| name == OUTCOME || live.names().any(|own| own == name);
            sink.names(&|name| has_constant(name) || which != Which::InFlight && has_own(name));
            let labels = Labels {
                encoded: labels,
                plain: &[],
            };
            sink.series(family, labels, value);
        };
        if which == Which::InFlight {
            return self.each_in_flight(|live, count| {
                tell(
                    live,
                    &[live.constants_encoded()],
                    &Value::Gauge(count as f64),
                );
            });
        }
        self.each(which, |rows, outcome| {
            let mut rows = rows.iter().filter(|row| row.feeds(which, outcome));
            let (Some(first), Some(encoded)) = (rows.next(), self.outcomes.get(outcome as usize))
            else {
                return;
            };
            first.read_into(which, outcome, value);
            rows.for_each(|row| row.add_to(value, which, outcome));
            let live = first.live;
            tell(
                live,
                &[live.constants_encoded(), encoded, first.labels],
                value,
            );
        });
    }

    /// Calls `visit` with the calls in flight of all blocks that have the same constant labels.
    fn each_in_flight(&self, mut visit: impl FnMut(&'static LiveBlock, u64)) {
        let alike = |a: &Row, b: &Row| a.live.constants() == b.live.constants();
        for rows in self.rows().chunk_by(alike) {
            let fed = |row: &&Row| Which::InFlight.is_fed_by(row.live.family());
            let mut rows = rows.iter().filter(fed).peekable();
            if let Some(first) = rows.peek() {
                let live = first.live;
                visit(live, rows.map(|row| row.totals.in_flight()).sum());
            }
        }
    }
}

impl Row {
    fn read(
        live: &'static LiveBlock,
        labels: &'static [u8],
        cells: Option<Block>,
        mut totals: Totals,
        scan: &Scan,
    ) -> Self {
        match cells {
            Some(cells) => cells.read_into(&mut totals),
            None => totals.clear(live.bounds().len()),
        }
        own::TORN.fetch_add(totals.torn, Relaxed);
        let (extremes, ends) = match scan.reading {
            Reading::Scrape => (None, None),
            Reading::Tick => {
                let taken = cells.and_then(Block::take_extremes);
                (taken.map(Extremes::seconds), None)
            }
            #[cfg(feature = "export")]
            Reading::Export => (None, cells.and_then(Block::all_extremes)),
        };
        Self {
            live,
            labels,
            cells,
            totals,
            extremes,
            ends,
        }
    }

    fn feeds(&self, which: Which, outcome: CallOutcome) -> bool {
        which.is_fed_by(self.live.family()) && self.has(outcome)
    }

    /// Its value in a family.
    fn read_into(&self, which: Which, outcome: CallOutcome, value: &mut Value) {
        if which == Which::Calls {
            *value = Value::Counter(self.totals.calls(outcome));
            return;
        }
        let mut duration = take_histogram(value, self.live.buckets());
        let sum = clock::to_seconds(self.totals.sum(outcome));
        duration.set_counted(self.live.fine(), self.totals.of(outcome), sum);
        duration.extremes = self.extremes;
        duration.ends = self.ends_of(outcome);
        if let Some(cells) = self.cells {
            exemplar::of(cells, outcome, &mut duration.exemplars);
        }
        *value = Value::Histogram(duration);
    }

    /// The ends of the durations with this outcome. The cells have those of all outcomes, so an end is known where only
    /// calls with this one lasted about as long.
    fn ends_of(&self, outcome: CallOutcome) -> Ends {
        let Some(ends) = self.ends else {
            return Ends::default();
        };
        let known = |ticks: u64| {
            let bucket = self.live.bounds().partition_point(|&bound| bound < ticks);
            let lasted = |other| self.totals.of(other).get(bucket).is_some_and(|&n| n > 0);
            let mut all = CallOutcome::ALL.into_iter();
            all.all(|other| lasted(other) == (other == outcome))
                .then(|| clock::to_seconds(ticks))
        };
        Ends {
            least: known(ends.least),
            greatest: known(ends.greatest),
        }
    }

    /// Adds its value in a family to that of another row.
    fn add_to(&self, sum: &mut Value, which: Which, outcome: CallOutcome) {
        let mut own = Value::Info;
        self.read_into(which, outcome, &mut own);
        match (sum, own) {
            (Value::Counter(sum), Value::Counter(own)) => *sum = sum.wrapping_add(own),
            (Value::Histogram(sum), Value::Histogram(own)) => sum.add(&own),
            // A family has one kind.
            _ => {}
        }
    }
}
