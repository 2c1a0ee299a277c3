//! Circuit breakers, bulkheads and retries of the parent, in a child.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use obs_runtime::Rejected;
use obs_runtime::breaker::{self, Breaker, BreakerSettings, Breakers, State, Window};
use obs_runtime::policy::{Bulkhead, BulkheadSettings, Retry, RetrySettings};
use obs_runtime::{Class, Outcome};

use crate::child::{in_child, split};

const MOMENT: Duration = Duration::from_millis(1);

/// Nobody of the parent's threads is inside, and nobody stands in line. The place of the forking thread is not counted
/// either, so it is not given back.
pub(crate) fn places_are_free_in_a_child() {
    let settings = BulkheadSettings {
        concurrent: 2,
        queue: 1,
        wait: Duration::from_secs(60),
    };
    let bulkhead = Bulkhead::named("fork.places", settings).unwrap();
    thread::scope(|scope| {
        let (leave, wait) = channel::<()>();
        let own = bulkhead.enter().unwrap();
        scope.spawn(|| {
            let _slot = bulkhead.enter().unwrap();
            let wait: Receiver<()> = wait;
            let _ = wait.recv();
        });
        while bulkhead.running() < 2 {
            thread::sleep(MOMENT);
        }
        let last = scope.spawn(|| drop(bulkhead.enter().unwrap()));
        while bulkhead.waiting() < 1 {
            thread::sleep(MOMENT);
        }
        let side = split();
        if side.is_child() {
            assert_eq!((bulkhead.running(), bulkhead.waiting()), (0, 0));
            let slots = (bulkhead.enter().unwrap(), bulkhead.enter().unwrap());
            drop(own);
            assert_eq!(bulkhead.running(), 2);
            assert!(bulkhead.try_enter().is_err());
            drop(slots);
            assert_eq!(bulkhead.running(), 0);
            side.join();
        } else {
            assert_eq!((bulkhead.running(), bulkhead.waiting()), (2, 1));
            side.join();
            drop(leave);
            last.join().unwrap();
            drop(own);
        }
    });
    assert_eq!((bulkhead.running(), bulkhead.waiting()), (0, 0));
}

/// A breaker is in the state that it was in; a probe that a thread of the parent makes is not waited for.
pub(crate) fn a_half_open_breaker_has_its_permits_in_a_child() {
    let settings = BreakerSettings {
        failure_threshold: 1,
        recovery_timeout: MOMENT,
        half_open_calls: 1,
        half_open_max: Duration::ZERO,
        ..BreakerSettings::DEFAULT
    };
    let breaker = Breaker::named("fork.probes", settings).unwrap();
    breaker.enter().unwrap().failure();
    in_child(|| assert_ne!(breaker.state(), State::Closed));
    thread::sleep(2 * MOMENT);
    let probe = breaker.enter().unwrap();
    assert!(breaker.enter().is_err());

    let side = split();
    if side.is_child() {
        assert_eq!(breaker.state(), State::HalfOpen);
        let own = breaker.enter().unwrap();
        probe.failure();
        assert_eq!(breaker.state(), State::HalfOpen, "that was the parent's");
        own.success();
        assert_eq!(breaker.state(), State::Closed);
        breaker.enter().unwrap().failure();
        assert_eq!(breaker.status().transitions.len(), 2);
        side.join();
        return;
    }
    side.join();
    probe.success();
    assert_eq!(breaker.state(), State::Closed);

    breaker.disable();
    in_child(|| assert_eq!(breaker.state(), State::Disabled));
}

/// The calls of the parent are in none of the child's windows, and do not keep it from judging its own.
pub(crate) fn a_window_is_empty_in_a_child() {
    for (name, window) in [
        ("fork.count", Window::Count(20)),
        ("fork.time", Window::Time(Duration::from_secs(60))),
    ] {
        let settings = BreakerSettings {
            failure_rate: 0.5,
            min_calls: 10,
            ..BreakerSettings::of_window(window)
        };
        let breaker = Breaker::named(name, settings).unwrap();
        // Results of an earlier state are in no window.
        for _ in 0..200 {
            let late = breaker.enter().unwrap();
            breaker.reset();
            late.success();
        }
        for _ in 0..20 {
            breaker.enter().unwrap().success();
        }
        let changed = BreakerSettings {
            min_calls: 5,
            ..settings
        };
        breaker.update(changed).unwrap();
        in_child(|| {
            assert_eq!(breaker.settings(), changed);
            assert_eq!(breaker.status().window_calls, 0, "{name}");
            for _ in 0..4 {
                breaker.enter().unwrap().failure();
            }
            assert_eq!(breaker.state(), State::Closed, "{name}");
            breaker.enter().unwrap().failure();
            assert_eq!(breaker.state(), State::Open, "{name}");
        });
        assert_eq!(breaker.state(), State::Closed, "{name}");
    }
}

/// Threads change breakers, make some and look at all of them whenever the process forks. No child waits for a lock that
/// they had.
pub(crate) fn no_child_waits_for_the_locks_of_breakers() {
    static STOP: AtomicBool = AtomicBool::new(false);
    let settings = BreakerSettings {
        failure_threshold: 1,
        ..BreakerSettings::DEFAULT
    };
    let breaker = Breaker::named("fork.locks", settings).unwrap();
    let keys = Breakers::named("fork.keys", settings, 2).unwrap();
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !STOP.load(Relaxed) {
                    breaker.force_open();
                    breaker.reset();
                    for key in ["a", "b", "c"] {
                        keys.get(key).enter().unwrap().success();
                    }
                }
            });
        }
        scope.spawn(|| {
            while !STOP.load(Relaxed) {
                drop((breaker::all(), breaker::events(0)));
            }
        });
        for _ in 0..200 {
            in_child(|| {
                breaker.reset();
                breaker.enter().unwrap().failure();
                assert_eq!(breaker.state(), State::Open);
                keys.get("new").enter().unwrap().failure();
                assert_eq!(keys.get("new").state(), State::Open);
                drop(breaker::all());
            });
        }
        STOP.store(true, Relaxed);
    });
}

#[derive(Debug)]
struct Busy;

impl Outcome for Busy {
    fn class(&self) -> Class {
        Class::Retryable
    }
}

impl From<Rejected> for Busy {
    fn from(_: Rejected) -> Self {
        Self
    }
}

/// A child has a budget of its own, to which its own calls add.
pub(crate) fn a_child_has_a_budget_of_its_own() {
    let settings = RetrySettings {
        attempts: 2,
        delay: Duration::from_nanos(1),
        budget: 0.5,
        ..RetrySettings::DEFAULT
    };
    let retry = Retry::named("fork.budget", settings).unwrap();
    for _ in 0..1_000 {
        retry.call(|| Ok::<_, Busy>(())).unwrap();
    }
    while retry.budget() >= 1.0 {
        retry.call(|| Err::<(), _>(Busy)).unwrap_err();
    }
    in_child(|| {
        assert_eq!(retry.budget(), 10.0);
        for _ in 0..20 {
            retry.call(|| Ok::<_, Busy>(())).unwrap();
        }
        assert_eq!(retry.budget(), 20.0);
    });
    assert!(retry.budget() < 1.0);
}
