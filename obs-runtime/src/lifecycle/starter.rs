//! What `start` does, step by step.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, PoisonError};

use super::collector::Collector;
#[cfg(feature = "log")]
use super::logging;
use super::metrics::Collectors;
use super::running::Running;
use super::{StartError, State, held, operations};
use crate::callsite::{self, SpansWanted};
use crate::config::{Config, Layers};
use crate::health::Monitor;
use crate::hot::{body, pool};
#[cfg(feature = "log")]
use crate::log::LogConfig;
use crate::trace::console::Console;
use crate::{analytics, debug, diagnostics, fork, propagate, redact, sampling, trace};

/// A start with settings of one's own. [`start`](crate::start) is this with the constants of a
/// service and the environment of the process.
///
/// ```
/// use obs_runtime::{Starter, config::Layers};
///
/// let settings = [("OBS_LISTEN", "127.0.0.1:0"), ("OBS_LOG", "warn")];
/// let running = Starter::new(Layers::default().variables(settings)).start()?;
/// # #[cfg(feature = "http")]
/// assert!(running.address().is_some());
/// running.shutdown().wait();
/// # Ok::<(), obs_runtime::StartError>(())
/// ```
#[derive(Debug)]
#[must_use = "nothing starts before `start`"]
pub struct Starter {
    layers: Layers,
    /// `None` for no log.
    #[cfg(feature = "log")]
    log: Option<logging::Change>,
}

impl Starter {
    /// A start with these layers of configuration.
    pub fn new(layers: Layers) -> Self {
        Self {
            layers,
            #[cfg(feature = "log")]
            log: Some(logging::Change::none()),
        }
    }

    /// Has the log be what `change` makes of it. It is called with what the configuration says: fields, processors and
    /// rules of redaction are added here, and levels, outputs and form stay those of the configuration.
    ///
    /// A log that the program has set up by itself, by [`log::init`](crate::log::init()) or as a layer, stays as it is.
    ///
    /// ```no_run
    /// use obs_runtime::{Starter, config::Layers};
    ///
    /// let running = Starter::new(Layers::default().environment())
    ///     .with_log(|log| log.with_field("team", "checkout"))
    ///     .start()?;
    /// # running.shutdown().wait();
    /// # Ok::<(), obs_runtime::StartError>(())
    /// ```
    #[cfg(feature = "log")]
    pub fn with_log(self, change: impl FnOnce(LogConfig) -> LogConfig + Send + 'static) -> Self {
        let log = Some(logging::Change::of(change));
        Self { log, ..self }
    }

    /// Leaves the global `tracing` subscriber alone, for programs that install their own and add
    /// [`log::layer`](crate::log::layer) to it.
    #[cfg(feature = "log")]
    pub fn without_log(self) -> Self {
        Self { log: None, ..self }
    }

    /// Starts.
    ///
    /// # Errors
    ///
    /// As [`start`](crate::start).
    pub fn start(self) -> Result<Running, StartError> {
        let config = self.layers.load()?;
        let store = trace::store_of(store_budget(&config));
        let collector = Collector::get(store).map_err(StartError::Thread)?;
        let state = claim(&config)?;
        held::clear();
        let mut running = Running::new(state, collector);
        // Also where nothing is recorded, traces of others go on through this process.
        propagate::set_enabled(config.propagators());
        propagate::set_forwarded(config.monitoring.tracing.forward);
        let has_telemetry = !config.service.disabled;
        if !has_telemetry {
            report_off(&config);
        }
        for warning in config.warnings() {
            diagnostics::report(&warning.to_string());
        }
        redact::follow_in_spans(&config.monitoring.logging);
        #[cfg(feature = "otlp")]
        if has_telemetry {
            crate::export::prepare(&config.monitoring.metrics);
        }
        callsite::register_all();
        let tracing = has_telemetry && config.monitoring.tracing.enabled;
        held::hold(
            Collectors::start(&config),
            tracing.then(|| start_tracing(&config, collector)),
        );
        if has_telemetry {
            running.console =
                Console::start(&config.monitoring.tracing).map_err(StartError::Thread)?;
        }
        #[cfg(feature = "log")]
        logging::go_on();
        if fork::generation() > 0 {
            debug::go_on();
        }
        #[cfg(feature = "log")]
        if let Some(change) = self.log {
            running.log = Some(logging::start(&config, change).map_err(StartError::Log)?);
        }
        #[cfg(feature = "export")]
        if has_telemetry {
            running.exports = crate::export::Exports::start(&config).map_err(StartError::Export)?;
        }
        analytics::configure(&config.monitoring.analytics);
        running.health = Monitor::start(&config).map_err(StartError::Thread)?;
        #[cfg(feature = "http")]
        {
            running.http = crate::http::start(&config).map_err(StartError::Listen)?;
        }
        running.set_ready();
        Ok(running)
    }
}

/// Says that nothing of what follows becomes telemetry. Whoever looks for it would look elsewhere first.
fn report_off(config: &Config) {
    diagnostics::report(&format!(
        "{}: telemetry is off: no spans are recorded, and no traces, metrics and log records are sent; the endpoints with \
         the probes, and the log on the console and in files, are there",
        config.origin("service.disabled")
    ));
}

fn store_budget(config: &Config) -> usize {
    usize::try_from(config.monitoring.tracing.store).unwrap_or(usize::MAX)
}

/// Makes this the running service, unless there is one.
fn claim(config: &Config) -> Result<Arc<State>, StartError> {
    let mut state = super::running()
        .write()
        .unwrap_or_else(PoisonError::into_inner);
    if state.is_some() {
        return Err(StartError::AlreadyRunning);
    }
    let fresh = Arc::new(State {
        config: config.clone(),
        started: std::time::Instant::now(),
        ready: AtomicBool::new(false),
    });
    *state = Some(fresh.clone());
    Ok(fresh)
}

fn start_tracing(config: &Config, collector: &Collector) -> SpansWanted {
    let tracing = &config.monitoring.tracing;
    sampling::set_sampler(Some(config.sampler()));
    sampling::set_notable(true, Some(tracing.slow));
    sampling::set_budget(Some(tracing.kept_per_second));
    operations::warn_of_unknown(config);
    pool::set_cap(tracing.max_active as usize);
    body::set_max_spans(tracing.max_spans as usize);
    collector.set_max_age(tracing.max_age);
    SpansWanted::new()
}
