//! What a thousand annotated functions cost the compiler, and what a clean build of the framework takes.

mod clean;
mod generate;
mod text;
mod timed;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use self::generate::{CRATES, FUNCTIONS};
use self::timed::{Taken, timed};
use crate::statistics::Quartiles;
use crate::terminal::{Style, paint, progress};

pub use self::clean::run as clean_builds;

/// The limit of the ratio to `tracing`, for time and for size.
const GATE: f64 = 0.7;

/// What was measured of a crate.
#[derive(Debug, Clone, Copy)]
struct Built {
    name: &'static str,
    /// Seconds on the clock.
    wall: f64,
    /// Seconds of processor time.
    processor: f64,
    /// Bytes of code.
    text: u64,
}

/// Compiles a thousand functions bare, with obs and with tracing, in turns, and prints what the attributes add.
#[must_use]
pub fn run(rounds: usize, directory: &Path) -> ExitCode {
    match measure(rounds, directory) {
        Ok(built) => {
            print(&built, rounds);
            ExitCode::SUCCESS
        }
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn measure(rounds: usize, directory: &Path) -> Result<Vec<Built>, String> {
    generate::write(directory).map_err(|error| format!("`{}`: {error}", directory.display()))?;
    for name in CRATES {
        progress(&format!("{name}: building what it needs"));
        build(directory, name)?;
    }
    let mut taken: Vec<Vec<Taken>> = vec![Vec::new(); CRATES.len()];
    for round in 0..rounds {
        for turn in 0..CRATES.len() {
            let turn = (turn + round) % CRATES.len();
            let name = CRATES[turn];
            progress(&format!("{name}: round {} of {rounds}", round + 1));
            generate::touch(directory, name).map_err(|error| error.to_string())?;
            taken[turn].push(build(directory, name)?);
        }
    }
    progress("");
    let crates = CRATES.iter().zip(taken);
    crates
        .map(|(name, taken)| built(directory, name, &taken))
        .collect()
}

fn built(directory: &Path, name: &'static str, taken: &[Taken]) -> Result<Built, String> {
    let median = |of: fn(&Taken) -> f64| {
        let quartiles = Quartiles::of(taken.iter().map(of).collect());
        quartiles.map_or(f64::NAN, |quartiles| quartiles.median)
    };
    Ok(Built {
        name,
        wall: median(|taken| taken.wall),
        processor: median(|taken| taken.processor),
        text: text::of_library(&library(directory, name))?,
    })
}

fn library(directory: &Path, name: &str) -> PathBuf {
    let release = directory.join("target").join("release");
    release.join(format!("lib{name}.rlib"))
}

/// Builds one of the crates, of which only itself has changed since the last time.
fn build(directory: &Path, name: &str) -> Result<Taken, String> {
    timed(
        Command::new(crate::cli::cargo())
            .current_dir(directory)
            .args(["build", "--quiet", "--release", "-p", name])
            .env("CARGO_TARGET_DIR", directory.join("target")),
    )
}

fn print(built: &[Built], rounds: usize) {
    let title =
        format!("{FUNCTIONS} functions, half of them asynchronous, median of {rounds} builds");
    println!("{}", paint(&title, Style::Bold));
    println!(
        "  {:<10}{:>12}{:>16}{:>14}",
        "", "seconds", "processor s", "text bytes"
    );
    for one in built {
        println!(
            "  {:<10}{:>12.2}{:>16.2}{:>14}",
            one.name, one.wall, one.processor, one.text
        );
    }
    let [bare, obs, tracing] = built else { return };
    println!("\n{}", paint("What the attributes add", Style::Bold));
    println!(
        "  {:<20}{:>12}{:>12}{:>10}",
        "", obs.name, tracing.name, "ratio"
    );
    row("seconds", obs.wall - bare.wall, tracing.wall - bare.wall);
    row(
        "processor seconds",
        obs.processor - bare.processor,
        tracing.processor - bare.processor,
    );
    let extra = |one: &Built| one.text as f64 - bare.text as f64;
    row(
        "text per function",
        extra(obs) / FUNCTIONS as f64,
        extra(tracing) / FUNCTIONS as f64,
    );
}

fn row(what: &str, obs: f64, tracing: f64) {
    let ratio = obs / tracing;
    let (verdict, style) = if ratio <= GATE {
        ("met", Style::Green)
    } else {
        ("missed", Style::Red)
    };
    println!(
        "  {what:<20}{obs:>12.2}{tracing:>12.2}{ratio:>9.2}x  {}",
        paint(&format!("gate ≤ {GATE}x {verdict}"), style)
    );
}
