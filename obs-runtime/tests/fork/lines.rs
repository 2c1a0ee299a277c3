//! The log of the parent, and that of a child.

use std::fs::{File, read_to_string};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use obs_runtime::log::{self, LogConfig, LogFormat, LogHandle, Output, Query, StreamSink};
use serde_json::Value as Json;
use tracing::info;

use crate::child::{in_child, split};
use crate::service::start;

const LONG: Duration = Duration::from_secs(5);

/// The messages in the file, each with the process that wrote it.
fn lines(path: &std::path::Path) -> Vec<(String, u64)> {
    let text = read_to_string(path).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap());
    lines
        .map(|line| {
            let message = line["message"].as_str().unwrap().to_owned();
            (message, line["pid"].as_u64().unwrap())
        })
        .collect()
}

/// No line is written twice, and after a start of its own a child writes on to the same output.
pub(crate) fn of_a_child() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    let to = StreamSink::new(
        File::options()
            .create(true)
            .append(true)
            .open(&path)
            .unwrap(),
    );
    let config = LogConfig::new().with_output(Output::new(LogFormat::Json, to));
    let log = log::init(config).unwrap();
    let handle = log.handle();

    info!("before");
    let side = split();
    if side.is_child() {
        let begun = Instant::now();
        info!("refused");
        handle.flush(LONG).unwrap();
        assert!(begun.elapsed() < Duration::from_secs(1));
        assert_eq!(handle.stats().refused.iter().sum::<u64>(), 1);
        assert_eq!(handle.stats().written.iter().sum::<u64>(), 0);
        let recent = log::recent(&Query::new());
        let mut messages = recent.iter().map(|record| &*record.message);
        assert_eq!(messages.next(), Some("refused"));
        assert!(messages.any(|message| message == "before"));

        let running = start().unwrap();
        handle.set_levels("info".parse().unwrap());
        info!("in the child");
        handle.flush(LONG).unwrap();
        assert_eq!(handle.stats().written.iter().sum::<u64>(), 1);
        running.shutdown().wait();
        side.join();
        return;
    }
    let child = side.id();
    side.join();
    info!("after");
    handle.flush(LONG).unwrap();
    assert_eq!(handle.stats().written.iter().sum::<u64>(), 2);

    no_child_waits(handle);

    let own = u64::from(std::process::id());
    let mut lines = lines(&path);
    lines.sort();
    let expected = [("after", own), ("before", own), ("in the child", child)];
    assert_eq!(lines, expected.map(|(line, pid)| (line.to_owned(), pid)));
}

/// Ends threads.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// Threads have the locks of the lines that wait and of the last records most of the time, as those that write and show
/// them have them at times. No child waits for them.
fn no_child_waits(handle: &LogHandle) {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Relaxed) {
                let _ = handle.stats();
            }
        });
        scope.spawn(|| {
            let nothing = Query::new().text("nowhere to be found");
            while !stop.load(Relaxed) {
                assert!(log::recent(&nothing).is_empty());
            }
        });
        // Also where a child fails.
        let _stop = Stop(&stop);
        for _ in 0..100 {
            in_child(|| {
                info!("refused");
                assert_eq!(handle.stats().refused.iter().sum::<u64>(), 1);
                assert_eq!(log::recent(&Query::new().text("refused")).len(), 1);
            });
        }
    });
}
