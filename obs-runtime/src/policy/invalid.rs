//! Settings that cannot hold.

use std::fmt;

use obs_schema::Issue;

/// Settings that contradict themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidSettings {
    /// What is wrong, at least one thing.
    pub issues: Vec<Issue>,
}

impl InvalidSettings {
    /// An error unless there are none.
    pub(crate) fn none(issues: Vec<Issue>) -> Result<(), Self> {
        match issues.is_empty() {
            true => Ok(()),
            false => Err(Self { issues }),
        }
    }
}

impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, issue) in self.issues.iter().enumerate() {
            let between = if at > 0 { "\n" } else { "" };
            write!(f, "{between}{issue}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidSettings {}
