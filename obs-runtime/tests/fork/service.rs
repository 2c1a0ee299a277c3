//! What the tests observe.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::Duration;

use obs_runtime::config::Layers;
use obs_runtime::metric::Registry;
use obs_runtime::metric::snapshot::Value;
use obs_runtime::{
    Counter, Gauge, Histogram, Metrics, Running, StartError, Starter, Summary, debug_trace,
    monitor_performance, trace_request,
};

#[derive(Metrics)]
#[metrics(prefix = "fork_")]
pub(crate) struct Own {
    /// Whole numbers.
    pub(crate) things_total: Counter,
    /// Amounts.
    pub(crate) euros_total: Counter<f64>,
    /// Sizes.
    #[metric(unit = "items", buckets = [1, 10])]
    pub(crate) size_items: Histogram,
    /// Times.
    pub(crate) age_seconds: Summary,
    /// What was set.
    pub(crate) workers: Gauge,
}

#[trace_request("fork.work")]
#[monitor_performance("fork.work")]
pub(crate) fn work() {
    part();
    let own = Own::get();
    own.things_total.inc();
    own.euros_total.add(0.5);
    own.size_items.observe(5.0);
    own.age_seconds.observe(2.0);
}

#[debug_trace("fork")]
#[trace_request("fork.part")]
fn part() {}

/// Runs `inside` in a call.
#[trace_request("fork.outer")]
#[monitor_performance("fork.outer")]
pub(crate) fn outer<R>(inside: impl FnOnce() -> R) -> R {
    inside()
}

/// The same below another call.
#[trace_request("fork.inner")]
#[monitor_performance("fork.inner")]
pub(crate) fn inner<R>(inside: impl FnOnce() -> R) -> R {
    inside()
}

/// Waits in a call.
#[trace_request("fork.waiting")]
#[monitor_performance("fork.waiting")]
pub(crate) async fn waiting(until: impl Future<Output = ()>) {
    inner(|| ());
    until.await;
    inner(|| ());
}

/// Threads that work all the time.
pub(crate) struct Workers {
    threads: Vec<JoinHandle<()>>,
}

static STOP: AtomicBool = AtomicBool::new(false);
static WORKED: AtomicU64 = AtomicU64::new(0);

impl Workers {
    pub(crate) fn start(count: usize) -> Self {
        STOP.store(false, Relaxed);
        let work = || {
            while !STOP.load(Relaxed) {
                work();
                WORKED.fetch_add(1, Relaxed);
            }
        };
        let threads = (0..count).map(|_| std::thread::spawn(work)).collect();
        while WORKED.load(Relaxed) < 1000 {
            std::thread::yield_now();
        }
        Self { threads }
    }

    /// Ends the threads, and says how often work was done in this process.
    pub(crate) fn stop(self) -> u64 {
        STOP.store(true, Relaxed);
        self.threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
        WORKED.load(Relaxed)
    }
}

/// Whether the thread of the windows has asked for the probe's value.
static PROBED: AtomicBool = AtomicBool::new(false);

/// Registers what tells when the monitoring takes its first snapshot.
pub(crate) fn probe() {
    Registry::global().register_gauge("fork_probe", "Asked for.", "", &[], || {
        PROBED.fetch_or(
            std::thread::current().name() == Some("obs-windows"),
            Relaxed,
        );
        0.0
    });
}

/// Starts the monitoring of a process that forks. A child that was forked while the registry is read could not read
/// it; that happens at the start, and then every ten seconds.
pub(crate) fn start_to_fork() -> Running {
    start_to_fork_with(&[])
}

pub(crate) fn start_to_fork_with(more: &[(&str, &str)]) -> Running {
    let running = start_with(more).unwrap();
    while !PROBED.load(Relaxed) {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(100));
    running
}

pub(crate) fn start() -> Result<Running, StartError> {
    start_with(&[])
}

pub(crate) fn start_with(more: &[(&str, &str)]) -> Result<Running, StartError> {
    let settings = [
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LOG", "off"),
        ("OTEL_SERVICE_NAME", "fork-test"),
    ];
    let layers = Layers::default().variables(settings.into_iter().chain(more.iter().copied()));
    Starter::new(layers).start()
}

/// The value of the series of a family with these labels.
pub(crate) fn value(family: &str, labels: &[(&str, &str)]) -> Value {
    let snapshot = Registry::global().snapshot();
    let family = snapshot.family(family).unwrap();
    family.with(labels).unwrap().value.clone()
}

/// How many calls of an operation ended well.
pub(crate) fn calls(operation: &str) -> u64 {
    let labels = [("operation", operation), ("outcome", "ok")];
    let Value::Counter(calls) = value("operation_calls_total", &labels) else {
        panic!("no counter");
    };
    let Value::Histogram(durations) = value("operation_duration_seconds", &labels) else {
        panic!("no histogram");
    };
    assert_eq!(durations.count(), calls);
    calls
}

/// How many calls of an operation are under way.
pub(crate) fn in_flight(operation: &str) -> Value {
    value("operation_in_flight", &[("operation", operation)])
}
