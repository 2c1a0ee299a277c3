//! What `GET /monitoring/debug/config` is made of.

use obs_schema::option::keys;

use super::{load, shown};
use crate::config::{Origin, Shown};

#[test]
fn every_key_is_shown_in_the_order_of_the_reference() {
    let entries = load("", &[]).unwrap().entries();
    let shown: Vec<_> = entries.iter().map(|entry| entry.key.clone()).collect();
    let known: Vec<_> = keys().map(|key| key.to_string()).collect();
    assert_eq!(shown, known);
    assert!(
        entries
            .iter()
            .all(|entry| !entry.doc.is_empty() && entry.origin == Origin::Default)
    );
    for entry in entries.iter().filter(|entry| entry.key != "service.name") {
        assert_eq!(entry.value, entry.default, "{}", entry.key);
    }
}

#[test]
fn an_entry_says_how_to_set_it() {
    let entries = load("", &[]).unwrap().entries();
    let sampler = entries
        .iter()
        .find(|entry| entry.key == "tracing.sampler")
        .unwrap();
    assert_eq!(
        sampler.variables,
        [
            "OBS_SAMPLER",
            "OBS__TRACING__SAMPLER",
            "OTEL_TRACES_SAMPLER"
        ]
    );
}

#[test]
fn secrets_are_hidden() {
    let yaml = "\
service:
  version: 'https://ci:hunter2@host/build?x=a@b and ftp://u@h'
  attributes: {db_password: hunter2, Api-Key: hunter2, x-token: hunter2, url: 'redis://:hunter2@cache:6379', plain: a@b}
";
    let config = load(yaml, &[]).unwrap();
    assert_eq!(
        shown(&config, "service.version").to_string(),
        "https://[hidden]@host/build?x=a@b and ftp://[hidden]@h"
    );
    assert_eq!(
        shown(&config, "service.attributes").to_string(),
        "db_password=[hidden], Api-Key=[hidden], x-token=[hidden], url=redis://[hidden]@cache:6379, plain=a@b"
    );
    assert!(!format!("{:?}", config.entries()).contains("hunter2"));
}

#[test]
fn a_comma_is_part_of_a_password_or_between_addresses() {
    let yaml = "\
service:
  attributes: {one: 'redis://ci:hunter,2@a', more: 'http://a,http://ci:hunter2@b,http://c/x@y'}
";
    let config = load(yaml, &[]).unwrap();
    assert_eq!(
        shown(&config, "service.attributes").to_string(),
        "one=redis://[hidden]@a, more=http://a,http://[hidden]@b,http://c/x@y"
    );
}

#[test]
fn values_keep_their_types() {
    let config = load("tracing: {rate_limit: 5, slow: 90s, store: 64KiB}", &[]).unwrap();
    assert_eq!(shown(&config, "tracing.rate_limit"), Shown::Int(5));
    assert_eq!(
        shown(&config, "tracing.slow"),
        Shown::Text("1m30s".to_owned())
    );
    assert_eq!(
        shown(&config, "tracing.store"),
        Shown::Text("64KiB".to_owned())
    );
    assert_eq!(shown(&config, "logging.correlation"), Shown::None);
    assert_eq!(
        shown(&config, "logging.outputs"),
        Shown::List(vec!["console"])
    );
}
