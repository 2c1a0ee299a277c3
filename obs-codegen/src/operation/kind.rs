//! The attributes that can be on one function, and taking them off it.

use obs_schema::option::Target;
use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Meta, Path};

use crate::diag::Diag;
use crate::func::{Func, name_span, take_attributes};
use crate::options::Options;

/// An attribute on a function. The order is that of the nesting, from the outside in, whatever the
/// order in the source; an attribute that wraps the body (a breaker, a profile) comes after the ones
/// that observe the call as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `#[trace_request]`, and what `#[service]` does to every method.
    TraceRequest,
    /// `#[monitor_performance]`.
    MonitorPerformance,
    /// `#[timed]`.
    Timed,
    /// `#[counted]`.
    Counted,
    /// `#[track_db_query]`.
    TrackDbQuery,
    /// `#[track_external_api]`.
    TrackExternalApi,
    /// `#[retry]`, which runs the body again.
    Retry,
    /// `#[circuit_breaker]`, which decides whether the body runs.
    CircuitBreaker,
    /// `#[rate_limit]`, which does so too.
    RateLimit,
    /// `#[bulkhead]`, which does so too.
    Bulkhead,
    /// `#[timeout]`, which decides how long the body runs.
    Timeout,
    /// `#[debug_trace]`, which is no part of the operation but runs inside it.
    DebugTrace,
}

impl Kind {
    /// Every kind, from the outside in.
    pub const ALL: &'static [Self] = &[
        Self::TraceRequest,
        Self::MonitorPerformance,
        Self::Timed,
        Self::Counted,
        Self::TrackDbQuery,
        Self::TrackExternalApi,
        Self::Retry,
        Self::CircuitBreaker,
        Self::RateLimit,
        Self::Bulkhead,
        Self::Timeout,
        Self::DebugTrace,
    ];

    /// Those whose name is that of the operation, the one that decides first.
    pub const NAMING: &'static [Self] = &[
        Self::TraceRequest,
        Self::MonitorPerformance,
        Self::Timed,
        Self::Counted,
    ];

    /// Whether the attribute gives every metric of an operation.
    #[must_use]
    pub const fn is_whole(self) -> bool {
        matches!(self, Self::TraceRequest | Self::MonitorPerformance)
    }

    /// Whether it runs inside of the operation that the others make, and is no part of it.
    #[must_use]
    pub const fn is_inside(self) -> bool {
        self.is_policy() || matches!(self, Self::DebugTrace)
    }

    /// Whether it is a part of the policy that decides about the body.
    #[must_use]
    pub const fn is_policy(self) -> bool {
        matches!(
            self,
            Self::Retry | Self::CircuitBreaker | Self::RateLimit | Self::Bulkhead | Self::Timeout
        )
    }

    /// The options of the attribute.
    #[must_use]
    pub const fn target(self) -> Target {
        match self {
            Self::TraceRequest => Target::TraceRequest,
            Self::MonitorPerformance => Target::MonitorPerformance,
            Self::Timed => Target::Timed,
            Self::Counted => Target::Counted,
            Self::TrackDbQuery => Target::TrackDbQuery,
            Self::TrackExternalApi => Target::TrackExternalApi,
            Self::Retry => Target::Retry,
            Self::CircuitBreaker => Target::CircuitBreaker,
            Self::RateLimit => Target::RateLimit,
            Self::Bulkhead => Target::Bulkhead,
            Self::Timeout => Target::Timeout,
            Self::DebugTrace => Target::DebugTrace,
        }
    }

    /// The attribute as it is typed: `#[timed]`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.target().as_str()
    }

    /// The name of the macro.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.as_str().trim_matches(['#', '[', ']'])
    }

    /// The kind whose macro has the last segment of this path as its name.
    #[must_use]
    pub fn of(attr: &Attribute) -> Option<Self> {
        let last = attr.path().segments.last()?;
        Self::ALL
            .iter()
            .copied()
            .find(|kind| last.ident == kind.name())
    }
}

/// One attribute of a function with its options.
pub struct Part {
    /// Which one.
    pub kind: Kind,
    /// Its name in the source.
    pub span: Span,
    /// Its path, unless its macro is the one that runs: it must not make an import look unused that it
    /// was taken off the function.
    pub path: Option<Path>,
    /// Its options.
    pub options: Options,
}

impl Part {
    /// The attribute whose macro is running.
    pub fn of_macro(kind: Kind, arguments: TokenStream, diag: &mut Diag) -> Self {
        Self {
            kind,
            span: Span::call_site(),
            path: None,
            options: Options::parse(kind.target(), arguments, diag),
        }
    }

    fn of_attribute(kind: Kind, attr: &Attribute, diag: &mut Diag) -> Self {
        let arguments = match &attr.meta {
            Meta::Path(_) => TokenStream::new(),
            Meta::List(list) => list.tokens.clone(),
            Meta::NameValue(pair) => {
                diag.error_on(
                    &pair.value,
                    format_args!("write the options in parentheses: `#[{}(..)]`", kind.name()),
                );
                TokenStream::new()
            }
        };
        Self {
            kind,
            span: name_span(attr),
            path: Some(attr.path().clone()),
            options: Options::parse_at(kind.target(), arguments, name_span(attr), diag),
        }
    }
}

/// Takes the attributes that are fused into one operation off a function. An attribute is known by the
/// last segment of its path; under another name it expands by itself, inside.
pub fn take_parts(func: &mut Func, diag: &mut Diag) -> Vec<Part> {
    take_attributes(&mut func.attrs, |attr| {
        Kind::of(attr).map(|kind| Part::of_attribute(kind, attr, diag))
    })
}

/// Puts the parts into their order and reports the ones that are there twice.
pub fn ordered(mut parts: Vec<Part>, diag: &mut Diag) -> Vec<Part> {
    parts.sort_by_key(|part| part.kind);
    let mut once: Vec<Part> = Vec::new();
    for part in parts {
        if once.iter().any(|other| other.kind == part.kind) {
            diag.error(
                part.span,
                format_args!(
                    "`{}` is on this function twice; remove one",
                    part.kind.as_str()
                ),
            );
        } else {
            once.push(part);
        }
    }
    once
}
