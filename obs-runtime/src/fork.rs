//! What a process has for itself alone, also when it was made by `fork`.
//!
//! A child of `fork` has a copy of everything but the threads: it has the one that
//! forked. [`in_child`] runs on it before anything else does. It can neither allocate nor
//! wait for a lock, because a thread that is gone may have been in the middle of either.
//! So it sets plain numbers back and counts the [`generation`] up, by which the rest finds
//! out for itself that it is a copy.

use std::sync::Mutex;
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

/// A value that goes with the memory that it is in, of which a child of `fork` makes one of its own from the one that it
/// finds: there a lock may be held, and something under way, by threads that the child does not have.
pub(crate) struct Renewed<T: 'static> {
    made_in: u32,
    first: T,
    /// Those of children, which are never freed.
    later: Published<(u32, T)>,
}

impl<T: Send + Sync> Renewed<T> {
    /// One that is there when the program starts.
    pub(crate) const fn from_the_start(value: T) -> Self {
        Self {
            made_in: 0,
            first: value,
            later: Published::nothing(),
        }
    }

    /// One that is made now.
    pub(crate) fn new(value: T) -> Self {
        crate::hot::watch_forks();
        Self {
            made_in: generation(),
            ..Self::from_the_start(value)
        }
    }

    /// The value of this process, which `renew` makes of that of its parent where it has none yet.
    #[inline(always)]
    pub(crate) fn get(&self, renew: impl Fn(&T) -> T) -> &T {
        match self.if_first() {
            Some(value) => value,
            None => self.later(renew),
        }
    }

    /// The value, if this is the process that has made it.
    #[inline(always)]
    pub(crate) fn if_first(&self) -> Option<&T> {
        (self.made_in == generation()).then_some(&self.first)
    }

    #[inline(never)]
    fn later(&self, renew: impl Fn(&T) -> T) -> &T {
        let now = generation();
        let is_own = |(made_in, _): &(u32, T)| *made_in == now;
        let make = || {
            let former = self.later.get().map_or(&self.first, |(_, value)| value);
            (now, renew(former))
        };
        &self.later.get_or_replace(is_own, make).1
    }
}

/// A copy of what is behind a lock of the parent, to be [renewed](Renewed): nothing, if a thread that is gone was at work
/// on it.
pub(crate) fn copied<T: Clone + Default>(former: &Mutex<T>) -> Mutex<T> {
    Mutex::new(
        former
            .try_lock()
            .map(|value| value.clone())
            .unwrap_or_default(),
    )
}

impl<T> std::fmt::Debug for Renewed<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renewed").finish_non_exhaustive()
    }
}
