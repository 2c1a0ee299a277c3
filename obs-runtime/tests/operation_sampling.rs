//! Ratios of single operations, and the budget of failed and slow traces, as the configuration says them.
#![cfg(feature = "macros")]

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use obs_runtime::config::Layers;
use obs_runtime::metric::{Registry, snapshot::Value};
use obs_runtime::trace::{self, Keep, Query};
use obs_runtime::{Running, Starter, diagnostics, trace_request};

/// One process has one monitoring.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn with(variables: &[(&str, &str)], test: impl FnOnce(&Running)) {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let common = [("OBS__HTTP__ENABLED", "false"), ("OBS_LOG", "off")];
    let variables = common.iter().chain(variables).copied();
    let running = Starter::new(Layers::default().variables(variables))
        .start()
        .unwrap();
    trace::store().remove_older_than(u64::MAX);
    test(&running);
    running.shutdown().wait();
}

fn kept(running: &Running, name: &str) -> Vec<Keep> {
    assert!(running.flush(Duration::from_secs(10)));
    let query = Query {
        operation: Some(name.to_owned()),
        limit: 100_000,
        ..Query::default()
    };
    let found = trace::store().search(&query);
    found.iter().map(|trace| trace.keep).collect()
}

fn dropped(reason: &str) -> u64 {
    let snapshot = Registry::global().snapshot();
    let family = snapshot.family("obs_traces_dropped_total").unwrap();
    match family.with(&[("reason", reason)]).unwrap().value {
        Value::Counter(count) => count,
        ref other => panic!("{other:?}"),
    }
}

#[trace_request("sampling.ping")]
fn ping() {}

#[trace_request("sampling.pay")]
fn pay(fails: bool) -> Result<(), String> {
    match fails {
        true => Err("declined".to_owned()),
        false => Ok(()),
    }
}

#[trace_request("sampling.rare")]
fn rare() {
    ping();
}

#[test]
fn a_root_operation_has_its_own_ratio() {
    let operations = "sampling.ping=never,sampling.rare=always,by hand=1";
    let variables = [
        ("OBS_SAMPLER", "0"),
        ("OBS__TRACING__TARGET_PER_SECOND", "1"),
        ("OBS__TRACING__OPERATIONS", operations),
    ];
    with(&variables, |running| {
        for n in 0..50 {
            ping();
            rare();
            let _ = pay(n % 25 == 0);
            drop(trace::span("by hand").enter());
        }
        assert_eq!(kept(running, "sampling.rare"), [Keep::Sampled; 50]);
        assert_eq!(kept(running, "by hand"), [Keep::Sampled; 50]);
        assert_eq!(kept(running, "sampling.pay"), [Keep::Error; 2]);
        // Only as a part of others: what it says of it is about roots.
        assert_eq!(trace::store().search(&Query::default()).len(), 100);
    });
}

#[test]
fn failures_and_slow_traces_have_a_budget() {
    let variables = [
        ("OBS_SAMPLER", "0"),
        ("OBS__TRACING__KEPT_PER_SECOND", "20"),
        ("OBS__TRACING__SLOW", "1ns"),
    ];
    with(&variables, |running| {
        let before = (dropped("errors_limited"), dropped("slow_limited"));
        let started = Instant::now();
        for _ in 0..500 {
            let _ = pay(true);
            ping();
        }
        let most = 20 * (started.elapsed().as_secs() as usize + 2);
        let failed = kept(running, "sampling.pay");
        let slow = kept(running, "sampling.ping");
        assert!(failed.iter().all(|keep| *keep == Keep::Error));
        assert!(slow.iter().all(|keep| *keep == Keep::Slow));
        let all = failed.len() + slow.len();
        assert!((20..=most).contains(&all), "{all} of {most}");
        let lost = (dropped("errors_limited") - before.0) as usize
            + (dropped("slow_limited") - before.1) as usize;
        assert_eq!(all + lost, 1_000);
    });
}

#[test]
fn what_the_sampler_keeps_takes_nothing_from_the_budget() {
    let variables = [("OBS_SAMPLER", "1"), ("OBS__TRACING__KEPT_PER_SECOND", "0")];
    with(&variables, |running| {
        (0..200).for_each(|_| drop(pay(true)));
        assert_eq!(kept(running, "sampling.pay"), [Keep::Sampled; 200]);
    });
    let variables = [("OBS_SAMPLER", "0"), ("OBS__TRACING__KEPT_PER_SECOND", "0")];
    with(&variables, |running| {
        let _ = pay(true);
        assert_eq!(kept(running, "sampling.pay"), []);
    });
}

#[test]
fn a_name_that_no_operation_has_is_pointed_out_at_the_start() {
    static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());
    diagnostics::set_hook(|message| SAID.lock().unwrap().push(message.to_owned()));
    let operations = "sampling.pin=0.5,sampling.pay=0.5,GET /orders=0.1";
    with(&[("OBS__TRACING__OPERATIONS", operations)], |_| {
        let said = SAID.lock().unwrap().clone();
        let about: Vec<_> = said
            .iter()
            .filter(|text| text.contains("`sampling."))
            .collect();
        assert_eq!(
            about,
            [
                "OBS__TRACING__OPERATIONS: `tracing.operations`: no annotated operation is called `sampling.pin`; did you mean `sampling.ping`?"
            ]
        );
    });
}
