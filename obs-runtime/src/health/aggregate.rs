//! From the status of each check to that of the service.

use std::fmt;

use super::status::Status;

/// How the service is as a whole, or a group of its checks. Later is worse.
///
/// The worst of what the checks give:
///
/// | the check is | healthy | degraded | unhealthy | without a result yet |
/// |---|---|---|---|---|
/// | critical | `healthy` | `critical` | `unhealthy` | `unhealthy` |
/// | not critical | `healthy` | `warning` | `warning` | `healthy` |
///
/// Only `unhealthy` is answered with 503: a service on `warning` or `critical` still does its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Overall {
    /// All is well.
    Healthy,
    /// Something that the service can do without is not well.
    Warning,
    /// Something that it cannot do without is not as it should be.
    Critical,
    /// Something that it cannot do without does not work, or is not known to.
    Unhealthy,
}

impl Overall {
    /// The lower-case word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Warning => "warning",
            Self::Critical => "critical",
            Self::Unhealthy => "unhealthy",
        }
    }

    /// What one check gives.
    pub(super) const fn of_check(status: Option<Status>, critical: bool) -> Self {
        match (status, critical) {
            (Some(Status::Healthy), _) | (None, false) => Self::Healthy,
            (Some(Status::Degraded), true) => Self::Critical,
            (Some(Status::Degraded | Status::Unhealthy), false) => Self::Warning,
            (Some(Status::Unhealthy) | None, true) => Self::Unhealthy,
        }
    }

    /// The worst of all.
    pub(super) fn worst(all: impl Iterator<Item = Self>) -> Self {
        all.max().unwrap_or(Self::Healthy)
    }
}

impl fmt::Display for Overall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
