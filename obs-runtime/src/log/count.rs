//! What the log counts of itself.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use tracing::Level;

use super::handle;
use crate::collect::{Collect, Sink};
use crate::hot::cells;
use crate::words::words;

/// The levels, the most severe first: a level's position is its number.
pub(super) const LEVELS: [Level; 5] = [
    Level::ERROR,
    Level::WARN,
    Level::INFO,
    Level::DEBUG,
    Level::TRACE,
];

/// The cells of `log_records_total`; 0 when there was no room for them.
static RECORDS: OnceLock<u32> = OnceLock::new();
static PANICS: AtomicU64 = AtomicU64::new(0);
static TRUNCATED: AtomicU64 = AtomicU64::new(0);
static NESTED: AtomicU64 = AtomicU64::new(0);
static PROCESSOR_PANICS: AtomicU64 = AtomicU64::new(0);
/// Records that were left out before the outputs, by reason and level.
static DROPPED: [[AtomicU64; LEVELS.len()]; Dropped::ALL.len()] =
    [const { [const { AtomicU64::new(0) }; LEVELS.len()] }; Dropped::ALL.len()];

words! {
    /// Why a record was left out before the outputs.
    pub(super) enum Dropped {
        /// Its place in the program has logged as much as it may in this second.
        RateLimit = "rate_limit",
        /// It is not of the share that is kept.
        Sampled = "sampled",
        /// A processor of the program did not want it.
        Processor = "processor",
    }
}

impl Dropped {
    fn cell(self, level: Level) -> Option<&'static AtomicU64> {
        let reason = Self::ALL.iter().position(|reason| *reason == self)?;
        DROPPED.get(reason)?.get(index(level))
    }
}

/// Sets the counts that are not in cells to 0, in a forked child.
pub(crate) fn forget_counts() {
    let single = [&PANICS, &TRUNCATED, &NESTED, &PROCESSOR_PANICS];
    for count in single.into_iter().chain(DROPPED.iter().flatten()) {
        count.store(0, Relaxed);
    }
}

/// One number per level.
pub(super) type PerLevel = [u64; LEVELS.len()];

/// The position of a level in [`LEVELS`].
pub(super) fn index(level: Level) -> usize {
    match level {
        Level::ERROR => 0,
        Level::WARN => 1,
        Level::INFO => 2,
        Level::DEBUG => 3,
        Level::TRACE => 4,
    }
}

/// The levels as the label `level` has them.
pub(super) fn word(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

fn records_cell() -> u32 {
    *RECORDS.get_or_init(|| cells::allocate(LEVELS.len()).unwrap_or(0))
}

/// Counts a record.
pub(super) fn record(level: Level) {
    let first = records_cell();
    if first != 0 {
        cells::add(first + index(level) as u32, 1);
    }
}

/// How many records of a level there were.
pub(super) fn records(level: Level) -> u64 {
    match records_cell() {
        0 => 0,
        first => cells::read(first + index(level) as u32),
    }
}

/// Counts a panic.
pub(super) fn panic() {
    PANICS.fetch_add(1, Relaxed);
}

/// Panics since the hook was installed.
pub(super) fn panics() -> u64 {
    PANICS.load(Relaxed)
}

/// Counts a text that was cut.
pub(super) fn truncated() {
    TRUNCATED.fetch_add(1, Relaxed);
}

/// Counts a record that was left out because it came from the formatting of a record.
pub(super) fn nested() {
    NESTED.fetch_add(1, Relaxed);
}

/// Counts a panic of a processor of the program.
pub(super) fn processor_panicked() {
    PROCESSOR_PANICS.fetch_add(1, Relaxed);
}

/// Counts a record that was left out before the outputs, also as a record.
pub(super) fn dropped(reason: Dropped, level: Level) {
    record(level);
    if let Some(count) = reason.cell(level) {
        count.fetch_add(1, Relaxed);
    }
}

/// How many records of a level were left out for a reason.
pub(super) fn dropped_so_far(reason: Dropped, level: Level) -> u64 {
    reason.cell(level).map_or(0, |count| count.load(Relaxed))
}

/// The metrics of the log: `log_records_total`, `panics_total`, and what was lost.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogMetrics;

impl Collect for LogMetrics {
    fn name(&self) -> &str {
        "log"
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        for level in LEVELS {
            sink.counter(
                "log_records_total",
                "Log records, by level.",
                "",
                &[("level", word(level))],
                records(level) as f64,
            );
        }
        sink.counter("panics_total", "Panics.", "", &[], panics() as f64);
        sink.counter(
            "obs_log_truncated_total",
            "Texts of log records that were cut because they were too long.",
            "",
            &[],
            TRUNCATED.load(Relaxed) as f64,
        );
        sink.counter(
            "obs_log_processor_panics_total",
            "Panics of processors of the log.",
            "",
            &[],
            PROCESSOR_PANICS.load(Relaxed) as f64,
        );
        collect_losses(sink);
    }
}

fn collect_losses(sink: &mut Sink<'_>) {
    const LOST: &str = "obs_log_dropped_total";
    const HELP: &str = "Log records that reached no output, by level and reason.";
    let nested = NESTED.load(Relaxed) as f64;
    sink.counter(
        LOST,
        HELP,
        "",
        &[("level", "any"), ("reason", "nested")],
        nested,
    );
    for reason in Dropped::ALL {
        for level in LEVELS {
            let labels = [("level", word(level)), ("reason", reason.as_str())];
            sink.counter(
                LOST,
                HELP,
                "",
                &labels,
                dropped_so_far(reason, level) as f64,
            );
        }
    }
    let Some(handle) = handle::current() else {
        return;
    };
    let stats = handle.stats();
    for level in LEVELS {
        let at = index(level);
        for (reason, counts) in [
            ("queue_full", stats.refused),
            ("write_failed", stats.failed),
        ] {
            let labels = [("level", word(level)), ("reason", reason)];
            let count = counts.get(at).copied().unwrap_or(0);
            sink.counter(LOST, HELP, "", &labels, count as f64);
        }
    }
    sink.gauge(
        "obs_log_queue_bytes",
        "Bytes of log lines that wait to be written.",
        "bytes",
        &[],
        stats.queued_bytes as f64,
    );
}
