//! Medians and quartiles.

use serde::Serialize;

/// The middle of the rounds and how far they spread.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Quartiles {
    /// A quarter of the rounds is below.
    pub low: f64,
    /// Half of them.
    pub median: f64,
    /// Three quarters.
    pub high: f64,
}

impl Quartiles {
    /// Of these values; `None` without any.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        values.retain(|value| !value.is_nan());
        values.sort_by(f64::total_cmp);
        Some(Self {
            low: quantile(&values, 0.25)?,
            median: quantile(&values, 0.5)?,
            high: quantile(&values, 0.75)?,
        })
    }
}

/// Between which two of the values the median of what they are drawn from lies, in 95 of 100 cases: as many ranks
/// away from their own as a fair coin strays. `None` below six values, which cannot tell.
#[must_use]
pub fn median_within(mut values: Vec<f64>) -> Option<(f64, f64)> {
    values.retain(|value| !value.is_nan());
    values.sort_by(f64::total_cmp);
    let rank = rank_of_bound(values.len())?;
    let high = values.len().checked_sub(rank + 1)?;
    Some((*values.get(rank)?, *values.get(high)?))
}

/// The highest rank, from 0 on, below which the median of `n` draws lies in 2.5 of 100 cases at the most.
fn rank_of_bound(n: usize) -> Option<usize> {
    let mut choose = 0.5f64.powi(i32::try_from(n).ok()?);
    let mut below = choose;
    let mut bound = None;
    for rank in 0..n {
        if below > 0.025 {
            break;
        }
        bound = Some(rank);
        choose *= (n - rank) as f64 / (rank + 1) as f64;
        below += choose;
    }
    bound
}

/// Between the two nearest of the sorted values, in proportion.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let position = share * sorted.len().checked_sub(1)? as f64;
    let below = *sorted.get(position.floor() as usize)?;
    let above = *sorted.get(position.ceil() as usize)?;
    Some(below + (above - below) * position.fract())
}

#[cfg(test)]
mod tests {
    use super::{Quartiles, median_within};

    #[test]
    fn quartiles_lie_between_the_values() {
        let quartiles = Quartiles::of(vec![4.0, 1.0, f64::NAN, 3.0, 2.0]).unwrap();
        assert_eq!(
            (quartiles.low, quartiles.median, quartiles.high),
            (1.75, 2.5, 3.25)
        );
        assert_eq!(Quartiles::of(Vec::new()), None);
    }

    #[test]
    fn the_median_is_known_as_well_as_the_tables_of_the_sign_test_say() {
        let ranks = |n: u32| median_within((1..=n).map(f64::from).collect());
        assert_eq!(ranks(5), None);
        assert_eq!(ranks(6), Some((1.0, 6.0)));
        assert_eq!(ranks(10), Some((2.0, 9.0)));
        assert_eq!(ranks(25), Some((8.0, 18.0)));
    }
}
