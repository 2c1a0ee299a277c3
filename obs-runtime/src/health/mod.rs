//! Whether the service is well, and what it depends on.
//!
//! Every check runs in the background, on its own interval and within its own time limit. The endpoints, the
//! metric `health_check_status` and this module answer from the last results, so nobody who asks waits for a
//! check, and no check runs more often because somebody asks.
//!
//! | question | answer |
//! |---|---|
//! | how is a function made a check? | [`#[health_check]`](macro@crate::health_check) |
//! | and a closure, or something with state? | [`check`], [`blocking`] |
//! | what can a check say? | [`IntoHealth`]: a `Result`, a `bool`, a [`Status`], a [`Health`] with details |
//! | what may decide about a restart? | [`liveness`]: only what is inside the process, a [`LocalCheck`] |
//! | which checks are there already? | [`ready`](mod@ready) |
//! | how does traffic say what it sees? | calls of what has the name of a check do by themselves; else [`Signal`] |
//! | what came out? | [`reports`], [`overall`], [`Overall`] |
//!
#![cfg_attr(feature = "tokio", doc = "```")]
#![cfg_attr(not(feature = "tokio"), doc = "```ignore")]
//! use std::time::Duration;
//! use obs_runtime::health::{self, Health};
//!
//! # struct Queue; impl Queue { async fn length(&self) -> Result<u64, std::io::Error> { Ok(7) } }
//! # let queue = std::sync::Arc::new(Queue);
//! health::check("queue", move || {
//!     let queue = queue.clone();
//!     async move {
//!         let length = queue.length().await?;
//!         let health = if length < 1_000 { Health::healthy() } else { Health::degraded("it is long") };
//!         Ok::<_, std::io::Error>(health.with("length", length))
//!     }
//! })
//! .interval(Duration::from_secs(5))
//! .timeout(Duration::from_secs(1))
//! .critical(false)
//! .register()?;
//! # Ok::<(), health::HealthError>(())
//! ```
//!
//! # Traffic
//!
//! A check of readiness that is due first looks at the calls of functions with
//! [`#[track_external_api]`](macro@crate::track_external_api) and [`#[track_db_query]`](macro@crate::track_db_query), if
//! what they call, the API or the database system, has the name of the check, or is what its
//! [`traffic`](CheckBuilder::traffic) names. Five or more calls since the last look of
//! which none has failed are as good as a run that passed; where half of them have failed it counts as one that found
//! it degraded, and where all have as one that failed. Then no run is made. The counters are those of the metrics: a call
//! pays nothing for it.
//!
//! # Threads and runtimes
//!
//! Each run has a thread of its own for as long as it lasts: a check that blocks or never returns holds up
//! nothing but itself, and is not started again before it has returned. Futures are polled on that thread, inside the
//! tokio runtime in which the check was registered, or [`start`](crate::start()) was called; where there is
//! none, inside one of obs.

mod aggregate;
mod attempt;
mod builder;
mod function;
#[cfg(feature = "tonic")]
mod grpc;
mod local;
mod metrics;
mod phase;
mod probe;

pub mod ready;
mod registry;
mod report;
#[cfg(feature = "tokio")]
mod runtime;
mod scheduler;
mod signal;
mod slot;
mod state;
mod status;
#[cfg(test)]
mod tests;
mod tracker;
mod traffic;
#[cfg_attr(
    not(feature = "http"),
    allow(dead_code, reason = "the endpoints ask for more of it")
)]
mod verdict;

pub use aggregate::Overall;
pub use builder::{CheckBuilder, HealthError, Registered, blocking, check, liveness};
#[doc(hidden)]
pub use function::{HEALTH_CHECKS, HealthFunction, HealthRun};
#[cfg(feature = "tonic")]
pub use grpc::{GrpcHealth, Statuses, grpc_service};
#[doc(hidden)]
pub use local::local_check;
pub use local::{Heartbeat, Liveness, LocalCheck};
pub(crate) use metrics::HealthMetrics;
pub use obs_schema::health::HealthKind;
pub use probe::{BoxedHealth, IntoHealth, Probe};
#[doc(hidden)]
pub use probe::{health_of, health_of_future};
pub use report::{Report, overall, reports};
pub(crate) use scheduler::Monitor;
pub use signal::Signal;
pub use status::{Detail, Health, Status};
#[cfg(feature = "http")]
pub(crate) use verdict::Verdict;
