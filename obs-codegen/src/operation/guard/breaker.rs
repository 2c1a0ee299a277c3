//! `#[circuit_breaker]`.

use std::time::Duration;

use obs_schema::resilience::{BreakerSettings, Window};
use syn::Expr;

use super::fallback::{self, Fallback};
use super::report;
use crate::diag::Diag;
use crate::func::Func;
use crate::operation::Place;
use crate::operation::argument::check_names;
use crate::operation::kind::Part;

/// A circuit breaker.
pub struct Breaker {
    /// Its name.
    pub name: String,
    /// Its settings, which have been checked.
    pub settings: BreakerSettings,
    /// What tells it from its siblings.
    pub key: Option<KeyedBy>,
    /// What gives the value instead.
    pub fallback: Option<Fallback>,
    /// A function that says which errors are ignored.
    pub ignore: Option<Expr>,
    /// A function that says which errors are failures.
    pub record: Option<Expr>,
}

/// A breaker for each value of an expression.
pub struct KeyedBy {
    /// The expression.
    pub expr: Expr,
    /// How many there are at the most.
    pub max_keys: u32,
}

/// How many breakers there are for the keys of one, unless it says otherwise.
const MAX_KEYS: u32 = 100;

/// Options that are about the calls in a window.
const OF_A_WINDOW: &[&str] = &["failure_rate", "min_calls", "slow_rate"];

impl Breaker {
    /// Unless it says otherwise, it waits for a probe as long as that may take.
    pub(super) fn outlast(&mut self, part: &Part, longest: Duration) {
        if !part.options.flag("half_open_max") {
            self.settings.half_open_max = self.settings.half_open_max.max(longest);
        }
    }
}

pub(super) fn model(func: &Func, part: &Part, place: &Place, diag: &mut Diag) -> Option<Breaker> {
    let options = &part.options;
    let settings = settings(part, diag);
    let fallback = options
        .expr("fallback")
        .and_then(|given| fallback::model(func, given.value, diag));
    let expr = |name: &str| options.expr(name).map(|given| given.value.clone());
    Some(Breaker {
        name: options.text("name")?.value.to_owned(),
        settings,
        key: key(func, part, place, diag),
        fallback,
        ignore: expr("ignore"),
        record: expr("record"),
    })
}

fn key(func: &Func, part: &Part, place: &Place, diag: &mut Diag) -> Option<KeyedBy> {
    let max_keys = part.options.int("max_keys");
    let Some(key) = part.options.expr("key") else {
        if let Some(given) = max_keys {
            diag.error(
                given.key,
                "`max_keys` needs `key`; write `key = host`, or remove it",
            );
        }
        return None;
    };
    let mut params = func.params();
    params.outer_generics(&place.generics);
    check_names(key.value, &params, diag);
    Some(KeyedBy {
        expr: key.value.clone(),
        max_keys: max_keys.map_or(MAX_KEYS, |given| {
            u32::try_from(given.value).unwrap_or(u32::MAX)
        }),
    })
}

fn settings(part: &Part, diag: &mut Diag) -> BreakerSettings {
    let options = &part.options;
    let window = options.window("window").map(|given| given.value);
    if window.is_none() && !options.is_broken("window") {
        without_window(part, diag);
    }
    let mut settings = BreakerSettings::of_window(window.unwrap_or(Window::Consecutive));
    read(part, &mut settings);
    report(part, settings.check(), diag);
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
