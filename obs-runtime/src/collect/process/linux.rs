//! What `/proc` tells about this process beyond `getrusage`.

use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use nix::time::{ClockId, clock_gettime};
use nix::unistd::{SysconfVar, sysconf};

use super::ProcessStats;
use crate::collect::source::{field, read};

/// From this many on, open descriptors are no longer counted one by one.
const MAX_COUNTED_FDS: usize = 65_536;

pub(super) fn fill(stats: &mut ProcessStats, proc: &Path) {
    let own = proc.join("self");
    if let Some(stat) = read(&own.join("stat")).as_deref().and_then(Stat::parse) {
        stats.threads = Some(stat.threads);
        stats.start_time = start_time(stat.start_ticks);
    }
    if let Some((size, resident)) = read(&own.join("statm")).as_deref().and_then(pages) {
        stats.virtual_memory = in_bytes(size);
        stats.resident_memory = in_bytes(resident);
    }
    if let Some(io) = read(&own.join("io")) {
        stats.disk_read = field(&io, "read_bytes");
        stats.disk_written = field(&io, "write_bytes");
    }
    stats.open_fds = open_fds(&own.join("fd"));
}

/// The fields of `/proc/self/stat` that no other source has.
#[derive(Debug, PartialEq)]
pub(super) struct Stat {
    pub(super) threads: u64,
    pub(super) start_ticks: u64,
}

impl Stat {
    /// The second field is the name of the executable in parentheses. It may itself
    /// contain spaces and parentheses, so the fields start behind the last one.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (_pid_and_name, rest) = text.rsplit_once(')')?;
        let mut fields = rest.split_whitespace();
        // Behind the name stands field 3. proc(5): 20 is num_threads, 22 is starttime.
        let threads = fields.nth(20 - 3)?.parse().ok()?;
        let start_ticks = fields.nth(22 - 20 - 1)?.parse().ok()?;
        Some(Self {
            threads,
            start_ticks,
        })
    }
}

/// Total and resident pages of `/proc/self/statm`, which is exact where the
/// numbers in `stat` may lag behind.
pub(super) fn pages(text: &str) -> Option<(u64, u64)> {
    let mut fields = text.split_whitespace();
    let size = fields.next()?.parse().ok()?;
    let resident = fields.next()?.parse().ok()?;
    Some((size, resident))
}

fn in_bytes(pages: u64) -> Option<u64> {
    let size = sysconf(SysconfVar::PAGE_SIZE).ok()??;
    pages.checked_mul(u64::try_from(size).ok()?)
}

/// When the process started, computed once: it is a constant, and computing it again
/// after the wall clock was set would look like a restart.
fn start_time(ticks: u64) -> Option<SystemTime> {
    // A child of `fork` inherits the value, so it is kept together with its process.
    static STARTED: OnceLock<(u32, SystemTime)> = OnceLock::new();
    let pid = std::process::id();
    match STARTED.get() {
        Some((owner, started)) if *owner == pid => return Some(*started),
        Some(_) => return compute_start_time(ticks),
        None => {}
    }
    let started = compute_start_time(ticks)?;
    Some(STARTED.get_or_init(|| (pid, started)).1)
}

/// The kernel gives the start in ticks since boot. The boot clock is asked directly:
/// it counts time in suspension as the kernel does, and container tools do not fake it.
fn compute_start_time(ticks: u64) -> Option<SystemTime> {
    let per_second = sysconf(SysconfVar::CLK_TCK).ok()??;
    let after_boot = ticks_to_duration(ticks, u64::try_from(per_second).ok()?)?;
    let since_boot = Duration::from(clock_gettime(ClockId::CLOCK_BOOTTIME).ok()?);
    SystemTime::now().checked_sub(since_boot.checked_sub(after_boot)?)
}

pub(super) fn ticks_to_duration(ticks: u64, per_second: u64) -> Option<Duration> {
    let seconds = ticks.checked_div(per_second)?;
    let rest = (ticks % per_second) as f64 / per_second as f64;
    Duration::from_secs(seconds).checked_add(Duration::from_secs_f64(rest))
}

/// How many descriptors are open.
///
/// Since Linux 6.2 the size of the directory says it; on older kernels the size is 0
/// and the entries are counted, up to [`MAX_COUNTED_FDS`]: a wrong number would be
/// worse than none.
fn open_fds(dir: &Path) -> Option<u64> {
    let by_size = std::fs::metadata(dir).ok()?.len();
    if by_size > 0 {
        return Some(by_size);
    }
    // One of the entries is the descriptor that reads the directory.
    count_entries(dir, MAX_COUNTED_FDS)?.checked_sub(1)
}

pub(super) fn count_entries(dir: &Path, max: usize) -> Option<u64> {
    let entries = std::fs::read_dir(dir).ok()?.take(max + 1).count();
    (entries <= max).then_some(entries as u64)
}
