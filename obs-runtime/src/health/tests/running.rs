//! Checks that run: in parallel, one at a time each, within their time.

use std::future::pending;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::health::status::{Health, Status};
use crate::health::{Heartbeat, Liveness, Overall, blocking, check, liveness};

const SHORT: Duration = Duration::from_millis(20);
const OFTEN: Duration = Duration::from_millis(100);

#[test]
fn ten_of_twenty_that_hang_hold_up_nobody() {
    let service = Service::start();
    let gate = Gate::new();
    for number in 0..20 {
        let gate = (number % 2 == 0).then(|| gate.clone());
        let look = move || {
            if let Some(gate) = &gate {
                gate.pass();
            }
            true
        };
        let name = format!("check-{number:02}");
        let added = blocking(name, look).timeout(SHORT).interval(OFTEN);
        added.register_in(service.registry).unwrap();
    }
    for number in 0..20 {
        let expected = if number % 2 == 0 {
            Status::Unhealthy
        } else {
            Status::Healthy
        };
        let name = format!("check-{number:02}");
        let report = service.wait(&name, |report| report.runs >= 2);
        assert_eq!(report.status, Some(expected), "{report:?}");
    }
    // The quickest of some: other tests want the processor too.
    let quickest = (0..10).map(|_| {
        let began = Instant::now();
        let reports = all(service.registry);
        (began.elapsed(), reports)
    });
    let (took, reports) = quickest.min_by_key(|(took, _)| *took).unwrap();
    assert!(took < Duration::from_millis(5), "{took:?}");
    assert_eq!(
        Overall::worst(reports.iter().map(Report::overall)),
        Overall::Unhealthy
    );
    gate.open();
    service.wait("check-00", |report| report.status == Some(Status::Healthy));
}

#[test]
fn one_that_blocks_is_not_started_again_and_gets_worse_meanwhile() {
    let service = Service::start();
    let gate = Gate::new();
    let own = gate.clone();
    let look = move || own.pass();
    blocking("stuck", move || {
        look();
        Status::Healthy
    })
    .timeout(SHORT)
    .interval(OFTEN)
    .retries(2)
    .register_in(service.registry)
    .unwrap();
    let report = service.wait("stuck", |report| report.failures >= 3);
    assert_eq!(gate.came(), 1, "one run at a time");
    let (message, _) = report.last_error.unwrap();
    assert_eq!(message, "it has not returned for 1s");
    assert!(report.running.unwrap() >= 2 * OFTEN);
    gate.open();
    let report = service.wait("stuck", |report| report.failures == 0);
    assert_eq!(report.status, Some(Status::Healthy));
    assert!(gate.came() >= 2);
}

#[test]
fn a_future_is_dropped_when_its_time_is_over() {
    struct Dropped(Arc<AtomicBool>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.store(true, SeqCst);
        }
    }
    let service = Service::start();
    let dropped = Arc::new(AtomicBool::new(false));
    let own = dropped.clone();
    check("never", move || {
        let dropped = Dropped(own.clone());
        async move {
            let _dropped = dropped;
            pending::<bool>().await
        }
    })
    .timeout(SHORT)
    .register_in(service.registry)
    .unwrap();
    let report = service.wait("never", |report| report.runs == 1);
    assert_eq!(report.health.unwrap().message(), "no answer within 20ms");
    service.wait("never", |report| report.running.is_none());
    assert!(dropped.load(SeqCst));
}

#[test]
fn a_run_tries_again_before_it_fails() {
    let service = Service::start();
    let tries = Arc::new(AtomicU32::new(0));
    let own = tries.clone();
    let look = move || match own.fetch_add(1, SeqCst) {
        0 | 1 => Err("not yet"),
        _ => Ok(()),
    };
    let added = blocking("flaky", look)
        .retries(2)
        .timeout(Duration::from_secs(1));
    added.register_in(service.registry).unwrap();
    let report = service.wait("flaky", |report| report.runs == 1);
    assert_eq!((report.status, report.failures), (Some(Status::Healthy), 0));
    assert_eq!(tries.load(SeqCst), 3);
}

#[test]
fn a_panic_is_a_failure() {
    let service = Service::start();
    let look = || -> bool { panic!("a check of this test") };
    blocking("panics", look)
        .register_in(service.registry)
        .unwrap();
    let report = service.wait("panics", |report| report.runs == 1);
    assert_eq!(report.health, Some(Health::unhealthy("the check panicked")));
}

#[test]
fn secrets_in_what_a_check_says_are_hidden() {
    let service = Service::start();
    let look = || Err::<(), _>("cannot reach postgres://shop:hunter2@db/orders");
    blocking("leaky", look)
        .register_in(service.registry)
        .unwrap();
    let report = service.wait("leaky", |report| report.runs == 1);
    let shown = format!("{report:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_check_of_the_start_runs_until_it_has_passed() {
    let service = Service::start();
    let tries = Arc::new(AtomicU32::new(0));
    let own = tries.clone();
    let look = move || own.fetch_add(1, SeqCst) >= 1;
    let added = blocking("migrated", look)
        .startup()
        .timeout(SHORT)
        .interval(OFTEN);
    added.register_in(service.registry).unwrap();
    service.wait("migrated", |report| report.status == Some(Status::Healthy));
    std::thread::sleep(3 * OFTEN);
    assert_eq!(tries.load(SeqCst), 2);
}

#[test]
fn what_is_removed_runs_no_more() {
    let service = Service::start();
    let runs = Arc::new(AtomicU32::new(0));
    let own = runs.clone();
    let look = move || own.fetch_add(1, SeqCst) < u32::MAX;
    let added = blocking("gone", look).timeout(SHORT).interval(OFTEN);
    let registered = added.register_in(service.registry).unwrap();
    service.wait("gone", |report| report.runs >= 1);
    registered.remove();
    let so_far = runs.load(SeqCst);
    std::thread::sleep(3 * OFTEN);
    assert!(runs.load(SeqCst) <= so_far + 1);
    assert!(all(service.registry).is_empty());
}

#[test]
fn local_evidence_decides_about_liveness() {
    static BEATS: Heartbeat = Heartbeat::new(Duration::from_millis(300));
    static ORDERS: Mutex<u32> = Mutex::new(0);
    let service = Service::start();
    let alive = Liveness::new()
        .heartbeat("importer", &BEATS)
        .mutex("orders", &ORDERS);
    let added = liveness("worker", alive).timeout(Duration::from_secs(1));
    let added = added.interval(Duration::from_millis(1_100));
    added.register_in(service.registry).unwrap();
    service.wait("worker", |report| report.status == Some(Status::Healthy));
    let report = service.wait("worker", |report| report.status == Some(Status::Unhealthy));
    let message = report.health.unwrap().message().to_owned();
    assert!(message.starts_with("importer: no beat for "), "{message}");
    let held = ORDERS.lock().unwrap();
    let is_held = |report: &Report| {
        BEATS.beat();
        let health = report.health.as_ref().unwrap();
        health.message() == "orders: the lock could not be had within 500ms"
    };
    service.wait("worker", is_held);
    drop(held);
    service.wait("worker", |report| {
        BEATS.beat();
        report.status == Some(Status::Healthy)
    });
}

#[cfg(feature = "tokio")]
#[test]
fn a_runtime_that_is_stuck_is_not_live() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let service = Service::start();
    let alive = Liveness::new().runtime("main", runtime.handle());
    let added = liveness("runtime", alive).timeout(Duration::from_secs(1));
    let added = added.interval(Duration::from_millis(1_100));
    added.register_in(service.registry).unwrap();
    service.wait("runtime", |report| report.status == Some(Status::Healthy));
    let gate = Gate::new();
    let own = gate.clone();
    runtime.spawn(async move { own.pass() });
    let report = service.wait("runtime", |report| report.status == Some(Status::Unhealthy));
    assert_eq!(
        report.health.unwrap().message(),
        "main: the runtime does not run tasks"
    );
    gate.open();
    service.wait("runtime", |report| report.status == Some(Status::Healthy));
}

#[cfg(feature = "tokio")]
#[test]
fn a_check_may_use_tokio_without_a_runtime_of_the_program() {
    let service = Service::start();
    let look = || async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        tokio::net::TcpListener::bind("127.0.0.1:0").await.map(drop)
    };
    check("tokio", look).register_in(service.registry).unwrap();
    let report = service.wait("tokio", |report| report.runs == 1);
    assert_eq!(report.status, Some(Status::Healthy), "{report:?}");
}
