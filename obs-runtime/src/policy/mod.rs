//! What a policy says to a call that it does not let through.

pub(crate) mod fate;
pub(crate) mod guarded;
#[cfg(feature = "tokio")]
pub(crate) mod limit;
#[cfg(not(feature = "tokio"))]
#[path = "no_limit.rs"]
pub(crate) mod limit;
mod rejected;

pub(crate) use rejected::Name;
pub use rejected::{Reason, Rejected};
