//! What it costs to send telemetry over OTLP, and whether all of it arrives:
//! `cargo run --release --no-default-features --features export --manifest-path benches/Cargo.toml --bin export`
//!
//! Each run is a process of its own that makes spans or log records at a steady rate, once with an exporter and once
//! without. The receiver is a process too, so that its time is not counted. Times are processor time by thread, as the
//! kernel accounts for it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use obs_runtime::config::Layers;
use obs_runtime::metric::Registry;
use obs_runtime::metric::snapshot::Value;
use obs_runtime::{Starter, trace_request};

/// Items a second.
const RATE: u64 = 100_000;
/// For how long.
const SECONDS: u64 = 10;
/// Items of a burst, of which there is one each millisecond.
const BURST: u64 = RATE / 1_000;
/// Spans of a trace.
const SPANS: u64 = 10;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Figures by name.
type Figures = BTreeMap<String, f64>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => compare(),
        ["receiver"] => receive(),
        ["run", signal, address] => run(signal, address),
        _ => Err("no arguments are needed".into()),
    };
    if let Err(error) = done {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Runs everything and prints what came of it.
fn compare() -> Outcome<()> {
    println!("{RATE} items a second for {SECONDS} s into a receiver on this machine");
    for signal in ["traces", "logs"] {
        let without = measured(signal, "none")?;
        let mut receiver = Receiver::start()?;
        let with = measured(signal, &receiver.address)?;
        let received = receiver.end()?;
        println!("{signal}:");
        let items = with["items"];
        for name in ["caller", "obs-collector", "obs-export"] {
            let of = |figures: &Figures| figures.get(name).copied().unwrap_or(0.0) / items;
            let (with, without) = (of(&with), of(&without));
            println!(
                "  {name:<14} {with:7.0} ns per item, {without:7.0} without exporter: {:+.0}",
                with - without
            );
        }
        println!(
            "  rate {:.0}/s, made {items:.0}, came in {:.0}, delivered {:.0}, dropped {:.0}, received {received} bytes",
            items / with["seconds"],
            with["produced"],
            with["delivered"],
            with["dropped"],
        );
    }
    Ok(())
}

fn measured(signal: &str, address: &str) -> Outcome<Figures> {
    let run = Command::new(std::env::current_exe()?)
        .args(["run", signal, address])
        .stderr(Stdio::inherit())
        .output()?;
    if !run.status.success() {
        return Err(format!("the run with {signal} failed").into());
    }
    let mut figures = Figures::new();
    for line in String::from_utf8(run.stdout)?.lines() {
        if let Some((name, figure)) = line.split_once(' ') {
            figures.insert(name.to_owned(), figure.parse()?);
        }
    }
    Ok(figures)
}

/// One run: makes items, waits until they have arrived, and prints the figures.
fn run(signal: &str, address: &str) -> Outcome<()> {
    let is_sent = address != "none";
    let endpoint = format!("http://{address}");
    let of = |wanted| {
        if is_sent && signal == wanted {
            "otlp"
        } else {
            "none"
        }
    };
    let layers = Layers::default().variables([
        ("OTEL_TRACES_EXPORTER", of("traces")),
        ("OTEL_LOGS_EXPORTER", of("logs")),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OTEL_SERVICE_NAME", "shop"),
        ("OBS_SAMPLER", "1"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS__LOGGING__FILE", ""),
    ]);
    // Without an output lines are neither made nor written; the records are.
    let log = obs_runtime::log::LogConfig::new().with_service("shop");
    let _log = obs_runtime::log::init(log)?;
    let running = Starter::new(layers).start()?;
    let before = threads()?;
    let started = Instant::now();
    for burst in 0..SECONDS * 1_000 {
        match signal {
            "traces" => (0..BURST / SPANS).for_each(|order| checkout(burst + order)),
            _ => (0..BURST).for_each(|item| declined(burst, item)),
        }
        let due = started + Duration::from_millis(burst + 1);
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    let seconds = started.elapsed().as_secs_f64();
    if !running.flush(Duration::from_secs(20)) {
        return Err("not everything arrived in time".into());
    }
    let after = threads()?;
    println!("items {}", RATE * SECONDS);
    println!("seconds {seconds}");
    for (name, time) in after {
        let name = if name == "export" {
            "caller".to_owned()
        } else {
            name
        };
        let earlier = before.get(&name).copied().unwrap_or(0);
        println!("{name} {}", time.saturating_sub(earlier));
    }
    for (name, metric) in [
        ("produced", "obs_export_items_total"),
        ("delivered", "obs_export_delivered_total"),
        ("dropped", "obs_export_dropped_total"),
    ] {
        println!("{name} {}", total(metric));
    }
    running.shutdown().wait();
    Ok(())
}

#[trace_request("checkout", attributes(order = order))]
fn checkout(order: u64) {
    for item in 1..SPANS {
        reserve(item);
    }
}

#[trace_request("reserve", attributes(item = item))]
fn reserve(item: u64) {
    std::hint::black_box(item);
}

fn declined(order: u64, item: u64) {
    tracing::info!(order, item, reason = "limit", "card declined");
}

/// The sum of a counter's series.
fn total(metric: &str) -> u64 {
    let snapshot = Registry::global().snapshot();
    let series = snapshot.family(metric).map(|family| &*family.series);
    let values = series.unwrap_or_default().iter();
    values
        .map(|series| match series.value {
            Value::Counter(count) => count,
            _ => 0,
        })
        .sum()
}

/// Nanoseconds on a processor of all threads of a name.
fn threads() -> Outcome<BTreeMap<String, u64>> {
    let mut times = BTreeMap::new();
    for task in std::fs::read_dir("/proc/self/task")? {
        let path = task?.path();
        let name = std::fs::read_to_string(path.join("comm"))?;
        let times_of_task = std::fs::read_to_string(path.join("schedstat"))?;
        let time: u64 = times_of_task
            .split(' ')
            .next()
            .unwrap_or_default()
            .parse()?;
        *times.entry(name.trim_end().to_owned()).or_default() += time;
    }
    Ok(times)
}

/// A receiver in a process of its own.
struct Receiver {
    process: Child,
    address: String,
}

impl Receiver {
    fn start() -> Outcome<Self> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("receiver")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.as_mut().ok_or("no output")?;
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address)?;
        let address = address.trim_end().to_owned();
        Ok(Self { process, address })
    }

    /// Ends it. Returns how many bytes it was sent.
    fn end(&mut self) -> Outcome<u64> {
        drop(self.process.stdin.take());
        let mut count = String::new();
        if let Some(output) = &mut self.process.stdout {
            output.read_to_string(&mut count)?;
        }
        self.process.wait()?;
        Ok(count.trim_end().parse()?)
    }
}

/// Takes everything on one connection after the other, until its input ends.
fn receive() -> Outcome<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    let bytes = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let counted = bytes.clone();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let counted = counted.clone();
            thread::spawn(move || {
                let _ = answer(&connection, &counted);
            });
        }
    });
    std::io::stdin().read_to_end(&mut Vec::new())?;
    println!("{}", bytes.load(std::sync::atomic::Ordering::Relaxed));
    Ok(())
}

fn answer(mut connection: &TcpStream, bytes: &std::sync::atomic::AtomicU64) -> Outcome<()> {
    let mut reader = BufReader::with_capacity(256 * 1024, connection);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(text) = line.strip_prefix("content-length: ") {
                length = text.parse()?;
            }
            if line.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        bytes.fetch_add(length as u64, std::sync::atomic::Ordering::Relaxed);
        connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
    }
}
