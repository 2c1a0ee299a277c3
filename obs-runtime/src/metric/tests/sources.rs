use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use obs_schema::def::MetricKind;

use super::{define, leak, value};
use crate::collect::{Collect, CollectedFamily, CollectedSample, Sink};
use crate::metric::snapshot::Value;
use crate::metric::{Gauge, Instrument, Registry};

struct Collector<F>(&'static str, F);

impl<F: Fn(&mut Sink<'_>) + Send + Sync> Collect for Collector<F> {
    fn name(&self) -> &str {
        self.0
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        (self.1)(sink);
    }
}

fn errors(registry: &Registry) -> Vec<(String, u64)> {
    let snapshot = registry.snapshot();
    let family = snapshot.family("obs_collector_errors_total").unwrap();
    let series = family.series.iter();
    series
        .map(|series| match series.value {
            Value::Counter(count) => (series.labels[0].1.to_string(), count),
            ref other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn a_panic_costs_the_collector_and_not_the_scrape() {
    let registry = Registry::with_operations(true);
    registry.register_collector(Collector("good", |sink: &mut Sink<'_>| {
        sink.gauge("good", "G.", "", &[], 1.0);
    }));
    registry.register_collector(Collector("bad", |_: &mut Sink<'_>| panic!("on purpose")));
    registry.register_gauge("closure", "C.", "", &[], || panic!("on purpose"));
    assert_eq!(value(&registry.snapshot(), "good", &[]), Value::Gauge(1.0));
    let found = errors(&registry);
    assert_eq!(found[0], ("bad".to_owned(), 2));
    assert_eq!(found[1], ("closure".to_owned(), 2));
    assert_eq!(found[2], ("good".to_owned(), 0));
}

#[test]
fn a_clash_costs_the_later_family() {
    let registry = Registry::with_operations(true);
    let gauge = Gauge::register_in(&registry, leak(define("depth", MetricKind::Gauge)));
    gauge.set(5.0);
    registry.register_collector(Collector("clash", |sink: &mut Sink<'_>| {
        sink.counter("depth_total", "Another family.", "", &[], 1.0);
        sink.gauge("depth", "The same series.", "", &[], 2.0);
        sink.gauge("depth", "Another series.", "", &[("queue", "mail")], 3.0);
        sink.gauge("obs_series", "Ours.", "", &[], 4.0);
        sink.gauge("fine", "Fine.", "", &[], 6.0);
        sink.gauge("Not-Fine", "No name.", "", &[], 7.0);
        sink.gauge("label", "No label.", "", &[("le", "x")], 8.0);
    }));
    let snapshot = registry.snapshot();
    assert_eq!(value(&snapshot, "depth", &[]), Value::Gauge(5.0));
    assert_eq!(
        value(&snapshot, "depth", &[("queue", "mail")]),
        Value::Gauge(3.0)
    );
    assert_eq!(value(&snapshot, "fine", &[]), Value::Gauge(6.0));
    // `depth_total` would be the family `depth` in OpenMetrics.
    for missing in ["depth_total", "Not-Fine", "label"] {
        assert!(snapshot.family(missing).is_none(), "{missing}");
    }
    assert_eq!(snapshot.family("obs_series").unwrap().series.len(), 1);
    assert_eq!(
        errors(&registry)[0],
        ("clash".to_owned(), 10),
        "five per scrape"
    );
}

#[test]
fn two_collectors_can_share_a_family_but_not_a_series() {
    let registry = Registry::with_operations(true);
    for (name, queue) in [("first", "mail"), ("second", "report"), ("third", "mail")] {
        registry.register_collector(Collector(name, move |sink: &mut Sink<'_>| {
            sink.gauge("depth", "Depth.", "", &[("queue", queue)], 1.0);
        }));
    }
    assert_eq!(registry.snapshot().family("depth").unwrap().series.len(), 2);
    let failed: Vec<_> = errors(&registry).into_iter().filter(|e| e.1 > 0).collect();
    assert_eq!(failed, [("third".to_owned(), 2)]);
}

#[test]
fn labels_in_another_order_or_empty_make_no_new_series() {
    let registry = Registry::with_operations(true);
    registry.register_collector(Collector("twins", |sink: &mut Sink<'_>| {
        let labels = |pairs: &[(&'static str, &str)]| {
            let own =
                |&(name, value): &(&'static str, &str)| (Cow::Borrowed(name), value.to_owned());
            pairs.iter().map(own).collect()
        };
        let sample = |labels| CollectedSample { labels, value: 1.0 };
        sink.push(CollectedFamily {
            name: "twins".into(),
            help: "T.".into(),
            kind: MetricKind::Gauge,
            unit: "".into(),
            samples: vec![
                sample(labels(&[("a", "1"), ("b", "2")])),
                sample(labels(&[("b", "2"), ("a", "1")])),
                sample(labels(&[("b", "2"), ("a", "1"), ("c", "")])),
                sample(labels(&[("a", "1"), ("a", "2")])),
            ],
        });
    }));
    assert_eq!(registry.snapshot().family("twins").unwrap().series.len(), 1);
    assert_eq!(errors(&registry)[0].1, 6);
}

#[test]
fn a_collector_may_use_the_registry_and_leave_it() {
    let registry: &'static Registry = Box::leak(Box::new(Registry::new()));
    registry.register_collector(Collector("nested", |sink: &mut Sink<'_>| {
        registry.set_prefix("");
        let def = leak(define("late_total", MetricKind::Counter));
        crate::metric::Counter::<u64>::register_in(registry, def).inc();
        sink.gauge("nested", "N.", "", &[], 1.0);
    }));
    let dropped = Arc::new(AtomicBool::new(false));
    let guard = scopeguard(dropped.clone());
    let registration = registry.register_gauge("own", "O.", "", &[], move || {
        let _keep = &guard;
        1.0
    });
    assert_eq!(registry.snapshot().series(), 2);
    assert!(registry.unregister(registration));
    assert!(dropped.load(Relaxed), "the closure is gone");
    let snapshot = registry.snapshot();
    assert!(snapshot.family("own").is_none() && snapshot.family("late_total").is_some());
}

fn scopeguard(flag: Arc<AtomicBool>) -> impl Send + Sync {
    struct Guard(Arc<AtomicBool>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.store(true, Relaxed);
        }
    }
    Guard(flag)
}
