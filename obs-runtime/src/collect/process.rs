//! This process: CPU, memory, file descriptors, threads, I/O.
//!
//! The names are those of the Prometheus guide for client libraries, plus three in
//! the same style: `process_context_switches_total`, `process_page_faults_total`
//! and `process_disk_io_bytes_total`.

use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::source::count;
use super::{Collect, Sink};

#[cfg(feature = "http")]
mod detail;
#[cfg(feature = "http")]
mod growth;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(feature = "http")]
mod maps;
#[cfg(test)]
mod tests;
#[cfg(unix)]
mod unix;

#[cfg(feature = "http")]
pub(crate) use detail::{MemoryDetail, threads};
#[cfg(all(test, feature = "http"))]
pub(crate) use growth::Trend;
#[cfg(feature = "http")]
pub(crate) use growth::{Growth, LONGEST, growth, note as note_memory};
#[cfg(feature = "http")]
pub(crate) use maps::{Maps, Purpose, Use};

/// What is known about this process at one moment. `None` means that the platform does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct ProcessStats {
    /// CPU time of all threads, ended ones included: user and system together.
    pub cpu_time: Option<Duration>,
    /// Open file descriptors.
    pub open_fds: Option<u64>,
    /// How many file descriptors may be open; `u64::MAX` if there is no limit.
    pub max_fds: Option<u64>,
    /// Bytes of address space in use.
    pub virtual_memory: Option<u64>,
    /// How many bytes of address space may be used; `u64::MAX` if there is no limit.
    pub virtual_memory_max: Option<u64>,
    /// Bytes in physical memory.
    pub resident_memory: Option<u64>,
    /// When the process started.
    pub start_time: Option<SystemTime>,
    /// Threads that exist.
    pub threads: Option<u64>,
    /// Times a thread gave up its CPU to wait.
    pub voluntary_switches: Option<u64>,
    /// Times a thread lost its CPU to another.
    pub involuntary_switches: Option<u64>,
    /// Page faults that needed no disk.
    pub minor_faults: Option<u64>,
    /// Page faults that were read from disk.
    pub major_faults: Option<u64>,
    /// Bytes that were fetched from storage.
    pub disk_read: Option<u64>,
    /// Bytes that were sent to storage.
    pub disk_written: Option<u64>,
}

impl ProcessStats {
    /// Reads the current values of this process.
    ///
    /// ```
    /// let stats = obs_runtime::collect::process::ProcessStats::read();
    /// # #[cfg(target_os = "linux")]
    /// assert!(stats.resident_memory < stats.virtual_memory);
    /// ```
    #[must_use]
    pub fn read() -> Self {
        #[cfg_attr(not(unix), allow(unused_mut, reason = "nothing is known there"))]
        let mut stats = Self::default();
        #[cfg(unix)]
        unix::fill(&mut stats);
        #[cfg(target_os = "linux")]
        linux::fill(&mut stats, std::path::Path::new("/proc"));
        stats
    }
}

/// How the allocator of the program gives memory back.
static TRIM: OnceLock<fn() -> bool> = OnceLock::new();

/// Says how the allocator of the program gives back what it keeps, for `POST /monitoring/debug/memory/trim`.
///
/// `trim` returns whether there was anything. It runs on a thread of the endpoints, one at a time or several. Only the
/// program knows its allocator: with that of glibc it is `malloc_trim(0)`, with jemalloc a purge of all arenas, with
/// mimalloc `mi_collect`. The first call decides; it returns whether it was this one.
///
/// ```
/// fn give_back() -> bool {
///     // With the crate `libc`: `unsafe { libc::malloc_trim(0) == 1 }`
///     true
/// }
/// assert!(obs_runtime::collect::process::trim_with(give_back));
/// ```
pub fn trim_with(trim: fn() -> bool) -> bool {
    TRIM.set(trim).is_ok()
}

#[cfg(feature = "http")]
pub(crate) fn trimmer() -> Option<fn() -> bool> {
    TRIM.get().copied()
}

/// Collects `process_*`.
///
/// `process_heap_bytes` is the one value that only the allocator knows. It is
/// exported if the program says how to ask:
///
/// ```
/// use obs_runtime::collect::{Collect, Process, Sink};
///
/// fn allocated() -> Option<u64> {
///     Some(4096) // with jemalloc: `stats::allocated::read().ok()`
/// }
///
/// let mut families = Vec::new();
/// Process::new().heap(allocated).collect(&mut Sink::new(&mut families));
/// let heap = families.iter().find(|f| f.name == "process_heap_bytes").unwrap();
/// assert_eq!(heap.samples[0].value, 4096.0);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Process {
    heap: Option<fn() -> Option<u64>>,
}

impl Process {
    /// A collector without `process_heap_bytes`.
    #[must_use]
    pub const fn new() -> Self {
        Self { heap: None }
    }

    /// Reads `process_heap_bytes` by this function: the bytes that the program holds from its allocator.
    #[must_use]
    pub const fn heap(self, bytes: fn() -> Option<u64>) -> Self {
        Self { heap: Some(bytes) }
    }
}

impl Collect for Process {
    fn name(&self) -> &str {
        "process"
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        let stats = ProcessStats::read();
        cpu_and_threads(&stats, sink);
        memory(&stats, self.heap.and_then(|bytes| bytes()), sink);
        descriptors(&stats, sink);
        activity(&stats, sink);
    }
}

fn cpu_and_threads(stats: &ProcessStats, sink: &mut Sink<'_>) {
    sink.counter(
        "process_cpu_seconds_total",
        "CPU time of the process, user and system.",
        "seconds",
        &[],
        stats.cpu_time.map(|time| time.as_secs_f64()),
    );
    sink.gauge(
        "process_start_time_seconds",
        "When the process started, in seconds since 1970-01-01 UTC.",
        "seconds",
        &[],
        stats.start_time.and_then(since_epoch),
    );
    sink.gauge(
        "process_threads",
        "Threads of the process.",
        "",
        &[],
        count(stats.threads),
    );
}

fn memory(stats: &ProcessStats, heap: Option<u64>, sink: &mut Sink<'_>) {
    let mut bytes = |name, help, value| sink.gauge(name, help, "bytes", &[], count(value));
    bytes(
        "process_virtual_memory_bytes",
        "Address space that the process uses.",
        stats.virtual_memory,
    );
    bytes(
        "process_virtual_memory_max_bytes",
        "Address space that the process may use; 2^64 if there is no limit.",
        stats.virtual_memory_max,
    );
    bytes(
        "process_resident_memory_bytes",
        "Physical memory that the process uses.",
        stats.resident_memory,
    );
    bytes(
        "process_heap_bytes",
        "Memory that the program holds from its allocator.",
        heap,
    );
}

fn descriptors(stats: &ProcessStats, sink: &mut Sink<'_>) {
    sink.gauge(
        "process_open_fds",
        "Open file descriptors.",
        "",
        &[],
        count(stats.open_fds),
    );
    sink.gauge(
        "process_max_fds",
        "File descriptors that may be open; 2^64 if there is no limit.",
        "",
        &[],
        count(stats.max_fds),
    );
}

fn activity(stats: &ProcessStats, sink: &mut Sink<'_>) {
    for (kind, value) in [
        ("voluntary", stats.voluntary_switches),
        ("involuntary", stats.involuntary_switches),
    ] {
        sink.counter(
            "process_context_switches_total",
            "Times a thread of the process left its CPU, to wait (voluntary) or for another thread (involuntary).",
            "",
            &[("type", kind)],
            count(value),
        );
    }
    for (kind, value) in [("minor", stats.minor_faults), ("major", stats.major_faults)] {
        sink.counter(
            "process_page_faults_total",
            "Page faults, served from memory (minor) or from disk (major).",
            "",
            &[("type", kind)],
            count(value),
        );
    }
    for (direction, value) in [("read", stats.disk_read), ("write", stats.disk_written)] {
        sink.counter(
            "process_disk_io_bytes_total",
            "Bytes that the process caused to be moved from and to storage.",
            "bytes",
            &[("direction", direction)],
            count(value),
        );
    }
}

fn since_epoch(time: SystemTime) -> Option<f64> {
    let elapsed = time.duration_since(UNIX_EPOCH).ok()?;
    Some(elapsed.as_secs_f64())
}
