//! How often a call writes to memory that threads share: beside the counts, which every thread has for itself.

use std::time::Duration;

use obs_schema::resilience::{BreakerSettings, Window};
use proptest::prelude::*;

use super::{breaker, fail, ms, succeed};
use crate::breaker::sync::writes;
use crate::breaker::{Breaker, State};
use crate::testing;

const WINDOWS: [Window; 3] = [
    Window::Consecutive,
    Window::Count(100),
    Window::Time(Duration::from_secs(60)),
];

/// Never opens by itself.
fn settings(window: Window) -> BreakerSettings {
    BreakerSettings {
        failure_threshold: u32::MAX,
        failure_rate: 1.0,
        min_calls: 10,
        ..BreakerSettings::of_window(window)
    }
}

/// What `call` writes.
fn written_by(call: impl FnOnce()) -> u64 {
    let before = writes();
    call();
    writes() - before
}

fn some_calls(breaker: &Breaker) {
    (0..30).for_each(|_| succeed(breaker));
}

#[test]
fn a_failure_writes_once_also_the_first_after_many_calls_that_went_well() {
    let _clock = testing::virtual_clock();
    for window in WINDOWS {
        let breaker = breaker(settings(window));
        for _ in 0..3 {
            some_calls(&breaker);
            for nth in 0..30 {
                assert_eq!(written_by(|| fail(&breaker)), 1, "{nth} of {window:?}");
            }
        }
        assert_eq!(breaker.state(), State::Closed);
    }
}

#[test]
fn calls_that_go_well_write_nothing_also_after_failures() {
    let _clock = testing::virtual_clock();
    for window in WINDOWS {
        let breaker = breaker(settings(window));
        some_calls(&breaker);
        for _ in 0..3 {
            fail(&breaker);
            let first = written_by(|| succeed(&breaker));
            assert!(first <= 1, "{window:?}: {first}");
            assert_eq!(written_by(|| some_calls(&breaker)), 0, "{window:?}");
        }
    }
}

#[test]
fn a_probe_that_fails_writes_once_unless_it_decides() {
    let clock = testing::virtual_clock();
    let breaker = breaker(BreakerSettings {
        failure_rate: 0.5,
        min_calls: 1,
        recovery_timeout: ms(10),
        half_open_calls: 10,
        ..BreakerSettings::of_window(Window::Count(10))
    });
    fail(&breaker);
    clock.advance(ms(20));
    let probes: Vec<_> = (0..10).map(|_| breaker.enter().unwrap()).collect();
    for (nth, probe) in probes.into_iter().take(4).enumerate() {
        assert_eq!(written_by(|| probe.failure()), 1, "{nth}");
    }
    assert_eq!(breaker.state(), State::HalfOpen);
}

fn window() -> impl Strategy<Value = Window> {
    prop_oneof![
        Just(Window::Consecutive),
        (10u32..1_000).prop_map(Window::Count),
        (1u64..86_400).prop_map(|seconds| Window::Time(Duration::from_secs(seconds))),
    ]
}

proptest! {
    #[test]
    fn no_call_writes_more_than_once(
        window in window(),
        ends in prop::collection::vec(0u8..5, 1..200),
    ) {
        let _clock = testing::virtual_clock();
        let breaker = breaker(settings(window));
        // Not all of them fail: that would open it.
        some_calls(&breaker);
        for end in ends {
            let Ok(permit) = breaker.enter() else { break };
            let written = written_by(|| match end {
                0 => permit.failure(),
                1 => permit.timeout(),
                2 => permit.ignore(),
                3 => drop(permit),
                _ => permit.success(),
            });
            if breaker.state() != State::Closed {
                break;
            }
            prop_assert!(written <= 1, "{written} by {end}");
            prop_assert!(written == 1 || end > 1, "a failure is nowhere");
        }
    }
}
