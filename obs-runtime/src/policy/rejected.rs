//! The error of a call that a policy did not let run, or did not let end.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::hot::clock;
use crate::outcome::{Class, Outcome};

/// Why a policy rejected a call or ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The circuit breaker is open.
    CircuitOpen,
    /// Too many calls have begun in a time.
    RateLimited,
    /// Too many calls are running.
    BulkheadFull,
    /// The call took longer than its limit.
    TimedOut,
}

impl Reason {
    /// The word for it in metrics and attributes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CircuitOpen => "circuit_open",
            Self::RateLimited => "rate_limited",
            Self::BulkheadFull => "bulkhead_full",
            Self::TimedOut => "timed_out",
        }
    }
}

/// A call that a policy did not let run, or did not let end.
///
/// A guarded function gives it to its caller as its own error, by `From`:
///
/// ```
/// use obs_runtime::Rejected;
///
/// #[derive(Debug)]
/// enum PayError {
///     Unavailable(Rejected),
///     Declined,
/// }
///
/// impl From<Rejected> for PayError {
///     fn from(rejected: Rejected) -> Self {
///         Self::Unavailable(rejected)
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    name: Name,
    reason: Reason,
    /// In ticks.
    retry_after: Option<u64>,
}

impl Rejected {
    #[inline]
    pub(crate) const fn new(name: Name, reason: Reason, retry_after: Option<u64>) -> Self {
        Self {
            name,
            reason,
            retry_after,
        }
    }

    /// The name of the policy: of the circuit breaker, for instance.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Why.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// How long after the rejection the same call may be let through, if that is known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let ticks = self.retry_after?;
        Some(Duration::from_nanos(clock::to_nanos(ticks)))
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self.reason {
            Reason::CircuitOpen => write!(f, "the circuit breaker `{name}` is open")?,
            Reason::RateLimited => write!(f, "the rate limit `{name}` is reached")?,
            Reason::BulkheadFull => write!(f, "the bulkhead `{name}` is full")?,
            Reason::TimedOut => write!(f, "`{name}` took longer than its limit")?,
        }
        match self.retry_after() {
            Some(time) => write!(f, "; retry in {time:.1?}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Rejected {}

/// A call that took too long may go well later; the others were not let run, for the very purpose that nobody calls.
impl Outcome for Rejected {
    fn class(&self) -> Class {
        match self.reason {
            Reason::TimedOut => Class::Retryable,
            Reason::CircuitOpen | Reason::RateLimited | Reason::BulkheadFull => Class::Failure,
        }
    }
}

/// The name of a policy. One that the program has for good is not counted by its users.
#[derive(Debug, Clone)]
pub enum Name {
    /// One for good.
    Static(&'static str),
    /// One that goes with the policy.
    Shared(Arc<str>),
}

impl Name {
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Static(name) => name,
            Self::Shared(name) => name,
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Name {}
