//! The configuration: constants, then a YAML file, then the environment.
//!
//! Every key of the file is an option of `#[service(monitoring(..))]`, nested in the same way:
//!
//! ```yaml
//! logging: {level: "info,hyper=warn"}
//! tracing:
//!   sampler: 0.1
//!   slow: 500ms
//! ```
//!
//! Every key has a variable too, `OBS__TRACING__SLOW`, and the common ones a short one, `OBS_SAMPLER`.
//! [`Layers`] lays them over each other; [`Config`] says what is in force and who said so.

mod check;
mod env;
mod layers;
mod leak;
mod merge;
mod otel;
mod pairs;
mod problem;
mod secret;
mod settings;
mod show;
#[cfg(test)]
mod tests;
mod value;
mod yaml;

use std::collections::BTreeMap;

pub use obs_schema::def::{ServiceDef, Source};
pub use obs_schema::monitoring;

#[cfg(feature = "export")]
pub(crate) use self::check::{has_log_output, is_available};
pub use self::layers::Layers;
use self::monitoring::Monitoring;
pub use self::otel::Otel;
pub use self::problem::{ConfigError, Origin, Problem};
pub use self::secret::HIDDEN;
#[cfg(feature = "http")]
pub(crate) use self::secret::{hide_userinfo as without_userinfo, is_secret_name};
pub use self::settings::Service;
use self::settings::Settings;
pub use self::show::{Entry, Shown};
use crate::propagate::{Propagator, Propagators};
use crate::trace::Sampler;

/// What is in force, checked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// Who the service is.
    pub service: Service,
    /// How it monitors itself.
    pub monitoring: Monitoring,
    /// What else OpenTelemetry's variables say.
    pub otel: Otel,
    /// Every variable of an exporter that pushes metrics, or of Elasticsearch, that is set: `OBS_PUSHGATEWAY_URL` and
    /// the like.
    pub push: Vec<(&'static str, &'static str)>,
    origins: BTreeMap<String, Origin>,
    warnings: Vec<Problem>,
}

impl Config {
    /// Who set a key. [`Origin::Default`] when nobody did.
    ///
    /// A constant counts as having set a key when its value is not the default.
    #[must_use]
    pub fn origin(&self, key: &str) -> &Origin {
        self.origins.get(key).unwrap_or(&Origin::Default)
    }

    /// What was ignored: variables of OpenTelemetry with values that make no sense, and outputs that this
    /// version does not have.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The sampler that `tracing.sampler`, `tracing.operations`, `tracing.target_per_second` and
    /// `tracing.rate_limit` describe.
    #[must_use]
    pub fn sampler(&self) -> Sampler {
        let tracing = &self.monitoring.tracing;
        let sampler =
            Sampler::ratio(tracing.sampler.ratio).parent_based(tracing.sampler.parent_based);
        let sampler = sampler.operations(tracing.operations.iter().copied());
        let sampler = match tracing.target_per_second {
            Some(traces) => sampler.target_per_second(traces),
            None => sampler,
        };
        match tracing.rate_limit {
            Some(traces) => sampler.max_per_second(traces),
            None => sampler,
        }
    }

    /// The forms of headers that `tracing.propagators` lists.
    #[must_use]
    pub fn propagators(&self) -> Propagators {
        let words = self.monitoring.tracing.propagators.iter();
        words
            .filter_map(|word| Propagator::named(word.as_str()))
            .fold(Propagators::NONE, Propagators::with)
    }

    /// Every variable of an exporter that is set, with secrets hidden.
    pub fn exporter_variables(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.otel
            .exporter
            .iter()
            .chain(&self.push)
            .map(|(name, value)| (*name, secret::hide_named(name, value)))
    }

    fn settings(&self) -> Settings {
        Settings {
            service: self.service,
            monitoring: self.monitoring,
        }
    }
}
