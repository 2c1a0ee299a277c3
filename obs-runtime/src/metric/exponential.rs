//! Histograms whose bounds are powers of a base, as OpenTelemetry's exponential histograms have them.
//!
//! They cannot be made from declared buckets without guessing. So where they are wanted, an observation is
//! counted in a [finer](Fine) bucket, one that lies within a declared bucket and within a cell of a [`Grid`] of
//! powers: adding up gives both, exactly. Cells of a coarser scale are sums of cells of a finer one, so whoever
//! reads the grid chooses the scale.
//!
//! Source: <https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram>

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Whether histograms that are made from now on are fine.
static WANTED: AtomicBool = AtomicBool::new(false);
/// Histograms that were made while nobody wanted them so.
static COARSE: AtomicUsize = AtomicUsize::new(0);
/// One for each list of bounds: histograms are never freed.
static MADE: Mutex<Vec<&'static Fine>> = Mutex::new(Vec::new());

/// From 60 ns to 68 min each bound is 9 % above the last, up to the longest duration that there can be it is the
/// double. What is shorter counts as 0.
static DURATIONS: LazyLock<Grid> =
    LazyLock::new(|| Grid::new(&[Layer::new(3, -24, 12), Layer::new(0, 12, 33)], &[]));

/// From a millionth to 10^12 each bound is 19 % above the last, beyond that and below 0 they are further apart.
static VALUES: LazyLock<Grid> = LazyLock::new(|| {
    let far = Layer::new(-4, 64, 1024);
    Grid::new(
        &[Layer::new(2, -20, 40), Layer::new(0, 40, 64), far],
        &[Layer::new(0, -20, 64), far],
    )
});

/// Values of every size, in cells between powers of 2^(2^-scale).
#[derive(Debug, PartialEq)]
pub(crate) struct Grid {
    /// By the values in them.
    pub(crate) cells: Vec<Cell>,
    /// The largest value of each cell but the last.
    bounds: Vec<f64>,
    /// What is at most this far from 0 is in the cell of 0.
    pub(crate) zero_threshold: f64,
}

/// Which values a cell of a grid has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Those around 0.
    Zero,
    Positive(Power),
    /// Those whose opposite the power has.
    Negative(Power),
}

/// Above 2^(2^-scale) to the power of `index`, up to the next power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Power {
    pub(crate) scale: i32,
    pub(crate) index: i32,
}

/// A part of a grid: the powers of one scale, from one power of two to another.
#[derive(Debug, Clone, Copy)]
struct Layer {
    scale: i32,
    from: i32,
    to: i32,
}

impl Layer {
    const fn new(scale: i32, from: i32, to: i32) -> Self {
        Self { scale, from, to }
    }

    fn powers(self) -> impl DoubleEndedIterator<Item = Power> {
        let Self { scale, from, to } = self;
        let index = move |exponent: i32| match scale {
            0.. => exponent << scale,
            _ => exponent >> -scale,
        };
        (index(from)..index(to)).map(move |index| Power { scale, index })
    }
}

impl Power {
    /// The bound that its values are above.
    fn low(self) -> f64 {
        let Self { scale, index } = self;
        if scale <= 0 {
            return 2.0_f64.powi(index << -scale);
        }
        let parts = 1 << scale;
        let part = f64::from(index.rem_euclid(parts)) / f64::from(parts);
        2.0_f64.powi(index.div_euclid(parts)) * part.exp2()
    }
}

impl Grid {
    /// These layers, from the one around 0 outwards.
    fn new(positive: &[Layer], negative: &[Layer]) -> Self {
        let powers = |layers: &[Layer]| -> Vec<Power> {
            layers.iter().flat_map(|layer| layer.powers()).collect()
        };
        let (positive, mut negative) = (powers(positive), powers(negative));
        negative.reverse();
        let zero_threshold = positive.first().map_or(0.0, |first| first.low());
        let below = negative.iter().map(|power| (-power.low()).next_down());
        let above = positive.iter().map(|power| power.low());
        Self {
            bounds: below.chain(above).collect(),
            cells: negative
                .into_iter()
                .map(Cell::Negative)
                .chain([Cell::Zero])
                .chain(positive.into_iter().map(Cell::Positive))
                .collect(),
            zero_threshold,
        }
    }
}

/// Buckets that lie within declared ones and within the cells of a grid.
#[derive(Debug)]
pub(crate) struct Fine {
    grid: &'static Grid,
    declared: &'static [f64],
    bounds: Vec<f64>,
    /// The declared bucket and the cell of the grid that each bucket is a part of.
    within: Vec<(usize, usize)>,
}

impl Fine {
    fn new(grid: &'static Grid, declared: &'static [f64]) -> Self {
        let mut bounds = [grid.bounds.as_slice(), declared].concat();
        bounds.sort_by(f64::total_cmp);
        bounds.dedup();
        let place = |list: &[f64], most| list.partition_point(|&bound| bound < most);
        let places = |&most: &f64| (place(declared, most), place(&grid.bounds, most));
        let last = (declared.len(), grid.bounds.len());
        Self {
            within: bounds.iter().map(places).chain([last]).collect(),
            grid,
            declared,
            bounds,
        }
    }

    /// The bounds, which include those that were declared.
    pub(crate) fn bounds(&self) -> &[f64] {
        &self.bounds
    }

    /// The bounds that were declared.
    #[cfg(feature = "http")]
    pub(super) fn declared_bounds(&self) -> &'static [f64] {
        self.declared
    }

    /// The declared bucket that a bucket is a part of.
    pub(crate) fn declared_bucket(&self, bucket: usize) -> usize {
        self.within.get(bucket).map_or(0, |(declared, _)| *declared)
    }

    /// The counts of the declared buckets and those of the grid.
    pub(super) fn split(&self, counts: &[u64]) -> (Vec<u64>, Exponential) {
        let mut declared = vec![0u64; self.declared.len() + 1];
        let mut cells = vec![0u64; self.grid.cells.len()];
        let places = counts.iter().zip(&self.within);
        for (count, &(bucket, cell)) in places.filter(|(count, _)| **count > 0) {
            let sums = [declared.get_mut(bucket), cells.get_mut(cell)];
            for sum in sums.into_iter().flatten() {
                *sum = sum.wrapping_add(*count);
            }
        }
        let exponential = Exponential {
            grid: self.grid,
            counts: cells,
        };
        (declared, exponential)
    }
}

/// How many observations are in each cell of a grid.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Exponential {
    pub(crate) grid: &'static Grid,
    pub(crate) counts: Vec<u64>,
}

impl Exponential {
    /// Adds the observations of another one. `None` if it has another grid.
    pub(super) fn plus(mut self, other: &Self) -> Option<Self> {
        for (sum, more) in self.counts.iter_mut().zip(&other.counts) {
            *sum = sum.wrapping_add(*more);
        }
        std::ptr::eq(self.grid, other.grid).then_some(self)
    }

    /// What it grew by. `None` if the earlier one has another grid.
    #[cfg(feature = "otlp")]
    pub(crate) fn since(mut self, before: &Self) -> Option<Self> {
        for (count, before) in self.counts.iter_mut().zip(&before.counts) {
            *count = count.saturating_sub(*before);
        }
        std::ptr::eq(self.grid, before.grid).then_some(self)
    }
}

/// Makes histograms fine from now on. Those that there are stay as they are.
#[cfg(feature = "otlp")]
pub(crate) fn want() {
    WANTED.store(true, Relaxed);
    let coarse = COARSE.load(Relaxed);
    if coarse > 0 {
        crate::diagnostics::report(&format!(
            "{coarse} histograms were used before the start with `metrics.histograms`: they are sent with the \
             buckets that they were declared with"
        ));
    }
}

/// The buckets of a histogram of durations with these bounds in seconds, if they are to be fine.
pub(crate) fn of_durations(declared: &'static [f64]) -> Option<&'static Fine> {
    of(&DURATIONS, declared)
}

/// The buckets of a histogram with these bounds, if they are to be fine.
pub(super) fn of_unit(unit: &str, declared: &'static [f64]) -> Option<&'static Fine> {
    match unit {
        "seconds" => of(&DURATIONS, declared),
        _ => of(&VALUES, declared),
    }
}

fn of(grid: &'static LazyLock<Grid>, declared: &'static [f64]) -> Option<&'static Fine> {
    if !WANTED.load(Relaxed) {
        COARSE.fetch_add(1, Relaxed);
        return None;
    }
    let grid: &'static Grid = grid;
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let same = |fine: &&&Fine| std::ptr::eq(fine.grid, grid) && fine.declared == declared;
    if let Some(&known) = made.iter().find(same) {
        return Some(known);
    }
    let fine: &'static Fine = Box::leak(Box::new(Fine::new(grid, declared)));
    made.push(fine);
    Some(fine)
}

#[cfg(test)]
pub(crate) mod tests;
