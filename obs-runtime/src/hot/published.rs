//! A value that is set a few times and read all the time.
//!
//! Reading is one load. A value that was replaced is never freed, because a
//! reader may still have it: that is the price of a few bytes for each change of
//! a configuration.

use super::sync::{
    AtomicPtr,
    Ordering::{AcqRel, Acquire, Release},
};

/// See the module.
pub(crate) struct Published<T: 'static>(AtomicPtr<T>);

impl<T: Sync> Published<T> {
    /// Nothing yet.
    pub(crate) const fn nothing() -> Self {
        Self(AtomicPtr::new(std::ptr::null_mut()))
    }

    /// Puts a value in force, or nothing.
    pub(crate) fn set(&self, value: Option<T>) {
        let value = value.map_or(std::ptr::null_mut(), |value| {
            std::ptr::from_mut(Box::leak(Box::new(value)))
        });
        self.0.store(value, Release);
    }

    /// The value in force.
    #[inline(always)]
    pub(crate) fn get(&self) -> Option<&'static T> {
        // SAFETY: the pointer is null or comes from `set`, which leaks the value; nobody changes it.
        unsafe { self.0.load(Acquire).as_ref() }
    }

    /// The value in force, after `make` if there is none.
    #[inline]
    pub(crate) fn get_or_make(&self, make: impl Fn() -> T) -> &'static T {
        match self.get() {
            Some(value) => value,
            None => self.get_or_replace(|_| true, make),
        }
    }

    /// The value in force if it is `good`, or one that `make` makes. Of several made at once one comes into force.
    #[cold]
    pub(crate) fn get_or_replace(
        &self,
        good: impl Fn(&T) -> bool,
        make: impl Fn() -> T,
    ) -> &'static T {
        loop {
            let present = self.0.load(Acquire);
            // SAFETY: as in `get`.
            if let Some(value) = unsafe { present.as_ref() }
                && good(value)
            {
                return value;
            }
            let fresh = Box::into_raw(Box::new(make()));
            let replaced = self.0.compare_exchange(present, fresh, AcqRel, Acquire);
            if replaced.is_err() {
                // SAFETY: the exchange failed, so `fresh` was not published: this is its only owner.
                drop(unsafe { Box::from_raw(fresh) });
            }
        }
    }

    /// Puts nothing in force.
    pub(super) fn clear(&self) {
        self.0.store(std::ptr::null_mut(), Release);
    }
}
