//! What is answered when there is no such flag.

use std::fmt;

use obs_schema::suggest;

/// A debug flag that no function of the program has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFlag {
    /// The name as it was given.
    pub name: String,
    /// The flags that there are.
    pub known: Vec<&'static str>,
}

impl fmt::Display for UnknownFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown debug flag `{}`; ", self.name)?;
        match suggest(&self.name, &self.known) {
            Some(meant) => write!(f, "did you mean `{meant}`?"),
            None if self.known.is_empty() => {
                f.write_str("no function has one, write `#[debug_trace(\"flag\")]` on it")
            }
            None => write!(f, "there are `{}`", self.known.join("`, `")),
        }
    }
}

impl std::error::Error for UnknownFlag {}
