//! Keeping the log quiet while it is being shipped.

use std::cell::Cell;
use std::marker::PhantomData;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Keeps what this thread logs out of the log until the guard is dropped, spans of other
/// libraries included.
///
/// For threads that ship telemetry: the HTTP client below an exporter logs too, and each of its
/// records would cause the next. A thread that never does anything else may [`std::mem::forget`] the guard.
///
/// ```
/// let _quiet = obs_runtime::log::suppress();
/// assert!(obs_runtime::log::is_suppressed());
/// ```
pub fn suppress() -> SuppressGuard {
    DEPTH.set(DEPTH.get().saturating_add(1));
    SuppressGuard {
        stays_on_thread: PhantomData,
    }
}

/// Whether this thread is inside [`suppress`].
#[must_use]
pub fn is_suppressed() -> bool {
    DEPTH.get() > 0
}

/// Lets the thread log again when dropped. See [`suppress`].
#[derive(Debug)]
#[must_use = "the thread logs again when the guard is dropped"]
pub struct SuppressGuard {
    stays_on_thread: PhantomData<*const ()>,
}

impl Drop for SuppressGuard {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}
