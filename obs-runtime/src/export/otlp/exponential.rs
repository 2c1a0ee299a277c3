//! The points of exponential histograms: the finest scale at which what was observed needs few buckets.
//!
//! Source: <https://opentelemetry.io/docs/specs/otel/metrics/sdk/#base2-exponential-bucket-histogram-aggregation>

use super::wire;
use crate::metric::exponential::{Cell, Exponential, Power};

/// The most buckets on either side of 0.
const MOST: i32 = 160;
/// Of a series without observations.
const FINEST: i32 = 3;

/// What a point says of the buckets.
#[derive(Debug, PartialEq)]
pub(super) struct Shape {
    pub(super) scale: i32,
    pub(super) zero: u64,
    pub(super) zero_threshold: f64,
    pub(super) positive: Side,
    pub(super) negative: Side,
}

/// The buckets on one side of 0, from the one with the index `offset` on.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Side {
    pub(super) offset: i32,
    pub(super) counts: Vec<u64>,
}

/// Cells that have observations, by index.
type Cells = Vec<(Power, u64)>;

impl Shape {
    pub(super) fn of(exponential: &Exponential) -> Self {
        let (mut positive, mut negative, mut zero) = (Cells::new(), Cells::new(), 0);
        let cells = exponential.grid.cells.iter().zip(&exponential.counts);
        for (cell, &count) in cells.filter(|(_, count)| **count > 0) {
            match *cell {
                Cell::Zero => zero = count,
                Cell::Positive(power) => positive.push((power, count)),
                Cell::Negative(power) => negative.push((power, count)),
            }
        }
        negative.reverse();
        let scales = positive
            .iter()
            .chain(&negative)
            .map(|(power, _)| power.scale);
        let mut scale = scales.min().unwrap_or(FINEST);
        while span(&positive, scale).max(span(&negative, scale)) > MOST {
            scale -= 1;
        }
        Self {
            scale,
            zero,
            zero_threshold: exponential.grid.zero_threshold,
            positive: Side::of(&positive, scale),
            negative: Side::of(&negative, scale),
        }
    }

    /// Writes the fields of the point that say it.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        wire::sint(out, 6, self.scale);
        wire::fixed64(out, 7, self.zero);
        for (field, side) in [(8, &self.positive), (9, &self.negative)] {
            if side.counts.is_empty() {
                continue;
            }
            wire::message(out, field, |out| {
                wire::sint(out, 1, side.offset);
                wire::packed_varint(out, 2, &side.counts);
            });
        }
        wire::double_always(out, 14, self.zero_threshold);
    }
}

impl Side {
    fn of(cells: &[(Power, u64)], scale: i32) -> Self {
        let Some((offset, _)) = ends(cells, scale) else {
            return Self::default();
        };
        let mut counts = Vec::new();
        for (power, count) in cells {
            let at = usize::try_from(index(*power, scale) - offset).unwrap_or(0);
            if counts.len() <= at {
                counts.resize(at + 1, 0);
            }
            if let Some(sum) = counts.get_mut(at) {
                *sum = count.wrapping_add(*sum);
            }
        }
        Self { offset, counts }
    }
}

/// The index of the bucket that a cell is in at a scale that is not finer than its own.
fn index(power: Power, scale: i32) -> i32 {
    power.index >> (power.scale - scale)
}

/// The first and the last index.
fn ends(cells: &[(Power, u64)], scale: i32) -> Option<(i32, i32)> {
    let (first, last) = (cells.first()?, cells.last()?);
    Some((index(first.0, scale), index(last.0, scale)))
}

/// How many buckets there are from the first to the last.
fn span(cells: &[(Power, u64)], scale: i32) -> i32 {
    ends(cells, scale).map_or(0, |(first, last)| last - first + 1)
}
