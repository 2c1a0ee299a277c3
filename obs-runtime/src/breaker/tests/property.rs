//! The breaker against the model, on virtual time.
//!
//! Time goes on in steps of 20 ms and every limit lies between two of them, so nothing depends on rounding.

use std::time::Duration;

use obs_schema::resilience::{BreakerSettings, Window};
use proptest::prelude::*;

use super::model::{How, Model};
use super::{breaker, ms};
use crate::breaker::{Breaker, Permit, State};
use crate::testing;

#[derive(Debug, Clone, Copy)]
enum Step {
    Enter,
    End(usize, How),
    Advance(u32),
    Force(State),
    /// Other limits, while it runs.
    Update {
        threshold: u32,
        rate: f64,
        slow: bool,
    },
}

fn how() -> impl Strategy<Value = How> {
    prop_oneof![
        4 => Just(How::Success),
        4 => Just(How::Failure),
        1 => Just(How::Timeout),
        1 => Just(How::Ignored),
        1 => Just(How::Dropped),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let forced = prop::sample::select(vec![
        State::Closed,
        State::MetricsOnly,
        State::Disabled,
        State::ForcedOpen,
    ]);
    prop_oneof![
        20 => Just(Step::Enter),
        20 => (any::<usize>(), how()).prop_map(|(at, how)| Step::End(at, how)),
        8 => (1u32..10).prop_map(Step::Advance),
        1 => forced.prop_map(Step::Force),
        1 => (1u32..6, rate(), any::<bool>())
            .prop_map(|(threshold, rate, slow)| Step::Update { threshold, rate, slow }),
    ]
}

fn rate() -> impl Strategy<Value = f64> {
    prop::sample::select(vec![0.1, 0.3, 0.5, 1.0])
}

fn settings() -> impl Strategy<Value = BreakerSettings> {
    let window = prop_oneof![
        Just(Window::Consecutive),
        (1u32..60).prop_map(Window::Count),
        Just(Window::Time(ms(1_219))),
    ];
    let numbers = (1u32..6, rate(), 1u32..12, rate(), 1u32..5);
    (window, numbers, any::<bool>(), any::<bool>()).prop_map(
        |(window, (threshold, failure_rate, min_calls, slow_rate, probes), slow, ever)| {
            let most = match window {
                Window::Count(size) => size,
                _ => u32::MAX,
            };
            BreakerSettings {
                failure_threshold: threshold,
                failure_rate,
                min_calls: min_calls.min(most),
                slow_rate,
                slow_call: slow.then_some(ms(50)),
                recovery_timeout: ms(90),
                backoff: 3.0,
                max_recovery_timeout: ms(510),
                half_open_calls: probes.min(most),
                half_open_max: if ever { Duration::ZERO } else { ms(130) },
                ..BreakerSettings::of_window(window)
            }
        },
    )
}

fn take<'a>(
    step: Step,
    breaker: &'a Breaker,
    model: &mut Model,
    permits: &mut Vec<Permit<'a>>,
    clock: &testing::VirtualClock,
) {
    match step {
        Step::Enter => {
            let entered = breaker.enter();
            assert_eq!(entered.is_ok(), model.enter());
            permits.extend(entered);
        }
        Step::End(at, how) if !permits.is_empty() => {
            let at = at % permits.len();
            let permit = permits.remove(at);
            match how {
                How::Success => permit.success(),
                How::Failure => permit.failure(),
                How::Timeout => permit.timeout(),
                How::Ignored => permit.ignore(),
                How::Dropped => drop(permit),
            }
            model.end(at, how);
        }
        Step::End(..) => {}
        Step::Advance(steps) => {
            for _ in 0..steps {
                clock.advance(ms(20));
                breaker.machine().tick();
                model.advance(ms(20));
                model.look();
            }
        }
        Step::Force(state) => {
            match state {
                State::Closed => breaker.reset(),
                State::MetricsOnly => breaker.only_measure(),
                State::Disabled => breaker.disable(),
                _ => breaker.force_open(),
            }
            model.force(state);
        }
        Step::Update {
            threshold,
            rate,
            slow,
        } => {
            let settings = BreakerSettings {
                failure_threshold: threshold,
                failure_rate: rate,
                slow_call: slow.then_some(ms(50)),
                ..model.settings
            };
            breaker.update(settings).unwrap();
            model.settings = settings;
        }
    }
    breaker.machine().tick();
    model.advance(Duration::ZERO);
    model.look();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn it_does_what_the_model_does(
        settings in settings(),
        steps in prop::collection::vec(step(), 1..120),
    ) {
        let clock = testing::virtual_clock();
        let breaker = breaker(settings);
        let mut model = Model::new(settings);
        clock.advance(ms(5));
        model.advance(ms(5));
        let mut permits = Vec::new();
        for step in steps {
            take(step, &breaker, &mut model, &mut permits, &clock);
            prop_assert_eq!(breaker.state(), model.state());
            let tally = breaker.machine().tally();
            prop_assert_eq!((tally.calls, tally.failed, tally.slow), model.tally());
            prop_assert_eq!(breaker.machine().counts(), model.counts);
        }
    }
}
