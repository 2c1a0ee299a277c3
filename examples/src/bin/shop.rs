//! A small online shop that measures, traces and logs itself. See [`examples::shop`].

use std::process::ExitCode;

use clap::Parser;
use examples::shop::{self, Cli};

fn main() -> ExitCode {
    match shop::run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shop: {error}");
            ExitCode::FAILURE
        }
    }
}
