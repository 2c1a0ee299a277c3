//! The metrics that a start adds.

use obs_schema::monitoring::Collector;

use crate::collect::{BuildInfo, Cgroups, Collect, Host, Process};
use crate::config::Config;
use crate::health::HealthMetrics;
use crate::metric::{Registration, Registry};

/// The collectors of a started service. They are removed when this is dropped.
#[derive(Debug)]
pub(super) struct Collectors {
    registrations: Vec<Registration>,
}

impl Collectors {
    /// Names the metrics and registers the collectors as the configuration says.
    pub(super) fn start(config: &Config) -> Self {
        let metrics = &config.monitoring.metrics;
        let registry = Registry::global();
        registry.set_prefix(metrics.prefix);
        let service = [("service", config.service.name)];
        registry.set_common_labels(service.into_iter().chain(metrics.labels.iter().copied()));
        let mut started = Self {
            registrations: Vec::new(),
        };
        started.add(build_info(config));
        if config.monitoring.health.enabled {
            started.add(HealthMetrics);
        }
        #[cfg(feature = "log")]
        started.add(crate::log::LogMetrics);
        for collector in metrics.collectors {
            match collector {
                // Counted by the tower layer where there is one.
                Collector::Request => {}
                Collector::Process => started.add(Process::new()),
                Collector::System => {
                    started.add(Host::new());
                    started.add(Cgroups::new());
                }
                Collector::Runtime => started.add_runtime(),
            }
        }
        started
    }

    fn add(&mut self, collector: impl Collect + 'static) {
        self.registrations
            .push(Registry::global().register_collector(collector));
    }

    #[cfg(feature = "tokio")]
    fn add_runtime(&mut self) {
        use crate::collect::Runtimes;
        if let Ok(handle) = tokio::runtime::Handle::try_current()
            && let Err(error) = Runtimes::global().register("main", &handle)
        {
            crate::diagnostics::report(&error.to_string());
        }
        self.add(Runtimes::global());
    }

    #[cfg(not(feature = "tokio"))]
    fn add_runtime(&mut self) {
        let _ = &self.registrations;
    }
}

impl Drop for Collectors {
    fn drop(&mut self) {
        for registration in self.registrations.drain(..) {
            Registry::global().unregister(registration);
        }
    }
}

fn build_info(config: &Config) -> BuildInfo {
    let info = BuildInfo::new(config.service.version);
    match option_env!("OBS_COMMIT") {
        Some(commit) => info.commit(commit),
        None => info,
    }
}
