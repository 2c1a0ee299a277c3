//! Each form by itself.

use proptest::prelude::*;

use super::*;

const IDS: Option<(u128, u64)> = Some((TRACE, SPAN));
const NOTHING: (Option<(u128, u64)>, Option<bool>) = (None, None);

#[test]
fn b3_in_one_header() {
    let ids = format!("{TRACE_HEX}-{SPAN_HEX}");
    for (value, expected) in [
        (format!("{ids}-1"), (IDS, Some(true))),
        (format!("{ids}-d"), (IDS, Some(true))),
        (format!("{ids}-0"), (IDS, Some(false))),
        (ids.clone(), (IDS, None)),
        (format!(" {ids}-1-05e3ac9a4f6e3b90\t"), (IDS, Some(true))),
        (
            format!("8448eb211c80319c-{SPAN_HEX}-1"),
            (Some((0x8448_eb21_1c80_319c, SPAN)), Some(true)),
        ),
        ("0".to_owned(), (None, Some(false))),
        ("1".to_owned(), (None, Some(true))),
        ("d".to_owned(), (None, Some(true))),
        (String::new(), NOTHING),
        ("2".to_owned(), NOTHING),
        (format!("{ids}-"), NOTHING),
        (format!("{ids}-2"), NOTHING),
        (format!("{ids}-1-"), NOTHING),
        (format!("{ids}-1-05e3ac9a4f6e3b90-1"), NOTHING),
        (format!("{}-1", ids.to_uppercase()), NOTHING),
        (format!("{TRACE_HEX}-0000000000000000-1"), NOTHING),
        (format!("{:032}-{SPAN_HEX}-1", 0), NOTHING),
        (format!("{:016}-{SPAN_HEX}-1", 0), NOTHING),
        (format!("0{TRACE_HEX}-{SPAN_HEX}-1"), NOTHING),
        (format!("{TRACE_HEX}-{}-1", &SPAN_HEX[1..]), NOTHING),
        (TRACE_HEX.to_owned(), NOTHING),
    ] {
        assert_eq!(
            found(Propagator::B3, &[("b3", &value)]),
            expected,
            "{value:?}"
        );
    }
}

#[test]
fn b3_in_several_headers() {
    let ids = [("X-B3-TraceId", TRACE_HEX), ("X-B3-SpanId", SPAN_HEX)];
    for (state, expected) in [
        (&[][..], None),
        (&[("X-B3-Sampled", "1")], Some(true)),
        (&[("X-B3-Sampled", "true")], Some(true)),
        (&[("X-B3-Sampled", "0")], Some(false)),
        (&[("X-B3-Sampled", "false")], Some(false)),
        (&[("X-B3-Sampled", "yes")], None),
        (&[("X-B3-Flags", "1")], Some(true)),
        (&[("X-B3-Flags", "0")], None),
        (&[("X-B3-Flags", "1"), ("X-B3-Sampled", "0")], Some(true)),
    ] {
        let with_ids = [&ids, state].concat();
        assert_eq!(
            found(Propagator::B3Multi, &with_ids),
            (IDS, expected),
            "{state:?}"
        );
        assert_eq!(
            found(Propagator::B3Multi, state),
            (None, expected),
            "{state:?}"
        );
    }
    let short = [("x-b3-traceid", "8448eb211c80319c"), ids[1]];
    assert_eq!(
        found(Propagator::B3Multi, &short).0,
        Some((0x8448_eb21_1c80_319c, SPAN))
    );
    for broken in [
        &[ids[0], ("x-b3-sampled", "1")][..],
        &[ids[1], ("x-b3-sampled", "1")],
        &[ids[0], ("x-b3-spanid", "b7"), ("x-b3-sampled", "1")],
        &[ids[1], ("x-b3-traceid", ""), ("x-b3-sampled", "1")],
    ] {
        assert_eq!(found(Propagator::B3Multi, broken), NOTHING, "{broken:?}");
    }
}

#[test]
fn the_older_forms() {
    let whole = format!("{TRACE_HEX}-{SPAN_HEX}-01");
    let (trace, span) = (("X-Trace-Id", TRACE_HEX), ("X-Span-Id", SPAN_HEX));
    let other = ("X-Trace-Id", "00000000000000000000000000000001");
    for (list, expected) in [
        (
            &[("X-Trace-Context", whole.as_str())][..],
            (IDS, Some(true)),
        ),
        (&[("x-trace-context", &whole[..51])], NOTHING),
        (&[("x-trace-context", &whole[..50])], NOTHING),
        (
            &[("x-trace-context", &whole.replace("-01", "-00"))],
            (IDS, Some(false)),
        ),
        (
            &[("x-trace-context", &whole.replace("-01", "-01-"))],
            NOTHING,
        ),
        (
            &[("x-trace-context", &whole.replace("-01", "-+1"))],
            NOTHING,
        ),
        (&[trace, span], (IDS, None)),
        (&[trace, span, ("X-Trace-Flags", "01")], (IDS, Some(true))),
        (&[trace, span, ("X-Trace-Flags", "00")], (IDS, Some(false))),
        (&[trace, span, ("X-Trace-Flags", "1")], NOTHING),
        (&[trace, span, ("X-Trace-Flags", "0A")], NOTHING),
        (&[trace], NOTHING),
        (&[span], NOTHING),
        (
            &[("x-trace-context", &whole), other, span],
            (IDS, Some(true)),
        ),
        (&[("x-trace-context", "broken"), trace, span], (IDS, None)),
    ] {
        assert_eq!(found(Propagator::XTrace, list), expected, "{list:?}");
    }
}

#[test]
fn the_first_form_with_a_parent_counts() {
    let hex = |number: u8| (format!("{number:032x}"), format!("{number:016x}"));
    let ((t1, s1), (t2, s2), (t3, s3), (t4, s4)) = (hex(1), hex(2), hex(3), hex(4));
    let texts = [
        ("traceparent", format!("00-{t1}-{s1}-01")),
        ("b3", format!("{t2}-{s2}-0")),
        ("x-b3-traceid", t3),
        ("x-b3-spanid", s3),
        ("x-trace-context", format!("{t4}-{s4}-01")),
    ];
    let list: Vec<_> = texts
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    for (from, trace, sampled) in [
        (0, 1, Some(true)),
        (1, 2, Some(false)),
        (2, 3, None),
        (4, 4, Some(true)),
    ] {
        let sent = all().extract(&headers(&list[from..]));
        assert_eq!(sent.parent.unwrap().trace_id.get(), trace);
        assert_eq!(sent.sampled, sampled);
    }

    let mut broken = list.clone();
    broken[0].1 = "00-nonsense";
    assert_eq!(
        all()
            .extract(&headers(&broken))
            .parent
            .unwrap()
            .trace_id
            .get(),
        2
    );
    broken[1].1 = "0";
    let sent = all().extract(&headers(&broken));
    assert_eq!(
        (sent.parent.unwrap().trace_id.get(), sent.sampled),
        (3, None),
        "a bare decision says nothing about another form's parent"
    );
    assert_eq!(all().extract(&headers(&broken[..2])).sampled, Some(false));
    assert_eq!(
        Propagators::NONE.extract(&headers(&list)),
        Extracted::default()
    );
}

#[cfg(feature = "http")]
#[test]
fn a_header_that_occurs_twice_is_malformed() {
    let mut map = ::http::HeaderMap::new();
    let value: ::http::HeaderValue = format!("{TRACE_HEX}-{SPAN_HEX}-1").parse().unwrap();
    map.append("b3", value.clone());
    assert!(all().extract(&map).parent.is_some());
    map.append("b3", value);
    assert_eq!(all().extract(&map), Extracted::default());
    map.insert("b3", ::http::HeaderValue::from_bytes(b"\xff").unwrap());
    assert_eq!(all().extract(&map), Extracted::default());
}

proptest! {
    #[test]
    fn every_form_reads_what_it_sends(trace in 1..=u128::MAX, span in 1..=u64::MAX, bits in 0..4_u8) {
        let flags = TraceFlags::from_bits(bits);
        let context = SpanContext::new(TraceId::new(trace).unwrap(), SpanId::new(span).unwrap(), flags);
        for form in Propagator::ALL.into_iter().filter(|form| *form != Propagator::Baggage) {
            let only = Propagators::NONE.with(form);
            let mut carrier = headers(&[("X-B3-Flags", "1"), ("B3", "old"), ("TraceState", "old=1")]);
            only.write_trace(&context, &mut carrier);
            let read = only.extract(&carrier);
            prop_assert_eq!(read.sampled, Some(flags.is_sampled()), "{:?}", form);
            let parent = read.parent.unwrap();
            prop_assert_eq!((parent.trace_id, parent.span_id), (context.trace_id, context.span_id));
            prop_assert!(parent.state.is_empty());
        }
    }

    #[test]
    fn arbitrary_text_never_panics(values in prop::collection::vec("[0-9a-fdx -]{0,70}", 8)) {
        let names = ["traceparent", "b3", "x-b3-traceid", "x-b3-spanid", "x-trace-context", "x-trace-id",
            "x-span-id", "x-trace-flags"];
        let list: Vec<_> = names.into_iter().zip(values.iter().map(String::as_str)).collect();
        let sent = all().extract(&headers(&list));
        prop_assert!(sent.parent.is_none_or(|parent| parent.remote));
    }
}
