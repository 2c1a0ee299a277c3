//! An allocator that counts on request.
//!
//! While nobody asked it only looks at a flag, which costs a predicted branch per allocation and
//! nothing per call that does not allocate.

#![allow(unsafe_code, reason = "an allocator is an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering::Relaxed};

thread_local! {
    static COUNTING: Cell<bool> = const { Cell::new(false) };
    static CALLS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
}

static LIVE_COUNTING: AtomicBool = AtomicBool::new(false);
static LIVE: AtomicI64 = AtomicI64::new(0);

/// The system's allocator, with counters.
#[derive(Debug)]
pub struct Counting;

/// What one thread allocated.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Allocated {
    /// How often memory was allocated or grown.
    pub calls: u64,
    /// How many bytes were asked for.
    pub bytes: u64,
}

impl std::ops::AddAssign for Allocated {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.bytes += other.bytes;
    }
}

/// Counts what this thread allocates while `run` runs.
pub fn during(run: impl FnOnce()) -> Allocated {
    CALLS.set(0);
    BYTES.set(0);
    COUNTING.set(true);
    run();
    COUNTING.set(false);
    Allocated {
        calls: CALLS.get(),
        bytes: BYTES.get(),
    }
}

/// How many bytes more are allocated after `run` than before, by all threads. Zero if it gave back
/// more than it took.
pub fn live_bytes<R>(run: impl FnOnce() -> R) -> (R, u64) {
    LIVE.store(0, Relaxed);
    LIVE_COUNTING.store(true, Relaxed);
    let result = run();
    LIVE_COUNTING.store(false, Relaxed);
    (result, LIVE.load(Relaxed).max(0).unsigned_abs())
}

#[inline]
fn note(grown: usize, shrunk: usize) {
    if COUNTING.get() && grown > 0 {
        CALLS.set(CALLS.get() + 1);
        BYTES.set(BYTES.get() + grown as u64);
    }
    if LIVE_COUNTING.load(Relaxed) {
        LIVE.fetch_add(grown as i64 - shrunk as i64, Relaxed);
    }
}

// SAFETY: every method hands its arguments to the system's allocator as they are; the counters
// are cells without destructors, which neither allocate nor unwind.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        // SAFETY: the caller's promise about `layout` is the one asked for here.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size(), 0);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        note(0, layout.size());
        // SAFETY: the block came from the methods of this allocator, so from the system's.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size, layout.size());
        // SAFETY: as above.
        unsafe { System.realloc(block, layout, size) }
    }
}
