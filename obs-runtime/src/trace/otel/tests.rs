use std::collections::HashMap;

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::TraceContextExt;
use proptest::prelude::*;

use super::*;

const PARENT: &str = "00-12345678901234567890123456789012-1234567890123456-03";

/// Request headers, of which each can occur more than once.
#[derive(Default)]
struct Headers(Vec<(String, String)>);

impl Headers {
    fn of(headers: &[(&str, &str)]) -> Self {
        Self(
            headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }
}

impl Extractor for Headers {
    fn get(&self, key: &str) -> Option<&str> {
        self.get_all(key)?.first().copied()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn get_all(&self, key: &str) -> Option<Vec<&str>> {
        let values: Vec<_> = self
            .0
            .iter()
            .filter(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
            .collect();
        (!values.is_empty()).then_some(values)
    }
}

impl Injector for Headers {
    fn set(&mut self, key: &str, value: String) {
        self.0.push((key.to_owned(), value));
    }
}

fn extract(headers: &[(&str, &str)]) -> Context {
    ObsPropagator.extract_with_context(&Context::new(), &Headers::of(headers))
}

fn inject(cx: &Context) -> Vec<(String, String)> {
    let mut headers = Headers::default();
    ObsPropagator.inject_context(cx, &mut headers);
    headers.0
}

#[test]
fn headers_pass_through_unchanged() {
    for state in ["foo=1,bar=2", "foo@@bar=1,bar=2", "t@vvvvvvvvvvvvvvv=1"] {
        let headers = [("traceparent", PARENT), ("tracestate", state)];
        assert_eq!(inject(&extract(&headers)), Headers::of(&headers).0);
    }
}

#[test]
fn the_context_knows_the_remote_parent() {
    let cx = extract(&[
        ("traceparent", PARENT),
        ("tracestate", "foo=1"),
        ("tracestate", "bar=2"),
    ]);
    let span = cx.span();
    let context = span.span_context();
    assert!(context.is_valid() && context.is_remote() && context.is_sampled());
    assert_eq!(context.trace_state().header(), "foo=1,bar=2");
}

#[test]
fn without_exactly_one_valid_parent_the_context_stays_as_it_was() {
    for headers in [
        &[][..],
        &[("tracestate", "foo=1")],
        &[("traceparent", PARENT), ("traceparent", PARENT)],
        &[(
            "traceparent",
            "00-12345678901234567890123456789012-1234567890123456-03-",
        )],
        &[(
            "traceparent",
            "000-12345678901234567890123456789012-1234567890123456-03",
        )],
    ] {
        let cx = extract(headers);
        assert!(!cx.has_active_span(), "{headers:?}");
        assert_eq!(inject(&cx), [], "{headers:?}");
    }
}

#[test]
fn an_empty_state_is_not_sent() {
    let cx = extract(&[("traceparent", PARENT), ("tracestate", "")]);
    assert_eq!(inject(&cx), Headers::of(&[("traceparent", PARENT)]).0);
}

#[test]
fn a_state_that_was_changed_on_the_way_is_sent_as_changed() {
    let cx = extract(&[("traceparent", PARENT), ("tracestate", "foo@@bar=1,bar=2")]);
    let received = cx.span().span_context().clone();
    let changed = received.trace_state().insert("new", "3").unwrap();
    let child = theirs::SpanContext::new(
        received.trace_id(),
        theirs::SpanId::from(7),
        received.trace_flags(),
        false,
        changed,
    );
    let headers: HashMap<_, _> = inject(&cx.with_remote_span_context(child))
        .into_iter()
        .collect();
    assert_eq!(headers["tracestate"], "new=3,bar=2");
    assert_eq!(
        headers["traceparent"],
        "00-12345678901234567890123456789012-0000000000000007-03"
    );
}

#[test]
fn a_state_does_not_reach_another_trace() {
    let cx = extract(&[("traceparent", PARENT), ("tracestate", "foo@@bar=1")]);
    let other = "00-99999999999999999999999999999999-1234567890123456-00";
    let cx = ObsPropagator.extract_with_context(&cx, &Headers::of(&[("traceparent", other)]));
    assert_eq!(inject(&cx), Headers::of(&[("traceparent", other)]).0);
}

#[test]
fn the_propagator_names_its_headers() {
    assert_eq!(
        ObsPropagator.fields().collect::<Vec<_>>(),
        ["traceparent", "tracestate"]
    );
}

#[test]
fn ids_of_zeros_name_nothing() {
    assert_eq!(
        TraceId::try_from(theirs::TraceId::INVALID),
        Err(InvalidContext)
    );
    assert_eq!(
        SpanId::try_from(theirs::SpanId::INVALID),
        Err(InvalidContext)
    );
    assert_eq!(
        SpanContext::try_from(&theirs::SpanContext::NONE),
        Err(InvalidContext)
    );
}

proptest! {
    #[test]
    fn contexts_survive_the_way_there_and_back(
        trace_id in 1..=u128::MAX,
        span_id in 1..=u64::MAX,
        bits in any::<u8>(),
        remote in any::<bool>(),
        state in prop::collection::vec("[a-z][a-z0-9]{0,4}=[ !-+.-<>-~]{0,4}[!-+.-<>-~]", 0..5),
    ) {
        let ours = SpanContext {
            trace_id: TraceId::new(trace_id).unwrap(),
            span_id: SpanId::new(span_id).unwrap(),
            flags: TraceFlags::from_bits(bits),
            remote,
            state: state.join(",").parse().unwrap(),
        };
        let theirs = theirs::SpanContext::from(&ours);
        prop_assert_eq!(theirs.trace_id().to_string(), ours.trace_id.to_string());
        prop_assert_eq!(theirs.span_id().to_string(), ours.span_id.to_string());
        prop_assert_eq!(SpanContext::try_from(&theirs), Ok(ours));
    }
}

#[test]
fn each_side_is_the_parent_of_the_other() {
    use opentelemetry::propagation::TextMapPropagator;
    use opentelemetry::trace::TraceContextExt;

    let capture = crate::testing::capture();
    let outer = opentelemetry::Context::new().with_remote_span_context(theirs::SpanContext::new(
        theirs::TraceId::from_bytes([7; 16]),
        theirs::SpanId::from_bytes([8; 8]),
        opentelemetry::TraceFlags::SAMPLED,
        true,
        theirs::TraceState::default(),
    ));
    let parent = super::parent_of(&outer).unwrap();
    {
        let span = crate::trace::span("ours").parent(parent).enter();
        let inner = super::context();
        assert_eq!(
            inner.span().span_context().span_id(),
            span.id().unwrap().into()
        );
        let mut headers = std::collections::HashMap::new();
        super::ObsPropagator.inject_context(&opentelemetry::Context::new(), &mut headers);
        let id = span.id().unwrap();
        assert_eq!(
            headers["traceparent"],
            format!("00-{}-{id}-01", "07".repeat(16))
        );
    }
    let ours = capture.span("ours");
    assert_eq!(
        ours.parent_id.map(theirs::SpanId::from),
        Some(theirs::SpanId::from_bytes([8; 8]))
    );
    assert!(super::parent_of(&opentelemetry::Context::new()).is_none());
}
