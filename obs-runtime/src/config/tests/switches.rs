//! Settings that contradict each other, within a layer and across layers.

use super::{load, load_over, permissive, sentences, warnings};
use crate::config::monitoring::{
    Http, Logging, Monitoring, Profiling, Sampler, TraceExporter, Tracing,
};
use crate::config::{Layers, Origin, ServiceDef, Source};

fn busy() -> Monitoring {
    Monitoring {
        tracing: Tracing {
            sampler: Sampler::ratio(0.1),
            exporter: TraceExporter::Console,
            target_per_second: Some(5),
            operations: &[("health", 0.0)],
            rate_limit: Some(5),
            ..Tracing::DEFAULT
        },
        logging: Logging {
            correlation: Some(true),
            file: "shop.log",
            ..permissive().logging
        },
        profiling: Profiling {
            enabled: true,
            sample: 0.5,
        },
        http: Http {
            listen: "127.0.0.1:1",
            ..Http::DEFAULT
        },
        ..Monitoring::DEFAULT
    }
}

#[test]
fn a_stronger_layer_can_turn_off_what_a_weaker_one_set_up() {
    let switches = "tracing: {enabled: false}\nprofiling: {enabled: false}\nhttp: {enabled: false}\nlogging: {outputs: [console]}\n";
    let config = load_over(
        Layers::default().monitoring(busy()),
        switches.as_bytes(),
        &[],
    )
    .unwrap();
    assert!(!config.monitoring.tracing.enabled);
    assert_eq!(config.monitoring.tracing.sampler, Sampler::DEFAULT);
    assert_eq!(config.monitoring.logging.file, "");
    assert_eq!(config.origin("tracing.sampler"), &Origin::Default);
    assert!(warnings(&config).is_empty());
}

#[test]
fn one_layer_must_not_contradict_itself() {
    let error = load("tracing:\n  enabled: false\n  sampler: 0.5\n", &[]).unwrap_err();
    assert_eq!(
        sentences(&error),
        "obs.yaml:3:12: `tracing.sampler` is set but `tracing.enabled` is off; leave it out or turn tracing on"
    );
}

#[test]
fn a_stronger_layer_must_not_ask_for_what_is_off() {
    let variables = [("OBS_SAMPLER", "0.5")];
    let error = load("tracing: {enabled: false}\n", &variables).unwrap_err();
    assert_eq!(
        sentences(&error),
        "OBS_SAMPLER: `tracing.sampler` is set but `tracing.enabled` is off; leave it out or turn tracing on"
    );
}

#[test]
fn constants_that_contradict_themselves_are_blamed_on_the_attribute() {
    const SERVICE: ServiceDef = ServiceDef {
        name: "shop",
        version: "1.0",
        namespace: "",
        series_budget: 2_000,
        source: Source {
            module: "shop",
            file: "src/main.rs",
            line: 12,
        },
    };
    let monitoring = Monitoring {
        tracing: Tracing {
            enabled: false,
            rate_limit: Some(1),
            ..Tracing::DEFAULT
        },
        ..Monitoring::DEFAULT
    };
    assert_eq!(
        Layers::of(&SERVICE, monitoring)
            .load()
            .unwrap_err()
            .to_string(),
        "src/main.rs:12: `tracing.rate_limit` is set but `tracing.enabled` is off; leave it out or turn tracing on"
    );
    let config = Layers::of(&SERVICE, Monitoring::DEFAULT).load().unwrap();
    assert_eq!(config.service.name, "shop");
    assert_eq!(
        config.origin("service.version").to_string(),
        "src/main.rs:12"
    );
    assert_eq!(config.origin("service.namespace"), &Origin::Default);
}

#[test]
fn outputs_that_this_version_lacks_are_a_warning() {
    let config = load(
        "tracing: {exporter: jaeger}\nlogging: {outputs: [console, elastic]}\nmetrics: {exporters: [http, graphite]}\n",
        &[],
    )
    .unwrap();
    let warnings: Vec<_> = config
        .warnings()
        .iter()
        .map(|warning| warning.message.as_str())
        .collect();
    let mut expected = Vec::new();
    if !cfg!(feature = "elastic") {
        expected.push("`logging.outputs`: this version has no `elastic`, nothing is sent there");
    }
    if !cfg!(feature = "push") {
        expected.push("`metrics.exporters`: this version has no `graphite`, nothing is sent there");
    }
    if !cfg!(feature = "otlp") {
        expected.push("`tracing.exporter`: this version has no `jaeger`, nothing is sent there");
    }
    assert_eq!(warnings, expected);
    let mut warnings = config.warnings().iter();
    let of_outputs = warnings.find(|warning| warning.message.contains("logging.outputs"));
    assert!(of_outputs.is_none_or(|warning| matches!(
        warning.origin,
        Origin::File {
            line: 2,
            column: 20,
            ..
        }
    )));
}

#[test]
fn the_sampler_in_force_follows_the_settings() {
    let config = load("tracing: {sampler: 0.0, rate_limit: 3}", &[]).unwrap();
    let trace = crate::trace::TraceId::new(u128::MAX).unwrap();
    assert!(!config.sampler().decide(trace, None, 0).is_sampled());
    let config = load("tracing: {sampler: 1.0, rate_limit: 3}", &[]).unwrap();
    let sampler = config.sampler();
    let kept = (0..10)
        .filter(|_| sampler.decide(trace, None, 0).is_sampled())
        .count();
    assert_eq!(kept, 3);
}
