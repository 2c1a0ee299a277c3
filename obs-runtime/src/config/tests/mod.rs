//! The configuration as users meet it: files and variables in, settings or sentences out.

mod environment;
mod file;
mod keys;
mod otel;
mod properties;
mod show;
mod switches;

use super::monitoring::Monitoring;
use super::{Config, ConfigError, Layers, Shown};

/// A file of this text, laid over `layers`. Loading needs it, so it is made and removed here.
fn load_over(
    layers: Layers,
    yaml: &[u8],
    variables: &[(&str, &str)],
) -> Result<Config, ConfigError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("obs.yaml");
    std::fs::write(&path, yaml).unwrap();
    layers
        .file(path)
        .variables(variables.iter().copied())
        .load()
}

fn load(yaml: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    load_over(Layers::default(), yaml.as_bytes(), variables)
}

/// The configuration without a file.
fn from_variables(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Layers::default()
        .variables(variables.iter().copied())
        .load()
}

/// The sentences about a file, one a line, without the directory it was in.
fn mistakes(yaml: &str) -> String {
    mistakes_in(yaml.as_bytes())
}

fn mistakes_in(yaml: &[u8]) -> String {
    sentences(&load_over(Layers::default(), yaml, &[]).unwrap_err())
}

fn sentences(error: &ConfigError) -> String {
    let lines: Vec<String> = error
        .problems
        .iter()
        .map(|problem| {
            let line = problem.to_string();
            match line.find("obs.yaml:") {
                Some(at) => line[at..].to_owned(),
                None => line,
            }
        })
        .collect();
    lines.join("\n")
}

fn warnings(config: &Config) -> Vec<String> {
    config.warnings().iter().map(ToString::to_string).collect()
}

fn shown(config: &Config, key: &str) -> Shown {
    let mut entries = config.entries().into_iter();
    entries.find(|entry| entry.key == key).unwrap().value
}

/// Constants under which every key can be set alone.
fn permissive() -> Monitoring {
    use super::monitoring::{Export, Http, LogOutput, Logging, Profiling};
    Monitoring {
        logging: Logging {
            outputs: &[LogOutput::Console, LogOutput::File],
            ..Logging::DEFAULT
        },
        profiling: Profiling {
            enabled: true,
            ..Profiling::DEFAULT
        },
        http: Http {
            metrics_username: "scraper",
            metrics_password_file: "password",
            tls_certificate: "certificate",
            tls_key: "key",
            ..Http::DEFAULT
        },
        export: Export {
            spool: "spool",
            ..Export::DEFAULT
        },
        ..Monitoring::DEFAULT
    }
}
