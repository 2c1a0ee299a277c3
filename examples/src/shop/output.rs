//! What is printed.

use std::fmt::Display;
use std::io::Write;

/// Prints a line. The shop goes on when nobody reads what it prints, as behind `| head`.
pub(super) fn say(line: impl Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
