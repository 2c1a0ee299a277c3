//! The layers, and the configuration that they make.

use std::ffi::OsString;
use std::panic::Location;
use std::path::{Path, PathBuf};

use obs_schema::def::ServiceDef;
use obs_schema::monitoring::Monitoring;

use super::env::{self, Variables};
use super::leak::intern;
use super::merge::Merge;
use super::otel::Otel;
use super::problem::{ConfigError, Origin};
use super::settings::{Service, Settings};
use super::{Config, check, yaml};

/// Where a configuration comes from: constants, then a file, then variables. Later layers win; a list
/// replaces the list before it.
///
/// Nothing is read before [`load`](Self::load), and only what was named: a test passes its own variables.
///
/// ```
/// use obs_runtime::config::Layers;
/// use obs_runtime::config::monitoring::{Monitoring, Sampler, Tracing};
///
/// const MONITORING: Monitoring = Monitoring {
///     tracing: Tracing { sampler: Sampler::ratio(0.1), max_spans: 64, ..Tracing::DEFAULT },
///     ..Monitoring::DEFAULT
/// };
/// let config = Layers::default()
///     .monitoring(MONITORING)
///     .variables([("OBS_SAMPLER", "0.5"), ("PATH", "/bin")])
///     .load()
///     .unwrap();
/// assert_eq!(config.monitoring.tracing.sampler, Sampler::ratio(0.5));
/// assert_eq!(config.monitoring.tracing.max_spans, 64);
/// ```
#[derive(Debug)]
pub struct Layers {
    settings: Settings,
    constants: Origin,
    file: Option<PathBuf>,
    variables: Variables,
}

impl Layers {
    /// The constants of a struct with `#[service]`.
    #[must_use]
    pub fn of(service: &ServiceDef, monitoring: Monitoring) -> Self {
        let settings = Settings {
            service: Service {
                name: service.name,
                version: service.version,
                namespace: service.namespace,
                ..Service::UNNAMED
            },
            monitoring,
        };
        let constants = Origin::Attribute {
            file: service.source.file,
            line: service.source.line,
        };
        Self {
            settings,
            constants,
            ..Self::default()
        }
    }

    /// The settings of a program without `#[service]`.
    #[must_use]
    #[track_caller]
    pub fn monitoring(mut self, monitoring: Monitoring) -> Self {
        let caller = Location::caller();
        self.constants = Origin::Attribute {
            file: caller.file(),
            line: caller.line(),
        };
        self.settings.monitoring = monitoring;
        self
    }

    /// The file to read when `OBS_CONFIG` names none. It must exist.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// Variables, of which those that begin with `OBS_` or `OTEL_` count. An empty one counts as not set.
    #[must_use]
    pub fn variables<N, V>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<OsString>,
        V: Into<OsString>,
    {
        for (name, value) in variables {
            self.variables.add(&name.into(), value.into());
        }
        self
    }

    /// The variables of this process.
    #[must_use]
    pub fn environment(self) -> Self {
        self.variables(std::env::vars_os())
    }

    /// Reads the layers, lays them over each other and checks the result.
    ///
    /// # Errors
    /// With everything that is wrong: a file that cannot be read or is no YAML, keys and variables that do
    /// not exist, values that the rules refuse, settings that contradict each other. A variable of
    /// OpenTelemetry with a value that makes no sense is no error: see [`Config::warnings`].
    ///
    /// ```
    /// use obs_runtime::config::Layers;
    /// let variables = [("OBS_SAMPLR", "0.5"), ("OBS_LOG", "inof")];
    /// assert_eq!(Layers::default().variables(variables).load().unwrap_err().to_string(), "\
    /// 2 mistakes in the configuration
    ///   OBS_SAMPLR: unknown variable `OBS_SAMPLR`; did you mean `OBS_SAMPLER`?
    ///   OBS_LOG: unknown value `inof`; did you mean `info`?");
    /// ```
    pub fn load(self) -> Result<Config, ConfigError> {
        let mut merge = Merge::new(self.settings);
        check::mark_attribute(&mut merge, &self.constants);
        if let Some((path, named_by)) = self.file_and_namer() {
            yaml::apply_file(&mut merge, path, named_by);
        }
        env::apply(&mut merge, &self.variables);
        let otel = Otel::read(&self.variables);
        let push = env::of_pushes(&self.variables);
        check::check(&mut merge);
        if merge.problems.is_empty() {
            Ok(config(merge, otel, push))
        } else {
            Err(ConfigError {
                problems: merge.problems,
            })
        }
    }

    fn file_and_namer(&self) -> Option<(&Path, Origin)> {
        match self.variables.get("OBS_CONFIG") {
            Some(path) => Some((Path::new(path), Origin::variable("OBS_CONFIG"))),
            None => self.file.as_deref().map(|path| (path, Origin::Default)),
        }
    }
}

impl Default for Layers {
    fn default() -> Self {
        Self {
            settings: Settings::DEFAULT,
            constants: Origin::Default,
            file: None,
            variables: Variables::default(),
        }
    }
}

fn config(merge: Merge, otel: Otel, push: Vec<(&'static str, &'static str)>) -> Config {
    let Settings {
        mut service,
        monitoring,
    } = merge.settings;
    if service.name.is_empty() {
        service.name = unnamed();
    }
    Config {
        service,
        monitoring,
        otel,
        push,
        origins: merge.origins,
        warnings: merge.warnings,
    }
}

/// The name that OpenTelemetry gives a service without one.
fn unnamed() -> &'static str {
    let program = std::env::current_exe().ok();
    let program = program.as_deref().and_then(Path::file_stem);
    match program {
        Some(program) => intern(&format!("unknown_service:{}", program.to_string_lossy())),
        None => "unknown_service",
    }
}
