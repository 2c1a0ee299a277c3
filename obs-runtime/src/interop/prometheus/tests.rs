use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use ::prometheus::core::{Collector, Desc};
use ::prometheus::{
    Counter, Encoder, Gauge, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts,
    Registry as Theirs, TextEncoder, proto,
};
use obs_schema::def::{MetricDef, MetricKind};

use super::import::Import;
use super::*;
use crate::metric::encode::{Format, encode};
use crate::metric::snapshot::Value;
use crate::metric::{Histogram, Info, Instrument, Registry, Summary};

/// A registry of ours that shows `theirs`.
fn importing_registry(theirs: &Theirs) -> &'static Registry {
    let registry: &'static Registry = Box::leak(Box::new(Registry::with_operations(true)));
    let theirs = theirs.clone();
    registry.register_source(Box::new(Import {
        name: "prometheus".to_owned(),
        read: move || theirs.gather(),
    }));
    registry
}

fn errors(registry: &Registry) -> f64 {
    let snapshot = registry.snapshot();
    let family = snapshot.family("obs_collector_errors_total").unwrap();
    match family.with(&[("collector", "prometheus")]).unwrap().value {
        Value::Counter(count) => count as f64,
        ref other => panic!("{other:?}"),
    }
}

fn their_text(theirs: &Theirs) -> String {
    let mut text = Vec::new();
    TextEncoder::new()
        .encode(&theirs.gather(), &mut text)
        .unwrap();
    String::from_utf8(text).unwrap()
}

#[test]
fn their_families_are_shown_as_they_are() {
    let theirs = Theirs::new();
    let hits = IntCounterVec::new(Opts::new("hits_total", "Hits."), &["path"]).unwrap();
    hits.with_label_values(&["/a \"b\"\n"]).inc_by(3);
    let plain = Counter::new("plain", "A counter without its suffix.").unwrap();
    plain.inc_by(0.5);
    let level = Gauge::new("Level:now", "A name that is not ours.").unwrap();
    level.set(-2.5);
    let took = HistogramVec::new(
        HistogramOpts::new("took_seconds", "Durations.").buckets(vec![0.1, 1.0]),
        &["step"],
    )
    .unwrap();
    took.with_label_values(&["pack"]).observe(0.5);
    for collector in [
        Box::new(hits) as Box<dyn Collector>,
        Box::new(plain),
        Box::new(level),
        Box::new(took),
    ] {
        theirs.register(collector).unwrap();
    }
    let registry = importing_registry(&theirs);
    registry.set_prefix("ours_");
    registry.set_common_labels([("service", "shop")]);
    let snapshot = registry.snapshot();
    let text = String::from_utf8(encode(&snapshot, Format::OPENMETRICS)).unwrap();
    for line in [
        "# TYPE hits counter",
        "hits_total{service=\"shop\",path=\"/a \\\"b\\\"\\n\"} 3",
        "plain_total{service=\"shop\"} 0.5",
        "Level:now{service=\"shop\"} -2.5",
        "took_seconds_bucket{service=\"shop\",step=\"pack\",le=\"0.1\"} 0",
        "took_seconds_bucket{service=\"shop\",step=\"pack\",le=\"1.0\"} 1",
        "took_seconds_bucket{service=\"shop\",step=\"pack\",le=\"+Inf\"} 1",
        "took_seconds_sum{service=\"shop\",step=\"pack\"} 0.5",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    let text = String::from_utf8(encode(&snapshot, Format::TEXT)).unwrap();
    assert!(text.contains("\nplain{service=\"shop\"} 0.5\n"), "{text}");
}

struct Panics(Desc);

impl Panics {
    fn new() -> Self {
        Self(Desc::new("panics".to_owned(), "P.".to_owned(), vec![], HashMap::new()).unwrap())
    }
}

impl Collector for Panics {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.0]
    }

    fn collect(&self) -> Vec<proto::MetricFamily> {
        panic!("on purpose");
    }
}

#[test]
fn a_panic_or_a_clash_there_harms_nothing_here() {
    let theirs = Theirs::new();
    let registry = importing_registry(&theirs);
    registry.register_gauge("mine", "Mine.", "", &[], || 1.0);
    // The first to be registered has the name.
    theirs
        .register(Box::new(
            IntCounter::new("mine_total", "Clashes in OpenMetrics.").unwrap(),
        ))
        .unwrap();
    theirs
        .register(Box::new(
            IntCounter::new("obs_torn_reads_total", "Ours.").unwrap(),
        ))
        .unwrap();
    // Their registry lets through what no format can show.
    let le = IntCounterVec::new(Opts::new("with_le_total", "Le."), &["le"]).unwrap();
    le.with_label_values(&["1"]).inc();
    theirs.register(Box::new(le)).unwrap();
    theirs
        .register(Box::new(IntCounter::new("fine_total", "Fine.").unwrap()))
        .unwrap();
    let snapshot = registry.snapshot();
    assert!(snapshot.family("fine_total").is_some() && snapshot.family("mine_total").is_some());
    assert!(snapshot.family("mine").is_none(), "it came later");
    assert!(snapshot.family("with_le_total").is_none());
    assert_eq!(errors(registry), 4.0, "two for each of two scrapes");

    theirs.register(Box::new(Panics::new())).unwrap();
    let snapshot = registry.snapshot();
    assert!(
        snapshot.family("fine_total").is_none(),
        "missing from this scrape"
    );
    assert!(snapshot.family("mine").is_some());
    assert!(
        !super::is_importing(),
        "the panic did not leave the mark behind"
    );
}

#[test]
fn an_isolated_collector_loses_only_its_own_series() {
    let theirs = Theirs::new();
    let registry = importing_registry(&theirs);
    let fine = IntCounter::new("fine_total", "Fine.").unwrap();
    theirs.register(Box::new(fine)).unwrap();
    let isolated = Isolated::new("isolated_test", Panics::new());
    theirs.register(Box::new(isolated)).unwrap();
    let own = || {
        let snapshot = Registry::global().snapshot();
        let family = snapshot.family("obs_collector_errors_total")?;
        let series = family.with(&[("collector", "isolated_test")])?;
        Some(series.value.clone())
    };
    assert_eq!(own(), Some(Value::Counter(0)));
    assert!(registry.snapshot().family("fine_total").is_some());
    assert_eq!(errors(registry), 0.0);
    assert!(their_text(&theirs).contains("fine_total 0"));
    assert_eq!(own(), Some(Value::Counter(3)), "for each reading");
    theirs.unregister(Box::new(Panics::new())).unwrap();
    assert_eq!(own(), None, "its record goes with it");
}

#[test]
fn our_families_are_shown_there() {
    static TOOK: MetricDef = MetricDef {
        unit: "seconds",
        buckets: &[0.1, 1.0],
        ..MetricDef::new("took_seconds", "Durations.", MetricKind::Histogram)
    };
    static SIZE: MetricDef = MetricDef {
        objectives: &[(0.5, 0.05)],
        max_age_secs: 60.0,
        ..MetricDef::new("size", "Sizes.", MetricKind::Summary)
    };
    static HITS: MetricDef = MetricDef::new("hits_total", "Hits.", MetricKind::Counter);
    static NODE: MetricDef = MetricDef::new("node_info", "The node.", MetricKind::Info);
    let registry: &'static Registry = Box::leak(Box::new(Registry::new()));
    registry.set_common_labels([("service", "shop")]);
    crate::metric::Counter::<u64>::register_in(registry, &HITS).add(3);
    Histogram::register_in(registry, &TOOK).observe(0.5);
    Summary::register_in(registry, &SIZE).observe(2.0);
    Info::register_in(registry, &NODE).set(&[("zone", "a")]);
    let theirs = Theirs::new();
    theirs
        .register(Box::new(PrometheusBridge::of(registry)))
        .unwrap();
    let text = their_text(&theirs);
    for line in [
        "# TYPE hits_total counter",
        "hits_total{service=\"shop\"} 3",
        "node_info{service=\"shop\",zone=\"a\"} 1",
        "size{service=\"shop\",quantile=\"0.5\"} 2",
        "size_count{service=\"shop\"} 1",
        "took_seconds_bucket{service=\"shop\",le=\"0.1\"} 0",
        "took_seconds_bucket{service=\"shop\",le=\"1\"} 1",
        "took_seconds_bucket{service=\"shop\",le=\"+Inf\"} 1",
        "took_seconds_sum{service=\"shop\"} 0.5",
        "took_seconds_count{service=\"shop\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    let clash = IntCounter::new("hits_total", "Theirs.").unwrap();
    assert!(
        theirs.register(Box::new(clash)).is_err(),
        "the name is taken there as well"
    );
}

#[test]
fn registries_that_show_each_other_do_not_go_round_in_circles() {
    static COUNTED: AtomicUsize = AtomicUsize::new(0);
    let theirs = Theirs::new();
    let hits = IntCounter::new("hits_total", "Hits.").unwrap();
    theirs.register(Box::new(hits)).unwrap();
    let registry = importing_registry(&theirs);
    registry.register_gauge("mine", "Mine.", "", &[], || {
        COUNTED.fetch_add(1, Relaxed);
        1.0
    });
    theirs
        .register(Box::new(PrometheusBridge::of(registry)))
        .unwrap();
    let snapshot = registry.snapshot();
    assert!(snapshot.family("hits_total").is_some() && snapshot.family("mine").is_some());
    assert_eq!((errors(registry), COUNTED.load(Relaxed)), (0.0, 2));
    let text = their_text(&theirs);
    assert_eq!(text.matches("\nhits_total 0\n").count(), 1, "{text}");
    assert_eq!(text.matches("\nmine 1\n").count(), 1, "{text}");
}
