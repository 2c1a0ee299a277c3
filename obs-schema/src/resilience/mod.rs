//! Policies around a call: circuit breakers, retries, limits of time, concurrency and rate.
//!
//! Settings are plain constants with one `findings` each. An attribute calls it on what the user typed,
//! the expansion asserts it in a constant, and the runtime calls it on settings that are changed while
//! the program runs: the same numbers are refused with the same words everywhere.
//!
//! ```
//! use core::time::Duration;
//! use obs_schema::resilience::{BreakerSettings, Window};
//! const PAYMENTS: BreakerSettings = BreakerSettings {
//!     window: Window::Count(100),
//!     min_calls: 200,
//!     ..BreakerSettings::DEFAULT
//! };
//! assert_eq!(
//!     PAYMENTS.check()[0].to_string(),
//!     "`min_calls` is 200, but the window holds 100 calls, so the rate would never be judged; \
//!      make `min_calls` at most 100"
//! );
//! ```

mod breaker;
mod bulkhead;
mod policy;
mod rate_limit;
mod retry;
#[cfg(test)]
mod tests;

pub use breaker::{BreakerSettings, Window};
pub use bulkhead::BulkheadSettings;
pub use policy::PolicySettings;
pub use rate_limit::RateLimitSettings;
pub use retry::RetrySettings;

use core::time::Duration;

use crate::issue::Finding;
use crate::text::Message;

/// A finding about `path` if `number` is 0.
const fn zero(path: &'static str, number: u64) -> Option<Finding> {
    if number > 0 {
        return None;
    }
    let message = Message::new().name(path).str(" must be at least 1, got 0");
    Some(Finding::new("number.range", path, message, ""))
}

/// A finding about `path` if `duration` is 0.
const fn no_time(path: &'static str, duration: Duration) -> Option<Finding> {
    if !duration.is_zero() {
        return None;
    }
    let message = Message::new().name(path).str(" must be above 0");
    Some(Finding::new("duration.range", path, message, ""))
}

/// A finding about `path` if `ratio` is not above 0 and at most 1.
const fn no_share(path: &'static str, ratio: f64) -> Option<Finding> {
    if ratio > 0.0 && ratio <= 1.0 {
        return None;
    }
    let message = Message::new()
        .name(path)
        .str(" must be above 0 and at most 1, got ")
        .float(ratio);
    Some(Finding::new(
        "ratio.range",
        path,
        message,
        "write 0.5 for half of the calls",
    ))
}

/// A finding about `path` if `ratio` is not from 0 to 1.
const fn no_ratio(path: &'static str, ratio: f64) -> Option<Finding> {
    if ratio >= 0.0 && ratio <= 1.0 {
        return None;
    }
    let message = Message::new()
        .name(path)
        .str(" must be from 0 to 1, got ")
        .float(ratio);
    Some(Finding::new("ratio.range", path, message, ""))
}

/// A finding about `backoff` if it is no factor that makes a delay longer, and stays a number.
const fn no_factor(backoff: f64) -> Option<Finding> {
    if backoff >= 1.0 && backoff <= MAX_FACTOR {
        return None;
    }
    let message = Message::new()
        .str("`backoff` must be from 1 to 100, got ")
        .float(backoff);
    Some(Finding::new(
        "number.range",
        "backoff",
        message,
        "write `backoff = 2.0` to double the time after each attempt",
    ))
}

/// The largest factor by which a delay can grow from one time to the next.
pub const MAX_FACTOR: f64 = 100.0;

/// Appends a duration to a message, as it would be typed.
const fn time(message: Message, duration: Duration) -> Message {
    crate::value::push_duration(message.str("`\""), duration).str("\"`")
}
