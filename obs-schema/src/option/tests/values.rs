//! Values that options take, and do not.

use super::*;

fn check(target: Target, option: &str, given: Given<'_>) -> String {
    match find(target, option).unwrap().kind.check(option, &given) {
        Ok(()) => String::new(),
        Err(issue) => issue.to_string(),
    }
}

#[test]
fn values_of_another_kind() {
    for (target, option, given, message) in [
        (
            Target::TraceRequest,
            "slow",
            Given::Int(250),
            "`slow` takes a duration, such as `\"250ms\"`",
        ),
        (
            Target::TraceRequest,
            "root",
            Given::Text("yes"),
            "`root` takes no value, write `root` alone",
        ),
        (
            Target::TraceRequest,
            "labels",
            Given::Text("x"),
            "`labels` takes keys with an expression each, such as `(region = region)`",
        ),
        (
            Target::Service,
            "name",
            Given::Int(1),
            "`name` takes a service name, such as `\"shop\"`",
        ),
        (
            Target::Service,
            "series_budget",
            Given::Text("many"),
            "`series_budget` takes a whole number from 1 to 10000000",
        ),
        (
            Target::Logging,
            "correlation",
            Given::Text("yes"),
            "`correlation` takes `true` or `false`",
        ),
        (
            Target::Logging,
            "format",
            Given::Bool(true),
            "`format` takes one of `\"json\"`, `\"pretty\"`",
        ),
        (
            Target::Profiling,
            "sample",
            Given::Text("some"),
            "`sample` takes a ratio from 0 to 1, such as `0.1`",
        ),
        (
            Target::MetricField,
            "buckets",
            Given::Float(0.1),
            "`buckets` takes a list of numbers, such as `[0.01, 0.1, 1.0]`",
        ),
    ] {
        assert_eq!(check(target, option, given), message);
    }
}

#[test]
fn values_that_a_rule_refuses() {
    for (target, option, given, message) in [
        (
            Target::TraceRequest,
            "slow",
            Given::Text("0s"),
            "the duration `0s` is too short; write at least `\"1ns\"`",
        ),
        (
            Target::TraceRequest,
            "kind",
            Given::Text("sever"),
            "unknown value `sever`; did you mean `server`?",
        ),
        (
            Target::Service,
            "series_budget",
            Given::Int(0),
            "`series_budget` must be between 1 and 10000000, got 0",
        ),
        (
            Target::Service,
            "name",
            Given::Text(""),
            "a service name is empty; write a name",
        ),
        (
            Target::Logging,
            "level",
            Given::Text("inof"),
            "unknown value `inof`; did you mean `info`?",
        ),
        (
            Target::Logging,
            "outputs",
            Given::Text("stdout"),
            "unknown value `stdout`; did you mean `console`?",
        ),
        (
            Target::Tracing,
            "sampler",
            Given::Float(1.5),
            "a ratio must be between 0 and 1, got 1.5; write `0.015` for 1.5 percent",
        ),
        (
            Target::Tracing,
            "sampler",
            Given::Int(10),
            "a ratio must be between 0 and 1, got 10; write `0.1` for 10 percent",
        ),
        (
            Target::Tracing,
            "sampler",
            Given::Text("allways_on"),
            "unknown sampler `allways_on`; did you mean `always_on`?",
        ),
        (
            Target::Tracing,
            "store",
            Given::Text("1KiB"),
            "`store` must be at least `64KiB`, got `1KiB`",
        ),
        (
            Target::Tracing,
            "exporter",
            Given::Text("oltp"),
            "unknown value `oltp`; did you mean `otlp`?",
        ),
        (
            Target::Metrics,
            "prefix",
            Given::Text("shop"),
            "the prefix `shop` does not end in `_`; write `shop_`",
        ),
        (
            Target::Metrics,
            "path",
            Given::Text("metrics"),
            "`metrics` does not begin with `/`; write a path such as `/metrics`",
        ),
        (
            Target::Http,
            "listen",
            Given::Text("here"),
            "`here` is not an IP address and a port; write `127.0.0.1:9464`",
        ),
        (
            Target::MetricField,
            "unit",
            Given::Text("ms"),
            "`ms` is not a base unit; report `seconds` as a real number",
        ),
        (
            Target::LabelsField,
            "max_series",
            Given::Int(-1),
            "`max_series` must be between 1 and 100000, got -1",
        ),
    ] {
        assert_eq!(check(target, option, given), message);
    }
}

#[test]
fn values_that_fit() {
    for (target, option, given) in [
        (Target::TraceRequest, "slow", Given::Text("1s")),
        (Target::TraceRequest, "kind", Given::Text("server")),
        (Target::Tracing, "sampler", Given::Int(1)),
        (Target::Tracing, "sampler", Given::Text("always_on")),
        (Target::Metrics, "interval", Given::Text("0s")),
        (Target::Metrics, "prefix", Given::Text("")),
        (Target::Logging, "level", Given::Text("info,hyper=warn")),
    ] {
        assert_eq!(check(target, option, given), "");
    }
}

#[test]
fn the_defaults_of_a_circuit_breaker_are_those_of_the_constant() {
    use crate::resilience::BreakerSettings;
    use crate::value::format_duration;
    const D: BreakerSettings = BreakerSettings::DEFAULT;
    let default = |name: &str| find(Target::CircuitBreaker, name).unwrap().default;
    let begins = |name: &str, value: String| {
        let expected = format!("`{value}`");
        assert!(default(name).starts_with(&expected), "{name}: {expected}");
    };
    begins("failure_threshold", D.failure_threshold.to_string());
    begins("min_calls", D.min_calls.to_string());
    begins("half_open_calls", D.half_open_calls.to_string());
    for (name, value) in [
        ("failure_rate", D.failure_rate),
        ("slow_rate", D.slow_rate),
        ("backoff", D.backoff),
        ("jitter", D.jitter),
    ] {
        begins(name, format!("{value:?}"));
    }
    for (name, value) in [
        ("recovery_timeout", D.recovery_timeout),
        ("max_recovery_timeout", D.max_recovery_timeout),
        ("half_open_max", D.half_open_max),
    ] {
        begins(name, format!("\"{}\"", format_duration(value)));
    }
}
