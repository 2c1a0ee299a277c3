mod policy;

use core::time::Duration;

use super::{BreakerSettings, Window};

const D: BreakerSettings = BreakerSettings::DEFAULT;
const SECOND: Duration = Duration::from_secs(1);

fn texts(settings: BreakerSettings) -> Vec<String> {
    settings.check().iter().map(ToString::to_string).collect()
}

#[track_caller]
fn refused(settings: BreakerSettings, path: &str, text: &str) {
    assert_eq!(texts(settings), [text]);
    assert_eq!(settings.check()[0].path, path);
}

#[test]
fn the_defaults_hold_for_every_window() {
    D.assert_valid();
    for window in [
        Window::Consecutive,
        Window::Count(1),
        Window::Count(100),
        Window::Count(1_000),
        Window::Time(SECOND),
        Window::Time(BreakerSettings::MAX_TIME),
    ] {
        assert_eq!(
            texts(BreakerSettings::of_window(window)),
            [""; 0],
            "{window:?}"
        );
    }
    assert_eq!(BreakerSettings::of_window(Window::Count(4)).min_calls, 4);
    assert_eq!(
        BreakerSettings::of_window(Window::Count(2)).half_open_calls,
        2
    );
}

#[test]
fn more_calls_than_the_window_holds_are_refused() {
    let window = Window::Count(100);
    refused(
        BreakerSettings {
            window,
            min_calls: 200,
            ..D
        },
        "min_calls",
        "`min_calls` is 200, but the window holds 100 calls, so the rate would never be judged; make `min_calls` at most 100",
    );
    refused(
        BreakerSettings {
            window: Window::Count(10),
            half_open_calls: 11,
            ..D
        },
        "half_open_calls",
        "`half_open_calls` is 11, but the window holds 10 calls; make `half_open_calls` at most 10",
    );
    refused(
        BreakerSettings {
            half_open_calls: 501,
            ..D
        },
        "half_open_calls",
        "`half_open_calls` is 501, but a breaker probes with at most 500 calls; make `half_open_calls` at most 500",
    );
    assert!(
        BreakerSettings {
            window,
            min_calls: 100,
            half_open_calls: 100,
            ..D
        }
        .check()
        .is_empty()
    );
}

#[test]
fn times_that_contradict_each_other_are_refused() {
    let timeout = Some(2 * SECOND);
    refused(
        BreakerSettings {
            slow_call: timeout,
            timeout,
            ..D
        },
        "slow_call",
        "`slow_call` is `\"2s\"`, not below the `timeout` of `\"2s\"`, so no call that ends in time would be slow; \
         make `slow_call` shorter than `timeout`",
    );
    refused(
        BreakerSettings {
            half_open_max: SECOND,
            timeout,
            ..D
        },
        "half_open_max",
        "`half_open_max` is `\"1s\"`, below the `timeout` of `\"2s\"`, so the breaker would open again before a probe has to end; \
         make `half_open_max` at least as long as `timeout`",
    );
    refused(
        BreakerSettings {
            max_recovery_timeout: SECOND,
            ..D
        },
        "max_recovery_timeout",
        "`max_recovery_timeout` is `\"1s\"`, below the `recovery_timeout` of `\"1m\"`; make it at least as long, or leave it out",
    );
    assert!(
        BreakerSettings {
            half_open_max: Duration::ZERO,
            timeout,
            ..D
        }
        .check()
        .is_empty()
    );
    assert!(
        BreakerSettings {
            slow_call: Some(SECOND),
            timeout,
            ..D
        }
        .check()
        .is_empty()
    );
}

#[test]
fn numbers_that_mean_nothing_are_refused() {
    refused(
        BreakerSettings {
            failure_threshold: 0,
            ..D
        },
        "failure_threshold",
        "`failure_threshold` must be at least 1, got 0",
    );
    for rate in [0.0, -0.1, 1.1, f64::NAN] {
        assert_eq!(
            BreakerSettings {
                failure_rate: rate,
                ..D
            }
            .check()[0]
                .path,
            "failure_rate"
        );
        assert_eq!(
            BreakerSettings {
                slow_rate: rate,
                ..D
            }
            .check()[0]
                .path,
            "slow_rate"
        );
    }
    for backoff in [0.5, f64::NAN, f64::INFINITY] {
        assert_eq!(BreakerSettings { backoff, ..D }.check()[0].path, "backoff");
    }
    refused(
        BreakerSettings { jitter: 1.5, ..D },
        "jitter",
        "`jitter` must be from 0 to 1, got 1.5",
    );
    refused(
        BreakerSettings {
            recovery_timeout: Duration::ZERO,
            ..D
        },
        "recovery_timeout",
        "`recovery_timeout` must be above 0",
    );
}

#[test]
fn windows_have_a_size_that_a_breaker_can_hold() {
    refused(
        BreakerSettings {
            window: Window::Count(1_001),
            ..D
        },
        "window",
        "`window` holds from 1 to 1,000 calls, got 1,001; write `window = count(100)` or `window = time(\"60s\")`",
    );
    refused(
        BreakerSettings {
            window: Window::Time(Duration::from_millis(999)),
            ..D
        },
        "window",
        "`window` spans from `\"1s\"` to `\"1d\"`, got `\"999ms\"`; write `window = count(100)` or `window = time(\"60s\")`",
    );
}
