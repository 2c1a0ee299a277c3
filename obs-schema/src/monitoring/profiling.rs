//! Profiles of operations.

use crate::issue::{Finding, Findings, Issue};
use crate::text::Message;
use crate::value::check_ratio;

/// How the service profiles its operations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profiling {
    /// Whether operations are profiled.
    pub enabled: bool,
    /// The share of calls that are profiled, from 0 to 1.
    pub sample: f64,
}

impl Profiling {
    /// Off; one call in a hundred once it is turned on.
    pub const DEFAULT: Self = Self {
        enabled: false,
        sample: 0.01,
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        let mut findings = Findings::new().and(self.sampled_while_off());
        if let Err(error) = check_ratio(self.sample) {
            let message = Message::new()
                .str("`profiling.sample`: ")
                .text(&error.message());
            findings = findings.and(Some(Finding::new(
                error.code(),
                "profiling.sample",
                message,
                error.help().as_str(),
            )));
        }
        findings
    }

    /// [`Profiling::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    const fn sampled_while_off(&self) -> Option<Finding> {
        if self.enabled || self.sample == Self::DEFAULT.sample {
            return None;
        }
        Some(Finding::new(
            "monitoring.contradiction",
            "profiling.sample",
            Message::new().str("`profiling.sample` is set but `profiling.enabled` is off"),
            "write `enabled = true` or leave `sample` out",
        ))
    }
}

impl Default for Profiling {
    fn default() -> Self {
        Self::DEFAULT
    }
}
