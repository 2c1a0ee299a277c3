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
/// Batches in a row without an allocation that count as the end of it.
const QUIET_BATCHES: usize = 5;
const MOST_BATCHES: usize = 100;

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

/// Whether the thread that makes traces comes to allocate nothing for them, by how many spans they have.
fn settled(sampler: &str) -> Vec<(u64, bool)> {
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
    // Which segments a batch gets depends on how fast the collector gives them back: it takes some batches until all
    // of them were there once.
    let settles = |spans| {
        let mut quiet = 0;
        for _ in 0..MOST_BATCHES {
            quiet = if batch(spans) == 0 { quiet + 1 } else { 0 };
            if quiet == QUIET_BATCHES {
                return true;
            }
        }
        false
    };
    let settled = [1, 5, 12, 40, 112].map(|spans| (spans, settles(spans)));
    let kept = trace::store().search(&Query::default()).len() - before;
    assert_eq!(kept > 0, sampler == "1", "{kept} traces");
    running.shutdown().wait();
    settled.to_vec()
}

#[test]
fn traces_that_are_kept_allocate_nothing() {
    let settled = settled("1");
    assert!(settled.iter().all(|&(_, settled)| settled), "{settled:?}");
}

#[test]
fn traces_that_are_dropped_allocate_nothing() {
    let settled = settled("0");
    assert!(settled.iter().all(|&(_, settled)| settled), "{settled:?}");
}
