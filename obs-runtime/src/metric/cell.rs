//! Single cells. A row of cells starts on a cache line; counters are packed eight to a line, which
//! costs nothing, because every thread has its own line.

use std::sync::{Mutex, PoisonError};

use crate::hot::cells;

const PER_LINE: u32 = 8;

/// The next free cell of the line that is being filled, and how many are left in it.
static LINE: Mutex<(u32, u32)> = Mutex::new((0, 0));

/// Reserves one cell. `None` when the space is used up.
pub(super) fn allocate() -> Option<u32> {
    let mut line = LINE.lock().unwrap_or_else(PoisonError::into_inner);
    if line.1 == 0 {
        *line = (cells::allocate(PER_LINE as usize)?, PER_LINE);
    }
    let cell = line.0;
    *line = (cell + 1, line.1 - 1);
    Some(cell)
}
