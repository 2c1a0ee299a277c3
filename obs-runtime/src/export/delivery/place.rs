//! Where a batch is kept while it is delivered.

use super::batch::Batch;
use super::queue::{Gone, Size};

/// See the module.
pub(super) enum Place {
    Disk,
    /// So much, until as many items as are left are settled.
    Memory {
        all: Size,
        left: usize,
    },
}

impl Place {
    pub(super) fn memory_of(batch: &Batch) -> Self {
        Self::Memory {
            all: Size::of(batch),
            left: batch.len(),
        }
    }

    /// What is free when so many more items are settled.
    pub(super) fn leave(&mut self, items: usize) -> Gone {
        match self {
            Self::Disk => Gone::FromDisk(items),
            Self::Memory { all, left } => {
                *left = left.saturating_sub(items);
                let is_over = *left == 0;
                Gone::FromMemory(if is_over {
                    std::mem::take(all)
                } else {
                    Size::default()
                })
            }
        }
    }
}
