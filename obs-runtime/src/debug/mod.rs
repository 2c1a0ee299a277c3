//! Debug flags: functions that say in the log what they are called with and what they return, while somebody
//! wants to know.
//!
//! [`#[debug_trace("flag")]`](macro@crate::debug_trace) gives a function a flag. Several functions can have the
//! same one. All flags are off when the program starts; they are turned on and off here, or over HTTP at
//! `/monitoring/debug/flags`.
//!
#![cfg_attr(feature = "macros", doc = "```")]
#![cfg_attr(not(feature = "macros"), doc = "```ignore")]
//! use obs_runtime::{debug, debug_trace};
//!
//! #[debug_trace("refunds")]
//! fn refund(cents: u64) -> Result<u64, String> {
//!     Ok(cents / 100)
//! }
//!
//! assert_eq!(debug::set("refunds", true), Ok(1));
//! refund(1200); // logged: arguments, result, outcome, duration
//! debug::set("refunds", false)?;
//!
//! let error = debug::set("refnuds", true).unwrap_err();
//! assert_eq!(error.to_string(), "unknown debug flag `refnuds`; did you mean `refunds`?");
//! # Ok::<(), debug::UnknownFlag>(())
//! ```

pub(crate) mod call;
mod error;
mod flags;
pub(crate) mod shown;
pub(crate) mod site;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use self::error::UnknownFlag;
pub use self::flags::Flag;
pub(crate) use self::flags::go_on;
use self::site::writing;

/// Turns a flag on or off, for good or for a while, and says what it is then.
pub(crate) fn switch(flag: &str, on: bool, time: Option<Duration>) -> Result<Flag, UnknownFlag> {
    writing(|| flags::switch(flag, on, time))
}

/// Every flag of the program, by name.
#[must_use]
pub fn flags() -> Vec<Flag> {
    writing(flags::all)
}

/// Turns a flag on or off for good, and returns how many functions have it. A call that is under way stays what
/// it was when it began.
///
/// # Errors
///
/// If no function has the flag.
pub fn set(flag: &str, on: bool) -> Result<usize, UnknownFlag> {
    switch(flag, on, None).map(|flag| flag.functions.len())
}

/// Turns a flag on or off, and back after `time`, unless it is set again meanwhile.
///
/// # Errors
///
/// If no function has the flag.
pub fn set_for(flag: &str, on: bool, time: Duration) -> Result<usize, UnknownFlag> {
    switch(flag, on, Some(time)).map(|flag| flag.functions.len())
}
