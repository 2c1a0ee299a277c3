//! The log and its filter.

use super::*;

#[test]
fn correlation_follows_tracing_unless_it_is_set() {
    assert!(D.correlates());
    assert!(!OFF.correlates());
    let never = Monitoring {
        logging: Logging {
            correlation: Some(false),
            ..Logging::DEFAULT
        },
        ..D
    };
    assert!(!never.correlates());
    assert!(never.check().is_empty());
}

#[test]
fn logging() {
    let logging = |logging| Monitoring { logging, ..D };
    one(
        logging(Logging {
            outputs: &[],
            ..Logging::DEFAULT
        }),
        "logging.outputs",
        "`logging.outputs` is empty, so nothing is logged; write `level = \"off\"` to turn the log off, or `outputs = [\"console\"]`",
    );
    one(
        logging(Logging {
            outputs: &[LogOutput::Console, LogOutput::Console],
            ..Logging::DEFAULT
        }),
        "logging.outputs",
        "`logging.outputs` names `console` twice; remove one",
    );
    one(
        logging(Logging {
            file: "shop.log",
            ..Logging::DEFAULT
        }),
        "logging.file",
        "`logging.file` is set but `logging.outputs` has no `file`; add `\"file\"` to `outputs`",
    );
    one(
        logging(Logging {
            redact: false,
            redact_keys: "iban",
            ..Logging::DEFAULT
        }),
        "logging.redact_keys",
        "`logging.redact_keys` is set but `logging.redact` is off; turn `redact` on or leave `redact_keys` out",
    );
    one(
        logging(Logging {
            max_files: 3,
            ..Logging::DEFAULT
        }),
        "logging.max_files",
        "`logging.max_files` is set but `logging.outputs` has no `file`; add `\"file\"` to `outputs`",
    );
    assert!(
        logging(Logging {
            level: Level::Off,
            outputs: &[],
            ..Logging::DEFAULT
        })
        .check()
        .is_empty()
    );
}

#[test]
fn log_filters() {
    let filter = parse_log_filter("debug, hyper=off, shop::db=trace").unwrap();
    assert_eq!(filter.level, Level::Debug);
    assert_eq!(
        filter.targets,
        [("hyper", Level::Off), ("shop::db", Level::Trace)]
    );
    assert_eq!(parse_log_filter("hyper=off").unwrap().level, Level::Info);
    let error = |text: &str| parse_log_filter(text).unwrap_err().to_string();
    assert_eq!(error("inof"), "unknown value `inof`; did you mean `info`?");
    assert_eq!(
        error("info,debug"),
        "`debug` is a second level for all targets; write one level and then `target=level`"
    );
    assert_eq!(
        error("info,=debug"),
        "`` is not a module path; write `info,hyper=warn`"
    );
    assert_eq!(error("info,hyper=loud"), error("loud"));
}

#[test]
fn every_mistake_in_a_log_filter_is_found() {
    let (filter, errors) = read_log_filter("inof,hyper=warn,h2=loud,=off,debug,trace");
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 4, "{texts:?}");
    assert!(texts[0].starts_with("unknown value `inof`"), "{texts:?}");
    assert!(texts[1].starts_with("unknown value `loud`"), "{texts:?}");
    assert!(texts[2].starts_with("`` is not a module path"), "{texts:?}");
    assert!(
        texts[3].starts_with("`trace` is a second level"),
        "{texts:?}"
    );
    assert_eq!(filter.targets, [("hyper", Level::Warn)]);
    assert_eq!(filter.level, Level::Debug);
}
