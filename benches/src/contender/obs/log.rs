//! Log lines.

use std::time::Duration;

use obs_runtime::log::{self, LogConfig, LogFormat, Output, StreamSink};
use obs_runtime::trace_request;
use tracing::info;

use super::service::Service;
use crate::body::{Failed, bare, body, each};
use crate::case::{Case, Finish};
use crate::contender::Entry;
use crate::lines::Lines;
use crate::shape;

pub(super) const LOG: Entry = Entry {
    contender: "obs",
    scenario: "log",
    how: "log::init with a JSON output; ids, operation and place are on each line",
    set_up: log,
};

pub(super) const UNREDACTED: Entry = Entry {
    contender: "obs-unredacted",
    scenario: "log",
    how: "the same without redaction",
    set_up: log_unredacted,
};

/// Passes between two flushes: fewer lines than the queue takes.
const PASSES: u64 = 8;

#[inline(never)]
fn logged(input: u64) -> Result<u64, Failed> {
    info!(
        order = input,
        customer = "ada",
        total = 12.5,
        "order placed"
    );
    body(input)
}

#[trace_request("request")]
fn root(common: &[u64], rest: &[u64], annotated: bool) {
    each(common, logged);
    if annotated {
        each(rest, logged);
    } else {
        each(rest, bare);
    }
}

fn log() -> Box<dyn Case> {
    log_by(LogConfig::new())
}

fn log_unredacted() -> Box<dyn Case> {
    log_by(LogConfig::new().without_redaction())
}

fn log_by(config: LogConfig) -> Box<dyn Case> {
    let service = Service::start(0.0);
    let lines = Lines::default();
    let output = Output::new(LogFormat::Json, StreamSink::new(lines.clone()));
    let guard = log::init(config.with_output(output)).expect("there is no log yet");
    let handle = guard.handle().clone();
    shape::slope(root, move |made| {
        drop(service);
        let stats = guard.handle().stats();
        let refused: u64 = stats.refused.iter().chain(&stats.failed).sum();
        Finish::delivered("lines", made.children, lines.count(), refused)
    })
    .drain(PASSES, move || {
        handle
            .flush(Duration::from_secs(30))
            .expect("the writer runs");
    })
    .boxed()
}
