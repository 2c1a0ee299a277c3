//! Ratios of single root operations.

/// The thresholds, by the name of the operation.
#[derive(Debug)]
pub(super) struct Operations(Box<[(Box<str>, u64)]>);

impl Operations {
    /// These thresholds. `None` if there are none. The last of a repeated name counts.
    pub(super) fn new(thresholds: impl Iterator<Item = (Box<str>, u64)>) -> Option<Self> {
        let mut all: Vec<_> = thresholds.collect();
        // The order of equal names is kept by sorting, so that the last of them comes first.
        all.reverse();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all.dedup_by(|later, earlier| later.0 == earlier.0);
        (!all.is_empty()).then(|| Self(all.into()))
    }

    /// The threshold of an operation that has its own.
    #[inline(never)]
    pub(super) fn threshold(&self, operation: &str) -> Option<u64> {
        let found = self.0.binary_search_by(|(name, _)| (**name).cmp(operation));
        self.0.get(found.ok()?).map(|(_, threshold)| *threshold)
    }
}
