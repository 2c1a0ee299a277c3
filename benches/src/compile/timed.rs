//! How long a program runs.

use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

/// What a program took, in seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    /// On the clock.
    pub(super) wall: f64,
    /// Of the processors, its children included: other programs make it no longer.
    pub(super) processor: f64,
}

/// Runs a program to its end.
pub(super) fn timed(command: &mut Command) -> Result<Taken, String> {
    let (start, before) = (Instant::now(), processor());
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("{command:?}: {error}"))?;
    let taken = Taken {
        wall: start.elapsed().as_secs_f64(),
        processor: processor() - before,
    };
    if status.success() {
        Ok(taken)
    } else {
        Err(format!("{command:?}: {status}"))
    }
}

/// Processor time of the programs that have ended.
fn processor() -> f64 {
    getrusage(UsageWho::RUSAGE_CHILDREN).map_or(f64::NAN, |usage| {
        let time = usage.user_time() + usage.system_time();
        time.num_microseconds() as f64 / 1e6
    })
}
