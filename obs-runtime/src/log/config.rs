//! What the log is to do.

use std::io::IsTerminal;

use obs_schema::monitoring::{LogFormat, LogOutput, Logging};

use super::colour::Colour;
use super::file::FileSink;
use super::levels::Levels;
use super::process;
use super::sink::{Sink, StreamSink};
use super::writer::QueueLimits;

/// How many records are kept in memory.
pub const DEFAULT_RECENT_RECORDS: usize = 1024;
/// How many bytes of records are kept in memory.
pub const DEFAULT_RECENT_BYTES: usize = 1024 * 1024;

/// What the log is to do: which records, in which form, to where.
///
/// ```
/// use obs_runtime::log::{LogConfig, LogFormat};
///
/// let config = LogConfig::console(LogFormat::Pretty)
///     .with_service("shop")
///     .with_levels("info,shop=debug".parse().unwrap());
/// ```
#[derive(Debug)]
#[must_use = "a configuration does nothing until it is given to `layer` or `init`"]
pub struct LogConfig {
    pub(super) levels: Levels,
    pub(super) service: String,
    pub(super) correlation: bool,
    pub(super) outputs: Vec<Output>,
    pub(super) recent_records: usize,
    pub(super) recent_bytes: usize,
    pub(super) foreign_spans: ForeignSpans,
    pub(super) span_events: bool,
    pub(super) process: process::Settings,
}

/// What becomes of the `tracing` spans of other libraries. Their fields are on log lines in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ForeignSpans {
    /// Nothing.
    Ignore,
    /// Inside a trace they are spans of it; outside they are nothing.
    #[default]
    Children,
    /// Outside of a trace they begin one.
    Roots,
}

impl LogConfig {
    /// A log without an output: records are counted and the last ones are kept in memory.
    pub fn new() -> Self {
        Self {
            levels: Levels::default(),
            service: String::new(),
            correlation: true,
            outputs: Vec::new(),
            recent_records: DEFAULT_RECENT_RECORDS,
            recent_bytes: DEFAULT_RECENT_BYTES,
            foreign_spans: ForeignSpans::default(),
            span_events: false,
            process: process::Settings::default(),
        }
    }

    /// A log on standard output.
    pub fn console(format: LogFormat) -> Self {
        Self::new().with_output(Output::stdout(format))
    }

    /// What `monitoring(logging(..))` says of a service without a name, see [`LogConfig::of_service`].
    pub fn from_logging(logging: &Logging) -> Self {
        Self::of_service("", logging)
    }

    /// What a service's `monitoring(logging(..))` says. The outputs `console` and `file` are made here; others
    /// are added by [`LogConfig::with_output`]. A file without a path is `<name>.log`. `correlation` counts as on
    /// where it is left open.
    pub fn of_service(name: &str, logging: &Logging) -> Self {
        let mut config = Self::new()
            .with_service(name)
            .with_levels(Levels::from(logging))
            .with_correlation(logging.correlation.unwrap_or(true));
        config.process = process::Settings::of(logging);
        if logging.outputs.contains(&LogOutput::Console) {
            config = config.with_output(Output::stdout(logging.format));
        }
        if logging.outputs.contains(&LogOutput::File) {
            let file = FileSink::of_service(logging, name);
            config = config.with_output(Output::new(logging.format, file));
        }
        config
    }

    /// Which records are logged. Default: `info` and above.
    pub fn with_levels(mut self, levels: Levels) -> Self {
        self.levels = levels;
        self
    }

    /// The service's name on every line. Default: empty, which leaves it out.
    pub fn with_service(mut self, name: impl Into<String>) -> Self {
        self.service = name.into();
        self
    }

    /// Whether lines carry trace id and span id. Default: yes. Records in memory always do.
    pub fn with_correlation(mut self, correlation: bool) -> Self {
        self.correlation = correlation;
        self
    }

    /// Another place where lines go. Each has a thread and a queue of its own.
    pub fn with_output(mut self, output: Output) -> Self {
        self.outputs.push(output);
        self
    }

    /// How much of the log is kept in memory for [`recent`](super::recent): records and about how
    /// many bytes. Default: [`DEFAULT_RECENT_RECORDS`], [`DEFAULT_RECENT_BYTES`]. 0 keeps nothing.
    pub fn with_recent(mut self, records: usize, bytes: usize) -> Self {
        self.recent_records = records;
        self.recent_bytes = bytes;
        self
    }

    /// What becomes of the `tracing` spans of other libraries. Default: children.
    pub fn with_foreign_spans(mut self, foreign_spans: ForeignSpans) -> Self {
        self.foreign_spans = foreign_spans;
        self
    }

    /// Whether records are events of the current span too. Default: no, because they are log
    /// records already, and OpenTelemetry keeps the two apart.
    pub fn with_span_events(mut self, span_events: bool) -> Self {
        self.span_events = span_events;
        self
    }
}

impl Default for LogConfig {
    /// JSON on standard output.
    fn default() -> Self {
        Self::console(LogFormat::Json)
    }
}

/// A place where lines go, and what they look like there.
#[must_use = "an output does nothing until it is given to `LogConfig::with_output`"]
pub struct Output {
    pub(super) format: LogFormat,
    pub(super) limits: QueueLimits,
    pub(super) sink: Box<dyn Sink>,
    colour: Colour,
    /// Whether somebody looks at the output directly.
    terminal: bool,
}

impl Output {
    /// Lines for a sink.
    pub fn new(format: LogFormat, sink: impl Sink + 'static) -> Self {
        Self {
            format,
            limits: QueueLimits::default(),
            sink: Box::new(sink),
            colour: Colour::default(),
            terminal: false,
        }
    }

    /// Lines on standard output.
    pub fn stdout(format: LogFormat) -> Self {
        let stream = std::io::stdout();
        Self {
            terminal: stream.is_terminal(),
            ..Self::new(format, StreamSink::new(stream))
        }
    }

    /// Lines on standard error.
    pub fn stderr(format: LogFormat) -> Self {
        let stream = std::io::stderr();
        Self {
            terminal: stream.is_terminal(),
            ..Self::new(format, StreamSink::new(stream))
        }
    }

    /// When the console form is coloured. Default: [`Colour::Auto`].
    pub fn with_colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// Whether lines are coloured.
    pub(super) fn is_coloured(&self) -> bool {
        self.colour.decide(self.terminal)
    }

    /// How much may wait for the sink.
    pub fn with_limits(mut self, limits: QueueLimits) -> Self {
        self.limits = limits;
        self
    }
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output")
            .field("format", &self.format)
            .field("colour", &self.colour)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
