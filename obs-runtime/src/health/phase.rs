//! How far the service itself is.

use crate::lifecycle;

/// How far the service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Before the start, and after the end.
    NotStarted,
    /// It takes requests.
    Running,
    /// It has begun to stop, or says that it takes no requests.
    Stopping,
}

impl Phase {
    /// How far the service is now.
    pub(crate) fn now() -> Self {
        match lifecycle::state() {
            None => Self::NotStarted,
            Some(state) if state.is_ready() => Self::Running,
            Some(_) => Self::Stopping,
        }
    }

    /// Why it has not started.
    pub(crate) const fn not_started(self) -> Option<&'static str> {
        match self {
            Self::NotStarted => Some("the service has not started"),
            Self::Running | Self::Stopping => None,
        }
    }

    /// Why it takes no requests.
    pub(crate) const fn not_ready(self) -> Option<&'static str> {
        match self {
            Self::NotStarted => self.not_started(),
            Self::Running => None,
            Self::Stopping => Some("the service is shutting down"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Phase::{NotStarted, Running, Stopping};

    #[test]
    fn readiness_lasts_from_start_to_shutdown() {
        let ready = [NotStarted, Running, Stopping].map(|phase| phase.not_ready().is_none());
        assert_eq!(ready, [false, true, false]);
    }

    #[test]
    fn what_has_started_stays_started() {
        let started = [NotStarted, Running, Stopping].map(|phase| phase.not_started().is_none());
        assert_eq!(started, [false, true, true]);
    }
}
