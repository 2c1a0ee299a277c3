//! Circuit breakers: a callee that fails is left alone for a while.
//!
//! A breaker lets calls through and looks at how they end. When too many of them fail, it opens: calls are
//! [rejected](Rejected) at once, which spares the caller the wait and the callee the load. After a while it is
//! half-open and lets exactly a few calls through; by these it is decided whether it closes or stays open.
//!
//! `#[circuit_breaker]` puts one around a function. By hand:
//!
//! ```
//! use obs_runtime::Rejected;
//! use obs_runtime::breaker::{Breaker, BreakerSettings, State};
//!
//! let settings = BreakerSettings { failure_threshold: 2, ..BreakerSettings::DEFAULT };
//! let payments = Breaker::named("docs-payments", settings).unwrap();
//!
//! for _ in 0..2 {
//!     let permit = payments.enter()?;
//!     permit.failure();
//! }
//! assert_eq!(payments.state(), State::Open);
//! let rejected = payments.enter().unwrap_err();
//! assert_eq!(rejected.name(), "docs-payments");
//! # Ok::<(), Rejected>(())
//! ```
//!
//! # What decides
//!
//! * A result belongs to the state in which its call began. One that comes after that state decides nothing.
//! * What a caller gives up, and errors that are not the callee's, decide nothing either. A panic is a failure.
//! * A call that takes longer than `slow_call` counts as a slow one from that moment on, not when it ends.
//! * Time is that of the monotonic clock, which a test can [stop](crate::testing::virtual_clock).

mod books;
mod calm;
mod circuit;
mod count;
mod event;
mod feed;
mod gate;
mod health;
mod keyed;
mod machine;
mod permit;
mod record;
mod registry;
mod rules;
pub(crate) mod site;
mod status;
mod sync;
#[cfg(test)]
mod tests;
mod time;
mod transition;
mod watch;
mod word;

pub use obs_schema::resilience::{BreakerSettings, Window};

pub use self::books::CallResult;
pub use self::circuit::Breaker;
pub use self::event::{Event, EventKind};
#[cfg(feature = "http")]
pub(crate) use self::feed::subscribe_to;
#[cfg(all(test, feature = "http"))]
pub(crate) use self::feed::subscribers;
pub use self::feed::{MAX_EVENTS, MAX_WAITING, Subscription, events, subscribe};
pub use self::keyed::Breakers;
pub use self::permit::Permit;
#[cfg(feature = "http")]
pub(crate) use self::registry::expect;
pub(crate) use self::registry::tick;
pub use self::registry::{UnknownBreaker, all, find};
pub use self::status::Status;
pub use self::word::State;
pub use crate::policy::{InvalidSettings, Rejected};
