//! What a thread does of the framework's own work that takes a lock or memory: one thing at a time.
//!
//! The allocator of a program may call annotated functions. If it is the framework that allocates, such a call would
//! wait for a lock that its own thread holds, or begin the same work again without end. So that work is turned away
//! while the thread is doing some; the call goes on with what there is, and is counted as skipped if that is nothing.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

thread_local! {
    static BUSY: Cell<bool> = const { Cell::new(false) };
}

/// Calls that could not be counted because their thread was busy.
pub(crate) static SKIPPED: AtomicU64 = AtomicU64::new(0);

/// Counts a call that cannot be counted otherwise.
#[cold]
pub(crate) fn skip() {
    SKIPPED.fetch_add(1, Relaxed);
}

/// Whether this thread is in the middle of such work: then it may hold any lock of the framework.
pub(crate) fn is_busy() -> bool {
    BUSY.get()
}

/// Does `work`, unless this thread is in the middle of such work. Of the program's code `work` may run nothing but
/// the allocator.
pub(crate) fn alone<R>(work: impl FnOnce() -> R) -> Option<R> {
    struct Done;
    impl Drop for Done {
        fn drop(&mut self) {
            BUSY.set(false);
        }
    }
    if BUSY.replace(true) {
        return None;
    }
    let _done = Done;
    Some(work())
}
