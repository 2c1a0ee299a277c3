//! Keys of the configuration and variables of the environment.

use super::*;

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
        "unknown key `health.colour`; `health` has `enabled`, `interval`, `timeout`, `shutdown_delay`"
    );
    assert_eq!(
        error("alerts.rules"),
        "unknown key `alerts.rules`; the sections are `service`, `logging`, `metrics`, `tracing`, `profiling`, `health`, `analytics`, `http`, `export`",
    );
}

#[test]
fn each_variable_sets_one_key() {
    let mut seen = std::collections::BTreeSet::new();
    for variable in keys().flat_map(|key| key.option.env) {
        assert!(seen.insert(variable), "{variable} sets two keys");
        assert!(!ENV_PUSH.contains(variable));
        assert!(!ENV_ELASTIC.contains(variable));
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
    assert_eq!(find_variable("OBS_REDIS_URL"), Ok(None));
    assert_eq!(find_variable("OBS_PUSHGATEWAY_URL"), Ok(None));
    assert_eq!(find_variable("OBS_ELASTIC_URL"), Ok(None));
    let error = |name| find_variable(name).unwrap_err().to_string();
    assert_eq!(
        error("OBS_PUSHGATEWAY_ULR"),
        "unknown variable `OBS_PUSHGATEWAY_ULR`; did you mean `OBS_PUSHGATEWAY_URL`?"
    );
    assert_eq!(
        error("OBS_ELASTIC_INDX"),
        "unknown variable `OBS_ELASTIC_INDX`; did you mean `OBS_ELASTIC_INDEX`?"
    );
    assert_eq!(
        error("OBS_COLOUR"),
        "unknown variable `OBS_COLOUR`; there are `OBS_LOG`, `OBS_LOG_FORMAT`, `OBS_LOG_FILE`, `OBS_METRICS_PREFIX`, `OBS_SAMPLER`, `OBS_PROFILING`, `OBS_LISTEN`, `OBS_AUTH_TOKEN_FILE`, `OBS_METRICS_USERNAME`, `OBS_METRICS_PASSWORD_FILE`, `OBS_CONFIG`, `OBS_REDIS_URL`",
    );
}
