//! The runner of gungraun, from the lockfile of this crate instead of a program that has to be installed:
//! gungraun looks for a binary of this name beside the benchmark.

use std::process::ExitCode;

fn main() -> ExitCode {
    match gungraun_runner::runner::run::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}
