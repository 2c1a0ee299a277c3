//! An allocator that records business events, also of what recording takes itself.
#![cfg(feature = "macros")]
#![allow(unsafe_code, reason = "an allocator cannot be without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::fmt;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use obs_runtime::Event;
use obs_runtime::analytics::{self, RETENTION};
use obs_runtime::metric::Registry;
use obs_runtime::metric::snapshot::Value;

struct Recording;

thread_local! {
    static RECORDS: Cell<bool> = const { Cell::new(false) };
}

/// Memory that was taken.
#[derive(Event)]
struct Allocated {
    #[event(feature, label, max_series = 5)]
    size: &'static str,
    #[event(user)]
    user: u64,
    #[event(model)]
    model: &'static str,
}

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Recording {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if RECORDS.get() {
            Allocated {
                size: if layout.size() < 256 {
                    "small"
                } else {
                    "large"
                },
                user: layout.size() as u64,
                model: "system",
            }
            .record();
        }
        // SAFETY: the caller keeps the rules of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer comes from `alloc`, which is that of `System`.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Recording = Recording;

fn counter(name: &str) -> u64 {
    let snapshot = Registry::global().snapshot();
    let series = &snapshot.family(name).unwrap().series;
    let counts = series.iter().map(|series| match series.value {
        Value::Counter(count) => count,
        _ => 0,
    });
    counts.sum()
}

/// The number of events of this name in the summary.
fn happened(event: &str) -> u64 {
    let day = analytics::summary(RETENTION);
    let found = day.by_event.iter().find(|one| one.name == event);
    found.map_or(0, |one| one.count)
}

/// Things that were shown.
#[derive(Event)]
struct Shown {
    #[event(display)]
    what: Talkative,
}

/// Things that were said.
#[derive(Event)]
struct Said;

struct Talkative;

impl fmt::Display for Talkative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Said.record();
        f.write_str("talkative")
    }
}

#[test]
fn recording_neither_waits_for_itself_nor_goes_on_without_end() {
    const TIMES: u64 = 200;
    // So that the first memory that is taken is that of a metric's registration.
    let registry = Registry::global();
    let (done, is_done) = mpsc::channel();
    let worker = thread::spawn(move || {
        RECORDS.set(true);
        for n in 0..TIMES {
            drop(std::hint::black_box(vec![0_u8; 10 + n as usize * 10]));
            assert!(analytics::summary(RETENTION).events > 0);
        }
        drop(registry.snapshot());
        RECORDS.set(false);
        let _ = done.send(());
    });
    let waited = is_done.recv_timeout(Duration::from_secs(60));
    assert!(waited != Err(mpsc::RecvTimeoutError::Timeout), "it hangs");
    worker.join().unwrap();
    let (counted, happened) = (counter("allocated_total"), happened("allocated"));
    assert!(
        happened >= TIMES && counted >= happened,
        "{counted} {happened}"
    );
    assert!(counter("obs_reentrant_skips_total") > 0);
}

#[test]
fn an_event_within_an_event_is_counted() {
    Shown { what: Talkative }.record();
    assert_eq!((counter("shown_total"), happened("shown")), (1, 1));
    assert_eq!((counter("said_total"), happened("said")), (1, 0));
}
