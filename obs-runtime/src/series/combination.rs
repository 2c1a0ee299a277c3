//! Combinations of the values of finite labels, by their number in mixed radix.

use obs_schema::def::{LabelDef, Values};

/// Series of one family that are kept in an array.
const MAX_DENSE: u64 = 1 << 16;

/// How many series there may be.
pub(super) fn cap(labels: &[LabelDef]) -> usize {
    let counts = labels.iter().map(|label| label.values.count());
    usize::try_from(counts.fold(1, u64::saturating_mul)).unwrap_or(usize::MAX)
}

/// The values of the combination `index` of finite labels.
pub(crate) fn finite_values(labels: &[LabelDef], index: usize) -> Vec<&'static str> {
    let positions = 0..labels.len();
    positions
        .map(|position| finite_value(labels, index, position))
        .collect()
}

/// The value of the label at `position` in the combination with this number; empty if it is not finite.
pub(crate) fn finite_value(labels: &[LabelDef], index: usize, position: usize) -> &'static str {
    let mut index = index;
    for (at, label) in labels.iter().enumerate().rev() {
        let Values::Finite(known) = label.values else {
            continue;
        };
        if at == position {
            let digit = index.checked_rem(known.len()).unwrap_or(0);
            return known.get(digit).copied().unwrap_or("");
        }
        index = index.checked_div(known.len()).unwrap_or(index);
    }
    ""
}

/// How many combinations there are if all labels are finite and an array of them is reasonable.
pub(super) fn combinations(labels: &[LabelDef]) -> Option<usize> {
    let mut count = 1u64;
    for label in labels {
        let Values::Finite(values) = label.values else {
            return None;
        };
        count = count
            .checked_mul(values.len() as u64)
            .filter(|&count| count <= MAX_DENSE)?;
    }
    usize::try_from(count).ok()
}
