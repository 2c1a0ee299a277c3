//! The writer against prost.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Official;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use prost::Message;

use crate::export::otlp::value::{Value, attribute};
use crate::export::otlp::wire;

/// A message with a field of each kind.
#[derive(Clone, PartialEq, Message)]
struct Sample {
    #[prost(uint64, tag = "1")]
    number: u64,
    #[prost(fixed64, tag = "2")]
    fixed: u64,
    #[prost(fixed32, tag = "16")]
    small: u32,
    #[prost(string, tag = "4")]
    text: String,
    #[prost(message, optional, boxed, tag = "5")]
    inner: Option<Box<Sample>>,
    #[prost(fixed64, repeated, tag = "6")]
    list: Vec<u64>,
}

fn write(out: &mut Vec<u8>, sample: &Sample) {
    wire::uint(out, 1, sample.number);
    wire::fixed64(out, 2, sample.fixed);
    wire::bytes(out, 4, sample.text.as_bytes());
    if let Some(inner) = &sample.inner {
        wire::message(out, 5, |out| write(out, inner));
    }
    wire::packed_fixed64(out, 6, sample.list.len(), sample.list.iter().copied());
    wire::fixed32(out, 16, sample.small);
}

fn sample() -> impl proptest::strategy::Strategy<Value = Sample> {
    use proptest::prelude::*;
    let list = proptest::collection::vec(any::<u64>(), 0..40);
    let leaf = (
        any::<u64>(),
        any::<u64>(),
        any::<u32>(),
        "[a-z]{0,200}",
        list,
    );
    let leaf = leaf.prop_map(|(number, fixed, small, text, list)| Sample {
        number,
        fixed,
        small,
        text,
        inner: None,
        list,
    });
    proptest::collection::vec(leaf, 1..5).prop_map(|levels| {
        let nest =
            |inner: Option<Box<Sample>>, outer: Sample| Some(Box::new(Sample { inner, ..outer }));
        *levels.into_iter().fold(None, nest).unwrap_or_default()
    })
}

proptest::proptest! {
    #[test]
    fn it_writes_what_prost_writes(sample in sample()) {
        let mut out = Vec::new();
        write(&mut out, &sample);
        proptest::prop_assert_eq!(out, sample.encode_to_vec());
    }

    #[test]
    fn room_for_a_length_does_not_show(len in proptest::prop_oneof![0usize..300, 16_000usize..17_000]) {
        let content = vec![b'x'; len];
        let (mut little, mut much) = (vec![1, 2, 3], vec![1, 2, 3]);
        wire::message(&mut little, 3, |out| out.extend_from_slice(&content));
        wire::long_message(&mut much, 3, |out| out.extend_from_slice(&content));
        proptest::prop_assert_eq!(&little, &much);
        let mut expected = vec![1, 2, 3];
        prost::encoding::bytes::encode(3, &content, &mut expected);
        proptest::prop_assert_eq!(little, expected);
    }

    #[test]
    fn attributes_are_what_prost_makes_of_them(key in "[a-z.]{0,140}", text in ".{0,140}", number: i64, flag: bool) {
        for (own, official) in [
            (Value::Text(&text), Official::StringValue(text.clone())),
            (Value::Int(number), Official::IntValue(number)),
            (Value::Bool(flag), Official::BoolValue(flag)),
            (Value::Float(0.5), Official::DoubleValue(0.5)),
        ] {
            let mut out = Vec::new();
            attribute(&mut out, 9, &key, own);
            let pair = KeyValue {
                key: key.clone(),
                value: Some(AnyValue { value: Some(official) }),
                ..KeyValue::default()
            };
            let mut expected = Vec::new();
            prost::encoding::message::encode(9, &pair, &mut expected);
            proptest::prop_assert_eq!(out, expected);
        }
    }

    #[test]
    fn a_head_and_its_length_agree(field in 1u32..5000, len in 0usize..20_000) {
        let mut out = Vec::new();
        wire::message_head(&mut out, field, len);
        proptest::prop_assert_eq!(out.len() + len, wire::message_len(field, len));
    }
}
