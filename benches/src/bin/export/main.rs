//! What it costs to send telemetry away, and whether all of it arrives:
//! `cargo run --release --no-default-features --features export --manifest-path benches/Cargo.toml --bin export`
//!
//! Each run is a process of its own that, after a warm-up, makes spans or log records at a steady rate, or has the
//! metrics read again and again, once with an exporter and once without. The receiver is a process too, so that its
//! time is not counted. Times are processor time by thread, as the kernel accounts for it.
//!
//! `export run SIGNAL ADDRESS SECONDS` is one run, for a profiler; `export receiver` a receiver, which ends with its
//! input.

mod load;
mod receiver;
mod run;
mod sdk;

use std::process::{ExitCode, Stdio};

use obs_benches::figures::{Figures, Outcome, of_run};
use receiver::Receiver;

/// Items a second.
const RATE: u64 = 100_000;
/// For how long.
const SECONDS: u64 = 10;

/// What is sent, by exporter. `traces-sdk` are those of `traces` by the OpenTelemetry SDK.
const SENT: [&str; 9] = [
    "traces",
    "traces-sdk",
    "logs",
    "elastic",
    "metrics",
    "pushgateway",
    "remote_write",
    "graphite",
    "influx",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => compare(&SENT),
        ["receiver"] => receiver::receive(),
        ["run", "traces-sdk", address, seconds] => sdk::run(address, seconds),
        ["run", signal, address, seconds] => run::run(signal, address, seconds),
        [signal] if SENT.contains(&signal) => compare(&[signal]),
        _ => Err("name one exporter or none".into()),
    };
    if let Err(error) = done {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Runs everything and prints what came of it.
fn compare(sent: &[&str]) -> Outcome<()> {
    println!("{RATE} items a second for {SECONDS} s into a receiver on this machine");
    for signal in sent {
        let without = measured(signal, "none")?;
        let mut receiver = Receiver::start()?;
        let with = measured(signal, &receiver.address)?;
        let received = receiver.end()?;
        println!("{signal}:");
        let items = with["items"];
        for (name, &time) in with.iter().filter(|(name, _)| is_thread(name)) {
            let without = without.get(name).copied().unwrap_or(0.0) / without["items"];
            let with = time / items;
            println!(
                "  {name:<16} {with:7.0} ns per item, {without:7.0} without exporter: {:+.0}",
                with - without
            );
        }
        println!(
            "  rate {:.0}/s, made {items:.0}, came in {:.0}, delivered {:.0}, dropped {:.0}, received {received} bytes",
            items / with["seconds"],
            with["produced"] - with["warm-up"],
            with["delivered"] - with["warm-up"],
            with["dropped"],
        );
    }
    Ok(())
}

/// Whether a figure is the time of a thread that takes part.
fn is_thread(name: &str) -> bool {
    let starts = [
        "caller",
        "obs-collector",
        "obs-export",
        "OpenTelemetry",
        "reqwest",
    ];
    starts.iter().any(|start| name.starts_with(start))
}

fn measured(signal: &str, address: &str) -> Outcome<Figures> {
    let seconds = SECONDS.to_string();
    of_run(&["run", signal, address, &seconds], Stdio::inherit())
}
