//! What the structures that the model checker runs as well are built of: `tests/loom.rs` compiles the same
//! files with its own.

pub(super) use std::sync::atomic::{
    AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence,
};

/// A place that is shared by agreement; the interface is that of loom.
pub(super) struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    pub(super) const fn new(value: T) -> Self {
        Self(std::cell::UnsafeCell::new(value))
    }

    /// Hands out a pointer to the place, for one thread at a time.
    #[inline(always)]
    pub(super) fn with_mut<R>(&self, use_place: impl FnOnce(*mut T) -> R) -> R {
        use_place(self.0.get())
    }
}
