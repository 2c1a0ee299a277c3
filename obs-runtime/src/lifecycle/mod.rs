//! Starting and stopping.
//!
//! Annotated functions count from the first call on, whether anything was started or not.
//! [`start`] adds what needs a thread: traces are collected, logs are written, the endpoints answer.

mod collector;
mod error;
mod held;
#[cfg(feature = "log")]
mod logging;
mod metrics;
mod operations;
mod running;
mod starter;

use std::sync::{Arc, RwLock};

use crate::config::{Config, Layers};
use crate::fork::PerProcess;
use crate::service::Service;

pub use error::StartError;
pub use running::{Running, Shutdown};
pub use starter::Starter;

/// What is known of the running service.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) config: Config,
    /// When it was started.
    #[cfg_attr(
        not(feature = "http"),
        allow(dead_code, reason = "an endpoint shows it")
    )]
    pub(crate) started: std::time::Instant,
    ready: std::sync::atomic::AtomicBool,
}

static STATE: PerProcess<RwLock<Option<Arc<State>>>> = PerProcess::new();

/// The place of the state of the running service.
fn running() -> &'static RwLock<Option<Arc<State>>> {
    STATE.get(RwLock::default)
}

/// Starts the monitoring of the service `S`: reads the configuration, starts the collector, the log
/// and the endpoints.
///
/// The configuration is the `monitoring` of `#[service]`, then the YAML file that `OBS_CONFIG`
/// names, then the environment; later wins.
///
/// # Errors
///
/// If something in the configuration is wrong (all of it is listed), the address is in use, or the
/// monitoring of this process has been started already.
///
/// # Forks
///
/// A child of `fork` is another process: nothing is started in it, whatever the parent has started, because
/// the threads of that are in the parent. It can start for itself, on another address. Counters begin at 0
/// there, gauges keep what was set, ids are not those of the parent, and the trace that the forking thread is
/// in stays with the parent. Fork first and start then: a lock that another thread holds at the fork is held
/// in the child for ever.
///
#[cfg_attr(feature = "macros", doc = "```no_run")]
#[cfg_attr(not(feature = "macros"), doc = "```ignore")]
/// use obs_runtime::service;
///
/// #[service(name = "shop")]
/// struct Shop;
///
/// # fn main() -> Result<(), obs_runtime::StartError> {
/// let running = obs_runtime::start::<Shop>()?;
/// # drop(running);
/// # Ok(())
/// # }
/// ```
pub fn start<S: Service>() -> Result<Running, StartError> {
    Starter::new(Layers::of(&S::DEF, S::MONITORING).environment()).start()
}

/// The state of the running service.
pub(crate) fn state() -> Option<Arc<State>> {
    running()
        .read()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
        .clone()
}

impl State {
    /// Whether the service has started and not begun to stop.
    pub(crate) fn is_ready(&self) -> bool {
        self.ready.load(std::sync::atomic::Ordering::Acquire)
    }
}
