//! Records of the crate `log`.

use std::fmt;

use obs_runtime::context::RequestContext;
use obs_runtime::log::{self, Query};
use obs_runtime::{testing, trace};

use super::{LOG, Panics, lines, messages, metric, turn};

#[test]
fn a_record_of_the_crate_log_is_one_like_any_other() {
    let _log = &*LOG;
    let _turn = turn();
    let _capture = testing::capture();
    let before = metric("log_records_total", Some("warn"));
    let _request = RequestContext::new().with_request_id("r-17").enter();
    let span = trace::span("answering").enter();
    let at = line!() + 1;
    ::log::warn!(test = "facade", attempt = 2, ratio = 0.5, late = true, below = -1; "no answer from {}", "ada");
    let place = (trace::current_trace_id().unwrap(), span.id().unwrap());
    drop(span);

    let lines = lines("facade");
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["target"], module_path!());
    assert_eq!(line["message"], "no answer from ada");
    assert_eq!(
        (&line["file"], &line["line"]),
        (&file!().into(), &at.into())
    );
    assert_eq!(line["request_id"], "r-17");
    assert_eq!(line["trace_id"], place.0.to_string());
    assert_eq!(line["span_id"], place.1.to_string());
    let fields = serde_json::json!({
        "test": "facade", "attempt": 2, "ratio": 0.5, "late": true, "below": -1,
    });
    assert_eq!(line["fields"], fields);
    assert!(metric("log_records_total", Some("warn")) >= before + 1.0);
    assert_eq!(
        log::recent(&Query::new().text("no answer from ada")).len(),
        1
    );
}

#[test]
fn secrets_in_records_of_the_crate_log_are_hidden() {
    let _log = &*LOG;
    ::log::error!(test = "facade.secrets", password = "hunter2"; "at postgres://app:hunter2@db/shop");
    let lines = lines("facade.secrets");
    assert_eq!(lines[0]["message"], "at postgres://app:[redacted]@db/shop");
    assert_eq!(lines[0]["fields"]["password"], "[redacted]");
}

/// Logs itself while it is being formatted.
struct Endless;

impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        ::log::info!(test = "facade.endless"; "again {Endless}");
        f.write_str("endless")
    }
}

#[test]
fn what_records_of_the_crate_log_format_hurts_nobody() {
    let _log = &*LOG;
    let _turn = turn();
    ::log::info!(test = "facade.endless"; "first {Endless}");
    assert_eq!(messages("facade.endless").len(), 4);
    assert_eq!(messages("facade.endless")[3], "first endless");

    ::log::info!(test = "facade.panics"; "value {Panics:?}");
    ::log::info!(test = "facade.panics", value:? = Panics; "goes on");
    let lines = lines("facade.panics");
    assert_eq!(lines[0]["message"], "value <panicked while formatting>");
    assert_eq!(lines[1]["fields"]["value"], "<panicked while formatting>");
}

#[test]
fn a_thread_that_is_kept_silent_is_so_for_the_crate_log_too() {
    let _log = &*LOG;
    let quiet = log::suppress();
    assert!(!::log::log_enabled!(::log::Level::Error));
    ::log::error!(test = "facade.quiet"; "of an exporter");
    drop(quiet);
    assert!(::log::log_enabled!(::log::Level::Error));
    ::log::error!(test = "facade.quiet"; "of the program");
    assert_eq!(messages("facade.quiet"), ["of the program"]);
}
