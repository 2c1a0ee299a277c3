//! A value that is set a few times and read all the time.
//!
//! Reading is one load. A value that was replaced is never freed, because a
//! reader may still have it: that is the price of a few bytes for each change of
//! a configuration.

use super::sync::{
    AtomicPtr,
    Ordering::{Acquire, Release},
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
}
