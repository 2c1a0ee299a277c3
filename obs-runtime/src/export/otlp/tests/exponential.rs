//! Exponential histograms against values counted one by one.

use opentelemetry_proto::tonic::metrics::v1::ExponentialHistogramDataPoint as Point;
use opentelemetry_proto::tonic::metrics::v1::exponential_histogram_data_point::Buckets;
use proptest::prelude::*;
use prost::Message;

use crate::export::otlp::exponential::Shape;
use crate::metric::exponential::tests::{counted, values};

fn point(unit: &str, values: &[f64]) -> Point {
    let mut bytes = Vec::new();
    Shape::of(&counted(unit, values).1).encode(&mut bytes);
    Point::decode(&*bytes).unwrap()
}

/// The index of the bucket of a value above 0, as the specification has it, but with logarithms.
fn index(value: f64, scale: i32) -> i32 {
    (value.log2() * f64::from(scale).exp2()).ceil() as i32 - 1
}

fn count_of(buckets: Option<&Buckets>, index: i32) -> u64 {
    let buckets = buckets.cloned().unwrap_or_default();
    let at = usize::try_from(index - buckets.offset).ok();
    at.and_then(|at| buckets.bucket_counts.get(at).copied())
        .unwrap_or(0)
}

fn len(buckets: Option<&Buckets>) -> usize {
    buckets.map_or(0, |buckets| buckets.bucket_counts.len())
}

/// Values whose logarithm says for sure in which bucket they are.
fn clear(value: f64) -> bool {
    let exponent = value.abs().log2() * 8.0;
    value == 0.0 || (exponent - exponent.round()).abs() > 1e-6
}

proptest! {
    #[test]
    fn every_value_is_in_its_bucket_at_the_scale_that_is_said(
        values in prop::collection::vec(values().prop_filter("clear", |v| clear(*v)), 0..60),
        is_duration in prop::bool::ANY,
    ) {
        let unit = if is_duration { "seconds" } else { "bytes" };
        let values: Vec<f64> = match is_duration {
            true => values.into_iter().map(|v| v.abs().min(1e9)).collect(),
            false => values,
        };
        let point = point(unit, &values);
        let (positive, negative) = (point.positive.as_ref(), point.negative.as_ref());
        prop_assert!(len(positive) <= 160 && len(negative) <= 160);
        let total = |buckets: Option<&Buckets>| {
            buckets.map_or(0, |buckets| buckets.bucket_counts.iter().sum::<u64>())
        };
        prop_assert_eq!(point.zero_count + total(positive) + total(negative), values.len() as u64);
        let is_zero = |v: &&f64| v.abs() <= point.zero_threshold;
        prop_assert_eq!(point.zero_count as usize, values.iter().filter(is_zero).count());
        for (sign, buckets) in [(1.0, positive), (-1.0, negative)] {
            let there: Vec<i32> = values
                .iter()
                .map(|v| v * sign)
                .filter(|v| *v > point.zero_threshold)
                .map(|v| index(v, point.scale))
                .collect();
            for index in &there {
                let same = there.iter().filter(|other| *other == index).count();
                prop_assert_eq!(count_of(buckets, *index), same as u64, "{:?} {}", point, index);
            }
        }
    }
}

#[test]
fn the_scale_follows_what_was_observed() {
    let scale = |unit, values: &[f64]| point(unit, values).scale;
    assert_eq!(scale("seconds", &[]), 3);
    assert_eq!(scale("seconds", &[0.001, 0.9]), 3);
    // 160 buckets of that scale are 20 octaves.
    assert_eq!(scale("seconds", &[1e-6, 1.0]), 3);
    assert_eq!(scale("seconds", &[1e-7, 1.0]), 2);
    assert_eq!(scale("seconds", &[1.0, 5_000.0]), 0);
    assert_eq!(scale("bytes", &[1.0, 1e9]), 2);
    assert_eq!(scale("bytes", &[-1.0, 1e9]), 0);
    assert_eq!(scale("bytes", &[1e300]), -4);
}

#[test]
fn bounds_belong_to_the_bucket_below_them() {
    let read = point("bytes", &[4.0, -4.0]);
    assert_eq!(read.scale, 0);
    for side in [read.positive, read.negative] {
        let side = side.unwrap();
        assert_eq!((side.offset, &*side.bucket_counts), (1, &[1][..]));
    }
    let near = point("bytes", &[1e-7, -1e-7, 0.0]);
    assert_eq!(
        (near.zero_count, near.positive, near.negative),
        (3, None, None)
    );
    assert_eq!(near.zero_threshold, 2.0_f64.powi(-20));
}
