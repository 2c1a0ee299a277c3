//! Clean builds of the framework.

use std::path::Path;
use std::process::{Command, ExitCode};

use super::timed::{Taken, timed};
use crate::terminal::{Style, paint, progress};

/// Builds on this many processors.
const JOBS: &str = "2";

/// A build: its name, its arguments, and the limit in seconds.
const BUILDS: [(&str, &[&str], f64); 4] = [
    ("no features", &["--no-default-features"], 20.0),
    ("default", &[], 60.0),
    (
        "no features, release",
        &["--no-default-features", "--release"],
        20.0,
    ),
    ("default, release", &["--release"], 60.0),
];

/// Builds `obs-runtime` and all it needs from nothing, and prints how long that takes.
#[must_use]
pub fn run(directory: &Path) -> ExitCode {
    println!(
        "{}",
        paint(
            &format!("Clean build of obs-runtime, {JOBS} jobs"),
            Style::Bold
        )
    );
    println!("  {:<24}{:>10}{:>14}", "", "seconds", "processor s");
    for (name, arguments, gate) in BUILDS {
        progress(&format!("building: {name}"));
        let taken = build(directory, arguments);
        progress("");
        match taken {
            Ok(taken) => print(name, taken, gate),
            Err(reason) => {
                eprintln!("{reason}");
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn build(directory: &Path, arguments: &[&str]) -> Result<Taken, String> {
    if directory.exists() {
        std::fs::remove_dir_all(directory).map_err(|error| error.to_string())?;
    }
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../obs-runtime/Cargo.toml");
    timed(
        Command::new(crate::cli::cargo())
            .args(["build", "--quiet", "--jobs", JOBS, "--manifest-path"])
            .arg(manifest)
            .args(arguments)
            .env("CARGO_TARGET_DIR", directory),
    )
}

fn print(name: &str, taken: Taken, gate: f64) {
    let (verdict, style) = if taken.wall <= gate {
        ("met", Style::Green)
    } else {
        ("missed", Style::Red)
    };
    println!(
        "  {name:<24}{:>10.1}{:>14.1}  {}",
        taken.wall,
        taken.processor,
        paint(&format!("gate ≤ {gate} s {verdict}"), style)
    );
}
