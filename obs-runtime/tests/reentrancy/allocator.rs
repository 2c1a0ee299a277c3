//! An allocator that reports what it does by annotated functions, also where the framework itself allocates.
#![allow(unsafe_code, reason = "an allocator cannot be without")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

use obs_runtime::config::Layers;
use obs_runtime::metric::Registry;
use obs_runtime::metric::encode::Format;
use obs_runtime::{Label, Starter, counted, switch, trace, trace_request};

use crate::{calls, in_flight, total, within_a_minute};

struct Reporting;

thread_local! {
    /// Whether allocations of this thread are reported.
    static REPORTS: Cell<bool> = const { Cell::new(false) };
}

/// Allocations that were reported.
static REPORTED: AtomicU64 = AtomicU64::new(0);

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Reporting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if REPORTS.get() {
            REPORTED.fetch_add(1, Relaxed);
            report(Size::of(layout.size()));
            count();
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
static ALLOCATOR: Reporting = Reporting;

#[derive(Label, Debug, Clone, Copy)]
enum Size {
    Small,
    Large,
}

impl Size {
    fn of(bytes: usize) -> Self {
        if bytes < 256 {
            Self::Small
        } else {
            Self::Large
        }
    }
}

#[trace_request("allocator.report", labels(size = size), attributes(small = matches!(size, Size::Small)))]
fn report(size: Size) {
    let _ = size;
}

#[counted("allocator.count")]
fn count() {}

fn reporting<R>(run: impl FnOnce() -> R) -> R {
    REPORTS.set(true);
    let result = run();
    REPORTS.set(false);
    result
}

#[trace_request("allocator.plain")]
fn plain() {}

#[trace_request("allocator.failing", root, attributes(reason = reason))]
fn failing(reason: &str) -> Result<(), String> {
    (0..20).for_each(|_| plain());
    Err(reason.to_owned())
}

#[trace_request("allocator.text", labels(name = name, max_series = 50))]
fn text(name: &str) {
    plain();
    let _ = name;
}

#[trace_request("allocator.later")]
async fn later() {
    plain();
    tokio::task::yield_now().await;
    plain();
}

/// Everything that the framework does for the first time on a thread or for an operation takes memory.
fn first_calls() {
    reporting(|| {
        let by_hand = trace::span("by hand").enter();
        text("by hand");
        drop(by_hand);
        for n in 0..100 {
            text(&format!("name-{n}"));
        }
        plain();
        assert!(failing(&"long ".repeat(50)).is_err());
        futures::executor::block_on(later());
        switch(true, |operation| operation.name == "allocator.plain");
        assert!(!Registry::global().scrape(Format::TEXT).is_empty());
    });
}

#[test]
fn allocations_can_be_reported_by_annotated_functions() {
    within_a_minute(|| {
        let layers =
            Layers::default().variables([("OBS_LISTEN", "127.0.0.1:0"), ("OBS_LOG", "off")]);
        first_calls();
        let running = Starter::new(layers).start().unwrap();
        let threads: Vec<_> = (0..8)
            .map(|_| thread::spawn(|| (0..20).for_each(|_| first_calls())))
            .collect();
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        running.shutdown().wait();

        let reported = REPORTED.load(Relaxed) as f64;
        let skipped = total("obs_reentrant_skips_total", &[]);
        let counted = calls("allocator.report", "ok") + calls("allocator.count", "ok");
        assert_eq!(counted + skipped, 2.0 * reported, "{skipped} were skipped");
        assert!(
            skipped > 0.0 && skipped < 0.1 * reported,
            "{skipped} of {reported}"
        );
        assert_eq!(in_flight("allocator.report"), 0.0);
        let rounds = 1.0 + 8.0 * 20.0;
        assert_eq!(calls("allocator.text", "ok"), 101.0 * rounds);
        assert_eq!(
            calls("allocator.plain", "ok"),
            (1.0 + 101.0 + 20.0 + 2.0) * rounds
        );
        assert_eq!(calls("allocator.failing", "error"), rounds);
    });
}
