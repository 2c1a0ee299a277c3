//! The limits that a container puts on this process, and how close it is to them.
//!
//! A limit may sit on any group above the process: a container runtime puts it on
//! the innermost, systemd on a slice further out. What counts is the tightest one,
//! so limit and use are both those of the group whose limit binds first. Without any
//! limit, use is that of the process's own group.
//!
//! Both versions of the interface are read, also side by side: a controller that is
//! mounted in version 1 is read there, every other in version 2.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::source::{count, read};
use super::{Collect, Sink};

mod groups;
mod mounts;
#[cfg(test)]
mod tests;
mod values;

use self::groups::Hierarchy;
use self::values::{Bandwidth, cpu_quota, memory_limit, memory_usage};

/// The version of a control group interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// One hierarchy per controller.
    V1,
    /// One hierarchy for all controllers.
    V2,
}

/// What the control groups of this process allow and what they use.
///
/// `None` means that there is no limit, no such controller, or no control groups at all.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[non_exhaustive]
pub struct CgroupStats {
    /// The interface through which memory is limited.
    pub version: Option<Version>,
    /// The tightest limit of memory in bytes.
    pub memory_limit: Option<u64>,
    /// Bytes charged to the group of that limit, file cache included.
    pub memory_usage: Option<u64>,
    /// The tightest limit of CPU time, in CPUs: 1.5 is one and a half.
    pub cpu_limit: Option<f64>,
    /// Time during which the group of that limit had used up its share and waited.
    pub cpu_throttled: Option<Duration>,
    /// Accounting periods in which the group ran.
    pub cpu_periods: Option<u64>,
    /// Accounting periods in which the group used up its share.
    pub cpu_throttled_periods: Option<u64>,
}

impl CgroupStats {
    /// Reads the current values.
    ///
    /// ```
    /// let stats = obs_runtime::collect::cgroup::CgroupStats::read();
    /// if let (Some(used), Some(limit)) = (stats.memory_usage, stats.memory_limit) {
    ///     println!("{used} of {limit} bytes");
    /// }
    /// ```
    #[must_use]
    pub fn read() -> Self {
        Self::read_at(Path::new("/"))
    }

    /// The process may be moved to another group at any time, so its groups are
    /// looked up again each time.
    fn read_at(root: &Path) -> Self {
        let own = root.join("proc/self");
        let (Some(membership), Some(mounts)) =
            (read(&own.join("cgroup")), read(&own.join("mountinfo")))
        else {
            return Self::default();
        };
        let mut stats = Self::default();
        if let Some(memory) = groups::find("memory", &membership, &mounts, root) {
            stats.add_memory(&memory);
        }
        if let Some(cpu) = groups::find("cpu", &membership, &mounts, root) {
            stats.add_cpu(&cpu);
        }
        stats
    }

    fn add_memory(&mut self, hierarchy: &Hierarchy) {
        let version = hierarchy.version;
        let tightest = hierarchy.tightest(|group| memory_limit(group, version));
        let group = tightest
            .as_ref()
            .map_or(hierarchy.own(), |(group, _)| group);
        self.memory_usage = memory_usage(group, version);
        self.memory_limit = tightest.map(|(_, limit)| limit);
        let known = self.memory_limit.is_some() || self.memory_usage.is_some();
        self.version = known.then_some(version);
    }

    fn add_cpu(&mut self, hierarchy: &Hierarchy) {
        let version = hierarchy.version;
        let Some((group, limit)) = hierarchy.tightest(|group| cpu_quota(group, version)) else {
            return;
        };
        let bandwidth = Bandwidth::read(group, version);
        self.cpu_limit = Some(limit);
        self.cpu_throttled = bandwidth.throttled;
        self.cpu_periods = bandwidth.periods;
        self.cpu_throttled_periods = bandwidth.throttled_periods;
    }
}

/// Collects `cgroup_*`: nothing outside of control groups, limits only where there are any.
#[derive(Debug, Clone)]
pub struct Cgroups {
    root: PathBuf,
}

impl Default for Cgroups {
    fn default() -> Self {
        Self::new()
    }
}

impl Cgroups {
    /// A collector of the groups of this process.
    #[must_use]
    pub fn new() -> Self {
        Self {
            root: PathBuf::from("/"),
        }
    }
}

impl Collect for Cgroups {
    fn name(&self) -> &str {
        "cgroup"
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        let stats = CgroupStats::read_at(&self.root);
        memory(&stats, sink);
        cpu(&stats, sink);
    }
}

fn memory(stats: &CgroupStats, sink: &mut Sink<'_>) {
    sink.gauge(
        "cgroup_memory_limit_bytes",
        "Memory that the control group may use.",
        "bytes",
        &[],
        count(stats.memory_limit),
    );
    sink.gauge(
        "cgroup_memory_usage_bytes",
        "Memory charged to the control group, file cache included.",
        "bytes",
        &[],
        count(stats.memory_usage),
    );
}

fn cpu(stats: &CgroupStats, sink: &mut Sink<'_>) {
    sink.gauge(
        "cgroup_cpu_limit_cores",
        "CPU time that the control group may use, in CPUs.",
        "cores",
        &[],
        stats.cpu_limit,
    );
    sink.counter(
        "cgroup_cpu_throttled_seconds_total",
        "Time during which the control group waited because its share was used up.",
        "seconds",
        &[],
        stats.cpu_throttled.map(|time| time.as_secs_f64()),
    );
    sink.counter(
        "cgroup_cpu_periods_total",
        "Accounting periods in which the control group ran.",
        "",
        &[],
        count(stats.cpu_periods),
    );
    sink.counter(
        "cgroup_cpu_throttled_periods_total",
        "Accounting periods in which the control group used up its share.",
        "",
        &[],
        count(stats.cpu_throttled_periods),
    );
}
