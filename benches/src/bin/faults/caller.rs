//! One turn: calls and log records at a steady rate, each of them timed.

use std::thread;
use std::time::{Duration, Instant};

use obs_benches::figures::Outcome;
use obs_runtime::config::Layers;
use obs_runtime::metric::Registry;
use obs_runtime::metric::snapshot::Value;
use obs_runtime::{Starter, trace_request};

/// Calls of a burst, of which there is one every 10 ms. Each is two spans and a log record.
const BURST: u64 = 200;
const BURSTS: u64 = 200;
/// Bursts before those that are timed.
const WARM: u64 = 20;

/// Sends to this address, and prints the figures.
pub(crate) fn run(endpoint: &str, spool: &str) -> Outcome<()> {
    let kept = [
        ("OBS__EXPORT__SPOOL", spool),
        ("OBS__EXPORT__SPOOL_SIZE", "16MiB"),
    ];
    let kept = if spool.is_empty() { &[][..] } else { &kept };
    let variables = [
        ("OTEL_TRACES_EXPORTER", "otlp"),
        ("OTEL_LOGS_EXPORTER", "otlp"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        ("OTEL_SERVICE_NAME", "shop"),
        ("OBS_SAMPLER", "1"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS__LOGGING__FILE", ""),
    ];
    let layers = Layers::default().variables(variables.into_iter().chain(kept.iter().copied()));
    // Without an output lines are neither made nor written; the records are.
    let log = obs_runtime::log::LogConfig::new().with_service("shop");
    let _log = obs_runtime::log::init(log)?;
    let running = Starter::new(layers).start()?;
    let mut times = Vec::with_capacity((BURSTS * BURST) as usize);
    let started = Instant::now();
    for burst in 0..WARM + BURSTS {
        for order in 0..BURST {
            let begun = Instant::now();
            checkout(burst * BURST + order);
            let took = begun.elapsed();
            if burst >= WARM {
                times.push(took);
            }
        }
        let due = started + Duration::from_millis(10 * (burst + 1));
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    // What the collector has is not in the books yet.
    running.flush(Duration::from_millis(200));
    times.sort_unstable();
    for (name, share) in [("median", 0.5), ("p99", 0.99)] {
        let place = (times.len() as f64 * share) as usize;
        let time = times.get(place).ok_or("nothing was timed")?;
        println!("{name} {}", time.as_nanos());
    }
    let snapshot = Registry::global().snapshot();
    for (name, metric) in [
        ("made", "obs_export_items_total"),
        ("delivered", "obs_export_delivered_total"),
        ("dropped", "obs_export_dropped_total"),
        ("waiting", "obs_export_queue_length"),
    ] {
        let family = snapshot.family(metric).ok_or(metric)?;
        let values = family.series.iter().map(|series| match series.value {
            Value::Counter(count) => count as f64,
            Value::Gauge(value) => value,
            _ => 0.0,
        });
        println!("{name} {}", values.sum::<f64>());
    }
    if !spool.is_empty() {
        std::fs::remove_dir_all(spool)?;
    }
    // What still waits is of no interest.
    std::process::exit(0);
}

#[trace_request("checkout", attributes(order = order))]
fn checkout(order: u64) {
    reserve(order);
    tracing::info!(order, reason = "limit", "card declined");
}

#[trace_request("reserve", attributes(order = order))]
fn reserve(order: u64) {
    std::hint::black_box(order);
}
