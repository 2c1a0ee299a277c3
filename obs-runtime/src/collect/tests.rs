//! What holds for every collector of this module together.

use std::collections::HashSet;

use obs_schema::name::{check_metric, check_metric_label};
use obs_schema::unit::check_unit_of;

use super::*;

fn own() -> Vec<Box<dyn Collect>> {
    vec![
        Box::new(Process::new().heap(|| Some(1))),
        Box::new(Host::new()),
        Box::new(Cgroups::new()),
        Box::new(BuildInfo::new("1.0.0").commit("abc")),
    ]
}

fn scrape(collectors: &[Box<dyn Collect>]) -> Vec<CollectedFamily> {
    let mut families = Vec::new();
    for collector in collectors {
        let mut sink = Sink::new(&mut families);
        collector.collect(&mut sink);
        assert_eq!(sink.dropped(), 0, "{}", collector.name());
    }
    families
}

#[cfg(feature = "tokio")]
fn everything() -> (Vec<Box<dyn Collect>>, tokio::runtime::Runtime) {
    let tokio = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let runtimes = Runtimes::new();
    runtimes.register("main", tokio.handle()).unwrap();
    let mut collectors = own();
    collectors.push(Box::new(runtimes));
    (collectors, tokio)
}

#[cfg(not(feature = "tokio"))]
fn everything() -> (Vec<Box<dyn Collect>>, ()) {
    (own(), ())
}

#[test]
fn names_labels_and_units_obey_the_rule_book() {
    let (collectors, _runtime) = everything();
    for family in scrape(&collectors) {
        check_metric(&family.name, family.kind).unwrap();
        check_unit_of(&family.name, &family.unit).unwrap();
        assert!(family.help.ends_with('.'), "{}", family.name);
        for (label, _) in family.samples.iter().flat_map(|sample| &sample.labels) {
            check_metric_label(label).unwrap();
        }
    }
}

#[test]
fn no_series_is_handed_over_twice() {
    let (collectors, _runtime) = everything();
    for family in scrape(&collectors) {
        let mut seen = HashSet::new();
        for sample in &family.samples {
            let labels = format!("{:?}", sample.labels);
            assert!(seen.insert(labels), "{} {sample:?}", family.name);
        }
    }
}

#[test]
fn several_scrapes_at_once_see_the_same_families() {
    let (collectors, _runtime) = everything();
    let names = |families: Vec<CollectedFamily>| -> Vec<_> {
        families.into_iter().map(|family| family.name).collect()
    };
    let expected = names(scrape(&collectors));
    std::thread::scope(|scope| {
        let scrapes: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| names(scrape(&collectors))))
            .collect();
        for scrape in scrapes {
            assert_eq!(scrape.join().unwrap(), expected);
        }
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_scrape_is_cheap() {
    use nix::time::{ClockId, clock_gettime};
    use std::time::Duration;

    let cpu = || Duration::from(clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).unwrap());
    let (collectors, _runtime) = everything();
    let cost = |_| {
        let before = cpu();
        scrape(&collectors);
        cpu() - before
    };
    // The best of many: what else the machine does is not the collectors' cost. The
    // bound leaves room for unoptimised code and for machines with hundreds of CPUs.
    let best = (0..30).map(cost).min().unwrap();
    assert!(best < Duration::from_millis(5), "{best:?}");
}
