//! What a trace costs the program in memory: nothing, once traces of its size were there.
#![cfg(feature = "macros")]
#![expect(unsafe_code, reason = "an allocator that counts is one")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::trace::{self, Query};
use obs_runtime::{Starter, trace_request};

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

/// Counts what each thread allocates.
struct Counting;

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promise.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One process has one monitoring.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Traces between two looks at the collector; fewer than its queue holds.
const BATCH: usize = 200;

#[trace_request("memory.step", attributes(number = number, customer = customer))]
fn step(number: u64, customer: &str) -> u64 {
    black_box(number)
}

#[trace_request("memory.trace")]
fn trace(spans: u64) {
    for number in 1..spans {
        step(number, "ada");
    }
}

/// How often traces allocate on the thread that makes them, by how many spans they have.
fn allocations(sampler: &str) -> Vec<(u64, u64)> {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let layers = Layers::default().variables([
        ("OBS_SAMPLER", sampler),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LOG", "off"),
    ]);
    let running = Starter::new(layers).start().unwrap();
    let before = trace::store().search(&Query::default()).len();
    let batch = |spans| {
        let before = ALLOCATIONS.get();
        (0..BATCH).for_each(|_| trace(spans));
        let after = ALLOCATIONS.get();
        assert!(running.flush(Duration::from_secs(20)));
        after - before
    };
    let allocated = [1, 5, 12, 40, 112].map(|spans| {
        // Any of the segments may be the one that the collector keeps at hand for itself.
        (0..4).for_each(|_| assert!(batch(spans) < 10_000));
        (spans, (0..5).map(|_| batch(spans)).sum())
    });
    let kept = trace::store().search(&Query::default()).len() - before;
    assert_eq!(kept > 0, sampler == "1", "{kept} traces");
    running.shutdown().wait();
    allocated.to_vec()
}

#[test]
fn traces_that_are_kept_allocate_nothing() {
    let allocated = allocations("1");
    assert!(allocated.iter().all(|&(_, n)| n == 0), "{allocated:?}");
}

#[test]
fn traces_that_are_dropped_allocate_nothing() {
    let allocated = allocations("0");
    assert!(allocated.iter().all(|&(_, n)| n == 0), "{allocated:?}");
}
