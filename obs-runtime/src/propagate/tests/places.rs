//! Spans and contexts that what was sent is put into, and taken from.

use std::collections::BTreeMap;

use super::*;
use crate::context::{self, RequestContext};
use crate::handoff::Handoff;
use crate::{testing, trace};

#[test]
fn all_chosen_forms_are_sent_and_old_values_replaced() {
    let _capture = testing::capture();
    let mut carrier = headers(&[
        ("X-B3-TraceId", "old"),
        ("Baggage", "old=1"),
        ("other", "x"),
    ]);
    all().inject(&mut carrier);
    assert_eq!(carrier.len(), 3, "nothing is known outside of everything");

    let _request = RequestContext::new()
        .with_baggage("tenant=acme".parse().unwrap())
        .enter();
    let _span = trace::span("call").enter();
    all().inject(&mut carrier);
    let here = trace::current().unwrap();
    let (trace, span) = (here.trace_id, here.span_id);
    let mut sent: Vec<_> = carrier.into_iter().collect();
    sent.sort();
    let digits = "03";
    let expected = [
        ("b3", format!("{trace}-{span}-1")),
        ("baggage", "tenant=acme".to_owned()),
        ("other", "x".to_owned()),
        ("traceparent", format!("00-{trace}-{span}-{digits}")),
        ("x-b3-sampled", "1".to_owned()),
        ("x-b3-spanid", span.to_string()),
        ("x-b3-traceid", trace.to_string()),
        ("x-span-id", span.to_string()),
        ("x-trace-context", format!("{trace}-{span}-{digits}")),
        ("x-trace-flags", digits.to_owned()),
        ("x-trace-id", trace.to_string()),
    ];
    assert_eq!(sent, expected.map(|(name, value)| (name.to_owned(), value)));

    let mut map = BTreeMap::from([("TraceParent".to_owned(), "old".to_owned())]);
    Propagators::DEFAULT.inject(&mut map);
    assert_eq!(map.keys().collect::<Vec<_>>(), ["baggage", "traceparent"]);
    assert_eq!(
        Propagators::DEFAULT.extract(&map).parent.unwrap().span_id,
        span
    );
}

#[test]
fn baggage_is_inherited_as_the_request_context_is() {
    assert_eq!(context::baggage(), None);
    assert_eq!(
        context::set_baggage("a", "1"),
        Ok(()),
        "there is nothing to set it in"
    );
    let _outer = RequestContext::new()
        .with_baggage("a=1".parse().unwrap())
        .enter();
    {
        let _inner = RequestContext::new().with("key", "value").enter();
        context::set_baggage("b", "ü").unwrap();
        assert!(context::set_baggage("no token", "").is_err());
        let place = Handoff::capture();
        let seen = std::thread::spawn(move || {
            let _inside = place.enter();
            context::baggage().unwrap().to_string()
        });
        assert_eq!(seen.join().unwrap(), "a=1,b=%C3%BC");
        assert_eq!(context::get("b"), None, "baggage is no key");
        assert_eq!(
            context::baggage().unwrap().get("key"),
            None,
            "a key is no baggage"
        );
    }
    assert_eq!(context::baggage().unwrap().to_string(), "a=1");
    let _without = RequestContext::new().with_baggage(Baggage::EMPTY).enter();
    assert_eq!(context::baggage(), Some(Baggage::EMPTY));
}

#[test]
fn a_span_continues_what_a_message_says() {
    let capture = testing::capture();
    let sent = |b3: &str| {
        Propagators::NONE
            .with(Propagator::B3)
            .extract(&headers(&[("b3", b3)]))
    };
    let deferred = sent(&format!("{TRACE_HEX}-{SPAN_HEX}"));
    {
        let _span = trace::span("below").continues(&deferred).enter();
        let here = trace::current().unwrap();
        assert_eq!(here.trace_id.get(), TRACE);
        assert!(
            here.flags.is_sampled(),
            "the decision was left to this process"
        );
    }
    {
        let _outer = trace::span("outer").enter();
        let outer = trace::current_trace_id();
        let _here = trace::span("here").continues(&Extracted::default()).enter();
        assert_eq!(trace::current_trace_id(), outer, "nothing was said");
        let _new = trace::span("new").continues(&sent("1")).enter();
        assert_ne!(trace::current_trace_id(), outer);
    }
    let below = capture
        .spans()
        .into_iter()
        .find(|span| span.name == "below")
        .unwrap();
    assert_eq!(below.parent_id.map(SpanId::get), Some(SPAN));
    assert!(below.parent_is_remote);
}
