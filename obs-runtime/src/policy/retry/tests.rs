use std::cell::Cell;
use std::time::Duration;

use proptest::prelude::*;

use super::advice::Advice;
use super::*;
use crate::outcome::Class;
use crate::policy::{Reason, Rejected};
use crate::testing::virtual_clock;

const AGAIN: Advice = Advice::Again(None);
const S: RetrySettings = RetrySettings {
    delay: Duration::from_millis(1),
    ..RetrySettings::DEFAULT
};

fn retry(settings: RetrySettings) -> Retry {
    assert_eq!(settings.check(), []);
    Retry::create(Name::Static("test"), settings)
}

fn begin(retry: &Retry) -> Attempts<'_> {
    retry.begin(&Begun::UNKNOWN)
}

fn attempts(retry: &Retry, result: AttemptResult) -> u64 {
    let attempts = retry.attempts();
    attempts.iter().find(|(one, _)| *one == result).unwrap().1
}

fn calls(retry: &Retry) -> [u64; 4] {
    let calls: Vec<u64> = retry.calls().into_iter().map(|(_, count)| count).collect();
    calls.try_into().unwrap()
}

#[derive(Debug, PartialEq)]
struct Failed(Class);

impl Outcome for Failed {
    fn class(&self) -> Class {
        self.0
    }
}

#[test]
fn a_call_is_attempted_until_it_goes_well() {
    let retry = retry(S);
    let made = Cell::new(0);
    let value = retry.call(|| {
        made.set(made.get() + 1);
        if made.get() < 3 {
            Err(Failed(Class::Retryable))
        } else {
            Ok(made.get())
        }
    });
    assert_eq!(value, Ok(3));
    assert_eq!(attempts(&retry, AttemptResult::Retried), 2);
    assert_eq!(attempts(&retry, AttemptResult::Success), 1);
    assert_eq!(calls(&retry), [0, 1, 0, 0]);
}

#[test]
fn only_what_is_retryable_is_retried_and_no_more_often_than_it_may() {
    let retry = retry(S);
    for (class, made, result) in [
        (Class::Retryable, 3, AttemptResult::Exhausted),
        (Class::Failure, 1, AttemptResult::NotRetryable),
        (Class::CallerFault, 1, AttemptResult::NotRetryable),
        (Class::Ignored, 1, AttemptResult::Success),
        (Class::Ok, 1, AttemptResult::Success),
    ] {
        let before = attempts(&retry, result);
        let count = Cell::new(0);
        let value: Result<(), _> = retry.call(|| {
            count.set(count.get() + 1);
            Err(Failed(class))
        });
        assert_eq!(
            (value, count.get()),
            (Err(Failed(class)), made),
            "{class:?}"
        );
        assert_eq!(attempts(&retry, result), before + 1, "{class:?}");
    }
    assert_eq!(calls(&retry), [2, 0, 2, 1]);
}

#[test]
fn a_rejected_attempt_is_only_repeated_when_it_says_when() {
    let retry = retry(RetrySettings {
        max_delay: Duration::from_secs(1),
        ..S
    });
    let rejected = |reason, after: Option<u64>| {
        let ticks = after.map(|ms| crate::hot::clock::from_duration(Duration::from_millis(ms)));
        Rejected::new(Name::Static("inner"), reason, ticks)
    };
    for (reason, after, is_repeated) in [
        (Reason::RateLimited, Some(500), true),
        (Reason::RateLimited, Some(2_000), false),
        (Reason::BulkheadFull, None, false),
        (Reason::CircuitOpen, Some(10), false),
        (Reason::CircuitOpen, None, false),
    ] {
        let mut attempts = begin(&retry);
        let _ = attempts.rejected(rejected(reason, after));
        // Whatever the error is that the caller would get.
        let delay = attempts.next(Fate::Rejected, AGAIN);
        assert_eq!(delay.is_some(), is_repeated, "{reason:?} {after:?}");
        if let Some(delay) = delay {
            assert!((499..=501).contains(&delay.as_millis()), "{delay:?}");
        }
    }
}

#[test]
fn whoever_asks_for_more_time_gets_it_or_is_not_asked_again() {
    let retry = retry(RetrySettings {
        max_delay: Duration::from_secs(2),
        ..S
    });
    let second = Duration::from_secs(1);
    let mut attempts = begin(&retry);
    assert_eq!(
        attempts.next(Fate::Ran, Advice::Again(Some(second))),
        Some(second)
    );
    assert_eq!(
        attempts.next(Fate::Ran, Advice::Again(Some(3 * second))),
        None
    );
    assert_eq!(super::tests::attempts(&retry, AttemptResult::TooLate), 1);
}

#[test]
fn no_attempt_begins_after_the_deadline() {
    let clock = virtual_clock();
    let retry = retry(RetrySettings {
        attempts: 10,
        delay: Duration::from_millis(10),
        backoff: 1.0,
        jitter: 0.0,
        deadline: Some(Duration::from_millis(100)),
        ..S
    });
    let mut made = begin(&retry);
    clock.advance(Duration::from_millis(89));
    assert_eq!(
        made.next(Fate::TimedOut, AGAIN),
        Some(Duration::from_millis(10))
    );
    clock.advance(Duration::from_millis(10));
    assert_eq!(made.next(Fate::TimedOut, AGAIN), None);
    assert_eq!(attempts(&retry, AttemptResult::TooLate), 1);
}

#[test]
fn when_everything_fails_there_are_as_many_retries_as_the_budget_allows() {
    let retry = retry(RetrySettings {
        attempts: 5,
        budget: 0.1,
        ..S
    });
    for _ in 0..1_000 {
        let mut made = begin(&retry);
        while made.next(Fate::Ran, AGAIN).is_some() {}
    }
    let retried = attempts(&retry, AttemptResult::Retried);
    assert!((105..=110).contains(&retried), "{retried}");
    assert_eq!(
        attempts(&retry, AttemptResult::OverBudget) + attempts(&retry, AttemptResult::Exhausted),
        1_000
    );
    assert!(retry.budget() < 1.1);
}

#[test]
fn shares_add_up_to_what_people_expect() {
    for (share, tenths) in [(0.1, 1), (0.2, 2), (0.3, 3), (0.7, 7)] {
        let budget = Budget::new(share);
        for calls in 1..=300 {
            let expected = (100 + tenths * calls).min(1_000) as f64 / 10.0;
            assert_eq!(budget.left(calls), expected, "{calls} calls of {share}");
        }
    }
}

#[test]
fn a_budget_that_nothing_is_added_to_stays() {
    let budget = Budget::new(0.0);
    assert_eq!(budget.left(u64::MAX), 10.0);
    assert_eq!(Budget::new(1.0).left(u64::MAX), 100.0);
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Succeed,
    Take,
}

proptest! {
    #[test]
    fn a_budget_is_a_bucket_that_each_call_fills(
        share in prop::sample::select(vec![0.125f64, 0.25, 0.5, 1.0]),
        steps in prop::collection::vec(prop_oneof![Just(Step::Succeed), Just(Step::Take)], 1..400),
        many in 0u64..500,
    ) {
        let budget = Budget::new(share);
        let (mut level, mut calls) = (10.0f64, 0);
        for (at, step) in steps.into_iter().enumerate() {
            match step {
                Step::Succeed => {
                    // A long good time saves up no more than the most.
                    let new = if at == 0 { many } else { 1 };
                    calls += new;
                    level = (level + share * new as f64).min(100.0);
                }
                Step::Take => {
                    prop_assert_eq!(budget.take(calls), level >= 1.0);
                    if level >= 1.0 {
                        level -= 1.0;
                    }
                }
            }
        }
        prop_assert_eq!(budget.left(calls), level);
    }

    #[test]
    fn delays_grow_and_jitter_makes_them_shorter_only(
        delay in 1u64..2_000,
        backoff in 1.0f64..4.0,
        jitter in 0.0f64..=1.0,
        deadline in prop::option::of(1u64..100_000),
    ) {
        let _clock = virtual_clock();
        let settings = RetrySettings {
            attempts: 8,
            delay: Duration::from_millis(delay),
            backoff,
            jitter,
            max_delay: Duration::from_millis(5_000),
            deadline: deadline.map(Duration::from_millis),
            ..S
        };
        let retry = Retry::create(Name::Static("test"), settings);
        let mut made = begin(&retry);
        let mut usual = delay as f64;
        for attempt in 1..8 {
            let Some(got) = made.next(Fate::Ran, AGAIN) else {
                prop_assert!(deadline.is_some_and(|deadline| deadline as f64 <= usual.min(5_000.0)));
                return Ok(());
            };
            let most = usual.min(5_000.0) / 1e3;
            let got = got.as_secs_f64();
            prop_assert!(got <= most + 1e-6 && got >= most * (1.0 - jitter) - 1e-6, "{attempt}: {got} of {most}");
            prop_assert!(deadline.is_none_or(|deadline| got <= deadline as f64 / 1e3 + 1e-6));
            usual *= backoff;
        }
        prop_assert_eq!(made.next(Fate::Ran, AGAIN), None);
    }
}

#[cfg(feature = "tokio")]
#[tokio::test(start_paused = true)]
async fn an_async_call_waits_without_its_thread() {
    let retry = retry(RetrySettings {
        delay: Duration::from_secs(1),
        jitter: 0.0,
        ..RetrySettings::DEFAULT
    });
    let begun = tokio::time::Instant::now();
    let value: Result<(), _> = retry
        .call_async(|| async { Err(Failed(Class::Retryable)) })
        .await;
    assert!(value.is_err());
    assert_eq!(begun.elapsed().as_secs(), 3);
    assert_eq!(calls(&retry), [0, 0, 0, 1]);
}

#[test]
fn outside_of_a_runtime_an_async_call_has_one_attempt() {
    let retry = retry(S);
    let made = Cell::new(0);
    let call = retry.call_async(|| {
        made.set(made.get() + 1);
        async { Err::<(), _>(Failed(Class::Retryable)) }
    });
    assert!(futures::executor::block_on(call).is_err());
    assert_eq!(made.get(), 1);
}
