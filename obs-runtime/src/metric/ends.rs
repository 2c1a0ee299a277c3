//! The smallest and the largest observation since the start.

/// Both ends of what was observed, as far as they are known for sure. Only a reading for exporters has them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Ends {
    pub(crate) least: Option<f64>,
    pub(crate) greatest: Option<f64>,
}

impl Ends {
    /// Those of what two series have observed that have both observed something.
    pub(super) fn and(self, other: Self) -> Self {
        let both = |a: Option<f64>, b, pick: fn(f64, f64) -> f64| a.zip(b).map(|(a, b)| pick(a, b));
        Self {
            least: both(self.least, other.least, f64::min),
            greatest: both(self.greatest, other.greatest, f64::max),
        }
    }
}

impl From<(f64, f64)> for Ends {
    fn from((least, greatest): (f64, f64)) -> Self {
        Self {
            least: Some(least),
            greatest: Some(greatest),
        }
    }
}
