//! Two callers, one of them with a sound receiver, that take turns.
//!
//! While one makes calls the other is stopped with all its threads, so that neither notices what the other's exporter
//! does. A turn is a tenth of a second: what else the machine does then is the same for both.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use obs_benches::figures::{Figures, Outcome};

use crate::caller::{CALL, END, SHUT_DOWN};
use crate::cpu::Cpus;
use crate::disk::Disk;
use crate::fault::Place;

/// Turns of each of the two.
const TURNS: usize = 20;

/// The times of a percentile in two turns side by side, in ns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) without: f64,
    pub(crate) with: f64,
}

/// What came of a pair, turn by turn.
#[derive(Debug)]
pub(crate) struct Compared {
    pub(crate) median: Vec<Times>,
    pub(crate) p99: Vec<Times>,
    /// What became of the items of the caller with the fault.
    pub(crate) books: Figures,
}

/// Runs a caller for each of the two places.
pub(crate) fn compare(cpus: Cpus, sound: &Place, faulty: &Place) -> Outcome<Compared> {
    let (mut sound, mut other) = (command(cpus, sound)?, command(cpus, faulty)?);
    if let Some(clock) = &faulty.clock {
        clock.give_to(&mut sound, false);
        clock.give_to(&mut other, true);
    }
    let (mut sound, mut other) = (Caller::begin(sound)?, Caller::begin(other)?);
    let (mut median, mut p99) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        if turn == TURNS / 2 && faulty.ends_midway {
            other.ask(SHUT_DOWN)?;
        }
        if let Some(clock) = &faulty.clock {
            // Every other second.
            clock.set(if turn / 5 % 2 == 0 { 1 } else { -1 })?;
        }
        // Neither is always first.
        let (without, with) = if turn % 2 == 0 {
            let without = sound.call()?;
            (without, other.call()?)
        } else {
            let with = other.call()?;
            (sound.call()?, with)
        };
        median.push(Times {
            without: without.0,
            with: with.0,
        });
        p99.push(Times {
            without: without.1,
            with: with.1,
        });
    }
    check(&sound.end()?)?;
    let books = other.end()?;
    check(&books)?;
    if let Some(disk) = &faulty.disk {
        disk.clear()?;
    }
    Ok(Compared { median, p99, books })
}

fn check(books: &Figures) -> Outcome<()> {
    let lost = books["made"] - books["delivered"] - books["dropped"] - books["waiting"];
    if lost != 0.0 {
        return Err(format!("{lost} items are missing in the books").into());
    }
    Ok(())
}

/// What runs a caller of this place.
fn command(cpus: Cpus, place: &Place) -> Outcome<Command> {
    let spool = place.disk.as_ref().map(Disk::path).unwrap_or(Path::new(""));
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["call", &place.endpoint]).arg(spool);
    command.args([cpus.callers.to_string(), cpus.exporters.to_string()]);
    Ok(command)
}

/// A process of this program that is stopped unless it is asked for something.
struct Caller {
    process: Child,
    pid: Pid,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Caller {
    fn begin(mut command: Command) -> Outcome<Self> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let questions = process.stdin.take().ok_or("no way to ask")?;
        let answers = process.stdout.take().ok_or("no way to answer")?;
        let pid = Pid::from_raw(i32::try_from(process.id())?);
        let mut caller = Self {
            process,
            pid,
            questions,
            answers: BufReader::new(answers),
        };
        // The first calls of a process are not those of one that runs.
        caller.call()?;
        Ok(caller)
    }

    /// The times of the median and the 99th percentile of a stretch of calls.
    fn call(&mut self) -> Outcome<(f64, f64)> {
        let answer = self.ask(CALL)?;
        let (median, p99) = answer.split_once(' ').ok_or("no times")?;
        Ok((median.parse()?, p99.parse()?))
    }

    fn ask(&mut self, question: &str) -> Outcome<String> {
        kill(self.pid, Signal::SIGCONT)?;
        writeln!(self.questions, "{question}")?;
        let mut answer = String::new();
        if self.answers.read_line(&mut answer)? == 0 {
            return Err(format!("the caller ended: {}", self.process.wait()?).into());
        }
        kill(self.pid, Signal::SIGSTOP)?;
        match waitpid(self.pid, Some(WaitPidFlag::WUNTRACED))? {
            WaitStatus::Stopped(..) => Ok(answer.trim_end().to_owned()),
            other => Err(format!("the caller did not stop: {other:?}").into()),
        }
    }

    fn end(mut self) -> Outcome<Figures> {
        kill(self.pid, Signal::SIGCONT)?;
        writeln!(self.questions, "{END}")?;
        let mut books = Figures::new();
        for line in self.answers.lines() {
            if let Some((name, figure)) = line?.split_once(' ') {
                books.insert(name.to_owned(), figure.parse()?);
            }
        }
        let status = self.process.wait()?;
        if !status.success() {
            return Err(format!("the caller failed: {status}").into());
        }
        Ok(books)
    }
}
