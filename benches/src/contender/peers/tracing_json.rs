//! JSON log lines by tracing-subscriber.

use tracing::{info, info_span};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::fmt::MakeWriter;

use super::{Entry, tracing::install};
use crate::body::{Failed, bare, body, each};
use crate::case::{Case, Finish};
use crate::lines::Lines;
use crate::shape;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        contender: "tracing-json",
        scenario: "log",
        how: "fmt().json() with the current span, written by the caller",
        set_up: at_once,
    },
    Entry {
        contender: "tracing-json-appender",
        scenario: "log",
        how: "fmt().json() with the current span, tracing-appender's non_blocking, lossy",
        set_up: by_appender,
    },
];

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

fn root(common: &[u64], rest: &[u64], annotated: bool) {
    let _request = info_span!("request").entered();
    each(common, logged);
    if annotated {
        each(rest, logged);
    } else {
        each(rest, bare);
    }
}

fn start(writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static) {
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_current_span(true)
        .with_span_list(false)
        .with_writer(writer)
        .finish();
    install(subscriber);
}

fn at_once() -> Box<dyn Case> {
    let lines = Lines::default();
    let written = lines.clone();
    start(move || lines.clone());
    shape::slope(root, move |made| {
        Finish::delivered("lines", made.children, written.count(), 0)
    })
    .boxed()
}

fn by_appender() -> Box<dyn Case> {
    let lines = Lines::default();
    let written = lines.clone();
    let (writer, guard) = NonBlockingBuilder::default()
        .lossy(true)
        .finish(lines.clone());
    let dropped = writer.error_counter();
    start(writer);
    let mut made = 0;
    let lost = dropped.clone();
    let catch_up = move || {
        // There is no flush: wait until the writer has nothing to do.
        let arrived = |made| lines.count() + lost.dropped_lines() as u64 > made;
        while arrived(made) {
            made = lines.count() + lost.dropped_lines() as u64;
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    };
    shape::slope(root, move |made| {
        finish(guard, made.children, &written, &dropped)
    })
    .drain(20, catch_up)
    .boxed()
}

fn finish(
    guard: WorkerGuard,
    made: u64,
    written: &Lines,
    dropped: &tracing_appender::non_blocking::ErrorCounter,
) -> Result<Finish, String> {
    // Writes what waits.
    drop(guard);
    Finish::delivered(
        "lines",
        made,
        written.count(),
        dropped.dropped_lines() as u64,
    )
}
