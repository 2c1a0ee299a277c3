//! When the console form is coloured.

use std::ffi::OsString;

/// When the console form is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colour {
    /// On a terminal, unless the environment says otherwise: `NO_COLOR` (not empty) turns colours
    /// off, `CLICOLOR_FORCE` (neither empty nor `0`) turns them on everywhere, `CLICOLOR=0` and
    /// `TERM=dumb` turn them off. The first of these that applies counts.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Colour {
    /// The decision for a stream that is a terminal or not.
    pub(super) fn decide(self, terminal: bool) -> bool {
        match self {
            Self::Auto => from_environment(terminal, |key| std::env::var_os(key)),
            Self::Always => true,
            Self::Never => false,
        }
    }
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
