//! When the console form is coloured.

use crate::paint;

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
            Self::Auto => paint::is_wanted(terminal),
            Self::Always => true,
            Self::Never => false,
        }
    }
}
