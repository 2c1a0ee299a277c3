//! Policies around a call: when it is made again, whether it may begin, and how long it may take.
//!
//! | attribute | by hand | |
//! |---|---|---|
//! | `#[retry]` | [`Retry`] | calls that fail are made again, within a budget |
//! | `#[circuit_breaker]` | [`Breaker`](crate::breaker::Breaker) | a callee that fails is left alone for a while |
//! | `#[rate_limit]` | [`RateLimit`] | so many calls begin in a time |
//! | `#[bulkhead]` | [`Bulkhead`] | so many calls run at the same time |
//! | `#[timeout]` | [`TimeLimit`] | a call is given up after a time |
//!
//! On one function they are one policy, in this order from the outside in, however the attributes are ordered. What a
//! policy does not let run, or not let end, is [`Rejected`] for all of them.

mod admission;
pub(crate) mod bulkhead;
pub(crate) mod cells;
pub(crate) mod fate;
pub(crate) mod guarded;
mod invalid;
#[cfg(feature = "tokio")]
pub(crate) mod limit;
#[cfg(not(feature = "tokio"))]
#[path = "no_limit.rs"]
pub(crate) mod limit;
pub(crate) mod park;
pub(crate) mod rate_limit;
pub(crate) mod registry;
mod rejected;
pub(crate) mod retry;
pub(crate) mod timeout;

pub use obs_schema::resilience::{BulkheadSettings, RateLimitSettings, RetrySettings};

pub use self::admission::Admission;
pub use self::bulkhead::{Bulkhead, Slot};
pub use self::invalid::InvalidSettings;
pub use self::rate_limit::RateLimit;
#[doc(hidden)]
pub use self::rejected::Name;
pub use self::rejected::{Reason, Rejected};
pub use self::retry::{AttemptResult, CallKind, Retry};
pub use self::timeout::{TimeLimit, TimeLimitResult};
