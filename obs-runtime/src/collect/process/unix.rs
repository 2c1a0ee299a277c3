//! What every Unix tells about a process: usage and limits.

use std::time::Duration;

use nix::sys::resource::{RLIM_INFINITY, Resource, UsageWho, getrlimit, getrusage};
use nix::sys::time::TimeVal;

use super::ProcessStats;

/// Takes CPU time, context switches and page faults from `getrusage`.
///
/// `/proc/self/status` has context switches as well, but only those of the main
/// thread; `getrusage` covers all threads and keeps what ended ones have added.
pub(super) fn fill(stats: &mut ProcessStats) {
    stats.max_fds = soft_limit(Resource::RLIMIT_NOFILE);
    stats.virtual_memory_max = address_space_limit();
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else {
        return;
    };
    stats.cpu_time = duration(usage.user_time())
        .zip(duration(usage.system_time()))
        .and_then(|(user, system)| user.checked_add(system));
    stats.voluntary_switches = u64::try_from(usage.voluntary_context_switches()).ok();
    stats.involuntary_switches = u64::try_from(usage.involuntary_context_switches()).ok();
    stats.minor_faults = u64::try_from(usage.minor_page_faults()).ok();
    stats.major_faults = u64::try_from(usage.major_page_faults()).ok();
}

#[allow(
    clippy::unnecessary_cast,
    reason = "`rlim_t` has other widths elsewhere"
)]
fn soft_limit(resource: Resource) -> Option<u64> {
    let (soft, _hard) = getrlimit(resource).ok()?;
    // Not every platform's infinity is `u64::MAX`.
    Some(if soft == RLIM_INFINITY {
        u64::MAX
    } else {
        soft as u64
    })
}

#[cfg(not(any(target_os = "freebsd", target_os = "netbsd", target_os = "openbsd")))]
fn address_space_limit() -> Option<u64> {
    soft_limit(Resource::RLIMIT_AS)
}

#[cfg(any(target_os = "freebsd", target_os = "netbsd", target_os = "openbsd"))]
fn address_space_limit() -> Option<u64> {
    None
}

fn duration(time: TimeVal) -> Option<Duration> {
    let seconds = u64::try_from(time.tv_sec()).ok()?;
    let micros = u64::try_from(time.tv_usec()).ok()?;
    Duration::from_secs(seconds).checked_add(Duration::from_micros(micros))
}
