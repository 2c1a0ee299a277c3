//! Signals, and what they do to a check.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};

use super::*;
use crate::health::status::{Health, Status};
use crate::health::{Signal, blocking};

#[test]
fn a_signal_makes_a_check_worse_and_never_better() {
    let service = Service::start();
    let bank = Signal::in_registry(service.registry, "bank");
    bank.set(Health::unhealthy("the circuit is open"));
    let alone = service.report("bank");
    assert_eq!(
        (alone.status, alone.critical),
        (Some(Status::Unhealthy), false)
    );

    // A check of the name takes the signal over.
    let registered = blocking("bank", || true)
        .register_in(service.registry)
        .unwrap();
    let report = service.wait("bank", |report| report.runs >= 1);
    assert_eq!(report.status, Some(Status::Unhealthy));
    assert_eq!(report.health.unwrap().status(), Status::Healthy);
    bank.set(Health::healthy());
    assert_eq!(service.report("bank").status, Some(Status::Healthy));
    registered.remove();

    blocking("other", || false)
        .register_in(service.registry)
        .unwrap();
    service.wait("other", |report| report.runs >= 1);
    Signal::in_registry(service.registry, "other").set(Health::healthy());
    assert_eq!(service.report("other").status, Some(Status::Unhealthy));
}

#[test]
fn calls_that_went_well_take_the_place_of_a_run() {
    let service = Service::start();
    let runs = Arc::new(AtomicU32::new(0));
    let own = runs.clone();
    let traffic = Signal::in_registry(service.registry, "traffic");
    traffic.succeeded();
    let look = move || own.fetch_add(1, SeqCst) == u32::MAX;
    let interval = Duration::from_secs(60);
    let added = blocking("traffic", look).interval(interval);
    added.register_in(service.registry).unwrap();
    let report = service.wait("traffic", |report| report.runs >= 1);
    assert_eq!(report.status, Some(Status::Healthy));
    assert_eq!(runs.load(SeqCst), 0);
}

#[test]
fn a_call_that_failed_brings_the_next_run_forward() {
    let service = Service::start();
    let works = Arc::new(AtomicBool::new(true));
    let own = works.clone();
    let added = blocking("early", move || own.load(SeqCst)).interval(Duration::from_secs(3));
    added.register_in(service.registry).unwrap();
    service.wait("early", |report| report.status == Some(Status::Healthy));
    works.store(false, SeqCst);
    let began = Instant::now();
    Signal::in_registry(service.registry, "early").failed();
    service.wait("early", |report| report.status == Some(Status::Unhealthy));
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
}
