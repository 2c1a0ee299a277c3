use std::time::Duration;

use obs_schema::def::MetricKind;
use proptest::prelude::*;

use super::{define, leak};
use crate::metric::quantile::{MAX_SAMPLES, Stream};
use crate::metric::{Instrument, Registry, Summary};

const OBJECTIVES: &[(f64, f64)] = &[
    (0.0, 0.01),
    (0.5, 0.05),
    (0.9, 0.01),
    (0.99, 0.001),
    (1.0, 0.01),
];

/// Whether the rank of `found` is within the error of that of the quantile.
fn is_within(sorted: &[f64], found: f64, quantile: f64, error: f64) -> bool {
    let count = sorted.len() as f64;
    let lowest = sorted.partition_point(|&value| value < found) as f64;
    let highest = sorted.partition_point(|&value| value <= found) as f64;
    let slack = error * count + 1.0;
    lowest <= quantile * count + slack && highest >= quantile * count - slack
}

fn check(values: &[f64], batch: usize) {
    let mut stream = Stream::new(OBJECTIVES);
    for part in values.chunks(batch) {
        let mut part = part.to_vec();
        part.sort_by(f64::total_cmp);
        stream.insert(&part);
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    assert_eq!(stream.count(), sorted.len() as u64);
    for &(quantile, error) in OBJECTIVES {
        let found = stream.query(quantile);
        assert!(
            is_within(&sorted, found, quantile, error),
            "{quantile}: {found} of {} values",
            sorted.len()
        );
    }
    assert_eq!(stream.query(0.0), sorted[0]);
    assert_eq!(stream.query(1.0), sorted[sorted.len() - 1]);
}

#[test]
fn ranks_are_within_the_error_for_any_order() {
    let rising: Vec<f64> = (0..30_000).map(f64::from).collect();
    let falling: Vec<f64> = rising.iter().rev().copied().collect();
    let scattered: Vec<f64> = (0..30_000u64).map(|n| (n * 7919 % 30_011) as f64).collect();
    let alike: Vec<f64> = (0..30_000).map(|n| f64::from(n % 3)).collect();
    for values in [&rising, &falling, &scattered, &alike] {
        check(values, 512);
        check(values, 7);
    }
}

proptest! {
    #[test]
    fn ranks_are_within_the_error(
        values in proptest::collection::vec(-1e6..1e6f64, 1..3000),
        batch in 1usize..600,
    ) {
        check(&values, batch);
    }
}

#[test]
fn memory_is_bounded_whatever_is_asked_for() {
    let exact: &'static [(f64, f64)] = &[(0.25, 1e-9), (0.75, 1e-9)];
    let mut stream = Stream::new(exact);
    for start in 0..200 {
        let part: Vec<f64> = (0..512).map(|n| f64::from(start * 512 + n)).collect();
        stream.insert(&part);
        assert!(stream.kept() <= MAX_SAMPLES);
    }
    let found = stream.query(0.25) / f64::from(200 * 512);
    assert!((0.2..0.3).contains(&found), "{found}");
    let mut usual = Stream::new(OBJECTIVES);
    for start in 0..2000 {
        let part: Vec<f64> = (0..512).map(|n| f64::from(start * 512 + n)).collect();
        usual.insert(&part);
    }
    assert!(usual.kept() < 600, "{}", usual.kept());
}

#[test]
fn old_observations_are_forgotten_but_still_counted() {
    let mut def = define("size", MetricKind::Summary);
    (def.objectives, def.max_age_secs) = (&[(0.5, 0.05)], 60.0);
    let summary = Summary::register_in(&Registry::new(), leak(def));
    let clock = crate::testing::virtual_clock();
    assert_eq!(summary.quantile(0.5), None);
    (0..1000).for_each(|_| summary.observe(1.0));
    clock.advance(Duration::from_secs(40));
    assert_eq!(summary.quantile(0.5), Some(1.0));
    (0..100).for_each(|_| summary.observe(9.0));
    clock.advance(Duration::from_secs(25));
    assert_eq!(
        summary.quantile(0.5),
        Some(9.0),
        "the first thousand are older than a minute"
    );
    clock.advance(Duration::from_secs(3600));
    assert_eq!(summary.quantile(0.5), None);
    assert_eq!((summary.count(), summary.sum()), (1100, 1900.0));
    summary.observe_duration(Duration::from_millis(1500));
    assert_eq!(summary.quantile(0.5), Some(1.5));
}
