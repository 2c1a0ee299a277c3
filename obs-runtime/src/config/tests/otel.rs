//! OpenTelemetry's variables, by its specification.

use std::time::Duration;

use super::{from_variables, load, warnings};
use crate::config::monitoring::{LogOutput, MetricsExporter, Sampler, TraceExporter};

#[test]
fn every_sampler_of_the_specification() {
    for (word, argument, ratio, parent_based) in [
        ("always_on", "", 1.0, false),
        ("always_off", "", 0.0, false),
        ("parentbased_always_on", "", 1.0, true),
        ("parentbased_always_off", "", 0.0, true),
        ("traceidratio", "0.25", 0.25, false),
        ("traceidratio", "", 1.0, false),
        ("parentbased_traceidratio", "0.25", 0.25, true),
        (" parentbased_traceidratio ", " 0 ", 0.0, true),
    ] {
        let variables = [
            ("OTEL_TRACES_SAMPLER", word),
            ("OTEL_TRACES_SAMPLER_ARG", argument),
        ];
        let config = from_variables(&variables).unwrap();
        assert_eq!(
            config.monitoring.tracing.sampler,
            Sampler {
                ratio,
                parent_based
            },
            "{word}"
        );
        assert_eq!(
            config.origin("tracing.sampler").to_string(),
            "OTEL_TRACES_SAMPLER"
        );
        assert!(warnings(&config).is_empty());
    }
}

#[test]
fn samplers_that_obs_does_not_have_are_ignored_with_a_warning() {
    for word in ["jaeger_remote", "parentbased_jaeger_remote", "xray", "x"] {
        let config = from_variables(&[("OTEL_TRACES_SAMPLER", word)]).unwrap();
        assert_eq!(config.monitoring.tracing.sampler, Sampler::DEFAULT);
        let warnings = warnings(&config);
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].starts_with(&format!("OTEL_TRACES_SAMPLER: unknown sampler `{word}`")));
        assert!(warnings[0].contains("`traceidratio`"), "{warnings:?}");
    }
    let config = from_variables(&[("OTEL_TRACES_SAMPLER", "traceidratiobased")]).unwrap();
    assert!(warnings(&config)[0].ends_with("did you mean `traceidratio`?"));
}

#[test]
fn an_argument_that_makes_no_sense_counts_as_missing() {
    for argument in ["two", "1.5", "-1", "NaN"] {
        let variables = [
            ("OTEL_TRACES_SAMPLER", "traceidratio"),
            ("OTEL_TRACES_SAMPLER_ARG", argument),
        ];
        let config = from_variables(&variables).unwrap();
        assert_eq!(
            config.monitoring.tracing.sampler,
            Sampler {
                ratio: 1.0,
                parent_based: false
            }
        );
        assert!(warnings(&config)[0].starts_with("OTEL_TRACES_SAMPLER_ARG: a ratio must be"));
    }
}

#[test]
fn resource_attributes_are_decoded_and_find_their_keys() {
    let text = "service.name=till, service.version=1%2C2 ,deployment.environment.name=prod,cloud.region=eu%20west,a==b,";
    let config = from_variables(&[("OTEL_RESOURCE_ATTRIBUTES", text)]).unwrap();
    let resource: Vec<_> = config.service.resource().collect();
    assert_eq!(
        resource,
        [
            ("service.name", "till"),
            ("service.version", "1,2"),
            ("deployment.environment.name", "prod"),
            ("cloud.region", "eu west"),
            ("a", "=b"),
        ]
    );
    assert_eq!(
        config.origin("service.name").to_string(),
        "OTEL_RESOURCE_ATTRIBUTES"
    );
}

#[test]
fn the_service_name_has_a_stronger_variable() {
    let variables = [
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=weak"),
        ("OTEL_SERVICE_NAME", "strong"),
    ];
    let config = from_variables(&variables).unwrap();
    assert_eq!(config.service.name, "strong");
    assert_eq!(
        config.origin("service.name").to_string(),
        "OTEL_SERVICE_NAME"
    );
}

#[test]
fn attributes_that_cannot_be_decoded_are_ignored_as_a_whole() {
    for (text, sentence) in [
        ("a=b,c", "`c` has no `=`"),
        ("a=%zz", "`%zz` has a `%` without two hexadecimal digits"),
        ("a=x%4", "`x%4` has a `%` without two hexadecimal digits"),
        ("a=%ff", "`%ff` is not UTF-8 once decoded"),
        ("ok=1,=b", "`=b` has no name"),
    ] {
        let config = from_variables(&[("OTEL_RESOURCE_ATTRIBUTES", text)]).unwrap();
        assert!(config.service.attributes.is_empty());
        let warning = format!("OTEL_RESOURCE_ATTRIBUTES: {sentence}; write `name=text,name=text`");
        assert_eq!(warnings(&config), [warning]);
    }
}

#[test]
fn only_true_turns_everything_off() {
    for (text, disabled, quiet) in [
        ("true", true, true),
        ("TRUE", true, true),
        ("False", false, true),
        ("1", false, false),
        ("yes", false, false),
    ] {
        let config = from_variables(&[("OTEL_SDK_DISABLED", text)]).unwrap();
        assert_eq!(config.service.disabled, disabled, "{text}");
        assert_eq!(warnings(&config).is_empty(), quiet, "{text}");
    }
}

#[test]
fn propagators_have_a_key_too_and_the_variable_wins() {
    use crate::propagate::{Propagator, Propagators};
    let only = |form| Propagators::NONE.with(form);
    let yaml = "tracing: {propagators: [b3multi, xtrace]}";
    let config = load(yaml, &[]).unwrap();
    assert_eq!(
        config.propagators(),
        only(Propagator::B3Multi).with(Propagator::XTrace)
    );
    let config = load(yaml, &[("OTEL_PROPAGATORS", "b3")]).unwrap();
    assert_eq!(config.propagators(), only(Propagator::B3));
    let origin = config.origin("tracing.propagators").to_string();
    assert_eq!(origin, "OTEL_PROPAGATORS");
    let config = load("tracing: {propagators: [none]}", &[]).unwrap();
    assert_eq!(config.propagators(), Propagators::NONE);
    let error = load("tracing: {propagators: [b3, jaeger]}", &[]).unwrap_err();
    assert!(
        error.to_string().contains("unknown value `jaeger`"),
        "{error}"
    );
    for form in Propagator::ALL {
        let yaml = format!("tracing: {{propagators: [{}]}}", form.name());
        assert_eq!(load(&yaml, &[]).unwrap().propagators(), only(form));
    }
}

#[test]
fn propagators_are_a_list() {
    use crate::propagate::{Propagator, Propagators};
    let only = |form| Propagators::NONE.with(form);
    let all = Propagator::ALL
        .into_iter()
        .fold(Propagators::NONE, Propagators::with);
    for (text, expected, warned) in [
        ("", Propagators::DEFAULT, 0),
        ("tracecontext", only(Propagator::TraceContext), 0),
        ("tracecontext, baggage", Propagators::DEFAULT, 0),
        ("xtrace,b3multi,b3,baggage,tracecontext", all, 0),
        ("none", Propagators::NONE, 0),
        ("b3,b3", only(Propagator::B3), 0),
        ("b3,jaeger,b33", only(Propagator::B3), 2),
        ("xray", Propagators::NONE, 1),
    ] {
        let config = from_variables(&[("OTEL_PROPAGATORS", text)]).unwrap();
        assert_eq!(config.propagators(), expected, "{text}");
        assert_eq!(warnings(&config).len(), warned, "{text}");
    }
    let config = from_variables(&[]).unwrap();
    assert_eq!(config.propagators(), Propagators::DEFAULT);
    let config = from_variables(&[("OTEL_PROPAGATORS", "xray")]).unwrap();
    assert_eq!(
        warnings(&config),
        [
            "OTEL_PROPAGATORS: the propagator `xray` is not supported; write a list of \
             `tracecontext`, `baggage`, `b3`, `b3multi`, `xtrace`, `none`"
        ]
    );
}

#[test]
fn exporters_are_added_to_those_there_are() {
    use LogOutput::{Console, Otlp};
    for (text, expected, warned) in [
        ("otlp", &[Console, Otlp][..], 0),
        ("otlp,console", &[Console, Otlp], 0),
        ("console", &[Console], 0),
        ("none", &[Console], 0),
        ("syslog", &[Console], 1),
    ] {
        let config = from_variables(&[("OTEL_LOGS_EXPORTER", text)]).unwrap();
        assert_eq!(config.monitoring.logging.outputs, expected, "{text}");
        let unknown = warnings(&config)
            .into_iter()
            .filter(|warning| warning.contains("OTEL_LOGS_EXPORTER: the exporter"));
        assert_eq!(unknown.count(), warned, "{text}");
    }
    let variables = [
        ("OTEL_LOGS_EXPORTER", "otlp"),
        ("OBS__LOGGING__OUTPUTS", "console"),
    ];
    let config = from_variables(&variables).unwrap();
    assert_eq!(config.monitoring.logging.outputs, [Console]);
    let config = from_variables(&[("OTEL_METRICS_EXPORTER", "otlp")]).unwrap();
    let exporters = config.monitoring.metrics.exporters;
    assert_eq!(exporters, [MetricsExporter::Http, MetricsExporter::Otlp]);
    assert_eq!(
        config.origin("metrics.exporters").to_string(),
        "OTEL_METRICS_EXPORTER"
    );
}

#[test]
fn the_interval_of_metrics_is_in_milliseconds() {
    for (text, expected, warned) in [
        ("2500", Duration::from_millis(2_500), 0),
        (" 100 ", Duration::from_millis(100), 0),
        ("99", Duration::from_secs(10), 1),
        ("10s", Duration::from_secs(10), 1),
    ] {
        let config = from_variables(&[("OTEL_METRIC_EXPORT_INTERVAL", text)]).unwrap();
        assert_eq!(config.monitoring.metrics.interval, expected, "{text}");
        assert_eq!(warnings(&config).len(), warned, "{text}");
    }
    let variables = [
        ("OTEL_METRIC_EXPORT_INTERVAL", "2500"),
        ("OBS__METRICS__INTERVAL", "7s"),
    ];
    let config = from_variables(&variables).unwrap();
    assert_eq!(config.monitoring.metrics.interval, Duration::from_secs(7));
}

#[test]
fn variables_of_exporters_are_kept_and_their_secrets_hidden() {
    let variables = [
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "https://me:pass@collector:4318",
        ),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20x"),
    ];
    let config = from_variables(&variables).unwrap();
    assert_eq!(config.otel.exporter, variables);
    let shown: Vec<_> = config.exporter_variables().collect();
    assert_eq!(shown[0].1, "https://[hidden]@collector:4318");
    assert_eq!(shown[1].1, "[hidden]");
}

#[test]
fn words_count_in_any_case() {
    use crate::propagate::{Propagator, Propagators};
    let config = from_variables(&[
        ("OTEL_TRACES_EXPORTER", " OTLP "),
        ("OTEL_METRICS_EXPORTER", "Otlp"),
        ("OTEL_LOGS_EXPORTER", "OTLP,None"),
        ("OTEL_TRACES_SAMPLER", "Always_Off"),
        ("OTEL_PROPAGATORS", "B3,TraceContext"),
    ]);
    let config = config.unwrap();
    assert_eq!(warnings(&config), [] as [String; 0]);
    let monitoring = &config.monitoring;
    assert_eq!(monitoring.tracing.exporter, TraceExporter::Otlp);
    assert!(
        monitoring
            .metrics
            .exporters
            .contains(&MetricsExporter::Otlp)
    );
    assert!(!monitoring.logging.outputs.contains(&LogOutput::Otlp));
    assert_eq!(monitoring.tracing.sampler.ratio, 0.0);
    let only = Propagators::NONE.with(Propagator::B3);
    assert_eq!(config.propagators(), only.with(Propagator::TraceContext));
    // What the program's own variables say is held to their words.
    assert!(from_variables(&[("OBS__TRACING__EXPORTER", "OTLP")]).is_err());
}
