//! What the breakers' shared words are built of. `tests/loom.rs` compiles the files that the model checker runs as well
//! with its own; tests of this crate count what is written.

#[cfg(not(test))]
pub(super) use std::sync::atomic::AtomicU64;
pub(super) use std::sync::atomic::{Ordering, fence};
pub(super) use std::sync::{Mutex, MutexGuard};

#[cfg(test)]
pub(super) use self::counted::{AtomicU64, writes};

#[cfg(test)]
mod counted {
    use std::cell::Cell;
    use std::sync::atomic::Ordering;

    std::thread_local! {
        static WRITES: Cell<u64> = const { Cell::new(0) };
    }

    /// How often this thread has written to a shared word.
    pub(in crate::breaker) fn writes() -> u64 {
        WRITES.get()
    }

    fn count() {
        WRITES.set(WRITES.get() + 1);
    }

    /// That of the standard library, but it counts what is written.
    #[derive(Debug)]
    pub(in crate::breaker) struct AtomicU64(std::sync::atomic::AtomicU64);

    impl AtomicU64 {
        pub(in crate::breaker) const fn new(value: u64) -> Self {
            Self(std::sync::atomic::AtomicU64::new(value))
        }

        pub(in crate::breaker) fn load(&self, order: Ordering) -> u64 {
            self.0.load(order)
        }

        pub(in crate::breaker) fn store(&self, value: u64, order: Ordering) {
            count();
            self.0.store(value, order);
        }

        pub(in crate::breaker) fn swap(&self, value: u64, order: Ordering) -> u64 {
            count();
            self.0.swap(value, order)
        }

        pub(in crate::breaker) fn fetch_add(&self, value: u64, order: Ordering) -> u64 {
            count();
            self.0.fetch_add(value, order)
        }

        pub(in crate::breaker) fn compare_exchange(
            &self,
            present: u64,
            new: u64,
            success: Ordering,
            failure: Ordering,
        ) -> Result<u64, u64> {
            count();
            self.0.compare_exchange(present, new, success, failure)
        }

        pub(in crate::breaker) fn fetch_update(
            &self,
            success: Ordering,
            failure: Ordering,
            next: impl FnMut(u64) -> Option<u64>,
        ) -> Result<u64, u64> {
            let updated = self.0.fetch_update(success, failure, next);
            if updated.is_ok() {
                count();
            }
            updated
        }
    }
}
