//! What was recorded of one span.

mod value;

use std::borrow::Cow;

use obs_schema::def::{CallOutcome, SpanKind};

use super::{SpanContext, SpanId};

pub use value::Value;

/// A name with a value: one attribute of a span, an event or a link.
pub type Attribute = (Cow<'static, str>, Value);

/// A finished span.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanData {
    /// The span.
    pub span_id: SpanId,
    /// The span that it is part of, in this process or in another; `None` at the start of a trace.
    pub parent_id: Option<SpanId>,
    /// Whether the parent lives in another process.
    pub parent_is_remote: bool,
    /// The operation.
    pub name: Cow<'static, str>,
    /// The role in a remote call.
    pub kind: SpanKind,
    /// When it started, in nanoseconds since 1970 UTC.
    pub start_unix_ns: u64,
    /// How long it took, in nanoseconds.
    pub duration_ns: u64,
    /// Whether the operation succeeded, as tracing tools show it.
    pub status: Status,
    /// A sentence about an error; `None` when there is none or nothing is known.
    pub status_message: Option<Cow<'static, str>>,
    /// How the call ended; of a span by hand, how its scope or future did. `None` if nobody said.
    pub outcome: Option<CallOutcome>,
    /// What describes this span alone.
    pub attributes: Vec<Attribute>,
    /// What happened meanwhile, in order.
    pub events: Vec<SpanEvent>,
    /// Spans of other traces that this one has to do with.
    pub links: Vec<SpanLink>,
    /// Where the code stands.
    pub code: CodeLocation,
    /// What was recorded and left out, because a limit was reached.
    pub dropped: Dropped,
}

impl SpanData {
    /// A span without attributes, events and links; set the other fields as needed.
    #[must_use]
    pub fn new(
        span_id: SpanId,
        parent_id: Option<SpanId>,
        name: impl Into<Cow<'static, str>>,
        start_unix_ns: u64,
        duration_ns: u64,
    ) -> Self {
        Self {
            span_id,
            parent_id,
            parent_is_remote: false,
            name: name.into(),
            kind: SpanKind::Internal,
            start_unix_ns,
            duration_ns,
            status: Status::Unset,
            status_message: None,
            outcome: None,
            attributes: Vec::new(),
            events: Vec::new(),
            links: Vec::new(),
            code: CodeLocation::default(),
            dropped: Dropped::default(),
        }
    }

    /// When it ended, in nanoseconds since 1970 UTC.
    #[must_use]
    pub const fn end_unix_ns(&self) -> u64 {
        self.start_unix_ns.saturating_add(self.duration_ns)
    }

    /// Whether its status is [`Status::Error`].
    #[must_use]
    pub const fn is_error(&self) -> bool {
        matches!(self.status, Status::Error)
    }

    /// The value of the first attribute with this name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes
            .iter()
            .find_map(|(key, value)| (key == name).then_some(value))
    }
}

/// The status of a span, as OpenTelemetry defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Status {
    /// Nobody said; the operation counts as successful.
    #[default]
    Unset,
    /// Somebody said that it succeeded.
    Ok,
    /// It failed.
    Error,
}

impl Status {
    /// The lower-case word for this status.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unset => "unset",
            Self::Ok => "ok",
            Self::Error => "error",
        }
    }
}

/// Something that happened during a span.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanEvent {
    /// What happened.
    pub name: Cow<'static, str>,
    /// When, in nanoseconds since 1970 UTC.
    pub time_unix_ns: u64,
    /// What describes it.
    pub attributes: Vec<Attribute>,
}

/// A span of another trace, or of this one, that is neither parent nor child.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanLink {
    /// The other span.
    pub context: SpanContext,
    /// What describes the relation.
    pub attributes: Vec<Attribute>,
}

/// Where the code of a span stands. Unknown parts are empty, an unknown line is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CodeLocation {
    /// The module path, or the `target` of a `tracing` span.
    pub target: &'static str,
    /// The path of the function.
    pub function: &'static str,
    /// The source file.
    pub file: &'static str,
    /// The line in the file, from 1.
    pub line: u32,
}

/// How much of a span was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Dropped {
    /// Attributes.
    pub attributes: u32,
    /// Events.
    pub events: u32,
    /// Links.
    pub links: u32,
}
