//! Our header parser behind `opentelemetry`'s interface.

use std::sync::LazyLock;

use opentelemetry::Context;
use opentelemetry::propagation::text_map_propagator::FieldIter;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::{self as theirs, TraceContextExt};

use crate::propagate;
use crate::trace::w3c::{self, TRACEPARENT, TRACESTATE};
use crate::trace::{SpanContext, TraceId, TraceState};

/// Reads and writes `traceparent` and `tracestate` by W3C Trace Context level 2. Keys of the request context are sent as by
/// [`inject`](crate::propagate::inject).
///
/// Use it in the place of `opentelemetry_sdk`'s `TraceContextPropagator`, which accepts some headers
/// that the specification forbids, and changes some that it allows:
///
/// ```
/// use obs_runtime::trace::otel::ObsPropagator;
///
/// opentelemetry::global::set_text_map_propagator(ObsPropagator);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct ObsPropagator;

/// The `tracestate` as received, in the context because `opentelemetry` cannot hold all of it.
struct Received {
    trace_id: TraceId,
    state: TraceState,
}

impl Received {
    /// The entries as received, unless somebody changed them or `context` is in another trace.
    fn unchanged_in(&self, context: &theirs::SpanContext) -> Option<&TraceState> {
        let same = context.trace_id() == self.trace_id.into()
            && *context.trace_state() == theirs::TraceState::from(&self.state);
        same.then_some(&self.state)
    }
}

impl TextMapPropagator for ObsPropagator {
    fn inject_context(&self, cx: &Context, injector: &mut dyn Injector) {
        propagate::each_forwarded(|header, value| injector.set(header, value.to_owned()));
        let span = cx.span();
        // Without a span of its own the library runs inside ours.
        let own = SpanContext::try_from(span.span_context()).ok();
        let Some(mut context) = own.or_else(crate::trace::current) else {
            return;
        };
        let received = cx.get::<Received>();
        if let Some(state) =
            received.and_then(|received| received.unchanged_in(span.span_context()))
        {
            context.state = state.clone();
        }
        let headers = w3c::inject(&context);
        injector.set(TRACEPARENT, headers.traceparent.as_str().to_owned());
        if let Some(tracestate) = headers.tracestate {
            injector.set(TRACESTATE, tracestate.to_owned());
        }
    }

    fn extract_with_context(&self, cx: &Context, extractor: &dyn Extractor) -> Context {
        let values = |name| {
            extractor
                .get_all(name)
                .unwrap_or_default()
                .into_iter()
                .map(str::as_bytes)
        };
        let Some(context) = w3c::extract(values(TRACEPARENT), values(TRACESTATE)) else {
            return cx.clone();
        };
        let extracted = cx.with_remote_span_context((&context).into());
        if context.state.is_empty() {
            return extracted;
        }
        extracted.with_value(Received {
            trace_id: context.trace_id,
            state: context.state,
        })
    }

    fn fields(&self) -> FieldIter<'_> {
        static FIELDS: LazyLock<[String; 2]> =
            LazyLock::new(|| [TRACEPARENT.to_owned(), TRACESTATE.to_owned()]);
        FieldIter::new(FIELDS.as_slice())
    }
}
