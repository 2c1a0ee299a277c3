//! Colours and a line that is written over, on terminals only.

use std::io::{IsTerminal, Write, stderr, stdout};

/// How a piece of text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    Plain,
    /// A heading, or what matters.
    Bold,
    /// Less important.
    Faint,
    /// Good.
    Green,
    /// Bad.
    Red,
    /// Ours.
    Cyan,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "1",
            Self::Faint => "2",
            Self::Green => "32",
            Self::Red => "31",
            Self::Cyan => "36",
        }
    }
}

/// Whether colours are wanted: on a terminal, unless `NO_COLOR` is set.
#[must_use]
pub fn is_coloured() -> bool {
    stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// `text` in a style, for standard output.
#[must_use]
pub fn paint(text: &str, style: Style) -> String {
    if style == Style::Plain || !is_coloured() {
        text.to_owned()
    } else {
        format!("\x1b[{}m{text}\x1b[0m", style.code())
    }
}

/// Says on standard error what goes on: over the former message on a terminal, and nothing elsewhere.
pub fn progress(text: &str) {
    if stderr().is_terminal() {
        let _ = write!(stderr(), "\r\x1b[K{text}");
        let _ = stderr().flush();
    }
}

/// Says something that stays, on standard error.
pub fn note(text: &str) {
    progress("");
    eprintln!("{text}");
}
