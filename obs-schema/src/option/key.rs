//! The keys of a configuration: the options of `monitoring(..)`, and those of the service.

use core::fmt;

use super::lookup::{Meant, meant};
use super::{OptionDef, Target, service};
use crate::issue::Issue;
use crate::suggest::suggest;

/// Variables of the exporters that push metrics: where to, and how. The address of an exporter turns it on.
pub const ENV_PUSH: &[&str] = &[
    "OBS_PUSHGATEWAY_URL",
    "OBS_PUSHGATEWAY_METHOD",
    "OBS_PUSHGATEWAY_GROUPING",
    "OBS_PUSHGATEWAY_AT_END",
    "OBS_PUSHGATEWAY_USERNAME",
    "OBS_PUSHGATEWAY_PASSWORD_FILE",
    "OBS_PUSHGATEWAY_TOKEN_FILE",
    "OBS_PUSHGATEWAY_HEADERS",
    "OBS_PUSHGATEWAY_CERTIFICATE",
    "OBS_REMOTE_WRITE_URL",
    "OBS_REMOTE_WRITE_VERSION",
    "OBS_REMOTE_WRITE_USERNAME",
    "OBS_REMOTE_WRITE_PASSWORD_FILE",
    "OBS_REMOTE_WRITE_TOKEN_FILE",
    "OBS_REMOTE_WRITE_HEADERS",
    "OBS_REMOTE_WRITE_CERTIFICATE",
    "OBS_GRAPHITE_ADDR",
    "OBS_INFLUX_URL",
    "OBS_INFLUX_USERNAME",
    "OBS_INFLUX_PASSWORD_FILE",
    "OBS_INFLUX_TOKEN_FILE",
    "OBS_INFLUX_HEADERS",
    "OBS_INFLUX_CERTIFICATE",
];

/// Variables of the log's output to Elasticsearch or OpenSearch. The address turns it on.
pub const ENV_ELASTIC: &[&str] = &[
    "OBS_ELASTIC_URL",
    "OBS_ELASTIC_INDEX",
    "OBS_ELASTIC_USERNAME",
    "OBS_ELASTIC_PASSWORD_FILE",
    "OBS_ELASTIC_TOKEN_FILE",
    "OBS_ELASTIC_HEADERS",
    "OBS_ELASTIC_CERTIFICATE",
];

/// Variables that are not a key: the configuration file, the argument of the sampler, and where the program's
/// caches are, which the program reads itself.
const ENV_OTHER: &[&str] = &["OBS_CONFIG", "OBS_REDIS_URL", "OTEL_TRACES_SAMPLER_ARG"];

/// How the variables begin that every key has.
const LONG: &str = "OBS__";

/// A section of a configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// `service:`.
    Service,
    /// `logging:`.
    Logging,
    /// `metrics:`.
    Metrics,
    /// `tracing:`.
    Tracing,
    /// `profiling:`.
    Profiling,
    /// `health:`.
    Health,
    /// `analytics:`.
    Analytics,
    /// `http:`.
    Http,
    /// `export:`.
    Export,
}

impl Section {
    /// Every section, in the order of the reference.
    pub const ALL: &'static [Self] = &[
        Self::Service,
        Self::Logging,
        Self::Metrics,
        Self::Tracing,
        Self::Profiling,
        Self::Health,
        Self::Analytics,
        Self::Http,
        Self::Export,
    ];

    /// The name of the section.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Logging => "logging",
            Self::Metrics => "metrics",
            Self::Tracing => "tracing",
            Self::Profiling => "profiling",
            Self::Health => "health",
            Self::Analytics => "analytics",
            Self::Http => "http",
            Self::Export => "export",
        }
    }

    /// The keys of the section.
    #[must_use]
    pub const fn options(self) -> &'static [OptionDef] {
        match self {
            Self::Service => service::SERVICE_KEYS,
            Self::Logging => Target::Logging.table(),
            Self::Metrics => Target::Metrics.table(),
            Self::Tracing => Target::Tracing.table(),
            Self::Profiling => Target::Profiling.table(),
            Self::Health => Target::Health.table(),
            Self::Analytics => Target::Analytics.table(),
            Self::Http => Target::Http.table(),
            Self::Export => Target::Export.table(),
        }
    }

    /// The section with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|section| section.as_str() == name)
    }
}

/// A key of a configuration. It shows as `tracing.sampler`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key {
    /// The section.
    pub section: Section,
    /// The option in it.
    pub option: &'static OptionDef,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.section.as_str(), self.option.name)
    }
}

impl Key {
    /// The variables of the environment that set it, the strongest first: the short ones, the one that every
    /// key has, then those that it shares with OpenTelemetry.
    ///
    /// ```
    /// use obs_schema::option::find_key;
    /// assert_eq!(find_key("tracing.sampler").unwrap().variables(),
    ///     ["OBS_SAMPLER", "OBS__TRACING__SAMPLER", "OTEL_TRACES_SAMPLER"]);
    /// ```
    #[must_use]
    pub fn variables(&self) -> Vec<String> {
        let named = self.option.env.iter().map(|name| (*name).to_owned());
        let (shared, mut names): (Vec<_>, Vec<_>) =
            named.partition(|name| name.starts_with("OTEL_"));
        names.push(self.long_variable());
        names.extend(shared);
        names
    }

    fn long_variable(&self) -> String {
        let (section, name) = (self.section.as_str(), self.option.name);
        format!("{LONG}{section}__{name}").to_ascii_uppercase()
    }
}

/// Every key, by section.
pub fn keys() -> impl Iterator<Item = Key> {
    Section::ALL.iter().flat_map(|section| {
        section.options().iter().map(|option| Key {
            section: *section,
            option,
        })
    })
}

/// The key `section.name`.
///
/// # Errors
/// When there is no such section, or no such key in it; with the one that was probably meant.
///
/// ```
/// use obs_schema::option::find_key;
/// assert_eq!(find_key("tracing.sampler").unwrap().option.default, "`1.0`");
/// assert_eq!(find_key("tracing.samplr").unwrap_err().to_string(),
///     "unknown key `tracing.samplr`; did you mean `tracing.sampler`?");
/// assert_eq!(find_key("traces.sampler").unwrap_err().to_string(),
///     "unknown key `traces.sampler`; did you mean `tracing.sampler`?");
/// ```
pub fn find_key(typed: &str) -> Result<Key, UnknownKey> {
    keys()
        .find(|key| key.to_string() == typed)
        .ok_or_else(|| UnknownKey {
            typed: typed.to_owned(),
        })
}

/// A key that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownKey {
    /// The key as it was typed.
    pub typed: String,
}

impl UnknownKey {
    /// This error as an [`Issue`].
    #[must_use]
    pub fn issue(&self) -> Issue {
        Issue::new(
            "key.unknown",
            self.typed.clone(),
            format!("unknown key `{}`", self.typed),
            self.help(),
        )
    }

    fn help(&self) -> String {
        let (section, name) = self.typed.split_once('.').unwrap_or((&self.typed, ""));
        let Some(found) = close_section(section) else {
            return listed(
                "the sections are",
                Section::ALL.iter().map(|section| section.as_str()),
            );
        };
        if name.is_empty() {
            return format!("did you mean `{}`?", found.as_str());
        }
        let option = found.options().iter().find(|option| option.name == name);
        let option = option.or_else(|| match meant(found.options(), name) {
            Some(Meant::Former(option) | Meant::Close(option)) => Some(option),
            None => None,
        });
        match option {
            Some(option) => format!("did you mean `{}.{}`?", found.as_str(), option.name),
            None => listed(
                &format!("`{}` has", found.as_str()),
                found.options().iter().map(|option| option.name),
            ),
        }
    }
}

impl fmt::Display for UnknownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.issue().fmt(f)
    }
}

impl std::error::Error for UnknownKey {}

/// What a variable of the environment that begins with `OBS_` or `OTEL_` sets.
///
/// `Ok(None)` is a variable that is known but no key, or one of OpenTelemetry's that obs does not use.
///
/// # Errors
/// For a variable that begins with `OBS_` and does not exist.
///
/// ```
/// use obs_schema::option::find_variable;
/// assert_eq!(find_variable("OBS_LISTEN").unwrap().unwrap().to_string(), "http.listen");
/// assert_eq!(find_variable("OBS_LISTN").unwrap_err().to_string(),
///     "unknown variable `OBS_LISTN`; did you mean `OBS_LISTEN`?");
/// ```
pub fn find_variable(name: &str) -> Result<Option<Key>, UnknownVariable> {
    if let Some(key) = keys().find(|key| key.variables().iter().any(|own| own == name)) {
        return Ok(Some(key));
    }
    let apart = [ENV_OTHER, ENV_PUSH, ENV_ELASTIC];
    if !name.starts_with("OBS_") || apart.iter().any(|list| list.contains(&name)) {
        return Ok(None);
    }
    Err(UnknownVariable {
        name: name.to_owned(),
    })
}

/// A variable that begins with `OBS_` and that this version does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownVariable {
    /// The variable.
    pub name: String,
}

impl UnknownVariable {
    /// This error as an [`Issue`].
    #[must_use]
    pub fn issue(&self) -> Issue {
        // Compared without the prefix, which makes all of them look alike.
        let help = match self.name.strip_prefix(LONG) {
            Some(rest) => long_help(rest),
            None => short_help(self.name.trim_start_matches("OBS_")),
        };
        Issue::new(
            "variable.unknown",
            self.name.clone(),
            format!("unknown variable `{}`", self.name),
            help,
        )
    }
}

impl fmt::Display for UnknownVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.issue().fmt(f)
    }
}

impl std::error::Error for UnknownVariable {}

/// What was meant by `OBS_` and this.
fn short_help(typed: &str) -> String {
    let known: Vec<&str> = keys()
        .flat_map(|key| key.option.env)
        .chain(ENV_OTHER)
        .filter_map(|name| name.strip_prefix("OBS_"))
        .collect();
    let exporters = ENV_PUSH.iter().chain(ENV_ELASTIC);
    let exporters = exporters.filter_map(|name| name.strip_prefix("OBS_"));
    let close: Vec<&str> = known.iter().copied().chain(exporters).collect();
    match suggest(typed, &close) {
        Some(meant) => format!("did you mean `OBS_{meant}`?"),
        None => format!("there are `OBS_{}`", known.join("`, `OBS_")),
    }
}

/// What was meant by [`LONG`] and this.
fn long_help(typed: &str) -> String {
    let known: Vec<String> = keys().map(|key| key.long_variable()).collect();
    let known: Vec<&str> = known
        .iter()
        .filter_map(|name| name.strip_prefix(LONG))
        .collect();
    match suggest(typed, &known) {
        Some(meant) => format!("did you mean `{LONG}{meant}`?"),
        None => format!("write `{LONG}SECTION__KEY`, such as `{LONG}TRACING__SLOW`"),
    }
}

fn close_section(typed: &str) -> Option<Section> {
    let options = Target::Monitoring.table();
    let name = match Section::named(typed) {
        Some(section) => return Some(section),
        None => match meant(options, typed) {
            Some(Meant::Former(option) | Meant::Close(option)) => option.name,
            None => suggest(typed, &["service"])?,
        },
    };
    Section::named(name)
}

fn listed<'a>(start: &str, names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    format!("{start} {}", names.join(", "))
}
