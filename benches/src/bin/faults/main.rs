//! What callers notice of a receiver that is away, slow or wrong:
//! `cargo run --release --no-default-features --features export --manifest-path benches/Cargo.toml --bin faults`
//!
//! The same annotated calls and log records are sent over OTLP, to a receiver that takes everything and to one with a
//! fault, in turns. Each turn is a process of its own; the receivers are in the process that compares. Printed are the
//! median and the 99th percentile of the time of a call, and the ratio of each to that with the sound receiver.

mod fault;
mod turn;

use std::process::{ExitCode, Stdio};

use fault::Fault;
use obs_benches::figures::{Figures, Outcome, of_run};
use obs_benches::statistics::Quartiles;

/// Turns of each fault, and as many beside them with a sound receiver.
const ROUNDS: usize = 7;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        [] => compare(&Fault::ALL),
        ["turn", endpoint, spool] => turn::run(endpoint, spool),
        [name] => match Fault::ALL.into_iter().find(|fault| fault.name() == name) {
            Some(fault) => compare(&[fault]),
            None => Err(format!("no fault is called `{name}`").into()),
        },
        _ => Err("name one fault or none".into()),
    };
    if let Err(error) = done {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn compare(faults: &[Fault]) -> Outcome<()> {
    let sound = Fault::None.begin()?;
    println!(
        "{:<14} {:>16} {:>16} {:>10} {:>10} {:>10} {:>10}",
        "", "median", "99 %", "made", "delivered", "dropped", "waiting"
    );
    for fault in faults {
        let place = fault.begin()?;
        let mut pairs = Vec::new();
        for round in 0..ROUNDS {
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
        let ratio = middle(&|pair| pair.1[name] / pair.0[name])?;
        Ok(format!("{time:.0} ns {ratio:.3}"))
    };
    println!(
        "{:<14} {:>16} {:>16} {:>10.0} {:>10.0} {:>10.0} {:>10.0}",
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
