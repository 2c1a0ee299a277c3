//! The crates that are compiled.

use std::fmt::Write;
use std::fs;
use std::io;
use std::path::Path;

/// Functions of a crate.
pub(super) const FUNCTIONS: usize = 1_000;
/// Modules that they are in.
const MODULES: usize = 20;

/// The crates: without attributes, with ours, with those that they are compared with.
pub(super) const CRATES: [&str; 3] = ["bare", "obs", "instrument"];

/// Writes a workspace of the three crates, with the versions of this crate's lockfile.
pub(super) fn write(directory: &Path) -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(directory)?;
    fs::write(
        directory.join("Cargo.toml"),
        format!("[workspace]\nresolver = \"3\"\nmembers = {CRATES:?}\n"),
    )?;
    fs::copy(here.join("Cargo.lock"), directory.join("Cargo.lock"))?;
    for name in CRATES {
        let sources = directory.join(name).join("src");
        fs::create_dir_all(&sources)?;
        fs::write(
            directory.join(name).join("Cargo.toml"),
            manifest(name, here),
        )?;
        for module in 0..MODULES {
            fs::write(
                sources.join(format!("part_{module}.rs")),
                part(name, module),
            )?;
        }
        fs::write(sources.join("lib.rs"), library())?;
    }
    Ok(())
}

/// Makes cargo compile a crate anew.
pub(super) fn touch(directory: &Path, name: &str) -> io::Result<()> {
    fs::write(directory.join(name).join("src").join("lib.rs"), library())
}

fn manifest(name: &str, here: &Path) -> String {
    let runtime = here.join("../obs-runtime");
    let dependency = match name {
        "obs" => format!("obs-runtime = {{ path = {runtime:?} }}\n"),
        "instrument" => "tracing = \"0.1.44\"\n".to_owned(),
        _ => String::new(),
    };
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}"
    )
}

/// The root: polls and calls everything, so that everything is compiled.
fn library() -> String {
    let mut text = String::from(SUPPORT);
    for module in 0..MODULES {
        let _ = writeln!(text, "pub mod part_{module};");
    }
    text.push_str("\npub fn everything(id: u64, name: &str) -> u64 {\n    let mut sum = 0;\n");
    for module in 0..MODULES {
        let _ = writeln!(text, "    sum += part_{module}::everything(id, name);");
    }
    text.push_str("    sum\n}\n");
    text
}

const SUPPORT: &str = "\
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

#[derive(Debug)]
pub struct Refused;

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(\"refused\")
    }
}

impl std::error::Error for Refused {}

#[inline(never)]
pub fn step(id: u64) -> Result<u64, Refused> {
    if id == 7 { Err(Refused) } else { Ok(id.rotate_left(3)) }
}

#[inline(never)]
pub fn take(result: Result<u64, Refused>) -> u64 {
    result.unwrap_or(1)
}

pub fn poll<F: Future<Output = Result<u64, Refused>>>(future: F) -> u64 {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => take(result),
        Poll::Pending => 0,
    }
}

";

fn part(name: &str, module: usize) -> String {
    let mut text = String::from("use crate::{Refused, poll, step, take};\n");
    let mut calls = String::new();
    let per_module = FUNCTIONS / MODULES;
    for position in 0..per_module {
        let number = module * per_module + position;
        let attribute = attribute(name, number);
        if position % 2 == 0 {
            let _ = write!(
                text,
                "\n{attribute}pub fn f_{number}(id: u64, name: &str) -> Result<u64, Refused> {{\n    \
                 let first = step(id + {number})?;\n    Ok(first + name.len() as u64)\n}}\n"
            );
            let _ = writeln!(calls, "    sum += take(f_{number}(id, name));");
        } else {
            let _ = write!(
                text,
                "\n{attribute}pub async fn f_{number}(id: u64, name: &str) -> Result<u64, Refused> {{\n    \
                 let first = step(id + {number})?;\n    std::future::ready(()).await;\n    \
                 Ok(first + name.len() as u64)\n}}\n"
            );
            let _ = writeln!(calls, "    sum += poll(f_{number}(id, name));");
        }
    }
    let _ = write!(
        text,
        "\npub fn everything(id: u64, name: &str) -> u64 {{\n    let mut sum = 0;\n{calls}    sum\n}}\n"
    );
    text
}

/// The attribute of a function: a span with two fields, and the error.
fn attribute(name: &str, number: usize) -> String {
    match name {
        "obs" => format!(
            "#[obs_runtime::trace_request(\"f_{number}\", attributes(id = id, name = name))]\n"
        ),
        "instrument" => {
            "#[tracing::instrument(skip_all, err, fields(id = id, name = name))]\n".to_owned()
        }
        _ => String::new(),
    }
}
