//! What the counts of business events take of memory, as the allocator sees it.
#![expect(unsafe_code, reason = "an allocator that counts is one")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use obs_runtime::analytics::{self, Entry, MAX_NAMES, RETENTION, SLOT};
use obs_runtime::metric::Registry;
use obs_runtime::metric::snapshot::Value;
use obs_runtime::testing;

/// Bytes in use.
static USED: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        USED.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        USED.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// `analytics.store` if nobody says otherwise.
const STORE: usize = 8 << 20;

/// A slot with `names` different names of each kind and `users` different users.
fn fill(slot: u64, names: usize, users: usize) {
    for n in 0..names.max(users) {
        let name = format!("{slot}/{:0>100}", n % names);
        let user = format!("{slot}/{}", n % users);
        Entry {
            event: &name,
            user: Some(&user),
            feature: Some(&name),
            error: Some(&name),
            // Models are labels as well, which stay.
            model: Some("model"),
            tokens_in: 1,
            tokens_out: 1,
        }
        .record();
    }
}

/// What the counts say that they take.
fn said() -> f64 {
    let snapshot = Registry::global().snapshot();
    let family = snapshot.family("obs_analytics_bytes").unwrap();
    match family.series[0].value {
        Value::Gauge(bytes) => bytes,
        _ => 0.0,
    }
}

/// One test, because all count in the same memory.
#[test]
fn the_counts_take_what_they_say_and_no_more_than_they_may() {
    let clock = testing::virtual_clock();
    // What is made once, such as the counters of models.
    fill(0, 1, 1);
    said();
    let before = USED.load(Relaxed);
    let slots = RETENTION.as_secs() / SLOT.as_secs();

    // Much is different: more than there is room for.
    for slot in 0..slots {
        clock.advance(SLOT);
        fill(slot, MAX_NAMES, 600);
        let used = USED.load(Relaxed).saturating_sub(before);
        assert!(used <= STORE, "{used} bytes in slot {slot}");
    }
    let used = USED.load(Relaxed).saturating_sub(before) as f64;
    assert!(
        said() <= STORE as f64 && said() > 0.9 * STORE as f64,
        "{}",
        said()
    );
    assert!(
        used <= said() && used > 0.3 * said(),
        "{used} of {}",
        said()
    );

    // A day of a busy program is whole.
    for slot in 0..=slots {
        clock.advance(SLOT);
        fill(slot % 7, 20, 600);
    }
    let day = analytics::summary(RETENTION);
    assert_eq!(day.events, (slots + 1) * 600);
    assert!(day.covered >= RETENTION, "{:?}", day.covered);
    assert!(said() < 0.7 * STORE as f64, "{}", said());
}
