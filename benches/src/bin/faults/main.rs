//! What callers notice of a receiver that is away, slow or wrong:
//! `cargo run --release --no-default-features --features export --manifest-path benches/Cargo.toml --bin faults`
//!
//! The same annotated calls and log records are sent over OTLP, to a receiver that takes everything and to one with a
//! fault, by two processes that [take turns](pair). Printed are the median and the 99th percentile of the time of a
//! call, and two ratios of each to that with the sound receiver: of turns side by side, the median over the rounds and
//! between what it lies in 95 of 100 cases; and of the calmest quarters of all turns, as other work on the machine only
//! ever adds to a time. A round is a new pair of processes, because the same program is a few percent faster or slower by
//! where the system puts it in memory; `--rounds N` makes the interval narrower.

mod caller;
mod clock;
mod disk;
mod fault;
mod pair;

use std::process::ExitCode;

use fault::{Fault, Place};
use obs_benches::figures::Outcome;
use obs_benches::statistics::{Quartiles, median_within};
use pair::{Compared, Times};

/// Pairs of processes for each fault, unless told otherwise.
const ROUNDS: usize = 15;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["call", endpoint, spool] => caller::run(endpoint, spool),
        ["--rounds", rounds, ref names @ ..] => match rounds.parse() {
            Ok(rounds) if rounds > 0 => compare_named(names, rounds),
            _ => Err(format!("`{rounds}` is no number of rounds").into()),
        },
        ref names => compare_named(names, ROUNDS),
    };
    if let Err(error) = done {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The faults of these names, or all of them if none is named.
fn compare_named(names: &[&str], rounds: usize) -> Outcome<()> {
    let mut faults = Vec::new();
    for name in names {
        let found = Fault::ALL.into_iter().find(|fault| fault.name() == *name);
        faults.push(found.ok_or_else(|| format!("no fault is called `{name}`"))?);
    }
    if faults.is_empty() {
        faults = Fault::ALL.to_vec();
    }
    compare(&faults, rounds)
}

fn compare(faults: &[Fault], rounds: usize) -> Outcome<()> {
    let sound = Fault::None.begin()?;
    println!(
        "{:<14} {:>36} {:>36} {:>10} {:>10} {:>10} {:>10}",
        "", "median", "99 %", "made", "delivered", "dropped", "waiting"
    );
    for fault in faults {
        // Without the rights to mount a disk there is none that is full, for example.
        match fault.begin() {
            Ok(place) => print(*fault, &rounds_of(&sound, &place, rounds)?)?,
            Err(error) => println!("{:<14} skipped: {error}", fault.name()),
        }
    }
    Ok(())
}

fn rounds_of(sound: &Place, faulty: &Place, rounds: usize) -> Outcome<Vec<Compared>> {
    (0..rounds).map(|_| pair::compare(sound, faulty)).collect()
}

/// One row: medians over the rounds.
fn print(fault: Fault, rounds: &[Compared]) -> Outcome<()> {
    let median = shown(rounds.iter().map(|round| &*round.median))?;
    let p99 = shown(rounds.iter().map(|round| &*round.p99))?;
    print!("{:<14} {median:>36} {p99:>36}", fault.name());
    for name in ["made", "delivered", "dropped", "waiting"] {
        let items = quartiles(rounds.iter().map(|round| round.books[name]))?;
        print!(" {:>10.0}", items.median);
    }
    println!();
    Ok(())
}

/// A time and its ratios, of the turns of each round.
fn shown<'a>(rounds: impl Iterator<Item = &'a [Times]> + Clone) -> Outcome<String> {
    let with = quartiles(rounds.clone().flatten().map(|turn| turn.with))?;
    let without = quartiles(rounds.clone().flatten().map(|turn| turn.without))?;
    let mut ratios = Vec::new();
    for turns in rounds {
        ratios.push(quartiles(turns.iter().map(|turn| turn.with / turn.without))?.median);
    }
    let within = match median_within(ratios.clone()) {
        Some((low, high)) => format!(" ({low:.3}..{high:.3})"),
        None => String::new(),
    };
    let ratio = quartiles(ratios.into_iter())?.median;
    let calm = with.low / without.low;
    Ok(format!(
        "{:.0} ns {ratio:.3}{within} {calm:.3}",
        with.median
    ))
}

fn quartiles(figures: impl Iterator<Item = f64>) -> Outcome<Quartiles> {
    Ok(Quartiles::of(figures.collect()).ok_or("no rounds")?)
}
