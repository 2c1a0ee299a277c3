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

/// Between the two nearest of the sorted values, in proportion.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let position = share * sorted.len().checked_sub(1)? as f64;
    let below = *sorted.get(position.floor() as usize)?;
    let above = *sorted.get(position.ceil() as usize)?;
    Some(below + (above - below) * position.fract())
}

#[cfg(test)]
mod tests {
    use super::Quartiles;

    #[test]
    fn quartiles_lie_between_the_values() {
        let quartiles = Quartiles::of(vec![4.0, 1.0, f64::NAN, 3.0, 2.0]).unwrap();
        assert_eq!(
            (quartiles.low, quartiles.median, quartiles.high),
            (1.75, 2.5, 3.25)
        );
        assert_eq!(Quartiles::of(Vec::new()), None);
    }
}
