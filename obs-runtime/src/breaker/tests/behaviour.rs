//! What users rely on, a sentence each.

use std::panic::{AssertUnwindSafe, catch_unwind};

use obs_schema::resilience::{BreakerSettings, Window};

use super::{breaker, fail, ms, succeed};
use crate::breaker::{self, Breaker, CallResult, EventKind, Permit, State};
use crate::metric::Registry;
use crate::metric::snapshot::Value;
use crate::policy::{Reason, Rejected};
use crate::testing;

const D: BreakerSettings = BreakerSettings::DEFAULT;

fn opened(settings: BreakerSettings) -> Breaker {
    let breaker = breaker(BreakerSettings {
        failure_threshold: 1,
        ..settings
    });
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
    breaker
}

#[test]
fn a_rejection_says_who_why_and_until_when() {
    let clock = testing::virtual_clock();
    let breaker = opened(D);
    clock.advance(ms(20_000));
    let rejected = breaker.enter().unwrap_err();
    assert_eq!(
        (rejected.name(), rejected.reason()),
        ("test", Reason::CircuitOpen)
    );
    let left = rejected.retry_after().unwrap();
    assert!(left >= ms(40_000) && left < ms(40_001), "{left:?}");
    assert_eq!(
        rejected.to_string(),
        "the circuit breaker `test` is open; retry in 40.0s"
    );
}

#[test]
fn failures_in_a_row_are_interrupted_by_a_success() {
    let breaker = breaker(BreakerSettings {
        failure_threshold: 3,
        ..D
    });
    for _ in 0..5 {
        fail(&breaker);
        fail(&breaker);
        succeed(&breaker);
    }
    assert_eq!(breaker.state(), State::Closed);
    (0..3).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn the_share_of_failures_is_judged_once_there_are_enough_calls() {
    let settings = BreakerSettings {
        min_calls: 10,
        failure_rate: 0.5,
        ..BreakerSettings::of_window(Window::Count(100))
    };
    let by_success = breaker(settings);
    (0..5).for_each(|_| fail(&by_success));
    (0..4).for_each(|_| succeed(&by_success));
    assert_eq!(by_success.state(), State::Closed);
    succeed(&by_success);
    assert_eq!(
        by_success.state(),
        State::Open,
        "the tenth call is a success"
    );
}

#[test]
fn a_share_that_is_just_reached_opens() {
    for (rate, of_ten) in [(0.1, 1), (0.3, 3), (0.7, 7)] {
        let breaker = breaker(BreakerSettings {
            failure_rate: rate,
            ..BreakerSettings::of_window(Window::Count(10))
        });
        (of_ten..10).for_each(|_| succeed(&breaker));
        (0..of_ten).for_each(|_| fail(&breaker));
        assert_eq!(breaker.state(), State::Open, "{rate}");
    }
}

#[test]
fn it_stays_open_longer_each_time_up_to_the_longest() {
    let clock = testing::virtual_clock();
    let breaker = opened(BreakerSettings {
        recovery_timeout: ms(1_000),
        backoff: 2.0,
        max_recovery_timeout: ms(3_000),
        ..D
    });
    for expected in [1_000, 2_000, 3_000, 3_000] {
        let left = breaker.enter().unwrap_err().retry_after().unwrap();
        assert!(left >= ms(expected) && left < ms(expected + 1), "{left:?}");
        clock.advance(ms(expected + 1));
        fail(&breaker);
    }
}

#[test]
fn jitter_makes_it_longer_but_never_longer_than_the_longest() {
    let clock = testing::virtual_clock();
    let mut times = Vec::new();
    for _ in 0..50 {
        let breaker = opened(BreakerSettings {
            recovery_timeout: ms(1_000),
            jitter: 0.5,
            max_recovery_timeout: ms(1_400),
            ..D
        });
        times.push(breaker.enter().unwrap_err().retry_after().unwrap());
        clock.advance(ms(1));
    }
    assert!(
        times
            .iter()
            .all(|time| (ms(1_000)..ms(1_401)).contains(time)),
        "{times:?}"
    );
    times.sort();
    times.dedup();
    assert!(times.len() > 25, "{times:?}");
}

#[test]
fn a_half_open_breaker_that_is_kept_waiting_opens_again() {
    let clock = testing::virtual_clock();
    let breaker = opened(BreakerSettings {
        half_open_calls: 1,
        half_open_max: ms(500),
        ..D
    });
    clock.advance(ms(60_001));
    let hanging = breaker.enter().unwrap();
    assert!(breaker.enter().is_err());
    clock.advance(ms(501));
    assert_eq!(breaker.state(), State::Open);
    assert!(breaker.enter().unwrap_err().retry_after().is_some());
    hanging.success();
    assert_eq!(
        breaker.state(),
        State::Open,
        "a late result decides nothing"
    );
}

#[test]
fn a_panic_is_a_failure_and_giving_up_is_not() {
    let breaker = breaker(BreakerSettings {
        failure_threshold: 2,
        ..D
    });
    for _ in 0..100 {
        drop(breaker.enter().unwrap());
        breaker.enter().unwrap().ignore();
    }
    assert_eq!(breaker.state(), State::Closed);
    for _ in 0..2 {
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            let _permit = breaker.enter().unwrap();
            panic!("the callee is broken");
        }));
        assert!(unwound.is_err());
    }
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn ten_thousand_cancelled_probes_do_not_leave_it_stuck() {
    let clock = testing::virtual_clock();
    let breaker = opened(BreakerSettings {
        half_open_calls: 2,
        half_open_max: ms(0),
        ..D
    });
    clock.advance(ms(60_001));
    for _ in 0..10_000 {
        let (first, second) = (breaker.enter().unwrap(), breaker.enter().unwrap());
        assert!(breaker.enter().is_err());
        drop(first);
        second.ignore();
    }
    succeed(&breaker);
    succeed(&breaker);
    assert_eq!(breaker.state(), State::Closed);
}

#[test]
fn a_call_under_way_is_slow_before_it_ends_and_counts_once() {
    let clock = testing::virtual_clock();
    let breaker = breaker(BreakerSettings {
        slow_call: Some(ms(100)),
        slow_rate: 0.5,
        min_calls: 2,
        ..BreakerSettings::of_window(Window::Count(10))
    });
    succeed(&breaker);
    let slow = breaker.enter().unwrap();
    clock.advance(ms(101));
    breaker.machine().tick();
    assert_eq!(
        breaker.state(),
        State::Open,
        "while the call is still running"
    );
    slow.success();
    breaker.machine().tick();
    let counts = breaker.machine().counts();
    assert_eq!(counts[CallResult::Slow as usize], 1);
    assert_eq!(counts[CallResult::Success as usize], 1);
}

#[test]
fn whoever_comes_sees_that_calls_under_way_are_slow() {
    let clock = testing::virtual_clock();
    let settings = BreakerSettings {
        slow_call: Some(ms(100)),
        slow_rate: 0.5,
        min_calls: 3,
        ..BreakerSettings::of_window(Window::Count(10))
    };
    type Comes = fn(&Breaker);
    let comers: [Comes; 3] = [
        |breaker| assert!(breaker.enter().is_err()),
        |breaker| assert_eq!(breaker.status().state, State::Open),
        |breaker| assert_eq!(breaker.state(), State::Open),
    ];
    for comes in comers {
        let breaker = breaker(settings);
        let slow: Vec<_> = (0..3).map(|_| breaker.enter().unwrap()).collect();
        clock.advance(ms(101));
        comes(&breaker);
        slow.into_iter().for_each(Permit::success);
        let counts = breaker.machine().counts();
        assert_eq!(counts[CallResult::Slow as usize], 3, "each counts once");
    }

    // A call that ends is one that comes.
    let breaker = breaker(settings);
    let slow: Vec<_> = (0..3).map(|_| breaker.enter().unwrap()).collect();
    clock.advance(ms(90));
    let quick = breaker.enter().unwrap();
    clock.advance(ms(30));
    quick.success();
    assert_eq!(breaker.machine().gate.word().state(), State::Open);
    drop(slow);
}

#[test]
fn a_window_of_time_forgets_all_at_once_after_a_pause() {
    let clock = testing::virtual_clock();
    let breaker = breaker(BreakerSettings {
        min_calls: 10,
        ..BreakerSettings::of_window(Window::Time(ms(30_000)))
    });
    (0..9).for_each(|_| fail(&breaker));
    assert_eq!(breaker.status().window_calls, 9);
    clock.advance(ms(3_600_000));
    assert_eq!(breaker.status().window_calls, 0);
    assert_eq!(breaker.status().failure_ratio, 0.0, "and not NaN");
    (0..9).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Closed);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
}

#[test]
fn new_settings_keep_window_state_and_deadline() {
    let clock = testing::virtual_clock();
    let settings = BreakerSettings::of_window(Window::Count(10));
    let breaker = breaker(settings);
    (0..4).for_each(|_| fail(&breaker));
    breaker
        .update(BreakerSettings {
            min_calls: 5,
            failure_rate: 1.0,
            ..settings
        })
        .unwrap();
    assert_eq!(breaker.status().window_calls, 4);
    fail(&breaker);
    assert_eq!(breaker.state(), State::Open);
    clock.advance(ms(10_000));
    breaker
        .update(BreakerSettings {
            recovery_timeout: ms(1),
            ..settings
        })
        .unwrap();
    let left = breaker.enter().unwrap_err().retry_after().unwrap();
    assert!(left > ms(49_999), "{left:?}");
    let refused = breaker.update(BreakerSettings {
        min_calls: 11,
        ..settings
    });
    assert_eq!(refused.unwrap_err().issues[0].path, "min_calls");
}

#[test]
fn forced_states_stay_until_somebody_says_otherwise() {
    let clock = testing::virtual_clock();
    let breaker = breaker(BreakerSettings {
        failure_threshold: 1,
        ..D
    });
    breaker.force_open();
    clock.advance(ms(3_600_000));
    assert!(breaker.enter().is_err());
    assert_eq!(breaker.state().gauge(), 1.0);
    breaker.disable();
    (0..100).for_each(|_| fail(&breaker));
    assert_eq!(breaker.state(), State::Disabled);
    breaker.only_measure();
    (0..100).for_each(|_| fail(&breaker));
    assert_eq!(
        (breaker.state(), breaker.status().window_calls),
        (State::MetricsOnly, 100)
    );
    breaker.reset();
    assert_eq!(
        (breaker.state(), breaker.status().window_calls),
        (State::Closed, 0)
    );
}

#[test]
fn the_body_is_not_called_while_it_is_open() {
    let breaker = opened(D);
    let result: Result<(), Rejected> = breaker.call(|| panic!("not called"));
    assert_eq!(result.unwrap_err().reason(), Reason::CircuitOpen);
}

#[test]
fn events_tell_the_story_in_order() {
    let clock = testing::virtual_clock();
    let name = "events_tell_the_story_in_order";
    let breaker = Breaker::named(
        name,
        BreakerSettings {
            failure_threshold: 1,
            half_open_calls: 1,
            ..D
        },
    );
    let breaker = breaker.unwrap();
    let events = breaker.subscribe();
    fail(&breaker);
    (0..1_000).for_each(|_| assert!(breaker.enter().is_err()));
    clock.advance(ms(60_001));
    succeed(&breaker);
    breaker.reset();
    let mut told = Vec::new();
    while let Some(event) = events.next(ms(0)) {
        told.push(event.kind);
    }
    let change = |from, to| EventKind::StateChange { from, to };
    assert_eq!(
        told,
        [
            EventKind::ThresholdExceeded {
                calls: 1,
                failure_ratio: 1.0,
                slow_ratio: 0.0
            },
            change(State::Closed, State::Open),
            EventKind::Rejected { total: 1 },
            change(State::Open, State::HalfOpen),
            change(State::HalfOpen, State::Closed),
            EventKind::Reset,
        ]
    );
}

#[test]
fn a_subscriber_that_does_not_read_is_cut_off() {
    let breaker = Breaker::named("a_subscriber_that_does_not_read", D).unwrap();
    let idle = breaker.subscribe();
    for _ in 0..=breaker::MAX_WAITING {
        breaker.reset();
    }
    assert!(idle.is_cut());
    assert_eq!(idle.next(ms(1)), None);
    assert!(breaker::events(0).len() <= breaker::MAX_EVENTS);
}

#[test]
fn metrics_say_what_a_call_would_find() {
    let clock = testing::virtual_clock();
    let name = "metrics_say_what_a_call_would_find";
    let breaker = Breaker::named(
        name,
        BreakerSettings {
            failure_threshold: 2,
            ..D
        },
    )
    .unwrap();
    succeed(&breaker);
    breaker.enter().unwrap().timeout();
    breaker.enter().unwrap().ignore();
    fail(&breaker);
    assert!(breaker.enter().is_err());
    let value = |family: &str, labels: &[(&str, &str)]| {
        let labels: Vec<_> = [("name", name)]
            .into_iter()
            .chain(labels.iter().copied())
            .collect();
        let snapshot = Registry::global().snapshot();
        snapshot
            .family(family)
            .and_then(|family| family.with(&labels).cloned())
            .map(|s| s.value)
    };
    for (result, count) in [
        ("success", 1),
        ("timeout", 1),
        ("ignored", 1),
        ("error", 1),
        ("circuit_open", 1),
        ("slow", 0),
    ] {
        let labels = [("result", result)];
        assert_eq!(
            value("circuit_breaker_calls_total", &labels),
            Some(Value::Counter(count)),
            "{result}"
        );
    }
    assert_eq!(value("circuit_breaker_state", &[]), Some(Value::Gauge(1.0)));
    clock.advance(ms(60_001));
    assert_eq!(
        value("circuit_breaker_state", &[]),
        Some(Value::Gauge(0.5)),
        "although no call has come"
    );
    assert_eq!(
        value("circuit_breaker_failure_ratio", &[]),
        Some(Value::Gauge(0.0))
    );
    let opened = [("from", "closed"), ("to", "open")];
    assert_eq!(
        value("circuit_breaker_transitions_total", &opened),
        Some(Value::Counter(1))
    );
}

#[test]
fn one_name_is_one_breaker() {
    let name = "one_name_is_one_breaker";
    let (first, second) = (
        Breaker::named(name, D).unwrap(),
        Breaker::named(name, D).unwrap(),
    );
    first.force_open();
    assert!(second.enter().is_err());
    assert_eq!(breaker::find(name).unwrap().state(), State::ForcedOpen);
    let unknown = breaker::find("one_name_is_one_braeker").unwrap_err();
    assert!(
        unknown
            .to_string()
            .contains("did you mean `one_name_is_one_breaker`?")
    );
}
