//! tracing with tracing-opentelemetry.

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::info_span;
use tracing_subscriber::Registry;
use tracing_subscriber::layer::SubscriberExt;

use super::{Entry, otel, tracing as spans};
use crate::background;
use crate::body::each;
use crate::case::{Case, Finish};
use crate::paired::Paired;
use crate::shape::{self, Made};

const LAYER: &str =
    "#[instrument], OpenTelemetryLayer without location and threads, batch processor";

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        contender: "tracing-opentelemetry",
        scenario: "span",
        how: LAYER,
        set_up: || slope(spans::root),
    },
    Entry {
        contender: "tracing-opentelemetry",
        scenario: "labelled",
        how: LAYER,
        set_up: || slope(spans::labelled_root),
    },
    Entry {
        contender: "tracing-opentelemetry",
        scenario: "trace-kept",
        how: LAYER,
        set_up: || traces(true, otel::delivered).boxed(),
    },
    Entry {
        contender: "tracing-opentelemetry",
        scenario: "trace-dropped",
        how: "#[instrument], OpenTelemetryLayer without location and threads, AlwaysOff",
        set_up: || traces(false, |_| otel::nothing()).boxed(),
    },
    Entry {
        contender: "tracing-opentelemetry",
        scenario: "poll",
        how: LAYER,
        set_up: || {
            let provider = start(true);
            spans::polls()
                .drain(20, move || otel::flush(&provider))
                .boxed()
        },
    },
    Entry {
        contender: "tracing-opentelemetry",
        scenario: "background-kept",
        how: "batch processor, exporter that counts",
        set_up: || background::case(traces(true, otel::delivered)),
    },
    Entry {
        contender: "tracing-opentelemetry",
        scenario: "background-dropped",
        how: "AlwaysOff",
        set_up: || background::case(traces(false, |_| otel::nothing())),
    },
];

fn start(sampled: bool) -> SdkTracerProvider {
    let provider = otel::provider(sampled);
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("benchmark"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false);
    spans::install(Registry::default().with(layer));
    provider
}

fn trace(inputs: &[u64]) {
    let _root = info_span!("root").entered();
    each(inputs, spans::child);
}

fn slope(root: shape::Root) -> Box<dyn Case> {
    let provider = start(true);
    shape::slope(root, otel::delivered)
        .drain(20, move || otel::flush(&provider))
        .boxed()
}

fn traces(sampled: bool, check: impl FnOnce(Made) -> Result<Finish, String> + 'static) -> Paired {
    let provider = start(sampled);
    shape::traces(trace, check).drain(8, move || otel::flush(&provider))
}
