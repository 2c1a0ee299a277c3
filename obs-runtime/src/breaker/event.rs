//! What happens to circuit breakers.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::word::State;
use crate::policy::Name;

/// Something that happened to a circuit breaker.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// The number of the event, from 1 on, over all breakers.
    pub sequence: u64,
    /// When it happened, in nanoseconds since 1970.
    pub unix_ns: u64,
    pub(super) breaker: Name,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum EventKind {
    /// It went from one state to another.
    StateChange {
        /// The state before.
        from: State,
        /// The state since.
        to: State,
    },
    /// It rejected calls. There is one event per second and breaker at most.
    Rejected {
        /// How many, up to this event.
        total: u64,
    },
    /// Too many calls in the window were bad.
    ThresholdExceeded {
        /// How many calls there were in the window; without a window, the failures in a row.
        calls: u64,
        /// The share of them that failed.
        failure_ratio: f64,
        /// The share of them that were slow.
        slow_ratio: f64,
    },
    /// A call was slow. There is one event per second and breaker at most.
    SlowCall {
        /// How many were, up to this event.
        total: u64,
    },
    /// It was closed by hand, with an empty window.
    Reset,
}

impl Event {
    /// The name of the breaker.
    #[must_use]
    pub fn breaker(&self) -> &str {
        self.breaker.as_str()
    }

    /// When it happened.
    #[must_use]
    pub fn time(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_nanos(self.unix_ns)
    }
}

impl EventKind {
    /// The word for it in log records and endpoints.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::StateChange { .. } => "state_change",
            Self::Rejected { .. } => "rejected",
            Self::ThresholdExceeded { .. } => "threshold_exceeded",
            Self::SlowCall { .. } => "slow_call",
            Self::Reset => "reset",
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "circuit breaker `{}`: ", self.breaker())?;
        match self.kind {
            EventKind::StateChange { from, to } => write!(f, "{from} -> {to}"),
            EventKind::Rejected { total } => write!(f, "calls rejected so far: {total}"),
            EventKind::ThresholdExceeded {
                calls,
                failure_ratio,
                slow_ratio,
            } => write!(
                f,
                "of {calls} calls {:.1} % failed and {:.1} % were slow",
                failure_ratio * 100.0,
                slow_ratio * 100.0
            ),
            EventKind::SlowCall { total } => write!(f, "slow calls so far: {total}"),
            EventKind::Reset => f.write_str("reset"),
        }
    }
}
