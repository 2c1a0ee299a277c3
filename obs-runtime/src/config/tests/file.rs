//! Files: what they may look like, and the sentences about what is wrong with them.

use super::{load, mistakes, mistakes_in, shown};
use crate::config::{ConfigError, Layers, Origin, Shown};

#[test]
fn a_file_that_says_nothing_changes_nothing() {
    for yaml in [
        "",
        "\n",
        "# only this\n",
        "---\n",
        "~",
        "tracing:\n",
        "tracing: {}\nhttp: ~\n",
        "\u{feff}",
    ] {
        let config = load(yaml, &[]).unwrap();
        assert!(
            config
                .entries()
                .iter()
                .all(|entry| entry.origin == Origin::Default),
            "{yaml:?}"
        );
    }
}

#[test]
fn everything_wrong_is_said_at_once_in_the_order_of_the_lines() {
    let error = load(
        "tracing:\n  samper: 0.1\n  slow: 250\n  store: 1KiB\nlogs: {}\nmetrics:\n  collectors: [process, sytem]\n  labels: {le: x}\nhttp: 9464\n",
        &[("OBS_LISTN", "x")],
    )
    .unwrap_err();
    assert_eq!(
        super::sentences(&error),
        "\
obs.yaml:2:3: unknown key `tracing.samper`; did you mean `tracing.sampler`?
obs.yaml:3:9: the duration `250` has no unit; write `\"250ms\"` or `\"250s\"`
obs.yaml:4:10: `tracing.store` must be at least `64KiB`, got `1KiB`
obs.yaml:5:1: unknown key `logs`; did you mean `logging`?
obs.yaml:7:25: unknown value `sytem`; did you mean `system`?
obs.yaml:8:12: `le` is reserved for the bounds of histogram buckets; choose another name
obs.yaml:9:7: `http` takes keys; it has `enabled`, `listen`, `probes_listen`, `socket`, `prefix`, `hosts`, `anonymous`, `allow_unauthenticated`, `allow_remote`, `token_file`, `metrics_username`, `metrics_password_file`, `tls_certificate`, `tls_key`, `client_ca`, `client_access`, `max_connections`, `max_connections_per_address`
OBS_LISTN: unknown variable `OBS_LISTN`; did you mean `OBS_LISTEN`?"
    );
    assert!(
        error
            .to_string()
            .starts_with("8 mistakes in the configuration\n  ")
    );
    assert_eq!(error.to_string().lines().count(), 9);
}

#[test]
fn one_mistake_is_shown_alone() {
    let error = Layers::default()
        .variables([("OBS_SAMPLER", "2")])
        .load()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "OBS_SAMPLER: a ratio must be between 0 and 1, got 2; write `0.02` for 2 percent"
    );
}

#[test]
fn sentences_about_values() {
    for (yaml, sentence) in [
        (
            "tracing: {sampler: 1.5}",
            "1:20: a ratio must be between 0 and 1, got 1.5; write `0.015` for 1.5 percent",
        ),
        (
            "tracing: {sampler: allways_on}",
            "1:20: unknown sampler `allways_on`; did you mean `always_on`?",
        ),
        (
            "tracing: {sampler: [0.1]}",
            "1:20: `tracing.sampler` takes a ratio from 0 to 1, such as `0.1`, or the name of a sampler, such as `\"always_on\"`",
        ),
        (
            "tracing: {sampler: }",
            "1:11: `tracing.sampler` has no value; write one or remove the line",
        ),
        (
            "tracing: {enabled: yes}",
            "1:20: `tracing.enabled` takes `true` or `false`",
        ),
        (
            "tracing: {enabled: \"true\"}",
            "1:20: `tracing.enabled` takes `true` or `false`",
        ),
        (
            "tracing: {max_spans: 0}",
            "1:22: `tracing.max_spans` must be between 1 and 4294967295, got 0",
        ),
        (
            "tracing: {max_spans: many}",
            "1:22: `tracing.max_spans` takes a whole number from 1 to 4294967295",
        ),
        (
            "logging: {format: text}",
            "1:19: unknown value `text`; did you mean `pretty`?",
        ),
        (
            "logging: {outputs: console}",
            "1:20: `logging.outputs` takes a list of `\"console\"`, `\"file\"`, `\"elastic\"`, `\"otlp\"`",
        ),
        (
            "logging: {outputs: [console, console]}",
            "1:20: `logging.outputs` names `console` twice; remove one",
        ),
        (
            "metrics: {prefix: shop}",
            "1:19: the prefix `shop` does not end in `_`; write `shop_`",
        ),
        (
            "metrics: {labels: [a]}",
            "1:19: `metrics.labels` takes names with text, such as `region: eu`",
        ),
        (
            "metrics: {labels: {a: [b]}}",
            "1:23: `metrics.labels` takes names with text, such as `region: eu`",
        ),
        (
            "tracing: {operations: {health: often}}",
            "1:24: a ratio must be a number between 0 and 1; write `0.1` for ten percent, `always` or `never`",
        ),
        (
            "tracing: {operations: {\"\": 1}}",
            "1:24: an operation name is empty; write a name",
        ),
        (
            "tracing: {operations: 0.5}",
            "1:23: `tracing.operations` takes names with ratios, such as `health: 0.01`",
        ),
        (
            "metrics: {path: /health}",
            "1:17: `metrics.path` `/health` is already the path of another endpoint; write `path = \"/metrics\"`",
        ),
        (
            "http: {listen: localhost:9464}",
            "1:16: `localhost:9464` is not an IP address and a port; write `127.0.0.1:9464`",
        ),
        (
            "http: {listen: 9464}",
            "1:16: `9464` is not an IP address and a port; write `127.0.0.1:9464`",
        ),
        (
            "service: {name: ''}",
            "1:17: a service name is empty; write a name",
        ),
        (
            "service: {attributes: {service.name: x}}",
            "1:24: `service.name` has a key of its own; set `service.name`",
        ),
        (
            "service: {attributes: {'': x}}",
            "1:24: an attribute's name is empty; write a name",
        ),
    ] {
        assert_eq!(mistakes(yaml), format!("obs.yaml:{sentence}"), "{yaml}");
    }
}

#[test]
fn sentences_about_shape() {
    for (yaml, sentence) in [
        (
            "- a",
            "1:1: a configuration is made of sections; write `tracing: {sampler: 0.1}`",
        ),
        (
            "tracing.slow: 1s",
            "1:1: unknown key `tracing.slow`; write `tracing: {slow: ..}`",
        ),
        (
            "monitoring: {tracing: {}}",
            "1:1: unknown key `monitoring`; write its sections without it",
        ),
        (
            "tracing: {}\ntracing: {}",
            "2:1: duplicate key `tracing`; it is on line 1 too, remove one",
        ),
        (
            "tracing:\n  slow: 1s\n  slow: 2s",
            "3:3: duplicate key `slow`; it is on line 2 too, remove one",
        ),
        ("tracing: {[a]: b}", "1:11: a key must be text"),
        (
            "tracing: {<<: 1}",
            "1:15: `<<` takes a mapping, or a list of them; name an anchor, as in `<<: *base`",
        ),
        (
            "tracing: {slow: !secret x}",
            "1:17: the tag `!secret` means nothing here; remove it",
        ),
        (
            "tracing: {}\n---\nhttp: {}",
            "2:1: a second document begins here; keep one",
        ),
    ] {
        assert_eq!(mistakes(yaml), format!("obs.yaml:{sentence}"), "{yaml}");
    }
}

#[test]
fn what_is_no_yaml_is_said_with_its_place() {
    for yaml in [
        "tracing: {slow: 1s",
        "tracing:\n\tslow: 1s",
        "a: b: c",
        "\"",
        "tracing: *nowhere",
        "\0",
    ] {
        let error = load(yaml, &[]).unwrap_err();
        let [problem] = error.problems.as_slice() else {
            panic!("{yaml}: {error}")
        };
        assert!(
            problem.message.starts_with("this is not YAML: "),
            "{problem}"
        );
        assert!(
            matches!(
                problem.origin,
                Origin::File {
                    line: 1..,
                    column: 1..,
                    ..
                }
            ),
            "{problem}"
        );
    }
}

#[test]
fn what_is_no_text_is_said_with_its_place() {
    assert_eq!(
        mistakes_in(b"a: b\n\xc3\xa4\xffx"),
        "obs.yaml:2:2: the file is not UTF-8; save it as UTF-8"
    );
}

#[test]
fn anchors_and_merges_are_followed() {
    let config = load(
        "tracing: &base\n  enabled: true\n  slow: 2s\nprofiling:\n  <<: {enabled: true, sample: 0.5}\n  sample: 0.25\nmetrics:\n  interval: &i 5s\nhealth: {interval: *i}\n",
        &[],
    )
    .unwrap();
    assert_eq!(shown(&config, "profiling.sample"), Shown::Float(0.25));
    assert_eq!(shown(&config, "profiling.enabled"), Shown::Bool(true));
    assert_eq!(shown(&config, "health.interval").to_string(), "5s");
    let origin = config.origin("health.interval");
    assert!(
        matches!(
            origin,
            Origin::File {
                line: 8,
                column: 13,
                ..
            }
        ),
        "{origin}"
    );
}

#[test]
fn the_first_of_several_merged_mappings_wins() {
    let config = load(
        "profiling: {<<: [{sample: 0.1, enabled: true}, {sample: 0.2}]}\n",
        &[],
    )
    .unwrap();
    assert_eq!(shown(&config, "profiling.sample"), Shown::Float(0.1));
}

#[test]
fn a_file_that_multiplies_itself_is_read_at_once() {
    let mut yaml = String::from("a0: &a0 {x: y}\n");
    for level in 1..=14 {
        let below = level - 1;
        yaml.push_str(&format!(
            "a{level}: &a{level} {{<<: [{}]}}\n",
            vec![format!("*a{below}"); 9].join(", ")
        ));
    }
    yaml.push_str("tracing: *a14\n");
    let sentences = mistakes(&yaml);
    assert!(sentences.contains("unknown key `tracing.x`"), "{sentences}");
}

#[test]
fn depth_is_limited_by_nesting_and_by_aliases() {
    let deep = |open: &str, close: &str| open.repeat(40_000) + &close.repeat(40_000);
    for yaml in [
        deep("[", "]"),
        deep("{a: ", "}"),
        deep("- ", ""),
        format!("[{}", deep("{", "}")),
    ] {
        let error = load(&yaml, &[]).unwrap_err();
        assert_eq!(error.problems.len(), 1);
    }
    assert_eq!(
        mistakes(&("[".repeat(33) + &"]".repeat(33))),
        "obs.yaml:1:33: nested more than 32 levels deep"
    );
    let chain: String = (1..40)
        .map(|level| format!("a{level}: &a{level} [*a{}]\n", level - 1))
        .collect();
    let sentence = mistakes(&format!("a0: &a0 x\n{chain}"));
    assert_eq!(sentence, "obs.yaml:32:12: nested more than 32 levels deep");
}

#[test]
fn a_file_of_a_mebibyte_is_refused() {
    let mut yaml = "#".repeat(1 << 20);
    assert!(load(&yaml, &[]).is_ok());
    yaml.push('\n');
    let error = load(&yaml, &[]).unwrap_err().to_string();
    assert!(
        error.ends_with("obs.yaml` is larger than 1MiB; name a configuration file"),
        "{error}"
    );
}

fn load_named(path: &str) -> ConfigError {
    Layers::default()
        .variables([("OBS_CONFIG", path)])
        .load()
        .unwrap_err()
}

#[test]
fn a_file_that_is_not_there_is_a_mistake_of_the_variable() {
    assert_eq!(
        load_named("/nowhere/obs.yaml").to_string(),
        "OBS_CONFIG: there is no file `/nowhere/obs.yaml`; correct the path or leave it out"
    );
    let error = Layers::default()
        .file("/nowhere/obs.yaml")
        .load()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no file `/nowhere/obs.yaml`; correct the path or leave it out"
    );
}

#[cfg(unix)]
#[test]
fn a_directory_is_no_file() {
    assert_eq!(
        load_named("/").to_string(),
        "OBS_CONFIG: `/` cannot be read: is a directory"
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let file = tempfile::NamedTempFile::new().unwrap();
    let closed = std::fs::Permissions::from_mode(0o0);
    std::fs::set_permissions(file.path(), closed).unwrap();
    if std::fs::read(file.path()).is_ok() {
        return; // the superuser reads everything
    }
    let error = load_named(file.path().to_str().unwrap()).to_string();
    assert!(
        error.starts_with("OBS_CONFIG: this process may not read `"),
        "{error}"
    );
}

#[test]
fn the_variable_names_the_file_rather_than_the_program() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ours.yaml");
    std::fs::write(&path, "tracing: {slow: 3s}").unwrap();
    let config = Layers::default()
        .file("/nowhere/obs.yaml")
        .variables([("OBS_CONFIG", &path)])
        .load()
        .unwrap();
    assert_eq!(shown(&config, "tracing.slow").to_string(), "3s");
}
