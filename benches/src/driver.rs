//! Starts the processes of a scenario and lets them take turns.

use std::io::{BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use crate::body::Body;
use crate::case::{Allocations, Finish, Sample};
use crate::contender::{self, Entry};
use crate::protocol::{Answer, Request, read_answer};
use crate::report::model::{Measured, Row, ScenarioResult};
use crate::scenario::Scenario;
use crate::statistics::Quartiles;
use crate::terminal;

/// How much is measured.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Rounds of every contender.
    pub rounds: usize,
    /// The time of a round.
    pub slice: Duration,
}

/// Measures a scenario with the contenders that `wanted` picks.
///
/// A contender that fails has its reason in the result instead of figures.
#[must_use]
pub fn measure(
    scenario: &'static Scenario,
    effort: Effort,
    wanted: impl Fn(&Entry) -> bool,
) -> ScenarioResult {
    let entries = contender::all().filter(|entry| entry.scenario == scenario.name && wanted(entry));
    let mut runs: Vec<Run> = entries
        .map(|entry| {
            terminal::progress(&format!("{}: starting {}", scenario.name, entry.contender));
            Run::start(entry, scenario, effort)
        })
        .collect();
    for round in 0..effort.rounds {
        for body in scenario.bodies {
            for turn in 0..runs.len() {
                // Another one begins each time, so that nobody always runs after the same neighbour.
                let turn = (turn + round) % runs.len();
                let run = &mut runs[turn];
                terminal::progress(&format!(
                    "{}: round {} of {}, {}",
                    scenario.name,
                    round + 1,
                    effort.rounds,
                    run.entry.contender
                ));
                run.round(*body);
            }
        }
    }
    let rows = runs.into_iter().map(|run| run.end(scenario)).collect();
    terminal::progress("");
    ScenarioResult {
        name: scenario.name,
        rows,
    }
}

/// A contender under way.
struct Run {
    entry: &'static Entry,
    process: Result<Process, String>,
    samples: Vec<(Body, Sample)>,
}

impl Run {
    fn start(entry: &'static Entry, scenario: &Scenario, effort: Effort) -> Self {
        let process = Process::start(entry.contender, scenario.name, effort.slice);
        Self {
            entry,
            process: process.and_then(|mut process| match process.read()? {
                Answer::Ready => Ok(process),
                other => Err(unexpected(&other)),
            }),
            samples: Vec::new(),
        }
    }

    fn round(&mut self, body: Body) {
        match self.ask(Request::Round(body)) {
            Ok(Answer::Round(sample)) => self.samples.push((body, sample)),
            Ok(other) => self.fail(unexpected(&other)),
            Err(error) => self.fail(error),
        }
    }

    fn ask(&mut self, request: Request) -> Result<Answer, String> {
        self.process
            .as_mut()
            .map_err(|error| error.clone())?
            .ask(request)
    }

    fn fail(&mut self, reason: String) {
        if self.process.is_ok() {
            self.process = Err(reason);
        }
    }

    fn end(mut self, scenario: &Scenario) -> Row {
        let found = self.last_words();
        if let Err(reason) = &found {
            terminal::note(&format!(
                "FAILED: {} in {}: {reason}",
                self.entry.contender, scenario.name
            ));
        }
        let measured = scenario
            .bodies
            .iter()
            .filter_map(|body| self.measured(scenario, *body));
        let measured = if found.is_ok() {
            measured.collect()
        } else {
            Vec::new()
        };
        let failure = found.as_ref().err().cloned();
        let (allocations, finish) = found.unwrap_or_default();
        Row {
            contender: self.entry.contender,
            how: self.entry.how,
            measured,
            allocations,
            delivered: finish.delivered,
            checked: finish.checked,
            failure,
        }
    }

    fn last_words(&mut self) -> Result<(Allocations, Finish), String> {
        let allocations = match self.ask(Request::Allocations)? {
            Answer::Allocations(allocations) => allocations,
            other => return Err(unexpected(&other)),
        };
        match self.ask(Request::Finish)? {
            Answer::Finish(finish) => Ok((allocations, finish)),
            other => Err(unexpected(&other)),
        }
    }

    fn measured(&self, scenario: &Scenario, of: Body) -> Option<Measured> {
        let samples = || self.samples.iter().filter(|(body, _)| *body == of);
        let figures = samples().map(|(_, sample)| scenario.figure.of(sample.base, sample.with));
        let bases = samples().map(|(_, sample)| sample.base);
        Some(Measured {
            body: of,
            figure: Quartiles::of(figures.collect())?,
            base: Quartiles::of(bases.collect())?,
        })
    }
}

fn unexpected(answer: &Answer) -> String {
    match answer {
        Answer::Failed(reason) => reason.clone(),
        other => format!("it answers with {other:?}"),
    }
}

/// A process and the pipes to it. It ends with this value.
struct Process {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Process {
    fn start(contender: &str, scenario: &str, slice: Duration) -> Result<Self, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut child = Command::new(program)
            .args(["contender", contender, scenario])
            .arg(slice.as_millis().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the process has no pipes".to_owned());
        };
        Ok(Self {
            child,
            requests,
            answers: BufReader::new(answers),
        })
    }

    fn ask(&mut self, request: Request) -> Result<Answer, String> {
        writeln!(self.requests, "{}", request.line())
            .and_then(|()| self.requests.flush())
            .map_err(|error| format!("it does not listen any more: {error}"))?;
        self.read()
    }

    fn read(&mut self) -> Result<Answer, String> {
        read_answer(&mut self.answers).map_err(|error| format!("it does not answer: {error}"))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It ends by itself after the last answer; one that is stuck is not waited for.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
