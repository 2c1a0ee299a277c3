//! The attributes, with what users have to know of each. Options are listed in the reference, which is
//! printed from the same table that the attributes read.

mod callee;
mod operation;
mod policy;
mod service;

pub use self::callee::*;
pub use self::operation::*;
pub use self::policy::*;
pub use self::service::*;

/// Logs the calls of a function while a debug flag is on: one record at the end of each call, with the arguments,
/// the result, the outcome and the duration. While the flag is off, a call costs a load and a branch.
///
/// The record goes to the [log](crate::log) of obs and to no other subscriber, with the level `info` and the module as
/// its target, so it is written where the module's `info` is. Its fields are `flag`, `outcome`, `duration_ms`, `arg.NAME` for each parameter, and `result`. Values are written by
/// their `Debug`. Left out are `self`, what `skip(..)` names, parameters whose name begins with `_`, and whatever is
/// not `Debug`; a type parameter is only if its bounds say so.
///
/// Arguments are written when the call begins, so they are what the caller gave. A call that began while the flag
/// was off is not logged, nor is one that a `Debug` makes while it writes a value.
///
/// ```
/// use obs_runtime::{debug, debug_trace};
///
/// #[debug_trace("payments", skip(card))]
/// fn pay(cents: u64, card: &str) -> Result<u64, String> {
///     if card.is_empty() { Err("no card".to_owned()) } else { Ok(cents) }
/// }
///
/// debug::set("payments", true)?;
/// pay(1200, "4111");
/// # Ok::<(), debug::UnknownFlag>(())
/// ```
///
/// Beside other attributes, above or below them, it runs inside their call: the record has the ids of that span, and
/// `ok_if` and `error_if` judge it too. Flags are switched by [`debug`](mod@crate::debug) and at
/// `/monitoring/debug/flags`.
pub use obs_macros::debug_trace;

/// Runs a function in the background as a check of the service's [health](mod@crate::health). It needs no
/// further line: the linker lists it, and [`start`](crate::start()) lets it run.
///
/// ```
/// use std::time::Duration;
/// use obs_runtime::health::{Health, Liveness};
/// use obs_runtime::health_check;
///
/// # async fn ping() -> Result<(), std::io::Error> { Ok(()) }
/// # fn queue_length() -> u64 { 7 }
/// #[health_check("database", timeout = "1s", interval = "5s", retries = 1)]
/// async fn database() -> Result<(), std::io::Error> {
///     ping().await
/// }
///
/// #[health_check("queue", critical = false, unhealthy_threshold = 3, group = "storage")]
/// fn queue() -> Health {
///     let length = queue_length();
///     let health = if length < 1_000 { Health::healthy() } else { Health::degraded("it is long") };
///     health.with("length", length)
/// }
///
/// #[health_check("process", kind = liveness)]
/// fn process() -> Liveness {
///     Liveness::new()
/// }
/// ```
///
/// The function has no arguments and returns a `Result` whose error is `Display`, a `bool`, a
/// [`Status`](crate::health::Status) or a [`Health`](crate::health::Health). It may be `async`; one that is not has a
/// thread of its own while it runs, so it may block. What a check needs and no `static` has goes into a closure at
/// [`health::check`](crate::health::check).
///
/// `kind` says which probe it decides: `readiness` (the default), `startup`, or `liveness`. A liveness check returns a
/// [`LocalCheck`](crate::health::LocalCheck) and is called once, at the start: what it returned is looked at from then on.
/// Anything else does not compile, because a restart repairs nothing outside of the process.
pub use obs_macros::health_check;
