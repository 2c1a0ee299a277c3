use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use obs_schema::def::{MetricDef, MetricKind};

use super::{Color, Finite, Free, define, leak, value};
use crate::Labels as _;
use crate::metric::snapshot::Value;
use crate::metric::{Counter, Family, Gauge, Histogram, Info, Instrument, Registry, Summary, own};
use crate::series::{MAX_LABEL_BYTES, OVERFLOW};

#[test]
fn sixty_four_threads_lose_nothing() {
    let registry = Registry::new();
    let whole =
        Counter::<u64>::register_in(&registry, leak(define("a_total", MetricKind::Counter)));
    let real =
        Counter::<f64>::register_in(&registry, leak(define("b_total", MetricKind::FloatCounter)));
    let gauge = Gauge::register_in(&registry, leak(define("c", MetricKind::Gauge)));
    let mut def = define("d", MetricKind::Histogram);
    def.buckets = &[1.0, 2.0];
    let histogram = Histogram::register_in(&registry, leak(def));
    let by_label = Family::<Counter, Finite>::register_in(&registry, {
        let mut def = define("e_total", MetricKind::Counter);
        def.labels = <Family<Counter, Finite> as Instrument>::LABELS;
        leak(def)
    });
    std::thread::scope(|scope| {
        for thread in 0..64 {
            scope.spawn(move || {
                for n in 0..1000 {
                    whole.inc();
                    real.add(0.25);
                    gauge.add(1.0);
                    histogram.observe(f64::from(n % 3) + 0.5);
                    by_label.with(&Finite(Color::Blue, thread % 2 == 0)).inc();
                }
            });
        }
    });
    assert_eq!(whole.get(), 64_000);
    assert_eq!(real.get(), 16_000.0);
    assert_eq!(gauge.get(), 64_000.0);
    assert_eq!(histogram.count(), 64_000);
    let snapshot = registry.snapshot();
    let Value::Histogram(found) = value(&snapshot, "d", &[]) else {
        panic!("no histogram");
    };
    assert_eq!(found.counts, [64 * 334, 64 * 667, 64_000]);
    assert_eq!(found.sum, 64.0 * (334.0 * 0.5 + 333.0 * 1.5 + 333.0 * 2.5));
    for big in ["false", "true"] {
        let labels = [("color", "blue"), ("big", big)];
        assert_eq!(value(&snapshot, "e_total", &labels), Value::Counter(32_000));
        let labels = [("color", "red"), ("big", big)];
        assert_eq!(value(&snapshot, "e_total", &labels), Value::Counter(0));
    }
}

#[test]
fn scrapes_in_between_see_totals_that_only_grow_and_agree() {
    let registry = Registry::new();
    let mut def = define("latency_seconds", MetricKind::Histogram);
    def.buckets = &[0.5];
    let histogram = Histogram::register_in(&registry, leak(def));
    let stop = AtomicBool::new(false);
    let (mut before, mut sum) = (0, 0.0);
    let written = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut written = 0u64;
                    while !stop.load(Relaxed) {
                        histogram.observe(if written.is_multiple_of(2) { 0.25 } else { 1.0 });
                        written += 1;
                    }
                    written
                })
            })
            .collect();
        for _ in 0..2000 {
            let Value::Histogram(now) = value(&registry.snapshot(), "latency_seconds", &[]) else {
                panic!("no histogram");
            };
            assert!(now.count() >= before && now.sum >= sum && now.counts[0] <= now.counts[1]);
            (before, sum) = (now.count(), now.sum);
        }
        stop.store(true, Relaxed);
        writers
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .sum::<u64>()
    });
    assert_eq!(histogram.count(), written);
}

#[test]
fn values_that_would_spoil_a_total_are_refused_and_counted() {
    let registry = Registry::new();
    let counter = Counter::<f64>::register_in(
        &registry,
        leak(define("paid_total", MetricKind::FloatCounter)),
    );
    let mut def = define("size_bytes", MetricKind::Histogram);
    def.buckets = &[1.0];
    let histogram = Histogram::register_in(&registry, leak(def));
    let mut def = define("age", MetricKind::Summary);
    (def.objectives, def.max_age_secs) = (&[(0.5, 0.1)], 60.0);
    let summary = Summary::register_in(&registry, leak(def));
    let (negative, not_finite) = (own::NEGATIVE.load(Relaxed), own::NOT_FINITE.load(Relaxed));
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0] {
        counter.add(bad);
        if bad != -1.0 {
            histogram.observe(bad);
            summary.observe(bad);
        }
    }
    assert!(own::NEGATIVE.load(Relaxed) > negative);
    assert!(own::NOT_FINITE.load(Relaxed) >= not_finite + 9);
    assert_eq!(
        (counter.get(), histogram.count(), summary.count()),
        (0.0, 0, 0)
    );
    counter.add(f64::MAX);
    counter.add(f64::MAX);
    assert_eq!(
        counter.get(),
        f64::MAX,
        "a sum that overflows stays a number"
    );
    histogram.observe(-2.0);
    assert_eq!((histogram.count(), histogram.sum()), (1, -2.0));
}

#[test]
fn label_sets_that_look_alike_are_different_series() {
    let registry = Registry::new();
    let mut def = define("seen_total", MetricKind::Counter);
    def.labels = <Family<Counter, Free<'static>> as Instrument>::LABELS;
    let family = Family::<Counter, Free<'static>>::register_in(&registry, leak(def));
    family.with(&Free("ab", "c")).add(1);
    let borrowed = String::from("bc");
    family.with(&Free("a", &borrowed)).add(2);
    family.with(&Free("", "abc")).add(4);
    let snapshot = registry.snapshot();
    for (user, item, count) in [("ab", "c", 1), ("a", "bc", 2), ("", "abc", 4)] {
        let labels = [("user", user), ("item", item)];
        assert_eq!(
            value(&snapshot, "seen_total", &labels),
            Value::Counter(count)
        );
    }
    // The family is full: what is new shares one series, what is known stays.
    family.with(&Free("x", "y")).add(8);
    family.with(&Free("z", "y")).add(16);
    family.with(&Free("a", "bc")).add(32);
    let snapshot = registry.snapshot();
    let overflow = [("user", OVERFLOW), ("item", OVERFLOW)];
    assert_eq!(
        value(&snapshot, "seen_total", &overflow),
        Value::Counter(24)
    );
    let known = [("user", "a"), ("item", "bc")];
    assert_eq!(value(&snapshot, "seen_total", &known), Value::Counter(34));
    assert_eq!(snapshot.series(), 4);
}

#[test]
fn long_values_are_cut_at_a_character() {
    let registry = Registry::new();
    let mut def = define("cut_total", MetricKind::Counter);
    def.labels = <Family<Counter, Free<'static>> as Instrument>::LABELS;
    let family = Family::<Counter, Free<'static>>::register_in(&registry, leak(def));
    let long: &'static str = String::leak("é".repeat(10_000));
    family.with(&Free(long, "x")).inc();
    let snapshot = registry.snapshot();
    let found = snapshot.families[0].series[0].label("user").unwrap();
    assert!(found.len() <= MAX_LABEL_BYTES && found.len() > MAX_LABEL_BYTES - 4);
    assert!(found.chars().all(|c| c == 'é'));
}

#[test]
fn a_timer_counts_once_however_it_ends() {
    let registry = Registry::new();
    let mut def = define("wait_seconds", MetricKind::Histogram);
    def.buckets = &[0.1, 1.0];
    let histogram = Histogram::register_in(&registry, leak(def));
    let clock = crate::testing::virtual_clock();
    let timer = histogram.start_timer();
    clock.advance(Duration::from_millis(500));
    assert_eq!(timer.observe(), Duration::from_millis(500));
    assert_eq!((histogram.count(), histogram.sum()), (1, 0.5));
    drop(histogram.start_timer());
    assert_eq!(histogram.count(), 2);
    histogram.start_timer().discard();
    assert_eq!(histogram.count(), 2);
    let panics = std::panic::catch_unwind(|| {
        let _timer = histogram.start_timer();
        panic!("on purpose");
    });
    assert!(panics.is_err());
    assert_eq!(histogram.count(), 3);
}

#[test]
fn a_tracked_gauge_returns_by_itself() {
    let gauge = Gauge::register_in(&Registry::new(), leak(define("busy", MetricKind::Gauge)));
    gauge.set(4.0);
    {
        let (_first, _second) = (gauge.track(), gauge.track());
        assert_eq!(gauge.get(), 6.0);
    }
    gauge.sub(0.5);
    assert_eq!(gauge.get(), 3.5);
}

#[test]
fn an_info_shows_the_facts_that_can_be_labels() {
    let registry = Registry::new();
    let info = Info::register_in(&registry, leak(define("node_info", MetricKind::Info)));
    assert_eq!(registry.snapshot().series(), 0);
    info.set(&[
        ("zone", "a\"b\n"),
        ("le", "1"),
        ("zone", "twice"),
        ("__x", "y"),
    ]);
    let snapshot = registry.snapshot();
    assert_eq!(
        value(&snapshot, "node_info", &[("zone", "a\"b\n")]),
        Value::Info
    );
    info.set(&[("zone", "b")]);
    assert_eq!(registry.snapshot().families[0].series.len(), 1);
}

#[test]
fn a_fact_does_not_stand_in_for_a_label_of_the_family() {
    let registry = Registry::new();
    let def = MetricDef {
        labels: Finite::LABELS,
        ..define("node_info", MetricKind::Info)
    };
    let nodes: Family<Info, Finite> = Family::register_in(&registry, leak(def));
    let node = nodes.with(&Finite(Color::Red, true));
    node.set(&[("color", "blue"), ("zone", "a")]);
    let labels = [("color", "red"), ("big", "true"), ("zone", "a")];
    assert_eq!(
        value(&registry.snapshot(), "node_info", &labels),
        Value::Info
    );
}
