//! A function with a debug flag.

use std::cell::Cell;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use obs_schema::def::Source;

use super::flags;

/// Every function with a debug flag, where the linker can list them. Others are noted at their first call.
#[linkme::distributed_slice]
pub static DEBUG_SITES: [&'static DebugSite];

thread_local! {
    static WRITING: Cell<bool> = const { Cell::new(false) };
}

/// Does `work`, in which no call of this thread is logged: one that comes from the work itself, such as from a
/// `Debug` or from the program's allocator, would begin the same work again without end, or wait for its lock.
pub(super) fn writing<R>(work: impl FnOnce() -> R) -> R {
    struct Done(bool);
    impl Drop for Done {
        fn drop(&mut self) {
            WRITING.set(self.0);
        }
    }
    let _done = Done(WRITING.replace(true));
    work()
}

/// In [`DebugSite::state`]: nobody has looked yet whether the flag is on.
const UNKNOWN: u8 = 0;
const OFF: u8 = 1;
const ON: u8 = 2;

/// A function with a debug flag.
#[derive(Debug)]
pub struct DebugSite {
    pub(super) flag: &'static str,
    /// The path of the function.
    pub(super) function: &'static str,
    pub(super) source: Source,
    state: AtomicU8,
}

impl DebugSite {
    /// A function that nobody has called.
    #[must_use]
    pub const fn new(flag: &'static str, function: &'static str, source: Source) -> Self {
        Self {
            flag,
            function,
            source,
            state: AtomicU8::new(UNKNOWN),
        }
    }

    /// Whether the flag is on.
    #[inline(always)]
    pub(super) fn is_on(&'static self) -> bool {
        self.state.load(Relaxed) != OFF && self.is_on_now()
    }

    #[cold]
    fn is_on_now(&'static self) -> bool {
        if WRITING.get() {
            return false;
        }
        if self.state.load(Relaxed) == UNKNOWN {
            writing(|| flags::note(self));
        }
        self.state.load(Relaxed) == ON
    }

    pub(super) fn set(&self, on: bool) {
        self.state.store(if on { ON } else { OFF }, Relaxed);
    }
}
