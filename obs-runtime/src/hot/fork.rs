//! The handler that a child of `fork` runs before anything else.

use super::local;

/// Sees to it that children of this process are set up as processes of their own. To be called before this
/// thread counts or makes an id.
#[cfg(unix)]
pub(crate) fn watch() {
    use std::sync::atomic::{AtomicBool, Ordering};

    static WATCHED: AtomicBool = AtomicBool::new(false);
    if WATCHED.load(Ordering::Acquire) {
        return;
    }
    // Two threads may come here: a handler that runs twice does no harm, one that is missing does.
    // SAFETY: the handler is a function of the program, takes nothing and does not unwind; it runs in the
    // child's only thread and does no more than what is allowed there: it neither allocates nor locks.
    let failed = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    // Without memory for it there is no handler: the next thread tries again.
    WATCHED.store(failed == 0, Ordering::Release);
}

/// There is no `fork` here.
#[cfg(not(unix))]
pub(crate) fn watch() {}

/// Leaves to the parent what is the parent's. Everything here may be done twice.
#[cfg(unix)]
extern "C" fn in_child() {
    use super::{block, cells, pool};

    let own = local::shard();
    block::note_open(own);
    cells::forget(own);
    block::open_noted(own);
    pool::abandon();
    local::get().leave_parent();
    crate::fork::in_child();
}
