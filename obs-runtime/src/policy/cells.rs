//! Counts that every thread keeps for itself.

use crate::hot::{alone, cells};

/// `N` counts. Without room for more cells nothing is counted.
#[derive(Debug)]
pub(crate) struct Cells<const N: usize> {
    /// Where they are; 0 if there are none.
    offset: u32,
}

impl<const N: usize> Cells<N> {
    pub(crate) fn new() -> Self {
        Self {
            offset: cells::allocate(N).unwrap_or(0),
        }
    }

    /// The same cells once more.
    pub(crate) const fn again(&self) -> Self {
        Self {
            offset: self.offset,
        }
    }

    /// Adds 1 to the count of this number, which is below `N`.
    #[inline(always)]
    pub(crate) fn add(&self, at: u32) {
        if self.offset != 0 {
            cells::add(self.offset + at, 1);
        } else {
            alone::skip();
        }
    }

    pub(crate) fn read(&self) -> [u64; N] {
        match self.offset {
            0 => [0; N],
            offset => cells::read_row(offset),
        }
    }
}
