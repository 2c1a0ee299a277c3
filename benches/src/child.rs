//! The process of one contender in one scenario.

use std::io::{BufRead, stdin, stdout};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Duration;

use crate::case::Case;
use crate::contender;
use crate::protocol::{Answer, Request, answer};
use crate::scenario;

/// Sets the contender up, says that it is ready, and does what it is asked until the end.
#[must_use]
pub fn run(contender: &str, scenario: &str, slice: Duration) -> ExitCode {
    let result = catch_unwind(AssertUnwindSafe(|| serve(contender, scenario, slice)));
    let failure = match result {
        Ok(Ok(())) => return ExitCode::SUCCESS,
        Ok(Err(failure)) => failure,
        Err(panic) => panic_text(panic.as_ref()),
    };
    let _ = answer(&mut stdout(), &Answer::Failed(failure));
    ExitCode::FAILURE
}

fn serve(contender: &str, scenario: &str, slice: Duration) -> Result<(), String> {
    let entry = contender::find(contender, scenario)
        .ok_or_else(|| format!("no contender `{contender}` in `{scenario}`"))?;
    let scenario = scenario::find(scenario).ok_or("no such scenario")?;
    let mut case = (entry.set_up)();
    for body in scenario.bodies {
        case.warm_up(*body, slice);
    }
    say(&Answer::Ready)?;
    for line in stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        match Request::parse(&line) {
            Some(Request::Finish) => {
                let finish = case.finish()?;
                return say(&Answer::Finish(finish));
            }
            Some(request) => say(&respond(case.as_mut(), request))?,
            None => return Err(format!("the driver asks for `{line}`")),
        }
    }
    Ok(())
}

fn respond(case: &mut dyn Case, request: Request) -> Answer {
    match request {
        Request::Round(body) => Answer::Round(case.round(body)),
        Request::Allocations | Request::Finish => Answer::Allocations(case.allocations()),
    }
}

fn say(what: &Answer) -> Result<(), String> {
    answer(&mut stdout(), what).map_err(|error| error.to_string())
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it panicked".to_owned())
}
