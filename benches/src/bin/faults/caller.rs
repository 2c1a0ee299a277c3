//! A process that makes calls and log records at a steady rate, and times each of them.

use std::hint::black_box;
use std::io::{BufRead, Write, stdin, stdout};
use std::thread;
use std::time::{Duration, Instant};

use obs_benches::figures::Outcome;
use obs_runtime::config::Layers;
use obs_runtime::metric::Registry;
use obs_runtime::metric::snapshot::Value;
use obs_runtime::{Running, Starter, trace_request};

use crate::cpu::keep_on;

/// Calls in a row, before those that are timed and timed. Each is two spans and a log record. The first ones find cold
/// caches: how cold is up to what else the machine does.
const WARM: usize = 500;
const TIMED: usize = 3_000;
/// How long other threads have before, for what became due while the process was stopped.
const REST: Duration = Duration::from_millis(20);
/// How long all of it takes: 35,000 calls a second.
const PERIOD: Duration = Duration::from_millis(100);

/// What the process is told.
pub(crate) const CALL: &str = "call";
pub(crate) const SHUT_DOWN: &str = "shut down";
pub(crate) const END: &str = "end";

/// Sends to this address, and answers each line `call` with the time of the median and of the 99th percentile, in ns.
/// Calls are made on the first of these processors, all else is on the second one.
pub(crate) fn run(endpoint: &str, spool: &str, own: &str, exporters: &str) -> Outcome<()> {
    keep_on(exporters.parse()?)?;
    let mut running = Some(start(endpoint, spool)?);
    keep_on(own.parse()?)?;
    let mut times = Vec::with_capacity(TIMED);
    for line in stdin().lock().lines() {
        match &*line? {
            CALL => {
                stretch(&mut times);
                times.sort_unstable();
                println!("{} {}", share_of(&times, 0.5)?, share_of(&times, 0.99)?);
            }
            // From here on calls go on while what is left is sent.
            SHUT_DOWN => {
                let running = running.take().ok_or("it is shut down already")?;
                thread::spawn(|| running.shutdown().wait());
                println!();
            }
            END => break,
            other => return Err(format!("`{other}` means nothing to a caller").into()),
        }
        stdout().flush()?;
    }
    if let Some(running) = &running {
        // What the collector has is not in the books yet.
        running.flush(Duration::from_millis(200));
    }
    print_books()?;
    // What still waits is of no interest.
    std::process::exit(0);
}

fn start(endpoint: &str, spool: &str) -> Outcome<Running> {
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
    // Until the process ends, which is without any destructor.
    std::mem::forget(obs_runtime::log::init(log)?);
    Ok(Starter::new(layers).start()?)
}

/// Makes the calls, and times them.
fn stretch(times: &mut Vec<u64>) {
    times.clear();
    let started = Instant::now();
    thread::sleep(REST);
    for order in 0..WARM + TIMED {
        let begun = Instant::now();
        checkout(order as u64);
        let took = begun.elapsed();
        if order >= WARM {
            times.push(took.as_nanos() as u64);
        }
    }
    thread::sleep(PERIOD.saturating_sub(started.elapsed()));
}

fn share_of(sorted: &[u64], share: f64) -> Outcome<u64> {
    let place = (sorted.len() as f64 * share) as usize;
    Ok(*sorted.get(place).ok_or("nothing was timed")?)
}

fn print_books() -> Outcome<()> {
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
    Ok(())
}

#[trace_request("checkout", attributes(order = order))]
fn checkout(order: u64) {
    reserve(order);
    tracing::info!(order, reason = "limit", "card declined");
}

#[trace_request("reserve", attributes(order = order))]
fn reserve(order: u64) {
    black_box(order);
}
