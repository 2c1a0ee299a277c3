//! The log as the global subscriber: setting it up, what misbehaving programs do to it, panics.
#![cfg(feature = "log")]

mod facade;

use std::cell::RefCell;
use std::fmt;
use std::io::{self, Write};
use std::panic::catch_unwind;
use std::process::Command;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use obs_runtime::collect::{Collect, Sink};
use obs_runtime::log::{
    self, InitError, LogConfig, LogFormat, LogGuard, LogMetrics, Output, Query, Record, StreamSink,
};
use obs_runtime::metric::Registry;
use obs_runtime::testing;
use obs_runtime::trace::{self, Status};
use serde_json::Value as Json;
use tracing::{debug, error, info, info_span, warn};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn config(to: Captured) -> LogConfig {
    LogConfig::new()
        .with_recent(100_000, 1 << 30)
        .with_output(Output::new(LogFormat::Json, StreamSink::new(to)))
}

/// The one log of this process.
static LOG: LazyLock<(LogGuard, Captured)> = LazyLock::new(|| {
    let captured = Captured::default();
    let log = log::init(config(captured.clone())).unwrap();
    log::install_panic_hook();
    log::install_panic_hook();
    (log, captured)
});

/// Keeps tests apart that do not go together: those that count the same, and those of which one has a subscriber for its
/// thread and the other logs inside of an event or when a thread's locals are gone. As long as any thread has one of its
/// own, `tracing` looks for it among the locals of each, and where these are gone or in use it logs nothing.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lines whose field `test` is this.
fn lines(test: &str) -> Vec<Json> {
    let (log, captured) = &*LOG;
    log.handle().flush(Duration::from_secs(20)).unwrap();
    let bytes = captured.0.lock().unwrap();
    std::str::from_utf8(&bytes)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap())
        .filter(|line| line["fields"]["test"] == test)
        .collect()
}

fn messages(test: &str) -> Vec<String> {
    let lines = lines(test);
    lines
        .iter()
        .map(|line| line["message"].as_str().unwrap().to_owned())
        .collect()
}

fn metric(name: &str, label: Option<&str>) -> f64 {
    let mut families = Vec::new();
    LogMetrics.collect(&mut Sink::new(&mut families));
    let family = families.iter().find(|family| family.name == name).unwrap();
    let picked =
        |labels: &[(_, String)]| label.is_none_or(|wanted| labels.iter().any(|(_, l)| l == wanted));
    family
        .samples
        .iter()
        .filter(|s| picked(&s.labels))
        .map(|s| s.value)
        .sum()
}

#[test]
fn a_second_global_subscriber_is_refused_with_what_to_do() {
    let _first = &*LOG;
    let error = log::init(LogConfig::new()).unwrap_err();
    assert_eq!(error, InitError::SubscriberExists);
    assert_eq!(
        error.to_string(),
        "a global `tracing` subscriber is set already; add `obs_runtime::log::layer(..)` to it"
    );
    info!(test = "second", "the first goes on");
    assert_eq!(messages("second"), ["the first goes on"]);
    let kept = log::recent(&Query::new().text("the first goes on").limit(1));
    assert_eq!(kept.len(), 1, "the functions speak for the first");
}

#[test]
fn levels_change_while_the_program_runs() {
    let _log = &*LOG;
    let say = || {
        debug!(target: "changing::db", test = "levels", "debug");
        ::log::debug!(target: "changing::db", test = "levels"; "debug");
        ::log::debug!(target: "other", test = "levels"; "debug");
    };
    say();
    assert_eq!(::log::max_level(), ::log::LevelFilter::Info);
    log::set_levels("info,changing=debug").unwrap();
    say();
    assert_eq!(log::levels().unwrap().to_string(), "info,changing=debug");
    assert_eq!(::log::max_level(), ::log::LevelFilter::Debug);
    let error = log::set_levels("info,changing=debgu,=warn").unwrap_err();
    assert_eq!(
        error.to_string(),
        "unknown value `debgu`; did you mean `debug`?\n`` is not a module path; write `info,hyper=warn`"
    );
    say();
    log::set_levels("info").unwrap();
    say();
    assert_eq!(::log::max_level(), ::log::LevelFilter::Info);
    let targets: Vec<_> = lines("levels")
        .iter()
        .map(|line| line["target"].clone())
        .collect();
    assert_eq!(targets, ["changing::db"; 4]);
}

/// Logs while it is being formatted.
struct Chatty;

impl fmt::Debug for Chatty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        info!(test = "chatty", "inside");
        f.write_str("chatty")
    }
}

#[test]
fn a_debug_that_logs_is_logged_before_the_record_that_it_is_part_of() {
    let _log = &*LOG;
    let _turn = turn();
    info!(test = "chatty", value = ?Chatty, "outside");
    assert_eq!(messages("chatty"), ["inside", "outside"]);
    assert_eq!(lines("chatty")[1]["fields"]["value"], "chatty");
}

/// Logs itself while it is being formatted.
struct Endless;

impl fmt::Debug for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        info!(test = "endless", value = ?Endless, "again");
        f.write_str("endless")
    }
}

#[test]
fn a_debug_that_logs_itself_ends_and_the_rest_is_counted() {
    let _log = &*LOG;
    let _turn = turn();
    let before = metric("obs_log_dropped_total", Some("nested"));
    info!(test = "endless", value = ?Endless, "first");
    assert_eq!(messages("endless"), ["again", "again", "again", "first"]);
    assert_eq!(
        metric("obs_log_dropped_total", Some("nested")) - before,
        1.0
    );
}

struct Panics;

impl fmt::Debug for Panics {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("formatting failed");
    }
}

#[test]
fn a_panicking_debug_costs_its_own_value_only() {
    let _log = &*LOG;
    warn!(test = "panics", before = 1, value = ?Panics, after = 2, "still here");
    let span = info_span!("spanned", value = ?Panics);
    span.in_scope(|| warn!(test = "panics", "inside"));
    let lines = lines("panics");
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["fields"]["before"], 1);
    assert_eq!(lines[0]["fields"]["value"], "<panicked while formatting>");
    assert_eq!(lines[0]["fields"]["after"], 2);
    assert_eq!(
        lines[1]["spans"][0]["fields"]["value"],
        "<panicked while formatting>"
    );
}

#[test]
fn a_panic_is_counted_and_logged_with_its_trace_and_place() {
    let _log = &*LOG;
    let _turn = turn();
    let _capture = testing::capture();
    let span = trace::span("dangerous").enter();
    let id = span.id().unwrap();
    let before = metric("panics_total", None);
    let at = line!() + 1;
    let caught = catch_unwind(|| panic!("the {} is out", "bottom"));
    assert!(caught.is_err());
    assert!(metric("panics_total", None) >= before + 1.0);
    let found: Vec<Arc<Record>> = log::recent(&Query::new().text("the bottom is out"));
    assert_eq!(found.len(), 1, "installed twice, logged once");
    let record = &found[0];
    assert_eq!(record.target, "panic");
    assert_eq!(record.level, tracing::Level::ERROR);
    assert_eq!(record.trace.unwrap().span_id, id);
    assert_eq!(record.file.as_deref(), Some(file!()));
    assert_eq!(record.line, Some(at));
}

#[obs_runtime::trace_request("climb")]
fn climb(is_caught: bool) {
    let step = || panic!("the {} is gone", "ladder");
    if is_caught {
        assert!(catch_unwind(step).is_err());
    } else {
        step();
    }
}

#[test]
fn the_span_of_a_panic_has_its_message() {
    let _log = &*LOG;
    let _turn = turn();
    for (is_caught, status) in [(false, Status::Error), (true, Status::Unset)] {
        let capture = testing::capture();
        assert_eq!(catch_unwind(|| climb(is_caught)).is_ok(), is_caught);
        let span = capture.span("climb");
        assert_eq!(span.status, status);
        assert_eq!(span.status_message.as_deref(), Some("the ladder is gone"));
    }
}

/// Runs this test again, in a process with this environment.
fn again(test: &str, variable: (&str, &str)) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact"]).env("OBS_TEST_CHILD", "1");
    let output = command.env(variable.0, variable.1).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

#[inline(never)]
fn at_the_bottom() {
    panic!("the floor is out");
}

#[test]
fn a_panic_has_its_stack_trace_if_the_environment_asks_for_it() {
    const VARIABLE: &str = "RUST_LIB_BACKTRACE";
    if std::env::var_os("OBS_TEST_CHILD").is_none() {
        let name = "a_panic_has_its_stack_trace_if_the_environment_asks_for_it";
        return ["0", "1"].iter().for_each(|is| again(name, (VARIABLE, is)));
    }
    let _log = &*LOG;
    let caught = catch_unwind(at_the_bottom);
    assert!(caught.is_err());
    let found: Vec<Arc<Record>> = log::recent(&Query::new().text("the floor is out"));
    let mut fields = found[0].fields.iter();
    let trace = fields.find(|(key, _)| key == "exception.stacktrace");
    if std::env::var(VARIABLE).as_deref() == Ok("0") {
        return assert_eq!(trace, None);
    }
    let trace = trace.unwrap().1.to_string();
    assert!(trace.contains("at_the_bottom"), "{trace}");
    assert!(!trace.contains("install_panic_hook"), "{trace}");
    assert!(trace.len() <= log::MAX_TEXT_BYTES + "…".len(), "{trace}");
}

/// Logs when the thread's locals are destroyed.
struct LastWords(&'static str);

impl Drop for LastWords {
    fn drop(&mut self) {
        error!(test = self.0, "last words");
    }
}

thread_local! {
    static LAST: RefCell<Option<LastWords>> = const { RefCell::new(None) };
}

#[test]
fn a_record_from_the_destruction_of_a_threads_locals_is_written() {
    let _log = &*LOG;
    let _turn = turn();
    for (name, use_the_log_first, in_a_span) in [
        ("last.fresh", false, false),
        ("last.used", true, false),
        ("last.span", false, true),
        ("last.both", true, true),
    ] {
        std::thread::spawn(move || {
            // Made first, destroyed last: the log's own locals are gone by then.
            LAST.with(|last| *last.borrow_mut() = Some(LastWords(name)));
            if use_the_log_first {
                info!("used");
            }
            if in_a_span {
                info_span!("used").in_scope(|| ());
            }
        })
        .join()
        .unwrap();
        assert_eq!(messages(name), ["last words"], "{name}");
    }
}

#[test]
fn the_registry_exports_the_metrics_of_the_log() {
    let _log = &*LOG;
    let registry = Registry::new();
    registry.register_collector(LogMetrics);
    let families = registry.snapshot().families;
    for name in [
        "log_records_total",
        "panics_total",
        "obs_log_dropped_total",
        "obs_log_truncated_total",
        "obs_log_queue_bytes",
    ] {
        let family = families.iter().find(|family| family.name == name);
        assert!(
            family.is_some_and(|family| !family.series.is_empty()),
            "{name}"
        );
    }
}

#[test]
fn records_are_counted_by_level() {
    let _log = &*LOG;
    let before = metric("log_records_total", Some("warn"));
    for _ in 0..5 {
        warn!("counted");
    }
    assert!(metric("log_records_total", Some("warn")) >= before + 5.0);
}
