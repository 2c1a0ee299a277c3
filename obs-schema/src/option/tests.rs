use super::*;
use crate::option::lookup::Meant;

const _: () = assert!(!options_of(Target::TraceRequest).is_empty());

fn check(target: Target, option: &str, given: Given<'_>) -> String {
    match find(target, option).unwrap().kind.check(option, &given) {
        Ok(()) => String::new(),
        Err(issue) => issue.to_string(),
    }
}

fn unknown(target: Target, typed: &str) -> String {
    find(target, typed).unwrap_err().to_string()
}

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
                | Target::MetricsStruct
                | Target::LabelEnum
                | Target::LabelsStruct
                | Target::OutcomeEnum
                | Target::OutcomeStruct
                | Target::RedactType
        );
        assert_eq!(
            find(target, "crate").is_ok(),
            has_item_of_its_own,
            "{target:?}"
        );
    }
}

#[test]
fn an_unknown_option_is_answered_with_what_was_meant() {
    assert_eq!(
        unknown(Target::TraceRequest, "atributes"),
        "unknown option `atributes`; did you mean `attributes`?"
    );
    assert_eq!(
        unknown(Target::Timed, "latency_buckets"),
        "unknown option `latency_buckets`; it is called `buckets`"
    );
    assert_eq!(
        unknown(Target::Tracing, "sample_rate"),
        "unknown option `sample_rate`; it is called `sampler`"
    );
    assert_eq!(
        unknown(Target::Counted, "colour"),
        "unknown option `colour`; `#[counted]` takes `labels`, `ok_if`, `error_if`, `crate`",
    );
    assert_eq!(
        unknown(Target::LabelVariant, "x"),
        "unknown option `x`; `#[label]` on a variant of an enum with `#[derive(Label)]` takes `rename`",
    );
    assert!(matches!(
        find(Target::Timed, "bukets").unwrap_err().meant,
        Some(Meant::Close(_))
    ));
}

#[test]
fn a_positional_argument_has_no_name() {
    assert_eq!(
        unknown(Target::TraceRequest, "name"),
        "unknown option `name`; the name is the first argument, write `#[trace_request(\"..\")]`",
    );
    assert_eq!(
        unknown(Target::TrackDbQuery, "table"),
        "unknown option `table`; the collection is the second argument, write `#[track_db_query(\"..\", \"..\")]`",
    );
    let api = &options_of(Target::TrackExternalApi)[0];
    assert_eq!(
        missing_option(Target::TrackExternalApi, api).to_string(),
        "`#[track_external_api]` needs a fixed label value for `api`; write `#[track_external_api(\"..\")]`",
    );
    assert_eq!(
        named_positional(Target::TrackExternalApi, api).to_string(),
        "a fixed label value for `api` is written without a name; the api is the first argument, write `#[track_external_api(\"..\")]`",
    );
}

#[test]
fn a_duplicate_is_named() {
    assert_eq!(
        duplicate_option("monitoring").to_string(),
        "duplicate option `monitoring`; remove one"
    );
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
fn variables_are_read_as_the_scalar_that_is_expected() {
    let read = |key: &str, text: &'static str| find_key(key).unwrap().option.kind.read(text);
    assert_eq!(read("tracing.max_spans", "12"), Given::Int(12));
    assert_eq!(read("tracing.max_spans", "12x"), Given::Text("12x"));
    assert_eq!(read("profiling.enabled", "true"), Given::Bool(true));
    assert_eq!(read("profiling.sample", "0.5"), Given::Float(0.5));
    assert_eq!(read("service.name", "12"), Given::Text("12"));
}

#[test]
fn keys_are_the_options_of_monitoring() {
    let all: Vec<String> = keys().map(|key| key.to_string()).collect();
    for key in [
        "service.name",
        "logging.level",
        "metrics.prefix",
        "tracing.sampler",
        "http.listen",
    ] {
        assert!(all.iter().any(|known| known == key));
    }
    for section in Section::ALL {
        assert_eq!(Section::named(section.as_str()), Some(*section));
        if *section != Section::Service {
            assert!(
                find(Target::Monitoring, section.as_str()).is_ok(),
                "{section:?}"
            );
        }
    }
}

#[test]
fn unknown_keys() {
    let error = |key| find_key(key).unwrap_err().to_string();
    assert_eq!(
        error("tracing.sample_rate"),
        "unknown key `tracing.sample_rate`; did you mean `tracing.sampler`?"
    );
    assert_eq!(
        error("log.levle"),
        "unknown key `log.levle`; did you mean `logging.level`?"
    );
    assert_eq!(
        error("servce"),
        "unknown key `servce`; did you mean `service`?"
    );
    assert_eq!(
        error("health.colour"),
        "unknown key `health.colour`; `health` has `enabled`, `interval`, `timeout`"
    );
    assert_eq!(
        error("alerts.rules"),
        "unknown key `alerts.rules`; the sections are `service`, `logging`, `metrics`, `tracing`, `profiling`, `health`, `http`",
    );
}

#[test]
fn each_variable_sets_one_key() {
    let mut seen = std::collections::BTreeSet::new();
    for variable in keys().flat_map(|key| key.option.env) {
        assert!(seen.insert(variable), "{variable} sets two keys");
        assert!(!ENV_RESERVED.contains(variable));
    }
}

#[test]
fn variables() {
    assert_eq!(
        find_variable("OTEL_SERVICE_NAME")
            .unwrap()
            .unwrap()
            .to_string(),
        "service.name"
    );
    assert_eq!(find_variable("OTEL_BSP_SCHEDULE_DELAY"), Ok(None));
    assert_eq!(find_variable("OBS_CONFIG"), Ok(None));
    let error = |name| find_variable(name).unwrap_err().to_string();
    assert_eq!(
        error("OBS_REDIS_URL"),
        "`OBS_REDIS_URL` is not supported by this version; unset it"
    );
    assert_eq!(
        error("OBS_COLOUR"),
        "unknown variable `OBS_COLOUR`; there are `OBS_LOG`, `OBS_LOG_FORMAT`, `OBS_LOG_FILE`, `OBS_METRICS_PREFIX`, `OBS_SAMPLER`, `OBS_PROFILING`, `OBS_LISTEN`, `OBS_CONFIG`",
    );
}
