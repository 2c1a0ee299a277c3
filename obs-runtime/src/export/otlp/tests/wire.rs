//! The writer against prost.

use prost::Message;

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
    fn a_head_and_its_length_agree(field in 1u32..5000, len in 0usize..20_000) {
        let mut out = Vec::new();
        wire::message_head(&mut out, field, len);
        proptest::prop_assert_eq!(out.len() + len, wire::message_len(field, len));
    }
}
