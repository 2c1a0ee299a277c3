//! Programs that a machine may have or not: promtool, prometheus, Python with `prometheus_client`.

use std::ffi::OsString;
use std::process::{Command, Stdio};

/// A program, ready for arguments; `None`, with a word about it, if this machine does not have it.
/// With `CHECK_REQUIRE_TOOLS=1`, as in CI, that is a failure.
pub fn tool(name: &str, probe: &[&str]) -> Option<Command> {
    let program = if name == "python3" {
        std::env::var_os("CHECK_PYTHON").unwrap_or_else(|| OsString::from(name))
    } else {
        OsString::from(name)
    };
    let works = Command::new(&program)
        .args(probe)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if works {
        return Some(Command::new(program));
    }
    let missing = format!("`{name} {}` does not work on this machine", probe.join(" "));
    assert!(
        std::env::var_os("CHECK_REQUIRE_TOOLS").is_none(),
        "{missing}"
    );
    println!("skipped: {missing}");
    None
}

/// `promtool`.
pub fn promtool() -> Option<Command> {
    tool("promtool", &["--version"])
}

/// `prometheus`, the server.
pub fn prometheus() -> Option<Command> {
    tool("prometheus", &["--version"])
}

/// Python with the reference parsers of both formats.
pub fn python() -> Option<Command> {
    tool("python3", &["-c", "import prometheus_client"])
}
