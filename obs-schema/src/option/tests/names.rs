//! Options that are not there, or twice.

use super::*;
use crate::option::lookup::Meant;

fn unknown(target: Target, typed: &str) -> String {
    find(target, typed).unwrap_err().to_string()
}

#[test]
fn an_unknown_option_is_answered_with_what_was_meant() {
    assert_eq!(
        unknown(Target::TraceRequest, "atributes"),
        "unknown option `atributes`; did you mean `attributes`?"
    );
    assert_eq!(
        unknown(Target::Timed, "latency_buckets"),
        "unknown option `latency_buckets`; it is called `buckets`"
    );
    assert_eq!(
        unknown(Target::Tracing, "sample_rate"),
        "unknown option `sample_rate`; it is called `sampler`"
    );
    assert_eq!(
        unknown(Target::Counted, "colour"),
        "unknown option `colour`; `#[counted]` takes `labels`, `ok_if`, `error_if`, `crate`",
    );
    assert_eq!(
        unknown(Target::LabelVariant, "x"),
        "unknown option `x`; `#[label]` on a variant of an enum with `#[derive(Label)]` takes `rename`",
    );
    assert!(matches!(
        find(Target::Timed, "bukets").unwrap_err().meant,
        Some(Meant::Close(_))
    ));
}

#[test]
fn a_positional_argument_has_no_name() {
    assert_eq!(
        unknown(Target::TraceRequest, "name"),
        "unknown option `name`; the name is the first argument, write `#[trace_request(\"..\")]`",
    );
    assert_eq!(
        unknown(Target::TrackDbQuery, "table"),
        "unknown option `table`; the collection is the second argument, write `#[track_db_query(\"..\", \"..\")]`",
    );
    let api = &options_of(Target::TrackExternalApi)[0];
    assert_eq!(
        missing_option(Target::TrackExternalApi, api).to_string(),
        "`#[track_external_api]` needs a fixed label value for `api`; write `#[track_external_api(\"..\")]`",
    );
    assert_eq!(
        named_positional(Target::TrackExternalApi, api).to_string(),
        "a fixed label value for `api` is written without a name; the api is the first argument, write `#[track_external_api(\"..\")]`",
    );
}

#[test]
fn a_duplicate_is_named() {
    assert_eq!(
        duplicate_option("monitoring").to_string(),
        "duplicate option `monitoring`; remove one"
    );
}
