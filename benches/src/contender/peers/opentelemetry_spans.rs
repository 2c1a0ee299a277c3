//! The OpenTelemetry SDK: spans.

use std::sync::OnceLock;

use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanBuilder, Tracer, TracerProvider};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use super::{Entry, otel};
use crate::body::{Failed, bare, body, each};
use crate::case::{Case, Finish};
use crate::shape::{self, Made};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        contender: "opentelemetry",
        scenario: "span",
        how: "Tracer::in_span, batch processor, spans alone",
        set_up: || slope(root),
    },
    Entry {
        contender: "opentelemetry",
        scenario: "labelled",
        how: "Tracer::in_span_with_builder, two attributes, batch processor, spans alone",
        set_up: || slope(labelled_root),
    },
    Entry {
        contender: "opentelemetry",
        scenario: "trace-kept",
        how: "Tracer::in_span, batch processor",
        set_up: || traces(true, otel::delivered),
    },
    Entry {
        contender: "opentelemetry",
        scenario: "trace-dropped",
        how: "Tracer::in_span, AlwaysOff",
        set_up: || traces(false, |_| otel::nothing()),
    },
    Entry {
        contender: "opentelemetry",
        scenario: "background-kept",
        how: "batch processor, exporter that counts",
        set_up: || crate::background::case(traces_of(true, otel::delivered)),
    },
];

static TRACER: OnceLock<SdkTracer> = OnceLock::new();

fn tracer() -> &'static SdkTracer {
    TRACER.get().expect("it was started")
}

fn start(sampled: bool) -> SdkTracerProvider {
    let provider = otel::provider(sampled);
    assert!(TRACER.set(provider.tracer("benchmark")).is_ok());
    provider
}

#[inline(never)]
fn child(input: u64) -> Result<u64, Failed> {
    tracer().in_span("child", |_| body(input))
}

#[inline(never)]
fn labelled(input: u64) -> Result<u64, Failed> {
    let attributes = [
        KeyValue::new("parity", super::parity(input)),
        KeyValue::new("input", input as i64),
    ];
    let builder = SpanBuilder::from_name("child").with_attributes(attributes);
    tracer().in_span_with_builder(builder, |_| body(input))
}

fn root(common: &[u64], rest: &[u64], annotated: bool) {
    tracer().in_span("root", |_| {
        each(common, child);
        if annotated {
            each(rest, child);
        } else {
            each(rest, bare);
        }
    });
}

fn labelled_root(common: &[u64], rest: &[u64], annotated: bool) {
    tracer().in_span("root", |_| {
        each(common, labelled);
        if annotated {
            each(rest, labelled);
        } else {
            each(rest, bare);
        }
    });
}

fn trace(inputs: &[u64]) {
    tracer().in_span("root", |_| each(inputs, child));
}

fn slope(root: shape::Root) -> Box<dyn Case> {
    let provider = start(true);
    shape::slope(root, otel::delivered)
        .drain(20, move || otel::flush(&provider))
        .boxed()
}

fn traces(
    sampled: bool,
    check: impl FnOnce(Made) -> Result<Finish, String> + 'static,
) -> Box<dyn Case> {
    traces_of(sampled, check).boxed()
}

fn traces_of(
    sampled: bool,
    check: impl FnOnce(Made) -> Result<Finish, String> + 'static,
) -> crate::paired::Paired {
    let provider = start(sampled);
    shape::traces(trace, check).drain(8, move || otel::flush(&provider))
}
