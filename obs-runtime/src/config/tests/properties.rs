//! Nothing that people write makes the loader panic, and what it accepts obeys the rules.

use std::net::SocketAddr;

use obs_schema::option::keys;
use proptest::prelude::*;

use super::{load_over, permissive};
use crate::config::{Config, ConfigError, Layers, Origin};

/// Either sentences, or settings that the rule book accepts.
fn sound(result: Result<Config, ConfigError>) -> Result<(), TestCaseError> {
    match result {
        Ok(config) => {
            prop_assert_eq!(config.monitoring.check(), vec![]);
            prop_assert!(config.monitoring.http.listen.parse::<SocketAddr>().is_ok());
            prop_assert!(!config.service.name.is_empty());
            prop_assert_eq!(config.entries().len(), keys().count());
        }
        Err(error) => {
            prop_assert!(!error.problems.is_empty());
            for problem in &error.problems {
                prop_assert!(!problem.message.is_empty());
                if let Origin::File { line, column, .. } = problem.origin {
                    prop_assert!(line > 0 && column > 0);
                }
            }
        }
    }
    Ok(())
}

fn fragment() -> impl Strategy<Value = String> {
    let known: Vec<String> = keys()
        .flat_map(|key| [key.section.as_str().to_owned(), key.option.name.to_owned()])
        .collect();
    prop_oneof![
        3 => proptest::sample::select(known),
        4 => proptest::sample::select(vec![
            ": ", ":", "\n", "\n  ", "{", "}", "[", "]", ", ", "- ", "&a ", "*a", "<<: *a", "!!str ", "!x ", "'", "\"",
            "|\n", ">-\n", "#", "? ", "---\n", "...\n", "%YAML 1.2\n", "~", "true", "0.1", "1s", "32MiB", "\t", "\r\n",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ]
}

/// Values that are nearly right, and some that are not.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        "[0-9.eE+-]{1,12}(ns|us|µs|ms|s|m|h|d|KiB|MB|%)?",
        "[a-z_]{1,8}(,[a-z:]{0,8}=[a-z%0-9]{0,8}){0,3}",
        proptest::sample::select(vec![
            "true",
            "false",
            "TRUE",
            "0",
            "1",
            "0.5",
            "info",
            "json",
            "console,file",
            "always_on",
            "traceidratio",
            "1s",
            "64KiB",
            "/metrics",
            "/health",
            "shop_",
            "127.0.0.1:0",
            "[::]:65535",
            "a=b,c=d",
            "18446744073709551616",
        ])
        .prop_map(str::to_owned),
    ]
}

fn variable() -> impl Strategy<Value = (String, String)> {
    let mut names: Vec<String> = keys().flat_map(|key| key.variables()).collect();
    names.extend(
        [
            "OTEL_TRACES_SAMPLER_ARG",
            "OTEL_PROPAGATORS",
            "OTEL_EXPORTER_OTLP_HEADERS",
        ]
        .map(str::to_owned),
    );
    let name = prop_oneof![20 => proptest::sample::select(names), 1 => "(OBS|OTEL)_\\PC{0,60}"];
    (name, text())
}

proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        sound(load_over(Layers::default(), &bytes, &[]))?;
    }

    #[test]
    fn anything_like_yaml(fragments in proptest::collection::vec(fragment(), 0..40)) {
        sound(load_over(Layers::default(), fragments.concat().as_bytes(), &[]))?;
    }

    #[test]
    fn any_value_of_any_key(at in 0..keys().count(), text in text(), quoted: bool) {
        let key = keys().nth(at).unwrap();
        let value = if quoted { format!("'{}'", text.replace('\'', "''")) } else { text };
        let yaml = format!("{}:\n  {}: {value}\n", key.section.as_str(), key.option.name);
        sound(load_over(Layers::default().monitoring(permissive()), yaml.as_bytes(), &[]))?;
    }

    #[test]
    fn any_variables(variables in proptest::collection::vec(variable(), 0..6)) {
        sound(Layers::default().variables(variables).load())?;
    }

    /// What is shown of a key is what sets it to the same.
    #[test]
    fn what_is_shown_can_be_set(at in 0..keys().count(), text in text()) {
        let key = keys().nth(at).unwrap();
        let variable = format!("OBS__{}__{}", key.section.as_str(), key.option.name).to_uppercase();
        let layers = || Layers::default().monitoring(permissive());
        let Ok(config) = layers().variables([(&variable, &text)]).load() else { return Ok(()) };
        let name = key.to_string();
        let shown = super::shown(&config, &name).to_string();
        // Percent signs are decoded, and secrets hidden: neither comes back.
        prop_assume!(!shown.contains(['%', '[', '"']) && shown != "none" && !shown.is_empty());
        let again = layers().variables([(&variable, &shown)]).load().unwrap();
        prop_assert_eq!(super::shown(&again, &name).to_string(), shown);
    }
}
