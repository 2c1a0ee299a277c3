//! Traces: what is kept and where it goes.

use core::time::Duration;

use super::{Sampler, duplicate, forward};
use crate::ascii;
use crate::choice::choice;
use crate::issue::{Finding, Findings, Issue};
use crate::name::{check_operation_name, name_finding};
use crate::text::Message;
use crate::value::{RatioError, check_ratio};

choice! {
    /// Where kept traces go besides the store in memory.
    pub enum TraceExporter {
        /// Nowhere.
        None = "none",
        /// An OTLP endpoint, such as the OpenTelemetry Collector.
        Otlp = "otlp",
        /// OTLP to the port of a local Jaeger.
        Jaeger = "jaeger",
        /// Standard output, as a tree with durations.
        Console = "console",
        /// Standard output, as a line of JSON per span.
        ConsoleJson = "console_json",
    }
}

choice! {
    /// Which headers of other services are read and sent, by the names of `OTEL_PROPAGATORS`.
    pub enum Propagator {
        /// `traceparent` and `tracestate`.
        TraceContext = "tracecontext",
        /// `baggage`.
        Baggage = "baggage",
        /// `b3`.
        B3 = "b3",
        /// `x-b3-traceid` and its companions.
        B3Multi = "b3multi",
        /// `x-trace-context`, or `x-trace-id` and its companions.
        XTrace = "xtrace",
        /// None, in the place of a list.
        None = "none",
    }
}

impl TraceExporter {
    /// The feature of `obs-runtime` that brings this exporter; `None` when it is always there.
    #[must_use]
    pub const fn feature(self) -> Option<&'static str> {
        match self {
            Self::None | Self::Console | Self::ConsoleJson => None,
            Self::Otlp | Self::Jaeger => Some("otlp"),
        }
    }
}

/// How the service traces.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tracing {
    /// Whether spans are recorded at all.
    pub enabled: bool,
    /// Which traces are kept from their start.
    pub sampler: Sampler,
    /// Where kept traces go besides the store.
    pub exporter: TraceExporter,
    /// Which headers are read from callers and sent to called services.
    pub propagators: &'static [Propagator],
    /// Keys of the request context that called services are told, each with the header that it is sent in.
    pub forward: &'static [(&'static str, &'static str)],
    /// The sampler aims at this many traces a second of each root operation, the ratio being the most; `None` for
    /// the ratio alone.
    pub target_per_second: Option<u32>,
    /// The share of new traces of single root operations, by name. It counts instead of the sampler's ratio and of
    /// [`target_per_second`](Self::target_per_second).
    pub operations: &'static [(&'static str, f64)],
    /// At most this many traces a second are kept by the sampler; `None` for no limit.
    pub rate_limit: Option<u32>,
    /// At most this many traces a second are kept although unsampled, because something failed or was slow.
    pub kept_per_second: u32,
    /// Traces whose root takes at least this long are kept although unsampled. 0 for none.
    pub slow: Duration,
    /// How many bytes of finished traces are held in memory. The oldest go first.
    pub store: u64,
    /// For how long a finished trace is held.
    pub max_age: Duration,
    /// How many traces can be under way at once; further ones are counted, not recorded.
    pub max_active: u32,
    /// How many spans of one trace are recorded; further ones are counted.
    pub max_spans: u32,
}

impl Tracing {
    /// The smallest store: room for one trace of the largest size.
    pub const MIN_STORE: u64 = 64 << 10;

    /// Every trace, in 32 MiB of memory for at most an hour; those from 1 s on are slow.
    pub const DEFAULT: Self = Self {
        enabled: true,
        sampler: Sampler::DEFAULT,
        exporter: TraceExporter::None,
        propagators: &[Propagator::TraceContext, Propagator::Baggage],
        forward: &[("request.id", "x-request-id")],
        target_per_second: None,
        operations: &[],
        rate_limit: None,
        kept_per_second: 100,
        slow: Duration::from_secs(1),
        store: 32 << 20,
        max_age: Duration::from_secs(3_600),
        max_active: 10_000,
        max_spans: 1_024,
    };

    /// Every mistake in these settings.
    #[must_use]
    pub const fn findings(&self) -> Findings {
        let mut findings = Findings::new();
        if let Err(error) = self.sampler.check() {
            findings = findings.and(Some(no_ratio("tracing.sampler", &error)));
        }
        let mut i = 0;
        while i < self.operations.len() {
            let (name, ratio) = self.operations[i];
            if let Err(error) = check_ratio(ratio) {
                findings = findings.and(Some(no_ratio("tracing.operations", &error)));
            }
            findings = findings
                .and(name_finding(
                    "tracing.operations",
                    check_operation_name(name),
                ))
                .and(self.repeated_operation(i));
            i += 1;
        }
        let mut i = 0;
        while i < self.forward.len() {
            findings = findings.and(forward::check(self.forward, i));
            i += 1;
        }
        findings
            .and(duplicate!(self.propagators, "tracing.propagators"))
            .and(self.exported_while_off())
            .and(self.sampled_while_off())
            .and(self.aimed_while_off())
            .and(self.chosen_while_off())
            .and(self.limited_while_off())
            .and(self.no_traces())
            .and(self.no_aim())
            .and(self.small_store())
            .and(at_least_one("tracing.max_active", self.max_active))
            .and(at_least_one("tracing.max_spans", self.max_spans))
    }

    /// [`Tracing::findings`] as issues.
    #[must_use]
    pub fn check(&self) -> Vec<Issue> {
        self.findings().issues()
    }

    const fn exported_while_off(&self) -> Option<Finding> {
        if self.enabled || matches!(self.exporter, TraceExporter::None) {
            return None;
        }
        Some(Finding::new(
            "monitoring.contradiction",
            "tracing.exporter",
            Message::new()
                .str("`tracing.exporter` is ")
                .name(self.exporter.as_str())
                .str(" but `tracing.enabled` is off"),
            "write `exporter = \"none\"` or turn tracing on",
        ))
    }

    const fn sampled_while_off(&self) -> Option<Finding> {
        if self.enabled || self.sampler.is_default() {
            return None;
        }
        Some(while_off("tracing.sampler"))
    }

    const fn limited_while_off(&self) -> Option<Finding> {
        if self.enabled || self.rate_limit.is_none() {
            None
        } else {
            Some(while_off("tracing.rate_limit"))
        }
    }

    const fn aimed_while_off(&self) -> Option<Finding> {
        if self.enabled || self.target_per_second.is_none() {
            None
        } else {
            Some(while_off("tracing.target_per_second"))
        }
    }

    const fn chosen_while_off(&self) -> Option<Finding> {
        if self.enabled || self.operations.is_empty() {
            None
        } else {
            Some(while_off("tracing.operations"))
        }
    }

    const fn repeated_operation(&self, at: usize) -> Option<Finding> {
        let mut i = 0;
        while i < at {
            if ascii::eq(self.operations[i].0, self.operations[at].0) {
                return Some(Finding::new(
                    "monitoring.duplicate",
                    "tracing.operations",
                    Message::new()
                        .str("`tracing.operations` has ")
                        .name(self.operations[at].0)
                        .str(" twice"),
                    "remove one",
                ));
            }
            i += 1;
        }
        None
    }

    const fn no_aim(&self) -> Option<Finding> {
        if !matches!(self.target_per_second, Some(0)) {
            return None;
        }
        Some(Finding::new(
            "monitoring.contradiction",
            "tracing.target_per_second",
            Message::new().str("`tracing.target_per_second` is 0, so the sampler keeps nothing"),
            "write `sampler = 0.0` to keep only errors and slow traces",
        ))
    }

    const fn no_traces(&self) -> Option<Finding> {
        if !matches!(self.rate_limit, Some(0)) {
            return None;
        }
        Some(Finding::new(
            "monitoring.contradiction",
            "tracing.rate_limit",
            Message::new().str("`tracing.rate_limit` is 0, so the sampler keeps nothing"),
            "write `sampler = 0.0` to keep only errors and slow traces",
        ))
    }

    const fn small_store(&self) -> Option<Finding> {
        if self.store >= Self::MIN_STORE {
            return None;
        }
        Some(Finding::new(
            "size.range",
            "tracing.store",
            Message::new().str("`tracing.store` must be at least `64KiB`"),
            "write `store = \"32MiB\"`",
        ))
    }
}

impl Default for Tracing {
    fn default() -> Self {
        Self::DEFAULT
    }
}

const fn no_ratio(path: &'static str, error: &RatioError) -> Finding {
    let message = Message::new().name(path).str(": ").text(&error.message());
    Finding::new(error.code(), path, message, error.help().as_str())
}

const fn while_off(path: &'static str) -> Finding {
    Finding::new(
        "monitoring.contradiction",
        path,
        Message::new()
            .name(path)
            .str(" is set but `tracing.enabled` is off"),
        "leave it out or turn tracing on",
    )
}

const fn at_least_one(path: &'static str, number: u32) -> Option<Finding> {
    if number > 0 {
        return None;
    }
    let message = Message::new().name(path).str(" must be at least 1");
    Some(Finding::new(
        "number.range",
        path,
        message,
        "turn tracing off with `enabled = false`",
    ))
}
