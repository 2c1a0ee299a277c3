//! What must hold for any input.

use proptest::prelude::*;

use super::model;
use crate::trace::w3c::{extract, inject, tracestate as state_parser};
use crate::trace::{SpanContext, SpanId, TraceFlags, TraceId};

/// A `traceparent` that is valid or nearly so.
fn traceparent() -> impl Strategy<Value = Vec<u8>> {
    let valid = "(00|cc|fe|ff|0)-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(|-|-x|\\.)";
    let loose = "[ \t]{0,2}[0-9a-f]{1,3}-([0-9a-fA]{31,33}|0{32})-([0-9a-f]{15,17}|0{16})-[0-9a-f]{1,3}[ \t-]{0,2}";
    prop_oneof![
        4 => valid.prop_map(String::into_bytes),
        2 => loose.prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..70),
    ]
}

/// A `tracestate` that is valid or nearly so.
fn tracestate() -> impl Strategy<Value = Vec<u8>> {
    let member = prop_oneof![
        8 => "[a-z0-9][a-z0-9_*/@-]{0,5}=[ -+.-<>-~]{0,5}[!-+.-<>-~]",
        1 => "[ \t]{0,2}",
        1 => "[ \t]?[a-zA-Z0-9@ .]{0,4}=?[ -~\t]{0,4}",
        1 => "[a-z]{255,258}=[a-z ]{255,258}",
    ];
    prop_oneof![
        6 => prop::collection::vec(member, 0..20).prop_map(|list| list.join(",").into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn arbitrary_bytes_never_panic(
        parents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..3),
        states in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..3),
    ) {
        if let Some(context) = extract(parents.iter().map(Vec::as_slice), states.iter().map(Vec::as_slice)) {
            prop_assert_eq!(inject(&context).traceparent.len(), 55);
        }
    }

    #[test]
    fn the_model_agrees(
        parents in prop_oneof![
            8 => prop::collection::vec(traceparent(), 1..=1),
            1 => prop::collection::vec(traceparent(), 0..3),
        ],
        states in prop::collection::vec(tracestate(), 0..4),
    ) {
        let ours = extract(parents.iter().map(Vec::as_slice), states.iter().map(Vec::as_slice));
        match (ours, model::extract(&parents, &states)) {
            (None, None) => {}
            (Some(ours), Some(model)) => {
                prop_assert_eq!(ours.trace_id.to_string(), model.trace_id);
                prop_assert_eq!(ours.span_id.to_string(), model.span_id);
                prop_assert_eq!(ours.flags.bits(), model.flags);
                prop_assert_eq!(ours.state.as_str(), model.state);
            }
            (ours, model) => prop_assert!(false, "ours {:?}, model {}", ours, model.is_some()),
        }
    }

    #[test]
    fn what_is_sent_is_what_was_received(
        trace_id in 1..=u128::MAX,
        span_id in 1..=u64::MAX,
        bits in any::<u8>(),
        state in tracestate(),
    ) {
        let mut context = SpanContext::new(
            TraceId::new(trace_id).unwrap(),
            SpanId::new(span_id).unwrap(),
            TraceFlags::from_bits(bits),
        );
        context.remote = true;
        context.state = state_parser::parse([state.as_slice()]).unwrap_or_default();

        let headers = inject(&context);
        let received = extract([headers.traceparent.as_bytes().as_slice()], headers.tracestate.map(str::as_bytes));
        prop_assert_eq!(received, Some(context));
    }
}
