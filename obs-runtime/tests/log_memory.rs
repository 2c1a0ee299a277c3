//! What a log line costs the program in memory: nothing, once the log is warm.
#![cfg(all(feature = "log", feature = "macros"))]
#![expect(unsafe_code, reason = "an allocator that counts is one")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use obs_runtime::context::RequestContext;
use obs_runtime::log::{
    self, Colour, LogConfig, LogFormat, Output, Query, QueueLimits, StreamSink,
};
use obs_runtime::{Label, testing, trace_request};
use tracing::{info, warn};
use tracing_subscriber::layer::SubscriberExt;

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

#[derive(Debug, Clone, Copy, Label)]
enum Method {
    Card,
}

/// Logs `lines` lines and returns how often that allocated.
#[trace_request("memory.charge", labels(method = method), attributes(customer = customer))]
fn charge(method: Method, customer: &str, lines: u64) -> u64 {
    let before = ALLOCATIONS.get();
    for order in 0..lines {
        info!(
            order,
            currency = "EUR",
            total = 12.5,
            "order {order} of {customer}"
        );
    }
    ALLOCATIONS.get() - before
}

/// Takes what it is given, after it was allowed to.
struct Gate(Receiver<()>);

impl Write for Gate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.0.recv();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_line_allocates_nothing_once_the_log_is_warm() {
    const ROUNDS: u64 = 50;
    const LINES: u64 = 1_000;
    let _capture = testing::capture();
    let json = Output::new(LogFormat::Json, StreamSink::new(io::sink()));
    let console = Output::new(LogFormat::Pretty, StreamSink::new(io::sink()));
    let config = LogConfig::new()
        .with_service("shop")
        .with_recent(50, 1 << 20)
        .with_output(json)
        .with_output(console.with_colour(Colour::Always));
    let (layer, handle) = log::layer_and_handle(config);
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, || {
        let request = RequestContext::new()
            .with_request_id("r-1")
            .with("tenant", "acme");
        let _inside = request.enter();
        let allocated: u64 = (0..ROUNDS)
            .map(|_| {
                let allocated = charge(Method::Card, "ada", LINES);
                handle.flush(Duration::from_secs(20)).unwrap();
                allocated
            })
            .sum();
        // What waits for an output has memory that doubles until it is enough.
        assert!(allocated < 200, "{allocated} allocations");
    });
    let kept = handle.recent(&Query::new());
    assert_eq!(kept.len(), 50);
    assert_eq!(kept[0].message, format!("order {} of ada", LINES - 1));
    assert_eq!(kept[0].operation, Some("memory.charge"));
    assert_eq!(handle.stats().written[2], 2 * ROUNDS * LINES);
}

#[test]
fn a_stalled_output_costs_no_memory_and_its_loss_is_counted() {
    const BEFORE: u64 = 500;
    const LINES: u64 = 5_000;
    let _capture = testing::capture();
    let (open, gate) = channel();
    let limits = QueueLimits {
        lines: 64,
        bytes: 1 << 20,
    };
    let output = Output::new(LogFormat::Json, StreamSink::new(Gate(gate)));
    let config = LogConfig::new()
        .with_recent(10, 1 << 20)
        .with_output(output.with_limits(limits));
    let (layer, handle) = log::layer_and_handle(config);
    let subscriber = tracing_subscriber::registry().with(layer);
    let allocated = tracing::subscriber::with_default(subscriber, || {
        charge(Method::Card, "ada", BEFORE);
        // Lines of another second.
        std::thread::sleep(Duration::from_secs(1));
        let allocated = charge(Method::Card, "ada", LINES);
        warn!("still heard");
        allocated
    });
    assert_eq!(allocated, 0);
    let stats = handle.stats();
    assert_eq!(stats.written.iter().sum::<u64>(), 0);
    assert_eq!(
        stats.refused.iter().sum::<u64>() + stats.queued as u64,
        BEFORE + LINES + 1
    );
    drop(open);
    handle.shutdown(Duration::from_secs(20)).unwrap();
    let stats = handle.stats();
    assert_eq!(stats.written[2] + stats.refused[2], BEFORE + LINES);
    assert_eq!(stats.written[1], 1, "an eighth is left for warnings");
}
