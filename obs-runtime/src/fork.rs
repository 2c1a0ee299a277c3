//! What a process has for itself alone, also when it was made by `fork`.
//!
//! A child of `fork` has a copy of everything but the threads: it has the one that
//! forked. [`in_child`] runs on it before anything else does. It can neither allocate nor
//! wait for a lock, because a thread that is gone may have been in the middle of either.
//! So it sets plain numbers back and counts the [`generation`] up, by which the rest finds
//! out for itself that it is a copy.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::hot::published::Published;
#[cfg(feature = "log")]
use crate::log;
use crate::metric;

static GENERATION: AtomicU32 = AtomicU32::new(0);
/// 0 if nobody has asked for it.
#[cfg(feature = "log")]
static PROCESS_ID: AtomicU32 = AtomicU32::new(0);

/// How many forks lie between this process and the program's start, as far as a thread was observed by then.
pub(crate) fn generation() -> u32 {
    GENERATION.load(Relaxed)
}

/// The id of this process, without a call of the system.
#[cfg(feature = "log")]
pub(crate) fn process_id() -> u32 {
    match PROCESS_ID.load(Relaxed) {
        0 => {
            crate::hot::watch_forks();
            let id = std::process::id();
            PROCESS_ID.store(id, Relaxed);
            id
        }
        id => id,
    }
}

/// What is not done in `hot`. Only to be called in a child, by the handler of the fork.
pub(crate) fn in_child() {
    GENERATION.fetch_add(1, Relaxed);
    metric::forget_own();
    #[cfg(feature = "log")]
    {
        PROCESS_ID.store(0, Relaxed);
        log::forget_counts();
    }
}

/// A value that is made when it is first asked for, and made anew in a child of `fork`: one that threads
/// serve that the child does not have, or a lock that such a thread may hold for ever.
pub(crate) struct PerProcess<T: 'static>(Published<(u32, T)>);

impl<T: Send + Sync> PerProcess<T> {
    /// No value yet.
    pub(crate) const fn new() -> Self {
        Self(Published::nothing())
    }

    /// The value of this process, after `make` if there is none.
    pub(crate) fn get(&self, make: impl Fn() -> T) -> &'static T {
        let now = generation();
        if let Some((made_in, value)) = self.0.get()
            && *made_in == now
        {
            return value;
        }
        let is_own = |(made_in, _): &(u32, T)| *made_in == now;
        &self.0.get_or_replace(is_own, || (now, make())).1
    }
}

impl<T> std::fmt::Debug for PerProcess<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PerProcess").finish_non_exhaustive()
    }
}
