//! `cargo run --release --manifest-path benches/Cargo.toml -- --help`

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: obs_benches::alloc::Counting = obs_benches::alloc::Counting;

fn main() -> ExitCode {
    obs_benches::cli::main()
}
