//! What callers notice of a receiver that is away, slow or wrong:
//! `cargo run --release --no-default-features --features export --manifest-path benches/Cargo.toml --bin faults`
//!
//! The same annotated calls and log records are sent over OTLP, to a receiver that takes everything and to one with a
//! fault, by two processes that [take turns](pair). Printed are the median and the 99th percentile of the time of a
//! call, and two ratios of each to that with the sound receiver: of turns side by side, the median over the rounds and
//! between what it lies in 95 of 100 cases; and of the calmest quarters of all turns, as other work on the machine only
//! ever adds to a time.
//!
//! A round is a new pair of processes for each fault, because the same program is a few percent faster or slower by
//! where the system puts it in memory, and because a bad minute of the machine is then none of a single fault.

mod caller;
mod clock;
mod cpu;
mod disk;
mod fault;
mod pair;

use std::io::{IsTerminal, stderr};
use std::process::ExitCode;

use cpu::{Cpus, keep_on};
use fault::{Fault, Place};
use obs_benches::figures::Outcome;
use obs_benches::statistics::{Quartiles, median_within};
use pair::{Compared, Times};

const HELP: &str = "\
faults [--rounds N] [--one-cpu] [FAULT]...

  --rounds N   pairs of processes for each fault; 15 unless told otherwise
  --one-cpu    exporters run on the processor of their callers, not on another one
  FAULT        compares these only; `none` shows how far a ratio strays by itself
";

/// What is asked for.
struct Options {
    rounds: usize,
    on_one_cpu: bool,
    faults: Vec<Fault>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["call", endpoint, spool, own, exporters] => caller::run(endpoint, spool, own, exporters),
        ["--help" | "-h"] => {
            print!("{HELP}");
            Ok(())
        }
        ref arguments => Options::read(arguments).and_then(|options| compare(&options)),
    };
    if let Err(error) = done {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

impl Options {
    fn read(arguments: &[&str]) -> Outcome<Self> {
        let mut options = Self {
            rounds: 15,
            on_one_cpu: false,
            faults: Vec::new(),
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match *argument {
                "--rounds" => options.rounds = rounds(arguments.next())?,
                "--one-cpu" => options.on_one_cpu = true,
                name => options.faults.push(named(name)?),
            }
        }
        if options.faults.is_empty() {
            options.faults = Fault::ALL.to_vec();
        }
        Ok(options)
    }
}

fn rounds(given: Option<&&str>) -> Outcome<usize> {
    match given.and_then(|number| number.parse().ok()) {
        Some(rounds) if rounds > 0 => Ok(rounds),
        _ => Err("`--rounds` wants a number from 1 on".into()),
    }
}

fn named(name: &str) -> Outcome<Fault> {
    let found = Fault::ALL.into_iter().find(|fault| fault.name() == name);
    Ok(found.ok_or_else(|| format!("no fault is called `{name}`; see `faults --help`"))?)
}

/// A fault, and what came of the rounds so far.
struct Row {
    fault: Fault,
    place: Place,
    rounds: Vec<Compared>,
}

fn compare(options: &Options) -> Outcome<()> {
    let cpus = Cpus::choose(options.on_one_cpu)?;
    keep_on(cpus.receivers)?;
    let sound = Fault::None.begin()?;
    let mut rows = begin(&options.faults);
    for round in 1..=options.rounds {
        for row in &mut rows {
            if stderr().is_terminal() {
                eprint!(
                    "\rround {round} of {}: {:<14}",
                    options.rounds,
                    row.fault.name()
                );
            }
            row.rounds.push(pair::compare(cpus, &sound, &row.place)?);
        }
    }
    if stderr().is_terminal() {
        eprintln!();
    }
    println!(
        "{:<14} {:>36} {:>36} {:>10} {:>10} {:>10} {:>10}",
        "", "median", "99 %", "made", "delivered", "dropped", "waiting"
    );
    rows.iter().try_for_each(print)
}

/// Without the rights to mount a disk there is none that is full, for example: such a fault is left out.
fn begin(faults: &[Fault]) -> Vec<Row> {
    let mut rows = Vec::new();
    for &fault in faults {
        match fault.begin() {
            Ok(place) => rows.push(Row {
                fault,
                place,
                rounds: Vec::new(),
            }),
            Err(error) => eprintln!("{} is skipped: {error}", fault.name()),
        }
    }
    rows
}

/// Medians over the rounds.
fn print(row: &Row) -> Outcome<()> {
    let median = shown(row.rounds.iter().map(|round| &*round.median))?;
    let p99 = shown(row.rounds.iter().map(|round| &*round.p99))?;
    print!("{:<14} {median:>36} {p99:>36}", row.fault.name());
    for name in ["made", "delivered", "dropped", "waiting"] {
        let items = quartiles(row.rounds.iter().map(|round| round.books[name]))?;
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
