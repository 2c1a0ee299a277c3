//! The command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::driver::{self, Effort};
use crate::instructions::Mode;
use crate::machine::Machine;
use crate::report::model::Report;
use crate::report::{chart, json, table};
use crate::scenario::{SCENARIOS, Scenario};
use crate::{child, compile, contender, floor, instructions, scenario, terminal};

const HELP: &str = "\
What an annotated call costs: obs beside its peers.

  cargo run --release --manifest-path benches/Cargo.toml [-- OPTIONS]

Prints the floor and a table for each scenario, and writes results.json and chart.svg.

Options:
  --quick             fewer and shorter rounds: to look, not to publish
  --rounds N          rounds of every contender (default 31; with --quick 7)
  --scenario NAME     only this scenario; may be given again
  --contender NAME    only this contender; may be given again
  --list              scenarios and who takes part in them
  --out DIR           where the files go (default: target/benchmark)
  --help              this

Instead of measuring time:
  instructions --check    instructions per call, against those in benches/instructions.json
  instructions --bless    the same, and takes them over
  compile [ROUNDS]        time and size of 1,000 annotated functions, against tracing::instrument
  build                   time of clean builds of obs-runtime

With `--profile bench-lto` in place of `--release` everything is built with fat LTO and one codegen unit.
";

/// What the user asked for.
#[derive(Debug)]
struct Options {
    effort: Effort,
    scenarios: Vec<&'static Scenario>,
    contenders: Vec<String>,
    out: PathBuf,
}

enum Command {
    Measure(Options),
    List,
    Help,
    Instructions(Mode),
    Compile(usize),
    Build,
    Contender(String, String, Duration),
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    match parse(std::env::args().skip(1)) {
        Ok(Command::Measure(options)) => measure(&options),
        Ok(Command::List) => list(),
        Ok(Command::Help) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(Command::Instructions(mode)) => instructions::run(mode),
        Ok(Command::Compile(rounds)) => compile::run(rounds, &target().join("compile")),
        Ok(Command::Build) => compile::clean_builds(&target().join("clean-build")),
        Ok(Command::Contender(name, scenario, slice)) => child::run(&name, &scenario, slice),
        Err(mistake) => {
            eprintln!("{mistake}; see `--help`");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut options = Options {
        effort: Effort {
            rounds: 31,
            slice: Duration::from_millis(40),
        },
        scenarios: Vec::new(),
        contenders: Vec::new(),
        out: target().join("benchmark"),
    };
    while let Some(argument) = arguments.next() {
        let mut value = || {
            let value = arguments.next();
            value.ok_or_else(|| format!("`{argument}` needs a value"))
        };
        match argument.as_str() {
            "--help" | "-h" => return Ok(Command::Help),
            "--list" => return Ok(Command::List),
            "--quick" => {
                options.effort.rounds = 7;
                options.effort.slice = Duration::from_millis(20);
            }
            "--rounds" => options.effort.rounds = count(&value()?)?,
            "--scenario" => options.scenarios.push(known_scenario(&value()?)?),
            "--contender" => options.contenders.push(known_contender(value()?)?),
            "--out" => options.out = PathBuf::from(value()?),
            "instructions" => {
                return match arguments.next().as_deref() {
                    None | Some("--check") => Ok(Command::Instructions(Mode::Check)),
                    Some("--bless") => Ok(Command::Instructions(Mode::Bless)),
                    Some(other) => Err(format!("unknown argument `{other}`")),
                };
            }
            "compile" => {
                let rounds = arguments.next().map_or(Ok(5), |rounds| count(&rounds))?;
                return Ok(Command::Compile(rounds));
            }
            "build" => return Ok(Command::Build),
            "contender" => {
                let (name, scenario) = (value()?, value()?);
                let slice = Duration::from_millis(count(&value()?)? as u64);
                return Ok(Command::Contender(name, scenario, slice));
            }
            other => return Err(format!("unknown argument `{other}`")),
        }
    }
    if options.scenarios.is_empty() {
        options.scenarios = SCENARIOS.iter().collect();
    }
    Ok(Command::Measure(options))
}

fn count(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| format!("`{text}` is not a whole number above 0"))
}

fn known_scenario(name: &str) -> Result<&'static Scenario, String> {
    scenario::find(name).ok_or_else(|| format!("unknown scenario `{name}`, see `--list`"))
}

fn known_contender(name: String) -> Result<String, String> {
    if contender::all().any(|entry| entry.contender == name) {
        Ok(name)
    } else {
        Err(format!("unknown contender `{name}`, see `--list`"))
    }
}

/// Where the benchmark itself was built, and may leave files.
fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"))
}

/// The cargo that runs the program, or the one in the path.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn list() -> ExitCode {
    for scenario in SCENARIOS {
        println!("{}: {}", scenario.name, scenario.title);
        for entry in contender::all().filter(|entry| entry.scenario == scenario.name) {
            println!("  {:<28} {}", entry.contender, entry.how);
        }
    }
    ExitCode::SUCCESS
}

fn measure(options: &Options) -> ExitCode {
    let machine = Machine::here();
    table::print_machine(&machine);
    terminal::progress("measuring the floor");
    let floor = floor::measure(options.effort.rounds);
    terminal::progress("");
    table::print_floor(&floor);
    let mut report = Report {
        machine,
        rounds: options.effort.rounds,
        slice_ms: options.effort.slice.as_millis() as u64,
        floor,
        scenarios: Vec::new(),
    };
    for scenario in &options.scenarios {
        let wanted = |entry: &contender::Entry| {
            options.contenders.is_empty()
                || options
                    .contenders
                    .iter()
                    .any(|name| name == entry.contender)
        };
        let result = driver::measure(scenario, options.effort, wanted);
        if !result.rows.is_empty() {
            table::print_scenario(&result, report.floor.tick);
            report.scenarios.push(result);
        }
    }
    end(&report, &options.out)
}

fn end(report: &Report, out: &Path) -> ExitCode {
    let (results, drawing) = (out.join("results.json"), out.join("chart.svg"));
    let written = std::fs::create_dir_all(out)
        .and_then(|()| json::write(report, &results))
        .and_then(|()| chart::write(report, &drawing));
    if let Err(error) = written {
        eprintln!("`{}` cannot be written: {error}", out.display());
        return ExitCode::FAILURE;
    }
    println!("{}\n{}", results.display(), drawing.display());
    let failures: Vec<String> = report.failures().collect();
    if failures.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("\n{} contenders failed:", failures.len());
    for failure in failures {
        eprintln!("  {failure}");
    }
    ExitCode::FAILURE
}
