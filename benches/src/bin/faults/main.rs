//! What callers notice of a receiver that is away, slow or wrong:
//! `cargo run --release --no-default-features --features export --manifest-path benches/Cargo.toml --bin faults`
//!
//! The same annotated calls and log records are sent over OTLP, to a receiver that takes everything and to one with a
//! fault, in turns. Each turn is a process of its own; the receivers are in the process that compares. Printed are the
//! median and the 99th percentile of the time of a call, and the ratio of each to that with the sound receiver: the
//! median over the rounds, between what it lies in 95 of 100 cases, and the ratio of the calmest quarters. `--rounds N` makes
//! that narrower.

mod fault;
mod turn;

use std::process::{ExitCode, Stdio};

use fault::Fault;
use obs_benches::figures::{Figures, Outcome, of_run};
use obs_benches::statistics::{Quartiles, median_within};

/// Turns of each fault, and as many beside them with a sound receiver, unless told otherwise.
const ROUNDS: usize = 7;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["turn", endpoint, spool] => turn::run(endpoint, spool),
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
        "{:<14} {:>35} {:>35} {:>10} {:>10} {:>10} {:>10}",
        "", "median", "99 %", "made", "delivered", "dropped", "waiting"
    );
    for fault in faults {
        let place = fault.begin()?;
        let mut pairs = Vec::new();
        for round in 0..rounds {
            // Neither is always first.
            pairs.push(if round % 2 == 0 {
                let without = turn_of(&sound)?;
                (without, turn_of(&place)?)
            } else {
                let with = turn_of(&place)?;
                (turn_of(&sound)?, with)
            });
        }
        print(*fault, &pairs)?;
    }
    Ok(())
}

/// One row: medians over the rounds.
fn print(fault: Fault, pairs: &[(Figures, Figures)]) -> Outcome<()> {
    let middle = |of: &dyn Fn(&(Figures, Figures)) -> f64| {
        let quartiles = Quartiles::of(pairs.iter().map(of).collect());
        quartiles.map(|all| all.median).ok_or("no rounds")
    };
    let shown = |name: &'static str| -> Outcome<String> {
        let time = middle(&|pair| pair.1[name])?;
        let ratio_of = |pair: &(Figures, Figures)| pair.1[name] / pair.0[name];
        let ratio = middle(&ratio_of)?;
        let within = match median_within(pairs.iter().map(ratio_of).collect()) {
            Some((low, high)) => format!(" ({low:.3}..{high:.3})"),
            None => String::new(),
        };
        let calm = calm_of(pairs, |pair| pair.1[name])? / calm_of(pairs, |pair| pair.0[name])?;
        Ok(format!("{time:.0} ns {ratio:.3}{within} {calm:.3}"))
    };
    println!(
        "{:<14} {:>35} {:>35} {:>10.0} {:>10.0} {:>10.0} {:>10.0}",
        fault.name(),
        shown("median")?,
        shown("p99")?,
        middle(&|pair| pair.1["made"])?,
        middle(&|pair| pair.1["delivered"])?,
        middle(&|pair| pair.1["dropped"])?,
        middle(&|pair| pair.1["waiting"])?,
    );
    Ok(())
}

/// What a quarter of the rounds is below. Other work on the machine only ever adds to a time, so this is of rounds with
/// little of it.
fn calm_of(pairs: &[(Figures, Figures)], of: impl Fn(&(Figures, Figures)) -> f64) -> Outcome<f64> {
    let quartiles = Quartiles::of(pairs.iter().map(of).collect());
    Ok(quartiles.map(|all| all.low).ok_or("no rounds")?)
}

/// One turn in a process of its own.
fn turn_of(place: &fault::Place) -> Outcome<Figures> {
    let spool = place.spool();
    let arguments = ["turn", &place.endpoint, &spool];
    let figures = of_run(&arguments, Stdio::null())?;
    let lost = figures["made"] - figures["delivered"] - figures["dropped"] - figures["waiting"];
    if lost != 0.0 {
        return Err(format!("{lost} items are missing in the books").into());
    }
    Ok(figures)
}
