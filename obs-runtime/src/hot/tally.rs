//! One writer adds a value to several cells; readers see all of it or notice.
//!
//! The writer counts the addition first, in `entered`, and last, in the bucket
//! that the value falls into. A reader takes the buckets first and `entered`
//! last: if the two agree, no addition was under way in between. Nobody waits
//! for anybody.

use super::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
    fence,
};

/// Times that a reader tries before it takes what it has.
const ATTEMPTS: usize = 4;

/// Adds to a cell that only this thread writes.
#[inline(always)]
pub(super) fn bump(cell: &AtomicU64, n: u64) {
    cell.store(cell.load(Relaxed).wrapping_add(n), Relaxed);
}

/// The first step of an addition.
#[inline(always)]
pub(super) fn enter(entered: &AtomicU64) {
    bump(entered, 1);
    // What follows must not be seen before. No instruction on x86-64.
    fence(Release);
}

/// The last step of an addition: publishes those before.
#[inline(always)]
pub(super) fn publish(bucket: &AtomicU64) {
    bucket.store(bucket.load(Relaxed).wrapping_add(1), Release);
}

/// The first step of an addition to cells that several threads write.
pub(super) fn enter_common(entered: &AtomicU64) {
    entered.fetch_add(1, Relaxed);
    // As in `enter`.
    fence(Release);
}

/// The last step of one.
pub(super) fn publish_common(bucket: &AtomicU64) {
    bucket.fetch_add(1, Release);
}

/// Reads by `read` until nothing was added meanwhile; says whether that succeeded, and how many additions have
/// begun. `read` takes the buckets before everything else, by [`look`], and returns their sum.
pub(super) fn read(entered: &AtomicU64, mut read: impl FnMut() -> u64) -> (bool, u64) {
    let mut begun = 0;
    for _ in 0..ATTEMPTS {
        let counted = read();
        begun = look(entered);
        if begun == counted {
            return (true, begun);
        }
        std::hint::spin_loop();
    }
    (false, begun)
}

/// Reads a cell of another thread.
#[inline(always)]
pub(super) fn look(cell: &AtomicU64) -> u64 {
    cell.load(Acquire)
}
