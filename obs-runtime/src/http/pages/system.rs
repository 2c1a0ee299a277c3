//! The process, its limits and its host.

use serde_json::{Value, json};

use super::values::{seconds, system_time};
use super::{Call, Page};
use crate::collect::SystemInfo;
use crate::collect::cgroup::CgroupStats;
use crate::collect::process::ProcessStats;
use crate::http::answer::Answer;
use crate::http::problem::Problem;

pub(in crate::http) const INFO: Page = Page::heavy(
    "The process, the limits of its container, its host, and the clock that measures. What the platform does not tell is `null`.",
    info,
);

fn info(_: &Call<'_>) -> Result<Answer, Problem> {
    let info = SystemInfo::read();
    Ok(json!({
        "host": {
            "name": info.host_name,
            "os": info.os,
            "kernel": info.kernel,
            "arch": info.arch,
            "cpus": info.cpus,
            "memory_bytes": info.memory.total,
            "memory_available_bytes": info.memory.available,
            "swap_bytes": info.memory.swap_total,
            "swap_free_bytes": info.memory.swap_free,
            "uptime_seconds": info.host_uptime.map(seconds),
        },
        "process": process(&info),
        "cgroup": cgroup(&info.cgroup),
        "clock": {
            "source": info.clock.source,
            "ticks_per_second": info.clock.ticks_per_second,
            "fallback": info.clock.fallback,
        },
        "build": {"rustc": info.rustc, "obs": info.obs_version},
    })
    .into())
}

fn process(info: &SystemInfo) -> Value {
    let stats: &ProcessStats = &info.process;
    json!({
        "pid": info.process_id,
        "executable": info.executable.as_ref().map(|path| path.to_string_lossy()),
        "start_time": info.start_time.map(system_time),
        "uptime_seconds": info.uptime.map(seconds),
        "parallelism": info.parallelism,
        "cpu_seconds": stats.cpu_time.map(seconds),
        "threads": stats.threads,
        "open_fds": stats.open_fds,
        "max_fds": stats.max_fds.map(limit),
        "resident_memory_bytes": stats.resident_memory,
        "virtual_memory_bytes": stats.virtual_memory,
        "virtual_memory_max_bytes": stats.virtual_memory_max.map(limit),
        "disk_read_bytes": stats.disk_read,
        "disk_written_bytes": stats.disk_written,
        "minor_faults": stats.minor_faults,
        "major_faults": stats.major_faults,
        "voluntary_switches": stats.voluntary_switches,
        "involuntary_switches": stats.involuntary_switches,
    })
}

fn cgroup(stats: &CgroupStats) -> Value {
    json!({
        "memory_limit_bytes": stats.memory_limit,
        "memory_usage_bytes": stats.memory_usage,
        "cpu_limit": stats.cpu_limit,
        "cpu_throttled_seconds": stats.cpu_throttled.map(seconds),
        "cpu_periods": stats.cpu_periods,
        "cpu_throttled_periods": stats.cpu_throttled_periods,
    })
}

fn limit(limit: u64) -> Value {
    if limit == u64::MAX {
        json!("unlimited")
    } else {
        json!(limit)
    }
}
