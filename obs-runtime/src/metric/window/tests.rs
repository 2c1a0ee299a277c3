use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use obs_schema::def::{MetricDef, MetricKind};
use proptest::prelude::*;

use super::*;
use crate::metric::snapshot::{Family, Histogram as Spread, Kind, Series, Snapshot, Value};
use crate::metric::{Counter, Gauge, Histogram, Instrument, Summary};

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// One family with the given series.
fn snapshot(kind: Kind, all: &[(&'static str, Value)]) -> Snapshot {
    let series = all.iter().map(|(label, value)| Series {
        labels: vec![("n".into(), (*label).into())],
        value: value.clone(),
    });
    Snapshot {
        common: Vec::new(),
        families: vec![Family {
            name: "m".into(),
            help: "".into(),
            kind,
            unit: "".into(),
            series: series.collect(),
        }],
    }
}

fn counter(value: u64) -> Snapshot {
    snapshot(Kind::Counter, &[("a", Value::Counter(value))])
}

#[track_caller]
fn close(found: Option<f64>, expected: f64) {
    let found = found.unwrap();
    assert!(
        (found - expected).abs() < 1e-9,
        "{found} instead of {expected}"
    );
}

#[test]
fn a_counter_has_its_growth_within_the_window() {
    let mut windows = Windows::new();
    for (second, value) in [(0, 1000), (10, 1000), (20, 1030), (30, 1030), (40, 1060)] {
        windows.record(at(second), &counter(value));
    }
    let all = windows.summary(at(300));
    assert_eq!(all.covered, at(40));
    let total = all.families[0].total;
    assert_eq!((total.count, total.increase), (60, Some(60.0)));
    close(total.rate, 1.5);
    let late = windows.summary(at(20));
    assert_eq!(late.covered, at(20));
    assert_eq!(late.families[0].total.increase, Some(30.0));
    let idle = windows.summary(Duration::ZERO).families[0].total;
    assert_eq!((idle.count, idle.rate), (0, None));
}

#[test]
fn ticks_in_one_slot_add_up_and_make_no_new_one() {
    let mut windows = Windows::new();
    for (second, value) in [(0, 0), (3, 4), (6, 5), (12, 9), (13, 10)] {
        windows.record(at(second), &counter(value));
    }
    let all = windows.summary(at(60));
    assert_eq!(
        (all.covered, all.families[0].total.increase),
        (at(13), Some(10.0))
    );
    // The first slot lies before the window, whose end is the last tick.
    let late = windows.summary(at(5));
    assert_eq!(
        (late.covered, late.families[0].total.increase),
        (at(7), Some(5.0))
    );
}

#[test]
fn a_restart_and_a_late_start_are_no_decrease_and_no_jump() {
    let mut windows = Windows::new();
    for (second, value) in [(0, 50), (10, 70), (20, 5), (30, 6)] {
        windows.record(at(second), &counter(value));
    }
    assert_eq!(
        windows.summary(at(60)).families[0].total.increase,
        Some(26.0)
    );
    let both = |a: f64, b: f64| {
        snapshot(
            Kind::Counter,
            &[("a", Value::FloatCounter(a)), ("b", Value::FloatCounter(b))],
        )
    };
    let mut windows = Windows::new();
    windows.record(
        at(0),
        &snapshot(Kind::Counter, &[("a", Value::FloatCounter(1.0))]),
    );
    windows.record(at(10), &both(1.5, 1e9));
    windows.record(at(20), &both(2.5, 1e9 + 2.0));
    // Series `b` is of a collector that was registered late.
    assert_eq!(
        windows.summary(at(60)).families[0].total.increase,
        Some(3.5)
    );
    let mut windows = Windows::new();
    windows.record(at(0), &Snapshot::default());
    windows.record(at(10), &counter(7));
    assert_eq!(
        windows.summary(at(60)).families[0].total.count,
        7,
        "it began at 0"
    );
    windows.record(at(5), &counter(100));
    assert_eq!(
        windows.summary(at(60)).families[0].total.count,
        7,
        "too late"
    );
}

#[test]
fn a_gauge_has_what_it_was_at_the_ticks() {
    let mut windows = Windows::new();
    let values = [4.0, f64::NAN, 1.0, 7.0];
    for (n, value) in values.into_iter().enumerate() {
        let both = [("a", Value::Gauge(value)), ("b", Value::Gauge(2.0))];
        windows.record(at(n as u64 * 10), &snapshot(Kind::Gauge, &both));
    }
    let family = &windows.summary(at(300)).families[0];
    let stats = family.series[0].stats;
    assert_eq!(
        (stats.count, stats.min, stats.max),
        (3, Some(1.0), Some(7.0))
    );
    assert_eq!(
        (stats.mean, stats.last, stats.rate),
        (Some(4.0), Some(7.0), None)
    );
    assert_eq!((family.total.min, family.total.last), (Some(1.0), None));
}

#[test]
fn memory_is_bounded_in_time_and_in_series() {
    let mut windows = Windows::new();
    let names: Vec<&'static str> = (0..MAX_SERIES + 5)
        .map(|n| &*String::leak(n.to_string()))
        .collect();
    let all = |value| {
        let series: Vec<_> = names
            .iter()
            .map(|name| (*name, Value::Counter(value)))
            .collect();
        snapshot(Kind::Counter, &series)
    };
    windows.record(at(0), &all(0));
    windows.record(at(10), &all(1));
    let summary = windows.summary(RETENTION);
    assert_eq!(
        (summary.untracked, summary.families[0].series.len()),
        (5, MAX_SERIES)
    );
    for tick in 2..200 {
        windows.record(at(tick * 10), &counter(tick));
    }
    let summary = windows.summary(at(100_000));
    assert_eq!(
        summary.families[0].series.len(),
        1,
        "those that are gone are forgotten"
    );
    assert!(
        summary.covered <= RETENTION + SLOT + SLOT,
        "{:?}",
        summary.covered
    );
    assert_eq!(
        summary.families[0].total.increase,
        Some(summary.covered.as_secs_f64() / 10.0)
    );
}

/// Quantiles of real observations, against the ones that the window computes.
fn check(values: &[f64], bounds: &'static [f64], ticks: usize) -> Result<(), TestCaseError> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let name = String::leak(format!("window_{}", NUMBER.fetch_add(1, Relaxed)));
    let def = Box::leak(Box::new(MetricDef {
        buckets: bounds,
        ..MetricDef::new(name, "Of the test.", MetricKind::Histogram)
    }));
    let registry = Registry::new();
    let histogram = Histogram::register_in(&registry, def);
    let mut windows = Windows::new();
    windows.record(at(0), &registry.tick());
    let part = values.len().div_ceil(ticks);
    let mut second = 0;
    for part in values.chunks(part) {
        part.iter().for_each(|&value| histogram.observe(value));
        second += 10;
        windows.record(at(second), &registry.tick());
    }
    let found = windows.summary(RETENTION).families[0].total;
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    prop_assert_eq!(found.count, sorted.len() as u64);
    prop_assert_eq!(found.min, sorted.first().copied());
    prop_assert_eq!(found.max, sorted.last().copied());
    let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
    prop_assert!((found.mean.unwrap() - mean).abs() < 1e-6);
    for (quantile, found) in [(0.5, found.median), (0.95, found.p95), (0.99, found.p99)] {
        let found = found.unwrap();
        let rank = (quantile * sorted.len() as f64).ceil().max(1.0) as usize;
        let exact = sorted[rank - 1];
        // Both lie in the same bucket.
        let bucket = |value: f64| bounds.partition_point(|&bound| bound < value);
        let low = bucket(exact)
            .checked_sub(1)
            .map_or(sorted[0], |below| bounds[below]);
        let high = bounds
            .get(bucket(exact))
            .copied()
            .unwrap_or(sorted[sorted.len() - 1]);
        prop_assert!(
            (low..=high).contains(&found),
            "{quantile}: {found}, exact {exact}"
        );
        prop_assert!(found >= sorted[0] && found <= sorted[sorted.len() - 1]);
    }
    Ok(())
}

proptest! {
    #[test]
    fn quantiles_are_exact_up_to_a_bucket(
        values in proptest::collection::vec(0.0..20.0f64, 1..300),
        ticks in 1usize..8,
    ) {
        check(&values, &[0.5, 1.0, 2.0, 4.0, 8.0, 16.0], ticks)?;
    }

    #[test]
    fn also_below_zero(values in proptest::collection::vec(-20.0..20.0f64, 1..100)) {
        check(&values, &[-10.0, 0.0, 10.0], 3)?;
    }
}

#[test]
fn one_value_is_its_own_median() {
    check(&[0.3; 50], &[0.5, 1.0], 2).unwrap();
    let mut windows = Windows::new();
    let spread =
        |counts: &[u64], sum| Value::Histogram(Spread::from_buckets(vec![1.0, 2.0], counts, sum));
    windows.record(
        at(0),
        &snapshot(Kind::Histogram, &[("a", spread(&[0, 0, 0], 0.0))]),
    );
    // Without extremes, as from another library, the buckets are all there is.
    windows.record(
        at(10),
        &snapshot(Kind::Histogram, &[("a", spread(&[0, 4, 0], 6.0))]),
    );
    let stats = windows.summary(at(60)).families[0].total;
    assert_eq!(
        (stats.min, stats.max, stats.mean),
        (Some(1.0), Some(2.0), Some(1.5))
    );
    close(stats.median, 1.5);
    close(stats.rate, 0.4);
}

#[test]
fn extremes_that_were_read_a_moment_before_their_count_are_kept() {
    let mut windows = Windows::new();
    let mut tick = |second, count: u64, extremes| {
        let mut spread = Spread::from_buckets(vec![10.0], &[count, 0], 3.0 * count as f64);
        spread.extremes = extremes;
        let series = [("a", Value::Histogram(spread))];
        windows.record(at(second), &snapshot(Kind::Histogram, &series));
    };
    tick(0, 0, None);
    // The one observation came between the reading of the buckets and that of the extremes.
    tick(10, 0, Some((3.0, 3.0)));
    tick(20, 1, None);
    let stats = windows.summary(at(60)).families[0].total;
    assert_eq!((stats.min, stats.max), (Some(3.0), Some(3.0)));
}

#[test]
fn series_with_different_buckets_have_no_quantiles_together() {
    let mut windows = Windows::new();
    windows.record(at(0), &Snapshot::default());
    let spread = |bound: f64| Value::Histogram(Spread::from_buckets(vec![bound], &[2, 0], 1.0));
    let both = [("a", spread(1.0)), ("b", spread(2.0))];
    windows.record(at(10), &snapshot(Kind::Histogram, &both));
    let family = &windows.summary(at(60)).families[0];
    assert_eq!(
        (family.total.count, family.total.mean, family.total.median),
        (4, Some(0.5), None)
    );
    assert!(
        family
            .series
            .iter()
            .all(|series| series.stats.median.is_some())
    );
}

#[test]
fn the_program_s_own_metrics_are_followed() {
    static HITS: MetricDef = MetricDef::new("window_hits_total", "Hits.", MetricKind::Counter);
    static LEVEL: MetricDef = MetricDef::new("window_level", "Level.", MetricKind::Gauge);
    static SIZE: MetricDef = MetricDef {
        objectives: &[(0.5, 0.05)],
        max_age_secs: 60.0,
        ..MetricDef::new("window_size", "Sizes.", MetricKind::Summary)
    };
    let clock = crate::testing::virtual_clock();
    let (hits, level) = (Counter::register(&HITS), Gauge::register(&LEVEL));
    let size = Summary::register(&SIZE);
    // Windows of its own: other tests tick those of the process, at their times.
    let mut windows = Windows::new();
    windows.record(now(), &Registry::global().tick());
    hits.add(30);
    level.set(4.5);
    size.observe(2.0);
    size.observe(4.0);
    clock.advance(SLOT);
    windows.record(now(), &Registry::global().tick());
    let summary = windows.summary(at(60));
    let find = |name: &str| {
        let mut families = summary.families.iter();
        families.find(|family| family.name == name).unwrap().total
    };
    assert_eq!(find("window_hits_total").increase, Some(30.0));
    assert_eq!(find("window_level").last, Some(4.5));
    let stats = find("window_size");
    assert_eq!(
        (stats.count, stats.mean, stats.median),
        (2, Some(3.0), None)
    );
}
