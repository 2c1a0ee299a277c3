//! Variables.

use super::{from_variables, load, sentences, shown, warnings};
use crate::config::Shown;
use crate::config::monitoring::{LogOutput, MetricsExporter};

#[test]
fn an_empty_variable_is_not_set() {
    let variables = [
        ("OBS_SAMPLER", ""),
        ("OBS_CONFIG", ""),
        ("OBS_NONSENSE", ""),
        ("OTEL_SERVICE_NAME", ""),
    ];
    let config = from_variables(&variables).unwrap();
    assert!(config.service.name.starts_with("unknown_service"));
    assert!(warnings(&config).is_empty());
}

#[test]
fn other_programs_variables_are_left_alone() {
    let variables = [
        ("PATH", "/bin"),
        ("OBSERVE", "x"),
        ("OTEL_BSP_SCHEDULE_DELAY", "x"),
        // For the program itself.
        ("OBS_REDIS_URL", "x"),
    ];
    assert!(warnings(&from_variables(&variables).unwrap()).is_empty());
}

#[test]
fn unknown_variables_are_refused() {
    for (name, sentence) in [
        (
            "OBS_SAMPLR",
            "unknown variable `OBS_SAMPLR`; did you mean `OBS_SAMPLER`?",
        ),
        (
            "OBS__TRACING__SLWO",
            "unknown variable `OBS__TRACING__SLWO`; did you mean `OBS__TRACING__SLOW`?",
        ),
        (
            "OBS__X",
            "unknown variable `OBS__X`; write `OBS__SECTION__KEY`, such as `OBS__TRACING__SLOW`",
        ),
    ] {
        let error = from_variables(&[(name, "x")]).unwrap_err();
        assert_eq!(sentences(&error), format!("{name}: {sentence}"));
        assert_eq!(error.problems[0].key, name);
    }
}

#[test]
fn values_are_held_to_the_rules_of_the_file() {
    for (name, text, sentence) in [
        (
            "OBS_LISTEN",
            "9464",
            "`9464` is not an IP address and a port; write `127.0.0.1:9464`",
        ),
        (
            "OBS_PROFILING",
            "on",
            "`profiling.enabled` takes `true` or `false`",
        ),
        (
            "OBS_LOG",
            "info,debug",
            "`debug` is a second level for all targets; write one level and then `target=level`",
        ),
        (
            "OBS__TRACING__SLOW",
            "1",
            "the duration `1` has no unit; write `\"1ms\"` or `\"1s\"`",
        ),
        (
            "OBS__LOGGING__OUTPUTS",
            "console,,file",
            "unknown value ``; write one of `console`, `file`, `elastic`, `otlp`",
        ),
        (
            "OBS__METRICS__LABELS",
            "region",
            "`region` has no `=`; write `name=text,name=text`",
        ),
        (
            "OBS__METRICS__LABELS",
            "service=x",
            "`service` is reserved for a label that operations already have; choose another name",
        ),
    ] {
        let error = from_variables(&[(name, text)]).unwrap_err();
        assert_eq!(sentences(&error), format!("{name}: {sentence}"));
    }
}

#[test]
fn the_short_variable_wins_over_the_long_one_and_both_over_opentelemetry() {
    let mut variables = vec![("OTEL_TRACES_SAMPLER", "always_off")];
    let sampler = |variables: &[_]| shown(&from_variables(variables).unwrap(), "tracing.sampler");
    assert_eq!(sampler(&variables).to_string(), "always_off");
    variables.push(("OBS__TRACING__SAMPLER", "0.2"));
    assert_eq!(sampler(&variables), Shown::Float(0.2));
    variables.push(("OBS_SAMPLER", "0.3"));
    assert_eq!(sampler(&variables), Shown::Float(0.3));
}

#[test]
fn a_list_replaces_the_list_before_it() {
    let yaml = "logging: {outputs: [console, file]}\nmetrics: {labels: {a: x, b: y}}\n";
    let variables = [
        ("OBS__LOGGING__OUTPUTS", "console"),
        ("OBS__METRICS__LABELS", "c=z"),
    ];
    let config = load(yaml, &variables).unwrap();
    assert_eq!(config.monitoring.logging.outputs, [LogOutput::Console]);
    assert_eq!(config.monitoring.metrics.labels, [("c", "z")]);
}

#[test]
fn a_log_file_turns_its_output_on() {
    let config = from_variables(&[("OBS_LOG_FILE", "shop.log")]).unwrap();
    assert_eq!(
        config.monitoring.logging.outputs,
        [LogOutput::Console, LogOutput::File]
    );
    assert_eq!(config.origin("logging.outputs").to_string(), "OBS_LOG_FILE");

    let both = [
        ("OBS_LOG_FILE", "shop.log"),
        ("OBS__LOGGING__OUTPUTS", "console"),
    ];
    assert_eq!(
        sentences(&from_variables(&both).unwrap_err()),
        "OBS_LOG_FILE: `logging.file` is set but `logging.outputs` has no `file`; add `\"file\"` to `outputs`"
    );
}

#[test]
fn the_address_of_elasticsearch_turns_its_output_on() {
    use LogOutput::{Console, Elastic, File};
    let address = ("OBS_ELASTIC_URL", "http://me:pass@elastic:9200");
    let config = from_variables(&[address, ("OBS_LOG_FILE", "shop.log")]).unwrap();
    assert_eq!(config.monitoring.logging.outputs, [Console, File, Elastic]);
    let origin = config.origin("logging.outputs").to_string();
    assert_eq!(origin, "OBS_ELASTIC_URL");
    let shown: Vec<_> = config.exporter_variables().collect();
    assert_eq!(shown[0].1, "http://[hidden]@elastic:9200");

    let config = from_variables(&[address, ("OBS__LOGGING__OUTPUTS", "console")]).unwrap();
    assert_eq!(config.monitoring.logging.outputs, [Console]);
}

#[test]
fn the_address_of_an_exporter_turns_it_on() {
    use MetricsExporter::{Graphite, Http, Pushgateway};
    let addresses = [
        ("OBS_PUSHGATEWAY_URL", "http://me:pass@gateway:9091"),
        ("OBS_GRAPHITE_ADDR", "carbon:2003"),
        ("OBS_PUSHGATEWAY_HEADERS", "api-key=secret"),
    ];
    let config = from_variables(&addresses).unwrap();
    let exporters = config.monitoring.metrics.exporters;
    assert_eq!(exporters, [Http, Pushgateway, Graphite]);
    assert_eq!(
        config.origin("metrics.exporters").to_string(),
        "OBS_GRAPHITE_ADDR"
    );
    let shown: Vec<_> = config.exporter_variables().collect();
    assert_eq!(shown[0].1, "http://[hidden]@gateway:9091");
    assert_eq!(shown[1].1, "[hidden]");

    let mut said = addresses.to_vec();
    said.push(("OBS__METRICS__EXPORTERS", "http"));
    let config = from_variables(&said).unwrap();
    assert_eq!(config.monitoring.metrics.exporters, [Http]);

    let never = [addresses[0], ("OBS__METRICS__INTERVAL", "0s")];
    assert_eq!(
        sentences(&from_variables(&never).unwrap_err()),
        "OBS__METRICS__INTERVAL: `metrics.exporters` has `pushgateway` but `metrics.interval` is 0, so it never sends; add `interval = \"10s\"`"
    );
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf8_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let value = OsStr::from_bytes(b"\xff");
    let error = crate::config::Layers::default()
        .variables([("OBS_LOG", value)])
        .load();
    assert_eq!(
        error.unwrap_err().to_string(),
        "OBS_LOG: the value of `OBS_LOG` is not UTF-8"
    );
}
