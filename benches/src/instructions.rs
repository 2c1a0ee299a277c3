//! Instructions per annotated call: counted by callgrind through gungraun, compared with those that are checked in.
//!
//! They are the same on every machine with the same compiler, where times are not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use serde_json::Value;

use crate::body::INPUTS;
use crate::polls;
use crate::shape::SMALL;
use crate::terminal::{Style, paint};

/// How much more than the checked-in count is a regression: a share, and what rounding makes of small counts.
const TOLERANCE: (f64, f64) = (0.05, 0.5);

/// What is to be done with the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Fail if one has grown.
    Check,
    /// Check these in.
    Bless,
}

/// Instructions per operation over the bare one, by the name of the scenario.
type Counts = BTreeMap<String, f64>;

/// Counts and compares.
#[must_use]
pub fn run(mode: Mode) -> ExitCode {
    match count().and_then(|counts| settle(mode, &counts)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn settle(mode: Mode, counts: &Counts) -> Result<bool, String> {
    let file = file();
    if mode == Mode::Bless {
        let mut text = serde_json::to_string_pretty(counts).map_err(|error| error.to_string())?;
        text.push('\n');
        std::fs::write(&file, text).map_err(|error| at(&file, error))?;
    }
    let text = std::fs::read_to_string(&file).map_err(|error| at(&file, error))?;
    let expected: Counts = serde_json::from_str(&text).map_err(|error| at(&file, error))?;
    let grown = print(counts, &expected);
    if grown.is_empty() {
        return Ok(true);
    }
    println!(
        "\n{} of {} grew by more than {:.0} %: {}.\n\
         If that is what the change is worth, take over the new counts and commit {}:\n  \
         cargo run --release --manifest-path benches/Cargo.toml -- instructions --bless",
        grown.len(),
        counts.len(),
        TOLERANCE.0 * 100.0,
        grown.join(", "),
        file.file_name().unwrap_or_default().display(),
    );
    Ok(false)
}

/// Prints the counts beside the expected ones. Returns the names of those that have grown.
fn print<'a>(counts: &'a Counts, expected: &Counts) -> Vec<&'a str> {
    println!(
        "{}",
        paint("Instructions per call over the bare function", Style::Bold)
    );
    println!(
        "  {:<16}{:>10}{:>12}{:>9}",
        "", "now", "checked in", "change"
    );
    let mut grown = Vec::new();
    for (name, now) in counts {
        let before = expected.get(name).copied();
        let (text, style) = verdict(*now, before);
        println!(
            "  {name:<16}{now:>10.1}{:>12}{}",
            before.map_or("none".to_owned(), |before| format!("{before:.1}")),
            paint(&format!("{text:>9}"), style)
        );
        if has_grown(*now, before) {
            grown.push(name.as_str());
        }
    }
    grown
}

fn verdict(now: f64, before: Option<f64>) -> (String, Style) {
    let Some(before) = before else {
        return ("new".to_owned(), Style::Red);
    };
    let style = if has_grown(now, Some(before)) {
        Style::Red
    } else if now < before * (1.0 - TOLERANCE.0) {
        Style::Green
    } else {
        Style::Plain
    };
    (format!("{:+.1} %", (now / before - 1.0) * 100.0), style)
}

/// Whether a count is more than was checked in, or was not checked in at all.
fn has_grown(now: f64, before: Option<f64>) -> bool {
    before.is_none_or(|before| now > before * (1.0 + TOLERANCE.0) + TOLERANCE.1)
}

/// Runs gungraun, which runs callgrind.
fn count() -> Result<Counts, String> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return Err("`valgrind` is not installed; on Debian: apt-get install valgrind".to_owned());
    }
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let output = Command::new(crate::cli::cargo())
        .args([
            "bench",
            "--quiet",
            "--no-default-features",
            "--features",
            "instructions",
        ])
        .args(["--bench", "instructions", "--manifest-path"])
        .arg(manifest)
        .args(["--", "--output-format=json"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("`cargo bench` cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("`cargo bench` failed: {}", output.status));
    }
    per_operation(&String::from_utf8_lossy(&output.stdout))
}

/// The counts in gungraun's answer, a JSON object per line.
fn per_operation(lines: &str) -> Result<Counts, String> {
    let mut sides: BTreeMap<String, [Option<f64>; 2]> = BTreeMap::new();
    for line in lines.lines().filter(|line| line.starts_with('{')) {
        let result: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let (Some(function), Some(id)) = (result["function_name"].as_str(), result["id"].as_str())
        else {
            continue;
        };
        let side = usize::from(function == "annotated");
        sides.entry(id.to_owned()).or_default()[side] = instructions(&result);
    }
    if sides.is_empty() {
        return Err("gungraun said nothing".to_owned());
    }
    let difference = |(id, sides): (String, [Option<f64>; 2])| match sides {
        [Some(bare), Some(annotated)] => {
            let count = (annotated - bare) / operations(&id);
            Ok((id.replace('_', "-"), (count * 10.0).round() / 10.0))
        }
        _ => Err(format!("gungraun did not count both sides of `{id}`")),
    };
    sides.into_iter().map(difference).collect()
}

/// Operations of a pass over the inputs.
fn operations(id: &str) -> f64 {
    let inputs = INPUTS as f64;
    match id {
        "trace_kept" | "trace_dropped" => inputs / SMALL as f64,
        "poll" => inputs * polls::PER_INPUT,
        _ => inputs,
    }
}

fn instructions(result: &Value) -> Option<f64> {
    let total = &result["profiles"][0]["data"]["total"];
    ir(total).or_else(|| {
        let parts = result["profiles"][0]["data"]["parts"].as_array()?;
        parts.iter().map(ir).sum()
    })
}

/// The metric of this name in a part of a profile.
fn ir(part: &Value) -> Option<f64> {
    part["metrics"]["Ir"]["values"]["new"].as_f64()
}

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions.json")
}

fn at(file: &Path, error: impl std::fmt::Display) -> String {
    format!("`{}`: {error}", file.display())
}

#[cfg(test)]
mod tests {
    use super::{has_grown, per_operation};

    fn line(function: &str, id: &str, count: u64) -> String {
        format!(
            r#"{{"function_name":"{function}","id":"{id}","profiles":[{{"data":{{"total":{{"metrics":{{"Ir":{{"values":{{"new":{count}}}}}}}}}}}}}]}}"#
        )
    }

    #[test]
    fn counts_are_per_operation() {
        let lines = [
            line("bare", "off", 17_000),
            line("annotated", "off", 64_000),
            line("annotated", "trace_kept", 500_000),
            line("bare", "trace_kept", 0),
        ];
        let counts = per_operation(&lines.join("\n")).unwrap();
        assert_eq!(counts["off"], 47.0);
        assert_eq!(counts["trace-kept"], 2_000.0);
    }

    #[test]
    fn a_missing_side_is_an_error() {
        let error = per_operation(&line("bare", "off", 1)).unwrap_err();
        assert_eq!(error, "gungraun did not count both sides of `off`");
        assert!(per_operation("").is_err());
    }

    #[test]
    fn five_percent_are_tolerated() {
        assert!(!has_grown(104.9, Some(100.0)));
        assert!(has_grown(106.0, Some(100.0)));
        assert!(has_grown(1.0, None));
        assert!(!has_grown(50.0, Some(100.0)));
    }
}
