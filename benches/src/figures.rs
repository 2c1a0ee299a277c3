//! Figures of a run in a process of its own.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

/// Figures by name.
pub type Figures = BTreeMap<String, f64>;

/// What came of something, or a sentence why nothing did.
pub type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Runs this program with these arguments, and reads the lines `NAME FIGURE` that it prints.
///
/// # Errors
///
/// If it cannot be run, fails, or prints something else.
pub fn of_run(arguments: &[&str], errors: Stdio) -> Outcome<Figures> {
    let run = Command::new(std::env::current_exe()?)
        .args(arguments)
        .stderr(errors)
        .output()?;
    if !run.status.success() {
        return Err(format!("`{}` failed", arguments.join(" ")).into());
    }
    let mut figures = Figures::new();
    for line in String::from_utf8(run.stdout)?.lines() {
        if let Some((name, figure)) = line.split_once(' ') {
            figures.insert(name.to_owned(), figure.parse()?);
        }
    }
    Ok(figures)
}
