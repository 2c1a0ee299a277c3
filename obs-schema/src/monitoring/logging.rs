//! The log.

use core::fmt;
use core::time::Duration;

use super::duplicate;
use crate::choice::{ChoiceError, choice};
use crate::issue::{Finding, Findings, Issue};
use crate::text::Message;

choice! {
    /// The least severe records that are logged.
    pub enum Level {
        /// Nothing.
        Off = "off",
        /// Failures that someone should look at.
        Error = "error",
        /// What may become a failure.
        Warn = "warn",
        /// What happens in normal operation.
        Info = "info",
        /// What helps to find a fault.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
}

choice! {
    /// How a record is written.
    pub enum LogFormat {
        /// One JSON object per line.
        Json = "json",
        /// One line for people, coloured on a terminal.
        Pretty = "pretty",
    }
}

choice! {
    /// Where records go.
    pub enum LogOutput {
        /// Standard output.
        Console = "console",
        /// A file.
        File = "file",
        /// Elasticsearch or OpenSearch.
        Elastic = "elastic",
        /// An OTLP endpoint, such as the OpenTelemetry Collector.
        Otlp = "otlp",
    }
}

choice! {
    /// When a log file gives way to a new one, whatever its size.
    pub enum Rotation {
        /// Never.
        Never = "never",
        /// At the full hour, UTC.
        Hourly = "hourly",
        /// At midnight, UTC.
        Daily = "daily",
    }
}

impl LogOutput {
    /// The feature of `obs-runtime` that brings this output; `None` when it is always there.
    #[must_use]
    pub const fn feature(self) -> Option<&'static str> {
        match self {
            Self::Console | Self::File => None,
            Self::Elastic => Some("elastic"),
            Self::Otlp => Some("otlp"),
        }
    }
}

/// How the service logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logging {
    /// The least severe records that are logged.
    pub level: Level,
    /// Other levels for some targets and everything below them: `("hyper", Level::Warn)`.
    pub targets: &'static [(&'static str, Level)],
    /// How a record is written.
    pub format: LogFormat,
    /// Where records go.
    pub outputs: &'static [LogOutput],
    /// The file of [`LogOutput::File`]; empty for `<service name>.log` in the working directory.
    pub file: &'static str,
    /// When a new file is begun, whatever the size of the old one.
    pub rotation: Rotation,
    /// How many bytes the file gets before a new one is begun.
    pub max_file_size: u64,
    /// How many former files are kept.
    pub max_files: u32,
    /// For how long a former file is kept.
    pub max_age: Duration,
    /// How many bytes all former files together may take.
    pub max_total_size: u64,
    /// Whether former files are compressed.
    pub compress: bool,
    /// Whether every line carries trace id and span id; `None` for as long as tracing is on.
    pub correlation: Option<bool>,
    /// Whether passwords, tokens and the like are hidden in records and spans.
    pub redact: bool,
    /// Further names of secrets, separated by commas.
    pub redact_keys: &'static str,
    /// Records of one place in the program that are logged per second; `None` for all.
    pub rate_limit: Option<u32>,
}

impl Logging {
    /// The smallest bound for the size of files: 4 KiB.
    pub const MIN_FILE_SIZE: u64 = 4096;

    /// `info` and above as JSON on the console, with trace ids while tracing is on.
    pub const DEFAULT: Self = Self {
        level: Level::Info,
        targets: &[],
        format: LogFormat::Json,
        outputs: &[LogOutput::Console],
        file: "",
        rotation: Rotation::Daily,
        max_file_size: 100 << 20,
        max_files: 100,
        max_age: Duration::from_secs(30 * 86_400),
        max_total_size: 1 << 30,
        compress: true,
        correlation: None,
        redact: true,
        redact_keys: "",
        rate_limit: None,
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        Findings::new()
            .and(duplicate!(self.outputs, "logging.outputs"))
            .and(self.nowhere())
            .and(self.unused_file())
            .and(self.unused_keys())
    }

    /// [`Logging::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    const fn nowhere(&self) -> Option<Finding> {
        if !self.outputs.is_empty() || matches!(self.level, Level::Off) {
            return None;
        }
        Some(Finding::new(
            "monitoring.contradiction",
            "logging.outputs",
            Message::new().str("`logging.outputs` is empty, so nothing is logged"),
            "write `level = \"off\"` to turn the log off, or `outputs = [\"console\"]`",
        ))
    }

    const fn unused_keys(&self) -> Option<Finding> {
        if self.redact || self.redact_keys.is_empty() {
            return None;
        }
        Some(Finding::new(
            "monitoring.contradiction",
            "logging.redact_keys",
            Message::new().str("`logging.redact_keys` is set but `logging.redact` is off"),
            "turn `redact` on or leave `redact_keys` out",
        ))
    }

    const fn unused_file(&self) -> Option<Finding> {
        let mut i = 0;
        while i < self.outputs.len() {
            if matches!(self.outputs[i], LogOutput::File) {
                return None;
            }
            i += 1;
        }
        let Some(path) = self.set_for_a_file() else {
            return None;
        };
        Some(Finding::new(
            "monitoring.contradiction",
            path,
            Message::new()
                .name(path)
                .str(" is set but `logging.outputs` has no `file`"),
            "add `\"file\"` to `outputs`",
        ))
    }

    /// An option that only means something with a file, if one differs from its default.
    const fn set_for_a_file(&self) -> Option<&'static str> {
        let default = Self::DEFAULT;
        let options = [
            ("logging.file", !self.file.is_empty()),
            (
                "logging.rotation",
                self.rotation as u8 != default.rotation as u8,
            ),
            (
                "logging.max_file_size",
                self.max_file_size != default.max_file_size,
            ),
            ("logging.max_files", self.max_files != default.max_files),
            (
                "logging.max_age",
                self.max_age.as_nanos() != default.max_age.as_nanos(),
            ),
            (
                "logging.max_total_size",
                self.max_total_size != default.max_total_size,
            ),
            ("logging.compress", self.compress != default.compress),
        ];
        let mut i = 0;
        while i < options.len() {
            if options[i].1 {
                return Some(options[i].0);
            }
            i += 1;
        }
        None
    }
}

impl Default for Logging {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A level and the exceptions from it, as `OBS_LOG` and `logging.level` give them: `info,hyper=warn`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter<'a> {
    /// The level of every target without an own one.
    pub level: Level,
    /// Targets with an own level, in the order given.
    pub targets: Vec<(&'a str, Level)>,
}

/// A filter that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterError<'a> {
    /// A word that is no level.
    Level(ChoiceError<'a>),
    /// The part before `=` is empty or not a module path.
    Target(&'a str),
    /// Two levels without a target.
    Second(&'a str),
}

impl FilterError<'_> {
    /// This error as an [`Issue`] about the option or key `path`.
    #[must_use]
    pub fn issue(&self, path: impl Into<String>) -> Issue {
        match self {
            Self::Level(error) => error.issue(path),
            Self::Target(target) => Issue::new(
                "filter.target",
                path,
                format!("`{target}` is not a module path"),
                "write `info,hyper=warn`",
            ),
            Self::Second(word) => Issue::new(
                "filter.level",
                path,
                format!("`{word}` is a second level for all targets"),
                "write one level and then `target=level`",
            ),
        }
    }
}

impl fmt::Display for FilterError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.issue("").fmt(f)
    }
}

impl std::error::Error for FilterError<'_> {}

/// Reads a level, with exceptions for targets after commas. Without a level of its own it is that of the default.
///
/// # Errors
/// For an unknown level, a target that is no module path, and a second level for all targets.
///
/// ```
/// use obs_schema::monitoring::{Level, parse_log_filter};
/// let filter = parse_log_filter("info,hyper=warn").unwrap();
/// assert_eq!(filter.level, Level::Info);
/// assert_eq!(filter.targets, [("hyper", Level::Warn)]);
/// ```
pub fn parse_log_filter(text: &str) -> Result<LogFilter<'_>, FilterError<'_>> {
    let (filter, errors) = read_log_filter(text);
    errors.first().map_or(Ok(filter), |error| Err(*error))
}

/// Reads a filter as [`parse_log_filter`] does, and says everything that is wrong with it. The
/// filter has the parts that are right.
#[must_use]
pub fn read_log_filter(text: &str) -> (LogFilter<'_>, Vec<FilterError<'_>>) {
    let mut level = None;
    let mut targets = Vec::new();
    let mut errors = Vec::new();
    for part in text.split(',').map(str::trim) {
        let read = match part.split_once('=') {
            Some((target, word)) => {
                directive(target.trim(), word.trim()).map(|one| targets.push(one))
            }
            None if level.is_some() => Err(FilterError::Second(part)),
            None => Level::parse(part)
                .map(|one| level = Some(one))
                .map_err(FilterError::Level),
        };
        errors.extend(read.err());
    }
    let filter = LogFilter {
        level: level.unwrap_or(Logging::DEFAULT.level),
        targets,
    };
    (filter, errors)
}

fn directive<'a>(target: &'a str, word: &'a str) -> Result<(&'a str, Level), FilterError<'a>> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.' | '/');
    if target.is_empty() || !target.chars().all(fits) {
        return Err(FilterError::Target(target));
    }
    Ok((target, Level::parse(word).map_err(FilterError::Level)?))
}
