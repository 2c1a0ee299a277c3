use std::time::Instant;

use tokio::runtime::{Builder, Runtime};

use super::*;
use crate::collect::CollectedFamily;

fn two_workers() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

fn collect(runtimes: &Runtimes) -> Vec<CollectedFamily> {
    let mut families = Vec::new();
    runtimes.collect(&mut Sink::new(&mut families));
    families
}

fn values(families: &[CollectedFamily], name: &str) -> Vec<(Vec<String>, f64)> {
    let family = families.iter().find(|family| family.name == name);
    let samples = family.into_iter().flat_map(|family| &family.samples);
    samples
        .map(|sample| {
            let labels = sample.labels.iter().map(|(_, value)| value.clone());
            (labels.collect(), sample.value)
        })
        .collect()
}

/// Tokio updates its numbers a moment after the program can see the effect.
fn eventually(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(10), "not within 10 s");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn tasks_of_the_program_are_counted_and_ours_is_not() {
    let (runtimes, runtime) = (Runtimes::new(), two_workers());
    runtimes.register("main", runtime.handle()).unwrap();
    let alive = || values(&collect(&runtimes), "tokio_alive_tasks")[0].1;
    assert_eq!(alive(), 0.0);
    let tasks: Vec<_> = (0..3).map(|_| runtime.spawn(pending::<()>())).collect();
    assert_eq!(alive(), 3.0);
    for task in tasks {
        task.abort();
        assert!(runtime.block_on(task).unwrap_err().is_cancelled());
    }
    eventually(|| alive() == 0.0);
}

#[test]
fn every_worker_has_its_own_series() {
    let (runtimes, runtime) = (Runtimes::new(), two_workers());
    runtimes.register("main", runtime.handle()).unwrap();
    let families = collect(&runtimes);
    assert_eq!(
        values(&families, "tokio_workers"),
        [(vec!["main".to_owned()], 2.0)]
    );
    let parks = values(&families, "tokio_worker_parks_total");
    let labels: Vec<_> = parks.iter().map(|(labels, _)| labels.join("/")).collect();
    assert_eq!(labels, ["main/0", "main/1"]);
}

#[test]
fn busy_time_grows_with_work_and_never_falls() {
    let (runtimes, runtime) = (Runtimes::new(), two_workers());
    runtimes.register("main", runtime.handle()).unwrap();
    let busy = || values(&collect(&runtimes), "tokio_worker_busy_seconds_total");
    let first = busy();
    let mut before = first.clone();
    for _ in 0..10 {
        let task = async { std::thread::sleep(Duration::from_millis(5)) };
        runtime.block_on(runtime.spawn(task)).unwrap();
        let after = busy();
        assert!(before.iter().zip(&after).all(|(old, new)| old.1 <= new.1));
        before = after;
    }
    let total = |workers: &[(Vec<String>, f64)]| workers.iter().map(|w| w.1).sum::<f64>();
    eventually(|| total(&busy()) - total(&first) >= 0.05);
}

#[test]
fn a_runtime_that_has_ended_leaves_nothing_behind() {
    let (runtimes, first, second) = (Runtimes::new(), two_workers(), two_workers());
    runtimes.register("first", first.handle()).unwrap();
    runtimes.register("second", second.handle()).unwrap();
    assert_eq!(values(&collect(&runtimes), "tokio_workers").len(), 2);
    drop(first);
    let left = values(&collect(&runtimes), "tokio_workers");
    assert_eq!(left, [(vec!["second".to_owned()], 2.0)]);
    drop(second);
    assert!(collect(&runtimes).is_empty());
    assert!(runtimes.lock().is_empty());
}

#[test]
fn a_runtime_that_ended_before_is_never_listed() {
    let (runtimes, runtime) = (Runtimes::new(), two_workers());
    let handle = runtime.handle().clone();
    drop(runtime);
    runtimes.register("late", &handle).unwrap();
    assert!(collect(&runtimes).is_empty());
}

#[test]
fn names_are_unique_among_the_living() {
    let (runtimes, first, second) = (Runtimes::new(), two_workers(), two_workers());
    runtimes.register("main", first.handle()).unwrap();
    runtimes.register("again", first.handle()).unwrap();
    let taken = runtimes.register("main", second.handle()).unwrap_err();
    assert_eq!(taken, RegisterError::NameTaken("main".to_owned()));
    assert!(taken.to_string().contains("`main`"));
    drop(first);
    runtimes.register("main", second.handle()).unwrap();
    assert_eq!(values(&collect(&runtimes), "tokio_workers").len(), 1);
}

#[test]
fn the_number_of_runtimes_is_bounded() {
    let build = || Builder::new_current_thread().build().unwrap();
    let runtimes = Runtimes::new();
    let many: Vec<_> = (0..MAX_RUNTIMES).map(|_| build()).collect();
    for (index, runtime) in many.iter().enumerate() {
        runtimes
            .register(index.to_string(), runtime.handle())
            .unwrap();
    }
    let one_more = build();
    let refused = runtimes.register("one more", one_more.handle());
    assert_eq!(refused, Err(RegisterError::TooMany));
    drop(many);
    runtimes.register("one more", one_more.handle()).unwrap();
}
