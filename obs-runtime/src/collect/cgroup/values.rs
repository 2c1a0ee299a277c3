//! The files of one group, in both versions.

use std::path::Path;
use std::time::Duration;

use super::Version;
use crate::collect::source::{field, read, read_number};

/// Version 1 writes "no limit" as the largest number of pages that fits, so the exact
/// number depends on the page size. Nobody has a limit of 2^62 bytes.
const NO_LIMIT_FROM: u64 = 1 << 62;

/// The group's own limit of memory in bytes.
pub(super) fn memory_limit(group: &Path, version: Version) -> Option<u64> {
    let file = match version {
        Version::V1 => "memory.limit_in_bytes",
        // The word `max`, which is no number, means that there is no limit.
        Version::V2 => "memory.max",
    };
    read_number(&group.join(file)).filter(|&limit| limit < NO_LIMIT_FROM)
}

/// Bytes charged to the group.
pub(super) fn memory_usage(group: &Path, version: Version) -> Option<u64> {
    let file = match version {
        Version::V1 => "memory.usage_in_bytes",
        Version::V2 => "memory.current",
    };
    read_number(&group.join(file))
}

/// The group's own limit of CPU time, in CPUs.
pub(super) fn cpu_quota(group: &Path, version: Version) -> Option<f64> {
    match version {
        Version::V1 => {
            // -1, which is no `u64`, means that there is no limit.
            let quota = read_number(&group.join("cpu.cfs_quota_us"))?;
            cores(quota, read_number(&group.join("cpu.cfs_period_us"))?)
        }
        Version::V2 => {
            let text = read(&group.join("cpu.max"))?;
            let mut words = text.split_whitespace();
            let quota = words.next()?.parse().ok()?;
            cores(quota, words.next()?.parse().ok()?)
        }
    }
}

fn cores(quota: u64, period: u64) -> Option<f64> {
    (quota > 0 && period > 0).then(|| quota as f64 / period as f64)
}

/// What the scheduler says about the group's share of CPU time.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bandwidth {
    pub(super) periods: Option<u64>,
    pub(super) throttled_periods: Option<u64>,
    pub(super) throttled: Option<Duration>,
}

impl Bandwidth {
    pub(super) fn read(group: &Path, version: Version) -> Self {
        let Some(text) = read(&group.join("cpu.stat")) else {
            return Self::default();
        };
        let throttled = match version {
            Version::V1 => field(&text, "throttled_time").map(Duration::from_nanos),
            Version::V2 => field(&text, "throttled_usec").map(Duration::from_micros),
        };
        Self {
            periods: field(&text, "nr_periods"),
            throttled_periods: field(&text, "nr_throttled"),
            throttled,
        }
    }
}
