//! What is on a line.

use std::fmt;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use futures::future::join3;
use serde_json::json;
use tracing::{Level, debug, error, info, info_span, warn};

use super::super::*;
use super::support::*;
use crate::__private::{Callsite, OperationDef, SeriesKey, Verdict};
use crate::context::RequestContext;
use crate::op::{begin, begin_task};
use crate::outcome::CallOutcome;
use crate::{rfc3339, testing};

static CHARGE_DEF: OperationDef = operation("charge", &[METHOD]);
static CHARGE: Callsite = Callsite::new(&CHARGE_DEF);
static STORE_DEF: OperationDef = operation("store", &[METHOD, TENANT]);
static STORE: Callsite = Callsite::new(&STORE_DEF);
static STEP_DEF: OperationDef = operation("step", &[]);
static STEP: Callsite = Callsite::new(&STEP_DEF);

const OK: Verdict<'static> = Verdict {
    outcome: CallOutcome::Ok,
    error: None,
};

#[derive(Debug)]
struct Failure(&'static str, Option<Box<Failure>>);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.1.as_deref().map(|cause| cause as _)
    }
}

/// Pending `polls` times, so that siblings are polled in turn.
struct Yield(u32);

impl Future for Yield {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.0 == 0 {
            return Poll::Ready(());
        }
        self.0 -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[test]
fn a_line_says_what_happened_and_where() {
    let before = std::time::SystemTime::now();
    let at = line!() + 3;
    let lines = std::thread::Builder::new()
        .name("teller".to_owned())
        .spawn(|| logged(|| warn!(target: "shop::till", n = -3, ratio = 0.5, ok = true, name = "ada", big = u64::MAX, wide = u128::MAX, list = ?[1, 2], "counted {}", 7)))
        .unwrap()
        .join()
        .unwrap();
    let line = &lines[0];
    assert_eq!(lines.len(), 1);
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["target"], "shop::till");
    assert_eq!(line["message"], "counted 7");
    assert_eq!(line["service"], "shop");
    assert_eq!(
        line["fields"],
        json!({
            "n": -3, "ratio": 0.5, "ok": true, "name": "ada", "big": u64::MAX,
            "wide": u128::MAX.to_string(), "list": "[1, 2]",
        })
    );
    assert_eq!(line["file"], file!());
    assert_eq!(line["line"], at);
    assert_eq!(line["pid"], std::process::id());
    assert_eq!(line["thread"], "teller");
    assert!(line["thread_id"].as_u64().unwrap() > 0);
    assert!(line.get("trace_id").is_none() && line.get("spans").is_none());
    let second = before
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let mut expected = [String::new(), String::new()];
    for (text, second) in expected.iter_mut().zip([second, second + 1]) {
        rfc3339::write(text, second * 1_000_000_000);
    }
    let timestamp = line["timestamp"].as_str().unwrap();
    assert!(
        expected.iter().any(|text| text[..19] == timestamp[..19]),
        "{timestamp}"
    );
}

#[test]
fn records_move_with_the_virtual_clock() {
    let log = test_log(|config| config);
    let clock = testing::virtual_clock();
    log.run(|| {
        info!("one");
        clock.advance(std::time::Duration::from_secs(3600));
        info!("two");
    });
    let times: Vec<u64> = log
        .handle
        .recent(&Query::new())
        .iter()
        .map(|r| r.time_unix_ns)
        .collect();
    let hour = times[0] - times[1];
    assert!(hour.abs_diff(3_600_000_000_000) < 1000, "{hour}");
}

#[test]
fn an_error_brings_its_causes() {
    let cause = Failure("disk full", Some(Box::new(Failure("quota", None))));
    let failure = Failure("saving failed", Some(Box::new(cause)));
    let endless = (0..100).fold(Failure("deepest", None), |cause, _| {
        Failure("deep", Some(Box::new(cause)))
    });
    let lines = logged(|| {
        error!(error = &failure as &dyn std::error::Error, "first");
        error!(error = &endless as &dyn std::error::Error, "second");
    });
    assert_eq!(
        lines[0]["fields"]["error"],
        "saving failed: disk full: quota"
    );
    assert_eq!(
        lines[0]["error_chain"],
        json!(["saving failed", "disk full", "quota"])
    );
    assert_eq!(
        lines[1]["error_chain"].as_array().unwrap().len(),
        MAX_CAUSES + 1
    );
}

#[test]
fn the_same_key_twice_has_its_last_value_in_its_first_place() {
    let lines = logged(|| {
        info!(
            a = 1,
            b = 2,
            a = 3,
            level = "mine",
            trace_id = "mine",
            "twice"
        );
    });
    let fields = lines[0]["fields"].as_object().unwrap();
    assert_eq!(fields.len(), 4);
    assert_eq!(fields["a"], 3);
    assert_eq!(lines[0]["level"], "INFO");
    assert!(lines[0].get("trace_id").is_none());
}

#[test]
fn the_request_is_on_every_line_inside() {
    let lines = logged(|| {
        let _inside = RequestContext::new()
            .with_request_id("r-1")
            .with("tenant", "acme")
            .with("level", "mine")
            .enter();
        info!("before");
        crate::context::set_user_id("ada");
        info!("after");
    });
    for line in &lines {
        assert_eq!(line["request_id"], "r-1");
        assert_eq!(line["context"], json!({"tenant": "acme", "level": "mine"}));
        assert_eq!(line["level"], "INFO");
    }
    assert!(lines[0].get("user_id").is_none());
    assert_eq!(lines[1]["user_id"], "ada");
}

#[test]
fn a_call_puts_its_ids_labels_and_attributes_on_the_lines_inside() {
    let capture = testing::capture();
    let log = test_log(|config| config);
    log.run(|| {
        let mut op = begin(&CHARGE, SeriesKey::Index(1), None);
        op.recorder().unwrap().attribute("amount", &12.5);
        op.recorder()
            .unwrap()
            .attribute("currency", &"EUR".to_owned());
        info!("charging");
        {
            let _step = begin(&STEP, SeriesKey::Index(0), None);
            info!("stepping");
        }
        info!("charged");
        op.finish(OK);
        info!("outside");
    });
    let (charge, step) = (capture.span("charge"), capture.span("step"));
    let line = log.line("charging");
    assert_eq!(line["operation"], "charge");
    assert_eq!(line["span_id"], charge.span_id.to_string());
    assert_eq!(
        line["attributes"],
        json!({"method": "cash", "amount": 12.5, "currency": "EUR"})
    );
    assert_eq!(log.line("charged")["attributes"], line["attributes"]);
    assert_eq!(log.line("charged")["span_id"], line["span_id"]);
    let inner = log.line("stepping");
    assert_eq!(inner["operation"], "step");
    assert_eq!(inner["span_id"], step.span_id.to_string());
    assert_eq!(inner["trace_id"], line["trace_id"]);
    assert!(inner.get("attributes").is_none());
    let outside = log.line("outside");
    assert!(outside.get("trace_id").is_none() && outside.get("operation").is_none());
}

#[test]
fn labels_that_are_not_finite_are_on_the_line_too() {
    let _capture = testing::capture();
    let lines = logged(|| {
        let _op = begin(&STORE, SeriesKey::Values(&["visa", "acme"]), None);
        info!("storing");
    });
    assert_eq!(
        lines[0]["attributes"],
        json!({"method": "visa", "tenant": "acme"})
    );
}

#[test]
fn siblings_of_one_task_do_not_mix() {
    let capture = testing::capture();
    let log = test_log(|config| config);
    async fn step(name: &'static str, polls: u32) {
        let mut task = begin_task(&STEP, SeriesKey::Index(0));
        task.recorder().unwrap().attribute("name", &name);
        let body = async move {
            for round in 0..polls {
                info!(name, round, "polled");
                Yield(1).await;
            }
        };
        task.observe(pin!(body)).await;
        task.finish(OK);
    }
    async fn steps() {
        let mut task = begin_task(&CHARGE, SeriesKey::Index(0));
        let body = pin!(join3(step("a", 3), step("b", 5), step("c", 1)));
        task.observe(body).await;
        task.finish(OK);
    }
    log.run(|| futures::executor::block_on(steps()));
    let lines = log.lines();
    assert_eq!(lines.len(), 9);
    for line in &lines {
        assert_eq!(line["attributes"]["name"], line["fields"]["name"]);
        assert_eq!(line["operation"], "step");
        let of_span = |span: &&crate::trace::SpanData| line["span_id"] == span.span_id.to_string();
        let spans = capture.spans();
        let span = spans.iter().find(of_span).unwrap();
        let name = span
            .attributes
            .iter()
            .find(|(key, _)| key == "name")
            .unwrap();
        assert_eq!(line["fields"]["name"], name.1.to_string());
    }
}

#[test]
fn the_spans_of_other_libraries_are_named_with_their_fields() {
    let lines = logged(|| {
        let outer = info_span!("outer", id = 7, late = tracing::field::Empty);
        let _outer = outer.enter();
        let _inner = info_span!("inner", why = %"because").entered();
        info!("one");
        outer.record("late", true);
        outer.record("id", 8);
        info!("two");
    });
    assert_eq!(
        lines[0]["spans"],
        json!([{"name": "outer", "fields": {"id": 7}}, {"name": "inner", "fields": {"why": "because"}}])
    );
    assert_eq!(
        lines[1]["spans"][0]["fields"],
        json!({"id": 8, "late": true})
    );
}

#[test]
fn levels_pick_what_is_logged_and_can_be_changed() {
    let log = test_log(|config| config.with_levels("info,shop=debug,hyper=off".parse().unwrap()));
    let all = || {
        info!("info");
        debug!("debug");
        debug!(target: "shop::db", "shop debug");
        tracing::trace!(target: "shop", "shop trace");
        error!(target: "hyper::client", "hyper");
        let _quiet = suppress();
        error!("suppressed");
    };
    let messages = || -> Vec<String> {
        let lines = log.lines();
        lines
            .iter()
            .map(|line| line["message"].as_str().unwrap().to_owned())
            .collect()
    };
    log.run(all);
    assert_eq!(messages(), ["info", "shop debug"]);
    // Inside, because `tracing` asks the subscriber of one thread only there.
    log.run(|| log.handle.set_levels("off,hyper=trace".parse().unwrap()));
    log.run(all);
    assert_eq!(messages(), ["info", "shop debug", "hyper"]);
    log.run(|| log.handle.set_levels("trace".parse().unwrap()));
    log.run(all);
    assert_eq!(messages().len(), 3 + 5);
}

#[test]
fn records_are_counted_by_level_and_kept() {
    let log = test_log(|config| config.with_levels("info".parse().unwrap()));
    let before = count::records(Level::ERROR);
    log.run(|| {
        for n in 0..10 {
            error!(n, "counted");
        }
        debug!("not wanted");
    });
    assert!(count::records(Level::ERROR) >= before + 10);
    let kept = log.handle.recent(&Query::new().text("counted"));
    assert_eq!(kept.len(), 10);
    assert_eq!(kept[0].field("n"), Some(&crate::trace::Value::I64(9)));
    let stats = log.handle.stats();
    assert_eq!(stats.queued as u64 + stats.written[0], 10);
}

#[test]
fn each_output_has_its_own_form() {
    let pretty = Captured::default();
    let second = Output::new(LogFormat::Pretty, StreamSink::new(pretty.clone()));
    let log = test_log(|config| config.with_output(second.with_colour(Colour::Never)));
    log.run(|| info!(target: "shop", n = 1, "both"));
    assert_eq!(log.line("both")["fields"]["n"], 1);
    let text = pretty.text();
    assert!(text.contains("  INFO shop: both  n=1  at "), "{text}");
    log.handle
        .shutdown(std::time::Duration::from_secs(20))
        .unwrap();
    log.run(|| info!("too late"));
    assert_eq!(log.handle.stats().refused, [0, 0, 2, 0, 0]);
    assert_eq!(log.handle.recent(&Query::new())[0].message, "too late");
}

#[test]
fn events_become_span_events_only_when_asked_to() {
    let spans_of = |configure: fn(LogConfig) -> LogConfig| {
        let capture = testing::capture();
        test_log(configure).run(|| {
            let _op = begin(&STEP, SeriesKey::Index(0), None);
            error!(code = 7, "exploded");
        });
        capture.span("step")
    };
    assert!(spans_of(|config| config).events.is_empty());
    let span = spans_of(|config| config.with_span_events(true));
    assert_eq!(span.events[0].name, "exploded");
    let attributes: Vec<String> = span.events[0]
        .attributes
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(attributes, ["level=ERROR", "code=7"]);
}
