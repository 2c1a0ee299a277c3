//! Values that threads take and give back, and that anybody reads at any time.
//!
//! An entry is made when a thread comes and none is free, and it is never
//! removed: its address stays good for as long as the program runs. So readers
//! walk the list without a lock, and a thread that takes an entry over finds
//! everything that its former owner wrote.

use super::sync::{
    AtomicBool, AtomicPtr, AtomicUsize,
    Ordering::{AcqRel, Acquire, Relaxed, Release},
};

/// See the module.
pub(super) struct Roster<T: 'static> {
    first: AtomicPtr<Entry<T>>,
    len: AtomicUsize,
}

/// A value that has at most one owner at a time.
pub(super) struct Entry<T: 'static> {
    value: T,
    taken: AtomicBool,
    /// Set before the entry is in the list, and not changed then.
    next: Option<&'static Entry<T>>,
}

impl<T> Entry<T> {
    pub(super) fn value(&self) -> &T {
        &self.value
    }

    /// Gives the entry to whoever comes next. Only its owner may call this.
    pub(super) fn give_back(&self) {
        self.taken.store(false, Release);
    }
}

impl<T: Sync> Roster<T> {
    #[cfg_attr(test, allow(dead_code, reason = "the model checker has no constants"))]
    pub(super) const fn new(first: AtomicPtr<Entry<T>>, len: AtomicUsize) -> Self {
        Self { first, len }
    }

    /// An entry for the caller alone: one that was given back, or a new one that `make` fills. `None` when
    /// there are `cap` already and all are taken.
    pub(super) fn take(&self, cap: usize, make: impl FnOnce() -> T) -> Option<&'static Entry<T>> {
        self.take_free().or_else(|| self.add(cap, make))
    }

    fn take_free(&self) -> Option<&'static Entry<T>> {
        self.iter().find(|entry| {
            !entry.taken.load(Relaxed)
                && entry
                    .taken
                    .compare_exchange(false, true, Acquire, Relaxed)
                    .is_ok()
        })
    }

    /// A new entry for the caller alone, also if one is free. `None` when there are `cap` already.
    pub(super) fn add(&self, cap: usize, make: impl FnOnce() -> T) -> Option<&'static Entry<T>> {
        self.len
            .fetch_update(Relaxed, Relaxed, |len| (len < cap).then_some(len + 1))
            .ok()?;
        let entry = Box::leak(Box::new(Entry {
            value: make(),
            taken: AtomicBool::new(true),
            next: None,
        }));
        let mut first = self.first.load(Acquire);
        loop {
            entry.next = as_entry(first);
            let published = std::ptr::from_mut(entry);
            match self
                .first
                .compare_exchange(first, published, AcqRel, Acquire)
            {
                // SAFETY: the entry was leaked, and from here on nobody changes it but through atomics.
                Ok(_) => return Some(unsafe { &*published }),
                Err(newer) => first = newer,
            }
        }
    }

    /// Every entry there ever was, the newest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'static Entry<T>> + use<T> {
        let mut next = as_entry(self.first.load(Acquire));
        std::iter::from_fn(move || {
            let entry = next?;
            next = entry.next;
            Some(entry)
        })
    }

    /// Gives all entries but `kept` back, whose owners are gone. Only to be called where this thread is the only one.
    pub(super) fn keep_only(&self, kept: Option<&'static Entry<T>>) {
        let mut len = 0;
        for entry in self.iter() {
            len += 1;
            if !kept.is_some_and(|kept| std::ptr::eq(kept, entry)) {
                entry.give_back();
            }
        }
        // An entry may have been counted and not be in the list yet: it never will be.
        self.len.store(len, Relaxed);
    }

    /// How many entries there are.
    pub(super) fn len(&self) -> usize {
        self.len.load(Relaxed)
    }
}

fn as_entry<T>(pointer: *mut Entry<T>) -> Option<&'static Entry<T>> {
    // SAFETY: the pointer is null or was published by `add`, which leaks the entry before.
    unsafe { pointer.as_ref() }
}
