use std::sync::atomic::Ordering::Relaxed;

use obs_schema::def::{LabelDef, MetricDef, MetricKind, Values};

use super::{Finite, define, leak, value};
use crate::metric::snapshot::Value;
use crate::metric::{Counter, Family, Gauge, Histogram, Instrument, Registry, builtin, own};

/// Registers with `register` and says whether that was refused.
fn is_refused(register: impl FnOnce()) -> bool {
    // Other tests register as well, but none of them is refused without counting.
    let before = own::CONFLICTS.load(Relaxed);
    register();
    own::CONFLICTS.load(Relaxed) > before
}

#[test]
fn the_same_definition_shares_its_series() {
    let registry = Registry::new();
    let first =
        Counter::<u64>::register_in(&registry, leak(define("a_total", MetricKind::Counter)));
    let again =
        Counter::<u64>::register_in(&registry, leak(define("a_total", MetricKind::Counter)));
    first.inc();
    again.inc();
    assert_eq!(first.get(), 2);
    assert_eq!(registry.snapshot().series(), 1);
}

#[test]
fn a_contradiction_counts_into_the_void_and_harms_nobody() {
    let registry = Registry::new();
    let counter =
        Counter::<u64>::register_in(&registry, leak(define("a_total", MetricKind::Counter)));
    counter.inc();
    // One family in OpenMetrics: `a`.
    let gauge = leak(define("a", MetricKind::Gauge));
    let mut refused = None;
    assert!(is_refused(
        || refused = Some(Gauge::register_in(&registry, gauge))
    ));
    let refused = refused.unwrap();
    refused.set(7.0);
    assert_eq!(refused.get(), 0.0);
    let other = leak(define("a_total", MetricKind::FloatCounter));
    assert!(is_refused(
        || Counter::<f64>::register_in(&registry, other).inc()
    ));
    let mut def = define("a_total", MetricKind::Counter);
    def.labels = <Family<Counter, Finite> as Instrument>::LABELS;
    let def = leak(def);
    assert!(is_refused(|| {
        let family = Family::<Counter, Finite>::register_in(&registry, def);
        family.with(&Finite(super::Color::Red, true)).inc();
    }));
    assert_eq!(
        value(&registry.snapshot(), "a_total", &[]),
        Value::Counter(1)
    );
}

#[test]
fn definitions_by_hand_keep_the_rule_book() {
    let registry = Registry::new();
    let refuse = |def: MetricDef| {
        let def = leak(def);
        assert!(
            is_refused(|| Histogram::register_in(&registry, def).observe(1.0)),
            "{def:?}"
        );
    };
    refuse(define("no_buckets", MetricKind::Histogram));
    refuse(MetricDef {
        buckets: &[2.0, 1.0],
        ..define("unsorted", MetricKind::Histogram)
    });
    refuse(MetricDef {
        buckets: &[1.0],
        ..define("ends_in_count", MetricKind::Histogram)
    });
    refuse(MetricDef {
        buckets: &[1.0],
        unit: "bytes",
        ..define("took_seconds", MetricKind::Histogram)
    });
    refuse(define("kind", MetricKind::Gauge));
    let reserved = LabelDef {
        name: "le",
        values: Values::Capped { max_series: 5 },
    };
    refuse(MetricDef {
        buckets: &[1.0],
        labels: Vec::leak(vec![reserved]),
        ..define("labelled", MetricKind::Histogram)
    });
    assert_eq!(registry.snapshot().series(), 0);
}

#[test]
fn our_own_names_are_taken_in_the_registry_of_the_program() {
    for name in [
        "operation_calls_total",
        "obs_torn_reads_total",
        "retry_calls_total",
    ] {
        let def = leak(define(name, MetricKind::Counter));
        assert!(is_refused(|| Counter::<u64>::register(def).inc()));
    }
    for def in builtin::ALL {
        let buckets = [
            &builtin::DURATION,
            &builtin::DATABASE,
            &builtin::EXTERNAL_API,
        ]
        .iter()
        .any(|other| other.name == def.name);
        let mut checked = **def;
        if buckets {
            checked.buckets = &[1.0];
        }
        let findings = obs_schema::check::metric_findings(&checked).issues();
        assert!(findings.is_empty(), "{findings:?}");
    }
}

#[test]
fn prefix_and_common_labels_are_checked_and_applied() {
    let registry = Registry::new();
    let def = leak(define("a_total", MetricKind::Counter));
    Counter::<u64>::register_in(&registry, def).inc();
    registry.set_prefix("shop_");
    registry.set_prefix("no-prefix");
    registry.set_common_labels([
        ("service", "shop"),
        ("le", "1"),
        ("env", "prod"),
        ("env", "x"),
    ]);
    let snapshot = registry.snapshot();
    assert_eq!(value(&snapshot, "shop_a_total", &[]), Value::Counter(1));
    let common: Vec<_> = snapshot.common.iter().map(|l| (&*l.0, &*l.1)).collect();
    assert_eq!(common, [("env", "prod"), ("service", "shop")]);
}

#[test]
fn finite_label_sets_exist_at_0_before_the_first_use() {
    let registry = Registry::new();
    let mut def = define("a", MetricKind::Histogram);
    def.buckets = &[1.0];
    def.labels = <Family<Histogram, Finite> as Instrument>::LABELS;
    let _family = Family::<Histogram, Finite>::register_in(&registry, leak(def));
    let snapshot = registry.snapshot();
    assert_eq!(snapshot.series(), 4);
    for series in &snapshot.families[0].series {
        let Value::Histogram(histogram) = &series.value else {
            panic!("no histogram");
        };
        assert_eq!((&histogram.counts[..], histogram.sum), (&[0, 0][..], 0.0));
    }
}

#[test]
fn many_series_are_packed_and_apart() {
    let registry = Registry::new();
    let counters: Vec<_> = (0..5000)
        .map(|n| {
            let name = String::leak(format!("n{n}_total"));
            Counter::<u64>::register_in(&registry, leak(define(name, MetricKind::Counter)))
        })
        .collect();
    for (n, counter) in counters.iter().enumerate() {
        counter.add(n as u64);
    }
    assert!(
        counters
            .iter()
            .enumerate()
            .all(|(n, counter)| counter.get() == n as u64)
    );
    let names: Vec<_> = registry
        .snapshot()
        .families
        .into_iter()
        .map(|f| f.name)
        .collect();
    assert_eq!(names.len(), 5000);
    assert!(names.is_sorted());
}
