//! The machine: CPU, memory, load, disks, network.
//!
//! Inside a container these are numbers of the host as the kernel shows them there;
//! the container's own limits are the business of [`Cgroups`](super::Cgroups).
//!
//! A sum over a family says how much the machine did: only whole physical disks are
//! listed, not their partitions or the volumes on top of them, and only network
//! interfaces at which packets leave, not loopback, bridges, tunnels or the host ends
//! of containers. At most [`MAX_DEVICES`] of each are listed.

use std::path::PathBuf;

use super::source::{count, field, read};
use super::{Collect, Sink};

mod cpu;
mod disk;
mod filesystem;
mod memory;
mod network;
#[cfg(test)]
mod tests;

pub use self::cpu::cpu_count;
pub use self::filesystem::Filesystem;
pub use self::memory::Memory;

/// How many disks, and how many network interfaces, are listed at most.
pub const MAX_DEVICES: usize = 32;

/// How many mount points are listed at most.
pub const MAX_MOUNTS: usize = 16;

/// Collects `system_*`.
///
/// ```
/// use obs_runtime::collect::{Collect, Host, Sink};
///
/// let host = Host::new().mount("/tmp");
/// let mut families = Vec::new();
/// host.collect(&mut Sink::new(&mut families));
/// # #[cfg(target_os = "linux")]
/// assert!(families.iter().any(|family| family.name == "system_memory_total_bytes"));
/// ```
#[derive(Debug)]
pub struct Host {
    proc: PathBuf,
    mounts: Vec<PathBuf>,
    cpu: cpu::Modes,
}

impl Default for Host {
    fn default() -> Self {
        Self::new()
    }
}

impl Host {
    /// A collector of the machine and its root file system.
    #[must_use]
    pub fn new() -> Self {
        Self {
            proc: PathBuf::from("/proc"),
            mounts: vec![PathBuf::from("/")],
            cpu: cpu::Modes::default(),
        }
    }

    /// Watches the file system at this path too, up to [`MAX_MOUNTS`] altogether.
    ///
    /// A scrape waits for the file system's answer, so this should not be a network mount.
    #[must_use]
    pub fn mount(mut self, path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        if self.mounts.len() < MAX_MOUNTS && !self.mounts.contains(&path) {
            self.mounts.push(path);
        }
        self
    }

    #[cfg(test)]
    fn at(proc: &std::path::Path) -> Self {
        Self {
            proc: proc.to_owned(),
            ..Self::new()
        }
    }

    fn file(&self, name: &str) -> Option<String> {
        read(&self.proc.join(name))
    }
}

impl Collect for Host {
    fn name(&self) -> &str {
        "system"
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        let stat = self.file("stat");
        self.cpu.collect(stat.as_deref(), sink);
        time(stat.as_deref(), sink);
        if let Some(text) = self.file("loadavg") {
            load(&text, sink);
        }
        if let Some(text) = self.file("meminfo") {
            Memory::parse(&text).collect(sink);
        }
        for mount in &self.mounts {
            if let Some(filesystem) = Filesystem::read(mount) {
                filesystem.collect(mount, sink);
            }
        }
        if let Some(text) = self.file("diskstats") {
            disk::collect(&text, sink);
        }
        if let Some(text) = self.file("net/dev") {
            network::collect(&text, sink);
        }
    }
}

/// Averages of the run queue over 1, 5 and 15 minutes.
fn load(text: &str, sink: &mut Sink<'_>) {
    let names = [
        ("system_load1", "Load average over 1 minute."),
        ("system_load5", "Load average over 5 minutes."),
        ("system_load15", "Load average over 15 minutes."),
    ];
    for ((name, help), word) in names.into_iter().zip(text.split_whitespace()) {
        let value = word.parse().ok().filter(|load: &f64| load.is_finite());
        sink.gauge(name, help, "", &[], value);
    }
}

fn time(stat: Option<&str>, sink: &mut Sink<'_>) {
    sink.gauge(
        "system_boot_time_seconds",
        "When the machine started, in seconds since 1970-01-01 UTC.",
        "seconds",
        &[],
        count(stat.and_then(|text| field(text, "btime"))),
    );
    sink.gauge(
        "system_uptime_seconds",
        "For how long the machine runs, time asleep included.",
        "seconds",
        &[],
        uptime().map(|time| time.as_secs_f64()),
    );
}

/// For how long the machine runs, time asleep included.
#[cfg(target_os = "linux")]
#[must_use]
pub fn uptime() -> Option<std::time::Duration> {
    use nix::time::{ClockId, clock_gettime};

    clock_gettime(ClockId::CLOCK_BOOTTIME).ok().map(Into::into)
}

/// For how long the machine runs: not known on this platform.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn uptime() -> Option<std::time::Duration> {
    None
}
