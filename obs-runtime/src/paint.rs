//! Colours for people.

use std::ffi::OsString;

pub(crate) const DIM: &str = "\u{1b}[2m";
pub(crate) const BOLD: &str = "\u{1b}[1m";
pub(crate) const RED: &str = "\u{1b}[31m";
const RESET: &str = "\u{1b}[0m";

/// Whether to colour.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    pub(crate) colour: bool,
}

impl Paint {
    /// Appends what `text` does, in this style.
    pub(crate) fn write(self, out: &mut String, style: &str, text: impl FnOnce(&mut String)) {
        if self.colour {
            out.push_str(style);
        }
        text(out);
        if self.colour {
            out.push_str(RESET);
        }
    }
}

/// Whether what goes to a stream is coloured: on a terminal, unless the environment says otherwise.
pub(crate) fn is_wanted(terminal: bool) -> bool {
    from_environment(terminal, |key| std::env::var_os(key))
}

fn from_environment(terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> bool {
    let set = |key: &str| variable(key).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return false;
    }
    if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    let off = set("CLICOLOR").is_some_and(|value| value == "0")
        || set("TERM").is_some_and(|value| value == "dumb");
    terminal && !off
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides_in_a_fixed_order() {
        for (terminal, variables, expected) in [
            (true, &[][..], true),
            (false, &[], false),
            (true, &[("NO_COLOR", "1")], false),
            (true, &[("NO_COLOR", "")], true),
            (true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], false),
            (false, &[("CLICOLOR_FORCE", "1")], true),
            (false, &[("CLICOLOR_FORCE", "0")], false),
            (true, &[("CLICOLOR_FORCE", "0")], true),
            (true, &[("CLICOLOR", "0")], false),
            (true, &[("TERM", "dumb")], false),
            (false, &[("CLICOLOR_FORCE", "1"), ("TERM", "dumb")], true),
        ] {
            let variable = |key: &str| {
                let found = variables.iter().find(|(name, _)| *name == key);
                found.map(|(_, value)| OsString::from(value))
            };
            assert_eq!(
                from_environment(terminal, variable),
                expected,
                "{variables:?}"
            );
        }
    }
}
