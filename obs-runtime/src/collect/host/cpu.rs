//! CPU time of the machine by mode, and the number of CPUs.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::collect::Sink;
use crate::collect::source::{count, read};

/// The columns of the line `cpu` in `/proc/stat`, in their order. Time of guests is
/// contained in `user` and `nice` and therefore not a mode of its own.
const MODES: [&str; 8] = [
    "user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal",
];

/// By how many ticks a column may fall before it counts as a restart: 3 seconds.
const MAX_STEP_BACK: u64 = 300;

/// The highest value seen of every mode.
///
/// The kernel lets `idle` and `iowait` fall by a little now and then. A counter must
/// not, because every fall looks like a restart to whoever computes rates.
#[derive(Debug, Default)]
pub(super) struct Modes([AtomicU64; MODES.len()]);

impl Modes {
    pub(super) fn collect(&self, stat: Option<&str>, sink: &mut Sink<'_>) {
        let online = stat.and_then(online_cpus).or_else(available);
        sink.gauge(
            "system_cpus",
            "CPUs of the machine.",
            "",
            &[],
            count(online),
        );
        let Some((stat, per_second)) = stat.zip(ticks_per_second()) else {
            return;
        };
        for ((mode, seen), ticks) in MODES.iter().zip(&self.0).zip(total_ticks(stat)) {
            sink.counter(
                "system_cpu_seconds_total",
                "Time that the CPUs of the machine spent, by mode.",
                "seconds",
                &[("mode", mode)],
                ticks.map(|ticks| never_falling(seen, ticks) as f64 / per_second),
            );
        }
    }
}

/// How many CPUs the machine has online.
///
/// Unlike [`std::thread::available_parallelism`] this does not look at the limits of
/// the process.
#[must_use]
pub fn cpu_count() -> Option<u64> {
    let stat = read(Path::new("/proc/stat"));
    stat.as_deref().and_then(online_cpus).or_else(available)
}

fn available() -> Option<u64> {
    let cpus = std::thread::available_parallelism().ok()?;
    u64::try_from(cpus.get()).ok()
}

/// The lines `cpu0`, `cpu1`, …
pub(super) fn online_cpus(stat: &str) -> Option<u64> {
    let numbered = |line: &&str| {
        let rest = line.strip_prefix("cpu");
        rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    let cpus = stat.lines().filter(numbered).count() as u64;
    (cpus > 0).then_some(cpus)
}

/// The columns of the line that sums up all CPUs; `None` where a column is missing or no number.
pub(super) fn total_ticks(stat: &str) -> [Option<u64>; MODES.len()] {
    let mut ticks = [None; MODES.len()];
    let total = stat.lines().find_map(|line| line.strip_prefix("cpu "));
    let columns = total.unwrap_or("").split_whitespace();
    for (mode, column) in ticks.iter_mut().zip(columns) {
        *mode = column.parse().ok();
    }
    ticks
}

/// The new value, or the highest so far if the new one is a little below it. A large
/// step back is believed: the machine was migrated or a CPU taken away.
pub(super) fn never_falling(seen: &AtomicU64, ticks: u64) -> u64 {
    let highest = seen.fetch_max(ticks, Ordering::Relaxed);
    if highest.saturating_sub(ticks) > MAX_STEP_BACK {
        seen.store(ticks, Ordering::Relaxed);
        return ticks;
    }
    highest.max(ticks)
}

#[cfg(unix)]
fn ticks_per_second() -> Option<f64> {
    use nix::unistd::{SysconfVar, sysconf};

    let ticks = sysconf(SysconfVar::CLK_TCK).ok()??;
    (ticks > 0).then_some(ticks as f64)
}

#[cfg(not(unix))]
fn ticks_per_second() -> Option<f64> {
    None
}
