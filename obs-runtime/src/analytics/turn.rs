//! One event at a time on a thread.
//!
//! Recording takes memory. Should the program's allocator record an event of that, it would do so without end, or wait
//! for what its own thread is making. So would one that is recorded while the thread registers a metric.

use std::cell::Cell;
use std::thread::LocalKey;

use crate::hot::alone;

thread_local! {
    static RECORDING: Cell<bool> = const { Cell::new(false) };
    static REGISTERING: Cell<bool> = const { Cell::new(false) };
}

/// Records an event, unless this thread is in the middle of another, or of a registration: then that is counted as
/// skipped.
pub(crate) fn recording<R>(work: impl FnOnce() -> R) -> Option<R> {
    if REGISTERING.get() {
        alone::skip();
        return None;
    }
    unless_busy(&RECORDING, work)
}

/// The same for the registration of what events are counted by, which happens within the recording of one too.
pub(crate) fn registering<R>(work: impl FnOnce() -> R) -> Option<R> {
    unless_busy(&REGISTERING, work)
}

fn unless_busy<R>(busy: &'static LocalKey<Cell<bool>>, work: impl FnOnce() -> R) -> Option<R> {
    struct Done(&'static LocalKey<Cell<bool>>);
    impl Drop for Done {
        fn drop(&mut self) {
            self.0.set(false);
        }
    }
    if alone::is_busy() || busy.replace(true) {
        alone::skip();
        return None;
    }
    let _done = Done(busy);
    Some(work())
}
