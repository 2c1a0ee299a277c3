//! The constant definitions that an annotated item emits.
//!
//! An attribute or derive writes one of these as a `const`; the runtime, the
//! catalogue, generated dashboards and other crates' `const` checks read it.

/// What kind of instrument a metric is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MetricKind {
    /// A whole number that only grows.
    Counter,
    /// A real number that only grows.
    FloatCounter,
    /// A number that goes up and down.
    Gauge,
    /// Observations counted in buckets.
    Histogram,
    /// Observations with quantiles computed in the process.
    Summary,
    /// A constant set of labels with the value 1.
    Info,
}

impl MetricKind {
    /// The word of the Prometheus text format 0.0.4 for this kind.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter | Self::FloatCounter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
            Self::Info => "info",
        }
    }
}

/// The values that a label can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// A closed list, known while compiling. Every combination exists at 0 before the first call.
    Finite(&'static [&'static str]),
    /// Free text, cut off at a number of distinct series; the rest goes to `__overflow__`.
    Capped {
        /// How many distinct series may exist.
        max_series: u32,
    },
}

impl Values {
    /// How many series this label multiplies a family by.
    #[must_use]
    pub const fn count(&self) -> u64 {
        match self {
            Self::Finite(values) => values.len() as u64,
            Self::Capped { max_series } => *max_series as u64,
        }
    }
}

/// A label of a metric: its name and the values it can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelDef {
    /// The label's name.
    pub name: &'static str,
    /// The values it can take.
    pub values: Values,
}

/// Where a definition stands in the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The module path, by `module_path!()`.
    pub module: &'static str,
    /// The file, by `file!()`.
    pub file: &'static str,
    /// The line, by `line!()`.
    pub line: u32,
}

/// A metric of the program.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricDef {
    /// The full name, without the prefix that the configuration adds.
    pub name: &'static str,
    /// The help text: one sentence for people.
    pub help: &'static str,
    /// What kind of instrument it is.
    pub kind: MetricKind,
    /// The unit in base units (`seconds`, `bytes`), or empty.
    pub unit: &'static str,
    /// Its labels, in the order in which they are printed.
    pub labels: &'static [LabelDef],
    /// Upper bounds of the buckets, increasing, without `+Inf`. Empty unless it is a histogram.
    pub buckets: &'static [f64],
    /// Quantile and its allowed rank error. Empty unless it is a summary.
    pub objectives: &'static [(f64, f64)],
    /// For how long an observation counts in a summary, in seconds. 0 unless it is a summary.
    pub max_age_secs: f64,
    /// The item that declares it, for people: a type or a function.
    pub owner: &'static str,
    /// Where it is declared.
    pub source: Source,
}

impl MetricDef {
    /// The definition of a metric without unit and labels, written by hand. A histogram also needs
    /// `buckets`, a summary `objectives` and `max_age_secs`.
    ///
    /// ```
    /// use obs_schema::def::{MetricDef, MetricKind};
    ///
    /// static WAIT: MetricDef = MetricDef {
    ///     unit: "seconds",
    ///     buckets: &[0.1, 1.0, 10.0],
    ///     ..MetricDef::new("wait_seconds", "Time in the queue.", MetricKind::Histogram)
    /// };
    /// assert_eq!(WAIT.labels, []);
    /// ```
    #[must_use]
    pub const fn new(name: &'static str, help: &'static str, kind: MetricKind) -> Self {
        Self {
            name,
            help,
            kind,
            unit: "",
            labels: &[],
            buckets: &[],
            objectives: &[],
            max_age_secs: 0.0,
            owner: "",
            source: Source {
                module: "",
                file: "",
                line: 0,
            },
        }
    }
}

/// The role of a span in a remote call, as OpenTelemetry defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SpanKind {
    /// Work inside the process.
    #[default]
    Internal,
    /// The handling of a remote caller's request.
    Server,
    /// A request to a remote service.
    Client,
    /// The sending of a message that another process handles later.
    Producer,
    /// The handling of a message.
    Consumer,
}

impl SpanKind {
    /// The lower-case word for this kind.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Server => "server",
            Self::Client => "client",
            Self::Producer => "producer",
            Self::Consumer => "consumer",
        }
    }
}

/// How a call ended. Every call ends in exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum CallOutcome {
    /// It returned, and the value is not an error.
    Ok = 0,
    /// It returned an error.
    Error = 1,
    /// It unwound.
    Panic = 2,
    /// Its future was dropped before it was done.
    Cancelled = 3,
    /// A policy refused it before the body ran.
    Rejected = 4,
    /// A time limit ended it.
    Timeout = 5,
}

impl CallOutcome {
    /// Every outcome, in the order of their numbers.
    pub const ALL: [Self; 6] = [
        Self::Ok,
        Self::Error,
        Self::Panic,
        Self::Cancelled,
        Self::Rejected,
        Self::Timeout,
    ];

    /// The value of the label `outcome`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Panic => "panic",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
            Self::Timeout => "timeout",
        }
    }

    /// The bit of this outcome in [`OperationDef::outcomes`].
    #[must_use]
    pub const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The families of metrics that an operation feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationFamily {
    /// `operation_calls_total`, `operation_duration_seconds` and `operation_in_flight`.
    Operation,
    /// `operation_calls_total` alone.
    Calls,
    /// `operation_duration_seconds` alone.
    Duration,
    /// `db_client_operation_duration_seconds`.
    Database,
    /// `external_api_duration_seconds`.
    ExternalApi,
}

/// One set of metrics of an operation: a family and the labels that are constant for this operation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BlockDef {
    /// Which families it feeds.
    pub family: OperationFamily,
    /// Labels whose value is fixed by the attribute, `operation` included.
    pub constants: &'static [(&'static str, &'static str)],
    /// Upper bounds of the duration buckets in seconds, increasing, without `+Inf`.
    pub buckets: &'static [f64],
}

/// An annotated function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OperationDef {
    /// The operation's name: the label `operation` and the span's name.
    pub name: &'static str,
    /// The type whose `#[service]` the function belongs to, or empty.
    pub service: &'static str,
    /// The function's path: the attribute `code.function.name`.
    pub function: &'static str,
    /// The role of its span; `None` when the operation has no span.
    pub span: Option<SpanKind>,
    /// Its metrics. At most [`OperationDef::MAX_BLOCKS`].
    pub blocks: &'static [BlockDef],
    /// Labels that differ from call to call; they apply to every block.
    pub labels: &'static [LabelDef],
    /// The outcomes that can occur, a bit each (see [`CallOutcome::bit`]): these are exported at 0 before the first call.
    pub outcomes: u8,
    /// From which duration on a root span is kept although unsampled, in seconds; 0 leaves it to the configuration.
    pub slow_secs: f64,
    /// Whether the span starts a new trace even inside another one.
    pub root: bool,
    /// Attributes of the span whose value is fixed.
    pub attributes: &'static [(&'static str, &'static str)],
    /// Where the function stands.
    pub source: Source,
}

impl OperationDef {
    /// The largest number of blocks that one operation can have: one per attribute that brings a metric of its own.
    pub const MAX_BLOCKS: usize = 4;
}

/// A struct that carries `#[service]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ServiceDef {
    /// `service.name`.
    pub name: &'static str,
    /// `service.version`.
    pub version: &'static str,
    /// `service.namespace`, or empty.
    pub namespace: &'static str,
    /// How many series the service's metrics may have together per family.
    pub series_budget: u64,
    /// Where the struct stands.
    pub source: Source,
}
