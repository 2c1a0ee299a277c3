//! A logarithmic axis.

/// From values to places on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    /// Powers of ten at both ends.
    decades: (i32, i32),
    /// The page between which they lie.
    page: (f64, f64),
}

/// What is smaller is drawn as this: nothing that costs less can be measured.
const SMALLEST: f64 = 0.1;

impl Axis {
    /// An axis over all of these values; `None` without any.
    pub(super) fn over(values: impl Iterator<Item = f64>, page: (f64, f64)) -> Option<Self> {
        let largest = values.filter(|value| value.is_finite()).reduce(f64::max)?;
        let last = largest.max(1.0).log10().ceil() as i32;
        Some(Self {
            decades: (SMALLEST.log10() as i32, last.max(1)),
            page,
        })
    }

    /// The place of a value; values beyond an end are at it.
    pub(super) fn x(&self, value: f64) -> f64 {
        let (first, last) = self.decades;
        let (left, right) = self.page;
        let place = value.max(SMALLEST).log10().min(f64::from(last));
        left + (place - f64::from(first)) / f64::from(last - first) * (right - left)
    }

    /// The powers of ten along the axis.
    pub(super) fn decades(&self) -> impl Iterator<Item = f64> + use<> {
        let (first, last) = self.decades;
        (first..=last).map(|power| 10_f64.powi(power))
    }
}

/// A power of ten as people write it.
pub(super) fn short(decade: f64) -> String {
    if decade >= 1000.0 {
        format!("{},000", decade / 1000.0)
    } else {
        format!("{decade}")
    }
}
