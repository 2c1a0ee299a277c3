//! A bounded queue that any thread may push to and pop from, without locks.
//!
//! Each slot has a ticket that says whose turn it is: equal to the position of
//! the next push while it is free, one more while a value waits in it. A thread
//! first claims a position, then uses the slot that belongs to it alone, then
//! passes the ticket on. (Dmitry Vyukov's bounded queue.)

use super::sync::{
    AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
    UnsafeCell,
};

/// See the module.
pub(super) struct Ring<T> {
    slots: Box<[Slot<T>]>,
    /// The position of the next push.
    tail: AtomicUsize,
    /// The position of the next pop.
    head: AtomicUsize,
}

struct Slot<T> {
    ticket: AtomicUsize,
    value: UnsafeCell<Option<T>>,
}

// SAFETY: a value goes from the thread that pushes it to the one that pops it, and the ticket sees to it that
// only one thread at a time touches a slot.
unsafe impl<T: Send> Sync for Ring<T> {}

impl<T> Ring<T> {
    /// A queue for as many values; at least two, so that a full slot and the next free one differ.
    pub(super) fn new(capacity: usize) -> Self {
        let slot = |position| Slot {
            ticket: AtomicUsize::new(position),
            value: UnsafeCell::new(None),
        };
        Self {
            slots: (0..capacity.max(2)).map(slot).collect(),
            tail: AtomicUsize::new(0),
            head: AtomicUsize::new(0),
        }
    }

    /// Adds a value, or returns it when the queue is full.
    pub(super) fn push(&self, value: T) -> Result<(), T> {
        let mut position = self.tail.load(Relaxed);
        loop {
            let slot = &self.slots[position % self.slots.len()];
            let ahead = slot.ticket.load(Acquire).wrapping_sub(position) as isize;
            if ahead < 0 {
                return Err(value);
            }
            if ahead > 0 {
                position = self.tail.load(Relaxed);
                continue;
            }
            match claim(&self.tail, position) {
                Ok(()) => {
                    // SAFETY: the ticket was that of this position, and only this thread has claimed it.
                    slot.value.with_mut(|place| unsafe { *place = Some(value) });
                    slot.ticket.store(position.wrapping_add(1), Release);
                    return Ok(());
                }
                Err(newer) => position = newer,
            }
        }
    }

    /// Takes the oldest value out.
    pub(super) fn pop(&self) -> Option<T> {
        let mut position = self.head.load(Relaxed);
        loop {
            let slot = &self.slots[position % self.slots.len()];
            let ahead = slot
                .ticket
                .load(Acquire)
                .wrapping_sub(position.wrapping_add(1)) as isize;
            if ahead < 0 {
                return None;
            }
            if ahead > 0 {
                position = self.head.load(Relaxed);
                continue;
            }
            match claim(&self.head, position) {
                Ok(()) => {
                    // SAFETY: as in `push`: the ticket says that a value waits for this position.
                    let value = slot.value.with_mut(|place| unsafe { (*place).take() });
                    let next = position.wrapping_add(self.slots.len());
                    slot.ticket.store(next, Release);
                    return value;
                }
                Err(newer) => position = newer,
            }
        }
    }

    /// How many values wait. A moment later it may be another number.
    pub(super) fn len(&self) -> usize {
        let (tail, head) = (self.tail.load(Relaxed), self.head.load(Relaxed));
        tail.wrapping_sub(head).min(self.slots.len())
    }
}

fn claim(end: &AtomicUsize, position: usize) -> Result<(), usize> {
    end.compare_exchange_weak(position, position.wrapping_add(1), Relaxed, Relaxed)
        .map(drop)
}
