//! Notes what the program was built with, for the head of its report.

use std::process::Command;

fn main() {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".to_owned());
    let version = Command::new(rustc).arg("--version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    let profile = std::env::var("OUT_DIR").ok().and_then(|out| profile(&out));
    let target = std::env::var("TARGET").unwrap_or_default();
    println!(
        "cargo::rustc-env=BENCH_RUSTC={}",
        version.unwrap_or_default()
    );
    println!(
        "cargo::rustc-env=BENCH_RUSTFLAGS={}",
        flags.replace('\u{1f}', " ")
    );
    println!("cargo::rustc-env=BENCH_OPT_LEVEL={level}");
    println!("cargo::rustc-env=BENCH_TARGET={target}");
    println!(
        "cargo::rustc-env=BENCH_PROFILE={}",
        profile.unwrap_or_default()
    );
    println!("cargo::rerun-if-changed=build.rs");
}

/// The profile's name: `PROFILE` knows only `debug` and `release`, the path of the output all of them.
fn profile(out: &str) -> Option<String> {
    let before_build = out.split("/build/").next()?;
    before_build.rsplit('/').next().map(str::to_owned)
}
