//! Policies together, as services have them: with fallbacks, judgements of the operation, and clocks that tests stop.
#![cfg(all(feature = "macros", feature = "tokio"))]

mod clock;
#[cfg(feature = "log")]
mod events;
mod fallback;
mod judgement;
mod names;
mod together;

use obs_runtime::policy::Reason;
use obs_runtime::{Outcome, Rejected};

/// What a callee answers.
#[derive(Debug, Clone, PartialEq, Outcome)]
enum Error {
    #[outcome(retryable)]
    Busy,
    #[outcome(failure)]
    Broken,
    #[outcome(caller_fault)]
    Unknown,
    #[outcome(failure)]
    Rejected(Rejected),
}

impl From<Rejected> for Error {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(rejected)
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self:?}")
    }
}

/// Why the call was rejected.
#[track_caller]
fn reason<T: std::fmt::Debug>(value: Result<T, Error>) -> Reason {
    match value {
        Err(Error::Rejected(rejected)) => rejected.reason(),
        other => panic!("expected a rejection, got {other:?}"),
    }
}
