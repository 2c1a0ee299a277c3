//! Where a value comes from, and what is wrong with it.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use obs_schema::Issue;

/// Where the value of a key comes from. The later variants win over the earlier ones.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origin {
    /// Nobody set it.
    #[default]
    Default,
    /// The arguments of `#[service]`, or the constant that they name.
    Attribute {
        /// The source file, as `file!()` gives it.
        file: &'static str,
        /// The line of the annotated struct.
        line: u32,
    },
    /// The configuration file.
    File {
        /// The file, as it was named.
        path: Arc<str>,
        /// The line, from 1.
        line: u32,
        /// The column in characters, from 1.
        column: u32,
    },
    /// A variable of the environment.
    Environment {
        /// Its name.
        variable: Arc<str>,
    },
}

impl Origin {
    pub(super) fn variable(name: &str) -> Self {
        Self::Environment {
            variable: name.into(),
        }
    }

    /// Which layer it is: the larger one wins.
    pub(super) const fn layer(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::Attribute { .. } => 1,
            Self::File { .. } => 2,
            Self::Environment { .. } => 3,
        }
    }

    /// Whether a variable of OpenTelemetry is the origin: one that other programs read as well.
    ///
    /// Its specification has such a variable ignored with a warning when the value makes no sense.
    pub(super) fn is_shared(&self) -> bool {
        matches!(self, Self::Environment { variable } if variable.starts_with("OTEL_"))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Attribute { file, line } => write!(f, "{file}:{line}"),
            Self::File { path, line, column } => write!(f, "{path}:{line}:{column}"),
            Self::Environment { variable } => f.write_str(variable),
        }
    }
}

/// One mistake in a configuration.
///
/// It shows as `obs.yaml:7:3: unknown key ..; did you mean ..?`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where the mistake was made.
    pub origin: Origin,
    /// The key that it is about, such as `tracing.sampler`; the variable, or empty, when there is none.
    pub key: String,
    /// What is wrong.
    pub message: String,
    /// What to type instead; empty when the message says it.
    pub help: String,
}

impl Problem {
    pub(super) fn new(origin: Origin, issue: Issue) -> Self {
        Self {
            origin,
            key: issue.path,
            message: issue.message,
            help: issue.help,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.origin != Origin::Default {
            write!(f, "{}: ", self.origin)?;
        }
        f.write_str(&self.message)?;
        if !self.help.is_empty() {
            write!(f, "; {}", self.help)?;
        }
        Ok(())
    }
}

impl Error for Problem {}

/// A configuration that cannot be used, with everything that is wrong with it.
///
/// `Debug` shows the same as `Display`: it is what people see when `main` returns the error, or when
/// it is unwrapped.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The mistakes, at least one: those of the file by position, then those of the environment, then
    /// settings that contradict each other.
    pub problems: Vec<Problem>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [problem] = self.problems.as_slice() {
            return fmt::Display::fmt(problem, f);
        }
        write!(f, "{} mistakes in the configuration", self.problems.len())?;
        for problem in &self.problems {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for ConfigError {}
