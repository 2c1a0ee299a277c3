//! Facts about the build and the machine that do not change while the program runs.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::cgroup::CgroupStats;
use super::host::{Memory, cpu_count, uptime};
use super::process::ProcessStats;
use super::source::read;
use super::{Collect, Sink};
use crate::hot::clock;

#[cfg(test)]
mod tests;

/// The compiler that built this crate, and in one build therefore the program.
pub const RUSTC_VERSION: &str = env!("OBS_RUSTC_VERSION");

/// The version of the framework.
pub const OBS_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Collects `build_info`: which version of the service runs.
///
/// ```
/// use obs_runtime::collect::{BuildInfo, Collect, Sink};
///
/// let build = BuildInfo::new("1.4.0").commit(option_env!("OBS_COMMIT").unwrap_or("5f3e2a1"));
/// let mut families = Vec::new();
/// build.collect(&mut Sink::new(&mut families));
/// assert_eq!(families[0].name, "build_info");
/// assert_eq!(families[0].samples[0].labels[0].1, "1.4.0");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildInfo {
    version: String,
    commit: Option<String>,
}

impl BuildInfo {
    /// The version of the service, as its `Cargo.toml` or its `#[service]` says it.
    #[must_use]
    pub fn new(version: impl Into<String>) -> Self {
        Self {
            version: version.into(),
            commit: None,
        }
    }

    /// The commit that the service was built from. An empty text is no commit.
    #[must_use]
    pub fn commit(mut self, commit: impl Into<String>) -> Self {
        self.commit = Some(commit.into()).filter(|commit| !commit.is_empty());
        self
    }
}

/// The label of a commit that nobody said.
const UNKNOWN: &str = "unknown";

impl Collect for BuildInfo {
    fn name(&self) -> &str {
        "build_info"
    }

    fn collect(&self, sink: &mut Sink<'_>) {
        let labels = [
            ("version", self.version.as_str()),
            ("commit", self.commit.as_deref().unwrap_or(UNKNOWN)),
            ("rustc", RUSTC_VERSION),
        ];
        let help = "The version of the service, its commit and its compiler.";
        sink.info("build_info", help, &labels);
    }
}

/// What durations are measured with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Clock {
    /// `tsc` or `cntvct`, the counters of x86-64 and aarch64, where the kernel itself tells the time by them;
    /// `monotonic`, the clock of [`Instant`](std::time::Instant), elsewhere.
    pub source: &'static str,
    /// Its rate, in Hz. It stays what it is for as long as the process runs.
    pub ticks_per_second: u64,
    /// Why the counter was given up while the program ran: `drift`, `backwards`, `stood_still` or
    /// `clock_source`, if the kernel had given it up.
    pub fallback: Option<&'static str>,
}

/// The machine and the process, for people: `GET /monitoring/system/info`.
///
/// `None` means that the platform does not say.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SystemInfo {
    /// The machine's name in its network.
    pub host_name: Option<String>,
    /// The operating system: the distribution's own words, or Rust's name for it.
    pub os: String,
    /// The release of the kernel.
    pub kernel: Option<String>,
    /// The architecture that the program was built for.
    pub arch: &'static str,
    /// CPUs of the machine.
    pub cpus: Option<u64>,
    /// How many threads the process can run at once, its limits considered.
    pub parallelism: Option<u64>,
    /// Memory of the machine.
    pub memory: Memory,
    /// For how long the machine runs.
    pub host_uptime: Option<Duration>,
    /// The process's id.
    pub process_id: u32,
    /// The file that the process runs.
    pub executable: Option<PathBuf>,
    /// When the process started.
    pub start_time: Option<SystemTime>,
    /// For how long the process runs.
    pub uptime: Option<Duration>,
    /// The process's use of resources.
    pub process: ProcessStats,
    /// The limits of the container.
    pub cgroup: CgroupStats,
    /// What durations are measured with.
    pub clock: Clock,
    /// The compiler that built the program.
    pub rustc: &'static str,
    /// The version of the framework.
    pub obs_version: &'static str,
}

impl SystemInfo {
    /// Reads the current values.
    ///
    /// ```
    /// let info = obs_runtime::collect::SystemInfo::read();
    /// assert_eq!(info.process_id, std::process::id());
    /// ```
    #[must_use]
    pub fn read() -> Self {
        let (host_name, kernel) = names();
        let process = ProcessStats::read();
        let started = process.start_time;
        Self {
            host_name,
            os: os_name(Path::new("/")),
            kernel,
            arch: std::env::consts::ARCH,
            cpus: cpu_count(),
            parallelism: std::thread::available_parallelism()
                .ok()
                .and_then(|threads| u64::try_from(threads.get()).ok()),
            memory: Memory::read(),
            host_uptime: uptime(),
            process_id: std::process::id(),
            executable: std::env::current_exe().ok(),
            start_time: started,
            uptime: started.and_then(|time| time.elapsed().ok()),
            process,
            cgroup: CgroupStats::read(),
            clock: Clock::read(),
            rustc: RUSTC_VERSION,
            obs_version: OBS_VERSION,
        }
    }
}

impl Clock {
    fn read() -> Self {
        let status = clock::status();
        Self {
            source: status.source,
            ticks_per_second: status.ticks_per_second,
            fallback: status.fallback,
        }
    }
}

/// The host's name and the kernel's release.
#[cfg(unix)]
fn names() -> (Option<String>, Option<String>) {
    let text = |name: &std::ffi::OsStr| {
        Some(name.to_string_lossy().into_owned()).filter(|name| !name.is_empty())
    };
    match nix::sys::utsname::uname() {
        Ok(names) => (text(names.nodename()), text(names.release())),
        Err(_) => (None, None),
    }
}

#[cfg(not(unix))]
fn names() -> (Option<String>, Option<String>) {
    (std::env::var("COMPUTERNAME").ok(), None)
}

/// `PRETTY_NAME` of os-release(5), which stands in one of two places.
fn os_name(root: &Path) -> String {
    ["etc/os-release", "usr/lib/os-release"]
        .iter()
        .find_map(|file| pretty_name(&read(&root.join(file))?))
        .unwrap_or_else(|| std::env::consts::OS.to_owned())
}

/// The value is quoted as in a shell; a backslash stands before `"`, `$`, `` ` `` and itself.
fn pretty_name(text: &str) -> Option<String> {
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))?;
    let value = value.trim();
    let quoted = ['"', '\'']
        .iter()
        .find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote));
    let mut name = String::new();
    let mut chars = quoted.unwrap_or(value).chars();
    while let Some(next) = chars.next() {
        match next {
            '\\' => name.extend(chars.next()),
            other => name.push(other),
        }
    }
    Some(name).filter(|name| !name.is_empty())
}
