//! The table itself.

mod keys;
mod names;
mod values;

use super::*;

const _: () = assert!(!options_of(Target::TraceRequest).is_empty());

#[test]
fn the_table_is_consistent() {
    for &target in Target::ALL {
        let options = options_of(target);
        for (at, option) in options.iter().enumerate() {
            let is_only = options
                .iter()
                .filter(|other| other.name == option.name)
                .count()
                == 1;
            assert!(is_only, "{target:?} has {} twice", option.name);
            assert!(option.doc.ends_with('.'), "{target:?} {}", option.name);
            assert!(
                option.required
                    || !option.default.is_empty()
                    || matches!(target, Target::OutcomeVariant | Target::OutcomeStruct),
                "{target:?} {}",
                option.name
            );
            if let Some(position) = option.position {
                assert_eq!(usize::from(position), at, "positional options come first");
            }
            for former in option.former {
                let names = options
                    .iter()
                    .filter(|other| other.position.is_none())
                    .map(|other| other.name);
                assert!(
                    !names.clone().any(|name| name == *former),
                    "{target:?}: {former} is an option"
                );
                let owners = options
                    .iter()
                    .filter(|other| other.former.contains(former))
                    .count();
                assert_eq!(owners, 1, "{target:?}: {former} stands for two options");
            }
        }
    }
}

#[test]
fn exclusions_go_both_ways() {
    for &target in Target::ALL {
        for option in options_of(target) {
            for other in option.excludes {
                let other = find(target, other).unwrap();
                assert!(
                    other.excludes.contains(&option.name),
                    "{target:?} {}",
                    option.name
                );
            }
        }
    }
    let class = find(Target::OutcomeVariant, "retryable").unwrap();
    assert_eq!(conflicting_options(class, &["retryable"]), None);
    assert_eq!(
        conflicting_options(class, &["ok"]).unwrap().to_string(),
        "`retryable` cannot be used together with `ok`; remove one",
    );
}

#[test]
fn the_defaults_in_the_table_are_those_of_the_constants() {
    use crate::monitoring::Monitoring;
    use crate::value::{format_duration, format_size};
    const D: Monitoring = Monitoring::DEFAULT;
    let text = |value: &str| format!("`\"{value}\"`");
    let duration = |value| text(&format_duration(value));
    for (key, default) in [
        ("logging.level", text(D.logging.level.as_str())),
        ("logging.format", text(D.logging.format.as_str())),
        (
            "logging.outputs",
            format!("`[\"{}\"]`", D.logging.outputs[0]),
        ),
        ("logging.redact", format!("`{}`", D.logging.redact)),
        ("metrics.interval", duration(D.metrics.interval)),
        (
            "metrics.exporters",
            format!("`[\"{}\"]`", D.metrics.exporters[0]),
        ),
        ("metrics.path", text(D.metrics.path)),
        ("tracing.enabled", format!("`{}`", D.tracing.enabled)),
        (
            "tracing.sampler",
            format!("`{:?}`", D.tracing.sampler.ratio),
        ),
        ("tracing.exporter", text(D.tracing.exporter.as_str())),
        ("tracing.slow", duration(D.tracing.slow)),
        ("tracing.store", text(&format_size(D.tracing.store))),
        ("tracing.max_age", duration(D.tracing.max_age)),
        ("tracing.max_active", format!("`{}`", D.tracing.max_active)),
        ("tracing.max_spans", format!("`{}`", D.tracing.max_spans)),
        ("profiling.enabled", format!("`{}`", D.profiling.enabled)),
        ("profiling.sample", format!("`{}`", D.profiling.sample)),
        ("health.enabled", format!("`{}`", D.health.enabled)),
        ("health.interval", duration(D.health.interval)),
        ("health.timeout", duration(D.health.timeout)),
        ("analytics.enabled", format!("`{}`", D.analytics.enabled)),
        ("analytics.store", text(&format_size(D.analytics.store))),
        ("analytics.currency", text(D.analytics.currency)),
        ("export.spool_size", text(&format_size(D.export.spool_size))),
        ("http.enabled", format!("`{}`", D.http.enabled)),
        ("http.listen", text(D.http.listen)),
        ("http.prefix", text(D.http.prefix)),
        (
            "http.allow_unauthenticated",
            format!("`{}`", D.http.allow_unauthenticated),
        ),
    ] {
        assert_eq!(find_key(key).unwrap().option.default, default, "{key}");
    }
    let budget = find(Target::Service, "series_budget").unwrap().default;
    assert_eq!(
        budget,
        format!("`{}`", crate::cardinality::DEFAULT_SERIES_BUDGET)
    );
    let max_age = find(Target::MetricField, "max_age").unwrap().default;
    assert_eq!(
        max_age,
        duration(core::time::Duration::from_secs_f64(
            crate::bucket::DEFAULT_MAX_AGE_SECS
        ))
    );
    let objectives = find(Target::MetricField, "objectives").unwrap().default;
    assert_eq!(
        objectives,
        format!("`{:?}`", crate::bucket::DEFAULT_OBJECTIVES)
    );
    let buckets = find(Target::TraceRequest, "buckets").unwrap().default;
    assert!(buckets.starts_with(&crate::bucket::DEFAULT_DURATION_BUCKETS.len().to_string()));
}

#[test]
fn the_defaults_of_policies_are_those_of_their_settings() {
    use crate::resilience::{BulkheadSettings, RateLimitSettings, RetrySettings};
    use crate::value::format_duration;
    let time = |value| format!("`\"{}\"`", format_duration(value));
    let retry = RetrySettings::DEFAULT;
    let bulkhead = BulkheadSettings::DEFAULT;
    let limit = RateLimitSettings::DEFAULT;
    assert_eq!(limit.burst, limit.calls);
    for (target, option, default) in [
        (Target::Retry, "attempts", format!("`{}`", retry.attempts)),
        (Target::Retry, "delay", time(retry.delay)),
        (Target::Retry, "backoff", format!("`{:?}`", retry.backoff)),
        (Target::Retry, "jitter", format!("`{:?}`", retry.jitter)),
        (Target::Retry, "budget", format!("`{:?}`", retry.budget)),
        (
            Target::Bulkhead,
            "concurrent",
            format!("`{}`", bulkhead.concurrent),
        ),
        (Target::Bulkhead, "queue", format!("`{}`", bulkhead.queue)),
        (Target::Bulkhead, "wait", time(bulkhead.wait)),
        (Target::RateLimit, "calls", format!("`{}`", limit.calls)),
        (Target::RateLimit, "per", time(limit.per)),
        (Target::RateLimit, "wait", time(limit.wait)),
    ] {
        assert_eq!(find(target, option).unwrap().default, default, "{option}");
    }
}

#[test]
fn every_attribute_and_derive_takes_a_crate_path() {
    for &target in Target::ALL {
        let has_item_of_its_own = matches!(
            target,
            Target::Service
                | Target::ServiceImpl
                | Target::TraceRequest
                | Target::MonitorPerformance
                | Target::Timed
                | Target::Counted
                | Target::TrackDbQuery
                | Target::TrackExternalApi
                | Target::Retry
                | Target::CircuitBreaker
                | Target::RateLimit
                | Target::Bulkhead
                | Target::Timeout
                | Target::DebugTrace
                | Target::HealthCheck
                | Target::MetricsStruct
                | Target::LabelEnum
                | Target::LabelsStruct
                | Target::OutcomeEnum
                | Target::OutcomeStruct
                | Target::EventStruct
                | Target::RedactType
        );
        assert_eq!(
            find(target, "crate").is_ok(),
            has_item_of_its_own,
            "{target:?}"
        );
    }
}
