//! An annotated call as a `tracing` span, for subscribers other than ours.
//!
//! The callsite registers with `tracing` like any other. As long as no
//! subscriber is interested, the bit in the callsite's word stays clear and a
//! call pays nothing.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use obs_schema::def::{CallOutcome, SpanKind};
use tracing::{Level, Metadata, Span, Value, subscriber::Interest};
use tracing_core::callsite::{self, Callsite as TracingCallsite, Identifier};
use tracing_core::field::FieldSet;
use tracing_core::metadata::Kind;

use crate::callsite::Callsite;

/// The field that takes the outcome, and tells our spans from others'.
const OUTCOME: &str = "obs.outcome";

/// Fields by the conventions of `tracing-opentelemetry`: what part the call has in a remote one, and
/// that it failed.
const KIND: &str = "otel.kind";
const STATUS: &str = "otel.status_code";

/// What a callsite knows of `tracing`.
#[derive(Debug)]
pub(crate) struct Slot {
    bridge: OnceLock<&'static Bridge>,
    heard: AtomicBool,
}

struct Bridge {
    owner: &'static Callsite,
    metadata: OnceLock<Metadata<'static>>,
}

impl std::fmt::Debug for Bridge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bridge")
            .field("metadata", &self.metadata)
            .finish_non_exhaustive()
    }
}

impl Slot {
    pub(crate) const fn new() -> Self {
        Self {
            bridge: OnceLock::new(),
            heard: AtomicBool::new(false),
        }
    }

    /// Whether a subscriber is interested.
    pub(crate) fn is_heard(&self) -> bool {
        self.heard.load(Relaxed)
    }

    /// Makes the callsite known to `tracing`, once.
    pub(crate) fn register(&self, owner: &'static Callsite) {
        let mut fresh = None;
        self.bridge.get_or_init(|| {
            let bridge = Bridge::leak(owner);
            fresh = Some(bridge);
            bridge
        });
        if let Some(bridge) = fresh {
            callsite::register(bridge);
        }
    }

    /// A span with these values of the operation's labels, unless nobody wants it after all.
    pub(crate) fn open(&self, labels: &[&str]) -> Option<Span> {
        let bridge = self.bridge.get()?;
        let metadata = bridge.metadata.get()?;
        let wanted = tracing::dispatcher::get_default(|dispatch| dispatch.enabled(metadata));
        if !wanted {
            return None;
        }
        let span = bridge.span(metadata);
        for (label, value) in bridge.owner.def().labels.iter().zip(labels) {
            span.record(label.name, *value);
        }
        Some(span)
    }
}

/// Says how the call ended.
pub(crate) fn close(span: &Span, outcome: CallOutcome) {
    span.record(OUTCOME, outcome.as_str());
    if matches!(
        outcome,
        CallOutcome::Error | CallOutcome::Panic | CallOutcome::Timeout
    ) {
        span.record(STATUS, "ERROR");
    }
}

/// Whether a `tracing` span is that of an annotated call.
pub(crate) fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.fields().field(OUTCOME).is_some()
}

impl Bridge {
    /// Lives as long as the program, like the callsite that it belongs to.
    fn leak(owner: &'static Callsite) -> &'static Self {
        let bridge: &'static Self = Box::leak(Box::new(Self {
            owner,
            metadata: OnceLock::new(),
        }));
        let def = owner.def();
        let labels = def.labels.iter().map(|label| label.name);
        let fields: Vec<&'static str> = labels.chain([OUTCOME, KIND, STATUS]).collect();
        let metadata = Metadata::new(
            def.name,
            def.source.module,
            Level::INFO,
            Some(def.source.file),
            Some(def.source.line),
            Some(def.source.module),
            FieldSet::new(Vec::leak(fields), Identifier(bridge)),
            Kind::SPAN,
        );
        let _ = bridge.metadata.set(metadata);
        bridge
    }
}

impl Bridge {
    fn span(&self, metadata: &'static Metadata<'static>) -> Span {
        let fields = metadata.fields();
        let kind = self.owner.def().span.unwrap_or_default();
        match fields.field(KIND) {
            Some(field) if kind != SpanKind::Internal => {
                let kind = kind.as_str();
                Span::new(
                    metadata,
                    &fields.value_set(&[(&field, Some(&kind as &dyn Value))]),
                )
            }
            _ => Span::new(metadata, &fields.value_set(&[])),
        }
    }
}

impl TracingCallsite for Bridge {
    fn set_interest(&self, interest: Interest) {
        self.owner
            .bridge()
            .heard
            .store(!interest.is_never(), Relaxed);
        self.owner.refresh();
    }

    fn metadata(&self) -> &Metadata<'_> {
        // Set right after the allocation, before anybody else has the reference.
        self.metadata.get().unwrap_or(&UNKNOWN)
    }
}

static UNKNOWN: Metadata<'static> = tracing::metadata! {
    name: "unknown",
    target: "obs",
    level: Level::TRACE,
    fields: &[],
    callsite: &UNKNOWN_CALLSITE,
    kind: Kind::SPAN
};
static UNKNOWN_CALLSITE: callsite::DefaultCallsite = callsite::DefaultCallsite::new(&UNKNOWN);
