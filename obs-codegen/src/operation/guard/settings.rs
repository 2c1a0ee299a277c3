//! From options to settings.

use std::time::Duration;

use obs_schema::resilience::{BreakerSettings, Window};

use crate::diag::Diag;
use crate::operation::kind::Part;

/// Options that are about the calls in a window.
const OF_A_WINDOW: &[&str] = &["failure_rate", "min_calls", "slow_rate"];

pub(super) fn breaker(part: &Part, diag: &mut Diag) -> BreakerSettings {
    let options = &part.options;
    let window = options.window("window").map(|given| given.value);
    if window.is_none() && !options.is_broken("window") {
        without_window(part, diag);
    }
    let mut settings = BreakerSettings::of_window(window.unwrap_or(Window::Consecutive));
    read(part, &mut settings);
    // What was written with a mistake has been reported; the rest would be judged beside a default.
    if diag.is_empty() {
        for issue in settings.check() {
            let given = options.get(&issue.path);
            diag.issue(given.map_or(part.span, |given| given.key), &issue);
        }
    }
    settings
}

fn without_window(part: &Part, diag: &mut Diag) {
    let has_threshold = part.options.flag("failure_threshold");
    for name in OF_A_WINDOW {
        if let Some(given) = part.options.get(name).filter(|_| !has_threshold) {
            diag.error(
                given.key,
                format_args!("`{name}` needs a `window`; write `window = count(100)`"),
            );
        }
    }
}

fn read(part: &Part, settings: &mut BreakerSettings) {
    let options = &part.options;
    let int = |name: &str, into: &mut u32| {
        if let Some(given) = options.int(name) {
            *into = u32::try_from(given.value).unwrap_or(u32::MAX);
        }
    };
    let float = |name: &str, into: &mut f64| {
        if let Some(given) = options.float(name) {
            *into = given.value;
        }
    };
    let duration = |name: &str| options.duration(name).map(|given| given.value);
    int("failure_threshold", &mut settings.failure_threshold);
    int("min_calls", &mut settings.min_calls);
    int("half_open_calls", &mut settings.half_open_calls);
    float("failure_rate", &mut settings.failure_rate);
    float("slow_rate", &mut settings.slow_rate);
    float("backoff", &mut settings.backoff);
    float("jitter", &mut settings.jitter);
    settings.slow_call = duration("slow_call");
    settings.timeout = duration("timeout");
    if let Some(time) = duration("recovery_timeout") {
        settings.recovery_timeout = time;
    }
    let usual = settings.max_recovery_timeout.max(settings.recovery_timeout);
    settings.max_recovery_timeout = duration("max_recovery_timeout").unwrap_or(usual);
    let usual = settings
        .half_open_max
        .max(settings.timeout.unwrap_or(Duration::ZERO));
    settings.half_open_max = duration("half_open_max").unwrap_or(usual);
}
