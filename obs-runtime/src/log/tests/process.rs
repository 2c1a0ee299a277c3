//! The steps between an event and the outputs.

use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use serde_json::json;
use tracing::{Level, debug, error, info, warn};

use super::super::count::{Dropped, dropped_so_far};
use super::super::*;
use super::support::*;
use crate::__private::{Callsite, OperationDef, SeriesKey, Verdict};
use crate::hot::segment;
use crate::op::begin;
use crate::outcome::CallOutcome;
use crate::{rfc3339, testing};

static CHARGE_DEF: OperationDef = operation("charge", &[]);
static CHARGE: Callsite = Callsite::new(&CHARGE_DEF);

fn messages(log: &TestLog) -> Vec<String> {
    let lines = log.lines();
    lines
        .iter()
        .map(|line| line["message"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_place_that_logs_too_much_is_summed_up() {
    let clock = testing::virtual_clock();
    let log = test_log(|config| config.with_rate_limit(2));
    let before = dropped_so_far(Dropped::RateLimit, Level::WARN);
    let records = count::records(Level::WARN);
    let burst = |n: u32| {
        for attempt in 0..n {
            warn!(attempt, token = "abc", "card declined, password=hunter2");
        }
    };
    log.run(|| {
        burst(5);
        info!("another place");
        clock.advance(Duration::from_secs(2));
        burst(1);
    });
    let declined = "card declined, password=[redacted]";
    assert_eq!(
        messages(&log),
        [
            declined,
            declined,
            "another place",
            &format!("3 more records like this were left out: {declined}"),
            declined,
        ]
    );
    let lines = log.lines();
    assert_eq!(lines[3]["fields"], json!({"left_out": 3}));
    for same in ["level", "target", "file", "line"] {
        assert_eq!(lines[3][same], lines[0][same], "{same}");
    }
    assert!(dropped_so_far(Dropped::RateLimit, Level::WARN) >= before + 3);
    assert!(
        count::records(Level::WARN) >= records + 7,
        "those left out are counted as well"
    );
    assert_eq!(log.handle.recent(&Query::new().text("declined")).len(), 4);
}

#[test]
fn a_summary_comes_when_the_second_is_over_or_the_log_is_flushed() {
    let log = test_log(|config| config.with_rate_limit(1));
    let burst = || (0..4).for_each(|_| info!("again"));
    let summary = "3 more records like this were left out: again";
    log.run(burst);
    assert_eq!(messages(&log), ["again", summary], "`lines` flushes");
    std::thread::sleep(Duration::from_millis(1100));
    log.run(burst);
    let until = Instant::now() + Duration::from_secs(20);
    let told = || log.handle.recent(&Query::new().text("left out")).len();
    while told() < 2 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(told(), 2);
}

#[test]
fn the_thread_of_the_summaries_ends_with_the_log() {
    let marker = Arc::new(());
    let held = marker.clone();
    let log = test_log(|config| {
        config.with_rate_limit(1).with_enricher(move |_| {
            let _ = &held;
        })
    });
    log.run(|| (0..3).for_each(|_| info!("again")));
    drop(log);
    let until = Instant::now() + Duration::from_secs(20);
    while Arc::strong_count(&marker) > 1 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(Arc::strong_count(&marker), 1);
}

#[test]
fn a_sampler_keeps_a_share() {
    let log = test_log(|config| {
        config
            .with_recent(100_000, 1 << 28)
            .with_sampler(LogSampler::below(Level::WARN, 0.25).level(Level::DEBUG, 0.0))
    });
    let before = dropped_so_far(Dropped::Sampled, Level::DEBUG);
    log.run(|| {
        for _ in 0..4000 {
            info!("info");
            debug!("debug");
            warn!("warn");
            error!("error");
        }
    });
    let count = |text: &str| {
        log.handle
            .recent(&Query::new().text(text).limit(usize::MAX))
            .len()
    };
    assert!((800..1200).contains(&count("info")), "{}", count("info"));
    assert_eq!(
        (count("debug"), count("warn"), count("error")),
        (0, 4000, 4000)
    );
    assert!(dropped_so_far(Dropped::Sampled, Level::DEBUG) >= before + 4000);
}

/// Runs `body` in a trace; `sampled` and `failed` are what is known of it.
fn in_trace(sampled: bool, failed: bool, body: impl FnOnce()) {
    let mut op = begin(&CHARGE, SeriesKey::Index(0), None);
    segment::with_current(|segment, _| {
        segment.sampled = sampled;
        segment.failed = failed;
    });
    body();
    op.finish(Verdict {
        outcome: CallOutcome::Ok,
        error: None,
    });
}

#[test]
fn records_of_kept_traces_are_kept() {
    let _capture = testing::capture();
    let log = test_log(|config| config.with_sampler(LogSampler::below(Level::ERROR, 0.0)));
    log.run(|| {
        in_trace(true, false, || info!("sampled"));
        in_trace(false, true, || debug!("failed"));
        in_trace(false, false, || info!("neither"));
        info!("outside");
    });
    assert_eq!(messages(&log), ["sampled", "failed"]);
}

#[test]
fn the_records_of_a_trace_stay_together() {
    let _capture = testing::capture();
    let log = test_log(|config| config.with_sampler(LogSampler::below(Level::ERROR, 0.5)));
    let of_trace = |n: u32| {
        log.handle
            .recent(&Query::new().text(format!("trace {n};")))
            .len()
    };
    log.run(|| {
        for n in 0..64 {
            in_trace(false, false, || (0..3).for_each(|_| info!("trace {n};")));
        }
    });
    let counts: Vec<usize> = (0..64).map(of_trace).collect();
    assert!(
        counts.iter().all(|count| [0, 3].contains(count)),
        "{counts:?}"
    );
    assert!(counts.contains(&0) && counts.contains(&3), "{counts:?}");
}

#[test]
fn fields_are_added_where_the_event_has_none() {
    let log = test_log(|config| {
        config
            .with_field("environment", "test")
            .with_field("shard", 3_u64)
            .with_field("db_password", "hunter2")
            .with_field("dsn", "postgres://app:hunter2@db")
    });
    log.run(|| info!(environment = "own", "said"));
    assert_eq!(
        log.line("said")["fields"],
        json!({"environment": "own", "shard": 3, "db_password": "[redacted]", "dsn": "postgres://app:[redacted]@db"})
    );
}

#[test]
fn processors_see_and_change_what_goes_on() {
    let log = test_log(|config| {
        config
            .with_processor(|record: &mut RecordMut<'_>| {
                assert_eq!(
                    record.message(),
                    "password=[redacted]",
                    "it is redacted before"
                );
                assert_eq!(record.text("name"), Some("ada"));
                assert_eq!(record.field("n"), Some(7_u64.into()));
                assert_eq!((record.level(), record.target()), (Level::INFO, "shop"));
                record.set_message("now token=abc");
                record.set_field("n", 8_u64);
                record.set_field("added", "Bearer abc123DEF");
                record.set_field(String::from("api_key"), "k");
                record.set_field("card", 4_111_111_111_111_111_u64);
                record.remove_field("name");
                Decision::Keep
            })
            .with_enricher(|record| record.set_field("second", record.message().to_owned()))
    });
    log.run(|| info!(target: "shop", n = 7_u64, name = "ada", "password=hunter2"));
    let line = log.line("now token=[redacted]");
    assert_eq!(
        line["fields"],
        json!({
            "n": 8, "added": "Bearer [redacted]", "api_key": "[redacted]", "card": "[redacted]",
            "second": "now token=[redacted]",
        })
    );
}

#[test]
fn a_processor_leaves_records_out() {
    let log = test_log(|config| {
        config.with_processor(|record: &mut RecordMut<'_>| match record.message() {
            "noise" => Decision::Drop,
            _ => Decision::Keep,
        })
    });
    let before = dropped_so_far(Dropped::Processor, Level::INFO);
    log.run(|| {
        info!("noise");
        info!("music");
    });
    assert_eq!(messages(&log), ["music"]);
    assert!(log.handle.recent(&Query::new().text("noise")).is_empty());
    assert!(dropped_so_far(Dropped::Processor, Level::INFO) > before);
}

#[test]
fn a_panicking_processor_hurts_nobody() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    let log = test_log(|config| {
        config
            .with_processor(|record: &mut RecordMut<'_>| {
                record.set_field("before", true);
                RUNS.fetch_add(1, Relaxed);
                panic::resume_unwind(Box::new("no"))
            })
            .with_enricher(|record| record.set_field("after", true))
    });
    log.run(|| {
        info!("one");
        info!("two");
    });
    assert_eq!(messages(&log), ["one", "two"]);
    assert_eq!(
        log.line("two")["fields"],
        json!({"before": true, "after": true})
    );
    assert_eq!(RUNS.load(Relaxed), 2);
}

#[test]
fn an_event_can_say_when_it_happened() {
    let log = test_log(|config| config.with_event_time(true));
    let expected = 1_786_017_600_123_456_000_u64;
    log.run(|| {
        info!(timestamp = "2026-08-06T12:00:00.123456Z", ts = 1, "text");
        info!(time = "2026-08-06T14:00:00.123456+02:00", "offset");
        info!(ts = expected, "nanoseconds");
        info!(ts = expected / 1000, "microseconds");
        info!(ts = (expected / 1_000_000) as i64, "milliseconds");
        info!(ts = 1_786_017_600_u64, "seconds");
        info!(ts = 1_786_017_600.5, "fraction");
        info!(ts = "1786017600", "digits");
        info!(
            time = "soon",
            ts = 17,
            timestamp = "1970-01-01T00:00:00Z",
            "none"
        );
    });
    let time = |message: &str| log.handle.recent(&Query::new().text(message))[0].time_unix_ns;
    assert_eq!(time("text"), expected);
    assert_eq!(time("offset"), expected);
    assert_eq!(time("nanoseconds"), expected);
    assert_eq!(time("microseconds"), expected);
    assert_eq!(time("milliseconds"), 1_786_017_600_123_000_000);
    assert_eq!(time("seconds"), 1_786_017_600_000_000_000);
    assert_eq!(time("fraction"), 1_786_017_600_500_000_000);
    assert_eq!(time("digits"), 1_786_017_600_000_000_000);
    assert_eq!(log.line("text")["fields"], json!({"ts": 1}));
    let none = log.line("none");
    assert_eq!(
        none["fields"],
        json!({"time": "soon", "ts": 17, "timestamp": "1970-01-01T00:00:00Z"})
    );
}

#[test]
fn times_are_read_as_they_are_written() {
    for second in [
        0,
        951_782_400,
        951_868_799,
        1_078_099_200,
        1_786_017_600,
        4_107_542_400_u64,
    ] {
        let mut text = String::new();
        rfc3339::write(&mut text, second * 1_000_000_000);
        assert_eq!(rfc3339::read(&text), Some(second * 1_000_000_000), "{text}");
    }
    for wrong in [
        "",
        "2026-08-06",
        "2026-08-06T12:00:00",
        "2026-02-30T12:00:00Z",
        "2026-08-06T24:00:00Z",
        "2026-08-06T12:00:00Zx",
        "2026-08-06T12:00:00.Z",
        "1969-12-31T23:59:59Z",
        "+026-08-06T12:00:00Z",
        "2026-08-06T12:00:00+1:00",
        "2026x08-06T12:00:00Z",
        "äöü6-08-06T12:00:00Z",
    ] {
        assert_eq!(rfc3339::read(wrong), None, "{wrong}");
    }
    assert_eq!(
        rfc3339::read("1970-01-01t00:00:60.5z"),
        Some(60_500_000_000)
    );
}
