use core::time::Duration;

use crate::issue::Issue;
use crate::resilience::{
    BreakerSettings, BulkheadSettings, PolicySettings, RateLimitSettings, RetrySettings,
};

const RETRY: RetrySettings = RetrySettings::DEFAULT;
const SECOND: Duration = Duration::from_secs(1);

#[track_caller]
fn refused(issues: &[Issue], path: &str, text: &str) {
    let texts: Vec<String> = issues.iter().map(ToString::to_string).collect();
    assert_eq!(texts, [text]);
    assert_eq!(issues[0].path, path);
}

#[test]
fn the_defaults_hold_alone_and_together() {
    assert_eq!(RETRY.check(), []);
    assert_eq!(BulkheadSettings::DEFAULT.check(), []);
    assert_eq!(RateLimitSettings::DEFAULT.check(), []);
    let all = PolicySettings {
        retry: Some(RETRY),
        breaker: Some(BreakerSettings::DEFAULT),
        rate_limit: Some(RateLimitSettings::DEFAULT),
        bulkhead: Some(BulkheadSettings::DEFAULT),
        timeout: Some(SECOND),
    };
    assert_eq!(all.check(), []);
    assert_eq!(PolicySettings::default().check(), []);
}

#[test]
fn attempts_that_take_longer_than_the_deadline_are_refused_with_the_sum() {
    let retry = RetrySettings {
        attempts: 4,
        deadline: Some(5 * SECOND),
        ..RETRY
    };
    // 100 + 200 + 400 ms between them, and the attempts take no time.
    assert_eq!(retry.check(), []);
    let policy = PolicySettings {
        retry: Some(retry),
        timeout: Some(2 * SECOND),
        ..PolicySettings::default()
    };
    refused(
        &policy.check(),
        "deadline",
        "4 attempts of `\"2s\"` and the times between them take up to `\"8s700ms\"`, over the `deadline` of `\"5s\"`; \
         make fewer attempts, or the deadline longer",
    );
    let alone = RetrySettings {
        deadline: Some(SECOND / 2),
        ..retry
    };
    refused(
        &alone.check(),
        "deadline",
        "4 attempts and the times between them take up to `\"700ms\"`, over the `deadline` of `\"500ms\"`; \
         make fewer attempts, or the deadline longer",
    );
    let policy = PolicySettings {
        retry: Some(alone),
        ..policy
    };
    assert_eq!(policy.check(), [], "said by the retry itself");
}

#[test]
fn an_attempt_takes_the_times_in_which_it_waits_for_its_turn_too() {
    let policy = PolicySettings {
        breaker: Some(BreakerSettings {
            timeout: Some(SECOND),
            ..BreakerSettings::DEFAULT
        }),
        rate_limit: Some(RateLimitSettings {
            wait: 2 * SECOND,
            ..RateLimitSettings::DEFAULT
        }),
        bulkhead: Some(BulkheadSettings {
            queue: 1,
            wait: 3 * SECOND,
            ..BulkheadSettings::DEFAULT
        }),
        ..PolicySettings::default()
    };
    assert_eq!(policy.longest_attempt(), 6 * SECOND);
    assert_eq!(policy.check(), []);
    let hasty = PolicySettings {
        breaker: Some(BreakerSettings {
            half_open_max: 5 * SECOND,
            ..policy.breaker.unwrap()
        }),
        ..policy
    };
    refused(
        &hasty.check(),
        "half_open_max",
        "`half_open_max` is `\"5s\"`, below the `\"6s\"` that a probe may take, so the breaker would open again before \
         it has to end; make `half_open_max` at least as long",
    );
}

#[test]
fn a_limit_of_time_is_set_once_and_above_what_is_slow() {
    let breaker = BreakerSettings {
        timeout: Some(2 * SECOND),
        ..BreakerSettings::DEFAULT
    };
    let policy = PolicySettings {
        breaker: Some(breaker),
        timeout: Some(SECOND),
        ..PolicySettings::default()
    };
    refused(
        &policy.check(),
        "timeout",
        "`#[timeout]` of `\"1s\"` is the same limit as the `timeout` of `\"2s\"` of `#[circuit_breaker]`; remove one",
    );
    let policy = PolicySettings {
        breaker: Some(BreakerSettings {
            slow_call: Some(SECOND),
            ..BreakerSettings::DEFAULT
        }),
        ..policy
    };
    refused(
        &policy.check(),
        "slow_call",
        "`slow_call` is `\"1s\"`, not below the `#[timeout]` of `\"1s\"`, so no call that ends in time would be slow; \
         make `slow_call` shorter than the timeout",
    );
}

#[test]
fn times_between_attempts_grow_up_to_the_longest() {
    let retry = RetrySettings {
        delay: SECOND,
        backoff: 3.0,
        max_delay: 5 * SECOND,
        ..RETRY
    };
    let delays = [1, 2, 3, 4].map(|made| retry.delay_after(made).as_secs());
    assert_eq!(delays, [1, 3, 5, 5]);
    assert_eq!(retry.longest_call(SECOND), 7 * SECOND);
    refused(
        &RetrySettings {
            max_delay: SECOND / 2,
            delay: SECOND,
            ..RETRY
        }
        .check(),
        "max_delay",
        "`max_delay` is `\"500ms\"`, below the `delay` of `\"1s\"`; make `max_delay` at least as long",
    );
}

#[test]
fn numbers_that_mean_nothing_are_refused() {
    refused(
        &RetrySettings {
            attempts: 1,
            ..RETRY
        }
        .check(),
        "attempts",
        "`attempts` must be from 2 to 20, got 1; the first attempt counts; for a single one there is nothing to retry",
    );
    for budget in [0.0, 1.5, f64::NAN] {
        let issues = RetrySettings { budget, ..RETRY }.check();
        assert_eq!(issues[0].path, "budget", "{budget}");
    }
    let bulkhead = BulkheadSettings::DEFAULT;
    refused(
        &BulkheadSettings {
            queue: 5,
            ..bulkhead
        }
        .check(),
        "queue",
        "`queue` is set but `wait` is not, so no call would wait; add `wait = \"100ms\"`, or remove `queue`",
    );
    refused(
        &BulkheadSettings {
            wait: SECOND,
            ..bulkhead
        }
        .check(),
        "wait",
        "`wait` is set but `queue` is 0, so no call could wait; add `queue = 10`, or remove `wait`",
    );
    refused(
        &BulkheadSettings {
            concurrent: 2_000_000,
            ..bulkhead
        }
        .check(),
        "concurrent",
        "`concurrent` must be at most 1,000,000, got 2,000,000",
    );
    refused(
        &RateLimitSettings {
            calls: 3_000_000,
            ..RateLimitSettings::DEFAULT
        }
        .check(),
        "calls",
        "`calls` is 3,000,000 in `\"1s\"`, more than one in a microsecond, which cannot be told; \
         make `calls` smaller or `per` longer",
    );
}
