//! A log file where there is no room: in a process of its own, because the limit is the process's.

#![cfg(all(feature = "log", target_os = "linux"))]

use std::fs;
use std::path::Path;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use obs_runtime::log::{
    FileSink, LogConfig, LogFormat, LogHandle, Output, Rotation, layer_and_handle,
};
use tracing::Dispatch;
use tracing_subscriber::layer::SubscriberExt;

mod small_disk;

use small_disk::SmallDisk;

const LONG: Duration = Duration::from_secs(20);
/// A log into a file, and what was logged to it.
struct Log {
    subscriber: Dispatch,
    handle: LogHandle,
    logged: u64,
}

impl Log {
    fn new(sink: FileSink) -> Self {
        let output = Output::new(LogFormat::Json, sink);
        let (layer, handle) = layer_and_handle(LogConfig::new().with_output(output));
        Self {
            subscriber: Dispatch::new(tracing_subscriber::registry().with(layer)),
            handle,
            logged: 0,
        }
    }

    /// Logs so many lines of different lengths, each written by itself.
    fn log(&mut self, lines: usize) {
        for line in 0..lines {
            tracing::dispatcher::with_default(&self.subscriber, || {
                tracing::info!(padding = "x".repeat(line * 37 % 400), number = self.logged);
            });
            self.logged += 1;
            self.handle.flush(LONG).unwrap();
        }
    }

    fn written(&self) -> u64 {
        self.handle.stats().written.iter().sum()
    }

    fn failed(&self) -> u64 {
        self.handle.stats().failed.iter().sum()
    }

    /// Checks that the files have the lines that count as written, whole and in order.
    fn check(&self, directory: &Path) {
        let mut names: Vec<_> = fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file() && path.file_name().unwrap() != "ballast")
            .collect();
        // The file that is being written is the newest one, and its name the shortest.
        names.sort();
        names.rotate_left(1);
        let text: String = names
            .iter()
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        let numbers: Vec<u64> = text
            .lines()
            .map(|line| {
                let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| {
                    panic!("not a whole line: {error}: {line}");
                });
                line["fields"]["number"].as_u64().unwrap()
            })
            .collect();
        assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
        assert_eq!(numbers.len() as u64, self.written());
        assert_eq!(self.written() + self.failed(), self.logged);
    }
}

/// No file of the process can get larger than this.
fn limit_files(bytes: u64) {
    let (_, hard) = getrlimit(Resource::RLIMIT_FSIZE).unwrap();
    setrlimit(Resource::RLIMIT_FSIZE, bytes.min(hard), hard).unwrap();
}

/// One test: the limit holds for what the harness writes about another one as well.
#[test]
fn lines_are_lost_only_while_there_is_no_room() {
    lines_without_room_are_counted_and_those_after_are_whole();
    a_full_disk_costs_lines_until_there_is_room();
}

fn lines_without_room_are_counted_and_those_after_are_whole() {
    // The signal that comes with the error ends the process otherwise.
    let ignored = std::sync::Arc::default();
    signal_hook::flag::register(nix::libc::SIGXFSZ, ignored).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let sink = FileSink::new(directory.path().join("shop.log")).with_rotation(Rotation::Never);
    let mut log = Log::new(sink);
    log.log(10);
    for room in [6000, 12_345, 20_000] {
        limit_files(room);
        let before = log.failed();
        log.log(60);
        assert!(log.failed() > before, "there was room for all");
        limit_files(u64::MAX);
        let before = log.failed();
        log.log(10);
        assert_eq!(log.failed(), before, "there is room again");
    }
    log.check(directory.path());
}

fn a_full_disk_costs_lines_until_there_is_room() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let directory = disk.path();
    let sink = FileSink::new(directory.join("shop.log"))
        .with_rotation(Rotation::Never)
        .with_max_file_size(8192)
        .with_compression(false);
    let mut log = Log::new(sink);
    log.log(20);
    assert_eq!(log.failed(), 0);
    let ballast = directory.join("ballast");
    // As much as goes in.
    let _ = fs::write(&ballast, vec![0; 64 * 1024]);
    log.log(100);
    let failed = log.failed();
    assert!(failed > 0, "there was room for all");
    fs::remove_file(&ballast).unwrap();
    log.log(20);
    assert_eq!(log.failed(), failed, "there is room again");
    log.check(directory);
    drop(log);
}
