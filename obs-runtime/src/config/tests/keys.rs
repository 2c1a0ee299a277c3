//! Every key, from every layer.

use obs_schema::option::keys;

use super::{load_over, permissive, shown};
use crate::config::{Config, Layers, Origin};

/// A key with two values that are not its default, as YAML writes them, and how they are shown.
struct Case {
    key: &'static str,
    values: [(&'static str, &'static str); 2],
}

const fn case(key: &'static str, one: &'static str, other: &'static str) -> Case {
    Case {
        key,
        values: [(one, one), (other, other)],
    }
}

const fn shown_as(
    key: &'static str,
    one: (&'static str, &'static str),
    other: (&'static str, &'static str),
) -> Case {
    Case {
        key,
        values: [one, other],
    }
}

const CASES: &[Case] = &[
    case("service.name", "shop", "till"),
    case("service.version", "1.10", "2024-01-01"),
    case("service.namespace", "retail", "eu"),
    case("service.environment", "staging", "production"),
    shown_as(
        "service.attributes",
        ("{a: x, b: 1.0}", "a=x, b=1.0"),
        ("{c: true}", "c=true"),
    ),
    case("service.disabled", "true", "false"),
    case("logging.level", "debug", "\"warn,hyper=error\""),
    case("logging.format", "pretty", "json"),
    shown_as(
        "logging.outputs",
        ("[file, console]", "file, console"),
        ("[file]", "file"),
    ),
    case("logging.file", "/var/log/shop.log", "shop.log"),
    case("logging.rotation", "hourly", "never"),
    case("logging.max_file_size", "4KiB", "2GiB"),
    case("logging.max_files", "7", "4294967295"),
    case("logging.max_age", "1h", "10d"),
    case("logging.max_total_size", "64KiB", "1TiB"),
    case("logging.compress", "false", "true"),
    case("logging.correlation", "true", "false"),
    case("logging.redact", "false", "true"),
    case("logging.redact_keys", "iban", "\"iban,tax_id\""),
    case("logging.rate_limit", "10", "4294967295"),
    shown_as(
        "metrics.collectors",
        ("[process, runtime]", "process, runtime"),
        ("[system]", "system"),
    ),
    case("metrics.interval", "5s", "1m30s"),
    shown_as(
        "metrics.exporters",
        ("[]", ""),
        ("[otlp, http]", "otlp, http"),
    ),
    case("metrics.path", "/scrape", "/a/b"),
    case("metrics.prefix", "shop_", "till_"),
    case(
        "metrics.histograms",
        "base2_exponential_bucket_histogram",
        "explicit_bucket_histogram",
    ),
    shown_as(
        "metrics.labels",
        ("{region: eu}", "region=eu"),
        ("{zone: 7}", "zone=7"),
    ),
    case("tracing.enabled", "false", "true"),
    case("tracing.sampler", "0.25", "always_off"),
    case("tracing.exporter", "console", "none"),
    shown_as(
        "tracing.propagators",
        ("[b3, tracecontext]", "b3, tracecontext"),
        ("[none]", "none"),
    ),
    shown_as(
        "tracing.forward",
        (
            "{request.id: x-correlation-id, tenant: x-tenant}",
            "request.id=x-correlation-id, tenant=x-tenant",
        ),
        ("{user.id: x-user}", "user.id=x-user"),
    ),
    case("tracing.target_per_second", "1", "4294967295"),
    shown_as(
        "tracing.operations",
        ("{health: never, a.b: 0.25}", "health=0, a.b=0.25"),
        ("{pay: always}", "pay=1"),
    ),
    case("tracing.rate_limit", "10", "4294967295"),
    case("tracing.kept_per_second", "0", "7"),
    case("tracing.slow", "250ms", "0s"),
    case("tracing.store", "64KiB", "1GiB"),
    case("tracing.max_age", "10m", "1ns"),
    case("tracing.max_active", "1", "77"),
    case("tracing.max_spans", "12", "13"),
    case("profiling.enabled", "false", "true"),
    case("profiling.sample", "0.5", "1"),
    case("health.enabled", "false", "true"),
    case("health.interval", "30s", "1h"),
    case("health.timeout", "1s", "10s"),
    case("health.shutdown_delay", "5s", "0s"),
    case("analytics.enabled", "false", "true"),
    case("analytics.store", "1MiB", "1GiB"),
    shown_as(
        "analytics.prices",
        (
            "{small: 0.15/0.6, large*: 2.5/10}",
            "small=0.15/0.6, large*=2.5/10",
        ),
        ("{a-b: 1/2}", "a-b=1/2"),
    ),
    case("analytics.currency", "EUR", "CHF"),
    case("http.enabled", "false", "true"),
    case("http.listen", "0.0.0.0:80", "\"[::1]:0\""),
    case("http.probes_listen", "0.0.0.0:9465", "\"unix:/run/probes\""),
    case("http.socket", "group", "everyone"),
    case("http.prefix", "/ops", "/a/b"),
    case("http.hosts", "ops.example.com", "a,b"),
    case("http.anonymous", "open", "write"),
    case("http.allow_unauthenticated", "true", "false"),
    case("http.allow_remote", "true", "false"),
    case("http.token_file", "/etc/shop/tokens", "tokens"),
    case("http.metrics_username", "prometheus", "agent"),
    case("http.metrics_password_file", "/run/secrets/metrics", "p"),
    case("http.tls_certificate", "/etc/tls/cert.pem", "cert.pem"),
    case("http.tls_key", "/etc/tls/key.pem", "key.pem"),
    case("http.client_ca", "/etc/tls/ca.pem", "ca.pem"),
    case("http.client_access", "write", "read"),
    case("http.max_connections", "64", "4294967295"),
    case("http.max_connections_per_address", "1", "8"),
    case("export.spool", "/var/spool/shop", "\"/var/lib/shop spool\""),
    case("export.spool_size", "1GiB", "16MiB"),
    case("export.proxy", "environment", "\"http://proxy:3128\""),
];

fn line(key: &str, value: &str) -> String {
    let (section, name) = key.split_once('.').unwrap();
    format!("{section}:\n  {name}: {value}\n")
}

fn value(config: &Config, key: &str) -> String {
    shown(config, key).to_string()
}

fn expected(shown: &str) -> &str {
    shown.trim_matches('"')
}

/// A value of YAML as a variable gives it.
fn variable_text(value: &str) -> String {
    match value.strip_prefix('"') {
        Some(quoted) => quoted.trim_end_matches('"').to_owned(),
        None => value
            .trim_matches(|c| "[]{}".contains(c))
            .replace(": ", "="),
    }
}

fn load(layers: Layers, yaml: &str, variables: &[(&str, &str)]) -> Config {
    load_over(layers, yaml.as_bytes(), variables)
        .unwrap_or_else(|error| panic!("{yaml} {variables:?}: {error}"))
}

fn base() -> Layers {
    Layers::default().monitoring(permissive())
}

#[test]
fn the_table_is_whole() {
    let all: Vec<String> = keys().map(|key| key.to_string()).collect();
    let tested: Vec<&str> = CASES.iter().map(|case| case.key).collect();
    assert_eq!(tested, all);
}

#[test]
fn each_key_is_read_from_the_file() {
    for case in CASES {
        for (yaml, shown) in case.values {
            let config = load(base(), &line(case.key, yaml), &[]);
            assert_eq!(value(&config, case.key), expected(shown), "{}", case.key);
            let Origin::File { line, column, path } = config.origin(case.key) else {
                panic!("{}: {:?}", case.key, config.origin(case.key));
            };
            let name = case.key.split_once('.').unwrap().1;
            assert_eq!(
                (*line, *column as usize),
                (2, name.len() + 5),
                "{}",
                case.key
            );
            assert!(path.ends_with("obs.yaml"));
        }
    }
}

#[test]
fn each_key_is_read_from_each_of_its_variables() {
    for case in CASES {
        let key = obs_schema::option::find_key(case.key).unwrap();
        for variable in key.variables() {
            for (yaml, shown) in case.values {
                // It takes the words of its specification only.
                if variable == "OTEL_TRACES_SAMPLER" && yaml == "0.25" || yaml == "[]" {
                    continue;
                }
                let text = variable_text(yaml);
                let config = load(base(), "", &[(&variable, &text)]);
                assert_eq!(
                    value(&config, case.key),
                    expected(shown),
                    "{variable}={text}"
                );
                assert_eq!(config.origin(case.key).to_string(), variable);
            }
        }
    }
}

#[test]
fn each_key_is_read_from_constants() {
    for case in CASES
        .iter()
        .filter(|case| !case.key.starts_with("service."))
    {
        for (yaml, shown) in case.values {
            let written = load(base(), &line(case.key, yaml), &[]).monitoring;
            let here = std::panic::Location::caller();
            let config = Layers::default().monitoring(written).load().unwrap();
            assert_eq!(value(&config, case.key), expected(shown), "{}", case.key);
            let entry = config
                .entries()
                .into_iter()
                .find(|entry| entry.key == case.key);
            let entry = entry.unwrap();
            match config.origin(case.key) {
                Origin::Default => assert_eq!(entry.value, entry.default, "{}", case.key),
                Origin::Attribute { file, line } => {
                    assert_eq!(*file, here.file());
                    assert_eq!(*line, here.line() + 1);
                }
                other => panic!("{}: {other:?}", case.key),
            }
        }
    }
}

#[test]
fn a_file_wins_over_constants_and_a_variable_over_both() {
    for case in CASES.iter().filter(|case| case.values[0].0 != "[]") {
        let [(weak, weak_shown), (strong, strong_shown)] = case.values;
        let key = obs_schema::option::find_key(case.key).unwrap();
        let variable = format!("OBS__{}", case.key.to_ascii_uppercase().replace('.', "__"));
        assert!(key.variables().contains(&variable));

        let constants = load(base(), &line(case.key, weak), &[]);
        let layers = || Layers::default().monitoring(constants.monitoring);
        let file = load(layers(), &line(case.key, strong), &[]);
        assert_eq!(value(&file, case.key), expected(strong_shown));
        assert!(matches!(file.origin(case.key), Origin::File { .. }));

        let text = variable_text(weak);
        let both = load(layers(), &line(case.key, strong), &[(&variable, &text)]);
        assert_eq!(value(&both, case.key), expected(weak_shown), "{variable}");
        assert_eq!(both.origin(case.key).to_string(), variable);
    }
}
