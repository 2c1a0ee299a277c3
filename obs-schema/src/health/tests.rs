//! The rules for the settings of a check.

use super::*;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn messages(settings: CheckSettings) -> Vec<String> {
    settings.check().iter().map(ToString::to_string).collect()
}

const _: () = CheckSettings::DEFAULT.findings().assert_none();

#[test]
fn the_mistakes() {
    let d = CheckSettings::DEFAULT;
    let equal = CheckSettings {
        timeout: Some(secs(5)),
        interval: Some(secs(5)),
        ..d
    };
    assert_eq!(
        messages(equal),
        [
            "`timeout` 5s is not below `interval` 5s; write `interval = \"6s\"` or more, or shorten `timeout`"
        ]
    );
    let zero = CheckSettings {
        unhealthy_threshold: 0,
        healthy_threshold: 101,
        ..d
    };
    assert_eq!(
        messages(zero),
        [
            "`unhealthy_threshold` must be between 1 and 100, got 0",
            "`healthy_threshold` must be between 1 and 100, got 101",
        ]
    );
    let short = CheckSettings {
        interval: Some(Duration::from_millis(1)),
        ..d
    };
    assert_eq!(
        messages(short),
        ["`interval` must be between 100ms and 1d, got 1ms"]
    );
    let idle = CheckSettings {
        kind: HealthKind::Liveness,
        critical: false,
        ..d
    };
    assert_eq!(
        messages(idle),
        [
            "a liveness check that is not critical decides nothing; leave `critical` out, or write `kind = readiness`"
        ]
    );
}

#[test]
fn defaults_never_make_a_run_longer_than_the_interval() {
    let config = Health::DEFAULT;
    let timing = |timeout, interval, retries| {
        let settings = CheckSettings {
            timeout,
            interval,
            retries,
            ..CheckSettings::DEFAULT
        };
        assert_eq!(settings.check(), []);
        settings.timing(&config)
    };
    let at = |timeout, interval| CheckTiming { timeout, interval };
    assert_eq!(timing(None, None, 0), at(config.timeout, config.interval));
    assert_eq!(timing(Some(secs(30)), None, 1), at(secs(30), secs(60)));
    assert_eq!(timing(None, Some(secs(1)), 0), at(secs(1), secs(1)));
    assert_eq!(timing(None, None, 9), at(secs(1), config.interval));
}
