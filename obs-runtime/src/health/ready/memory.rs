//! Memory of the container or the machine.

use super::at_once;
use crate::collect::cgroup::CgroupStats;
use crate::collect::host::Memory as HostMemory;
use crate::collect::process::ProcessStats;
use crate::health::local::{LocalCheck, sealed::Local};
use crate::health::{BoxedHealth, Health, Probe};

/// How much memory is used: of the limit that the container puts on the process, as its resident memory; without
/// one, of the machine. Above 85 % it is degraded, above 95 % unhealthy, unless told otherwise.
///
/// The usage of the container as the kernel counts it includes the cache of files, which it gives back before the
/// limit is reached, so it is a detail and not what decides.
///
/// It is [local](crate::health::LocalCheck): a restart helps a process that has grown too large.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    degraded: f64,
    unhealthy: f64,
}

/// What is used of what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Usage {
    of: &'static str,
    used: u64,
    limit: u64,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl Memory {
    /// The memory of this process.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            degraded: 0.85,
            unhealthy: 0.95,
        }
    }

    /// The share above which it is degraded, from 0 to 1.
    #[must_use]
    pub const fn degraded_above(self, share: f64) -> Self {
        Self {
            degraded: share,
            ..self
        }
    }

    /// The share above which it is unhealthy, from 0 to 1.
    #[must_use]
    pub const fn unhealthy_above(self, share: f64) -> Self {
        Self {
            unhealthy: share,
            ..self
        }
    }

    fn judge(&self, usage: Option<Usage>, cgroup: &CgroupStats) -> Health {
        let Some(Usage { of, used, limit }) = usage else {
            return Health::healthy().with("known", false);
        };
        let share = used as f64 / limit.max(1) as f64;
        let message = || format!("{:.1} % of the memory of the {of} is used", share * 100.0);
        let health = if share > self.unhealthy {
            Health::unhealthy(message())
        } else if share > self.degraded {
            Health::degraded(message())
        } else {
            Health::healthy()
        };
        let health = health
            .with("of", of)
            .with("used_bytes", used)
            .with("limit_bytes", limit);
        match cgroup.memory_usage {
            Some(charged) => health.with("charged_bytes", charged),
            None => health,
        }
    }
}

fn usage(cgroup: &CgroupStats, resident: Option<u64>, host: &HostMemory) -> Option<Usage> {
    let limit = cgroup
        .memory_limit
        .filter(|limit| host.total.is_none_or(|total| *limit < total));
    if let (Some(limit), Some(used)) = (limit, resident) {
        let of = "container";
        return Some(Usage { of, used, limit });
    }
    let (used, limit) = (host.used()?, host.total?);
    let of = "machine";
    Some(Usage { of, used, limit })
}

impl LocalCheck for Memory {}

impl Local for Memory {
    fn look(&self) -> Health {
        let cgroup = CgroupStats::read();
        let resident = ProcessStats::read().resident_memory;
        self.judge(usage(&cgroup, resident, &HostMemory::read()), &cgroup)
    }
}

impl Probe for Memory {
    fn probe(&self) -> BoxedHealth<'_> {
        at_once(|| self.look())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::health::Status;

    const MIB: u64 = 1 << 20;

    fn host() -> HostMemory {
        HostMemory {
            total: Some(1_000 * MIB),
            available: Some(400 * MIB),
            ..HostMemory::default()
        }
    }

    fn group(limit: Option<u64>) -> CgroupStats {
        CgroupStats {
            memory_limit: limit,
            memory_usage: Some(99 * MIB),
            ..CgroupStats::default()
        }
    }

    #[test]
    fn the_limit_of_the_container_counts_where_it_binds() {
        let of = |limit, resident| usage(&group(limit), resident, &host()).unwrap();
        let container = of(Some(100 * MIB), Some(90 * MIB));
        assert_eq!((container.of, container.used), ("container", 90 * MIB));
        assert_eq!(of(Some(2_000 * MIB), Some(90 * MIB)).of, "machine");
        assert_eq!(of(None, Some(90 * MIB)).used, 600 * MIB);
    }

    #[test]
    fn the_bounds() {
        let health = |used| {
            let usage = Usage {
                of: "container",
                used,
                limit: 100,
            };
            Memory::new().judge(Some(usage), &group(None))
        };
        let statuses = [85, 86, 95, 96].map(|used| health(used).status());
        use Status::{Degraded, Healthy, Unhealthy};
        assert_eq!(statuses, [Healthy, Degraded, Degraded, Unhealthy]);
        assert_eq!(
            health(96).message(),
            "96.0 % of the memory of the container is used"
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_some() {
        let tight = Memory::new().unhealthy_above(0.0).look();
        assert_eq!(tight.status(), Status::Unhealthy);
        assert_eq!(
            Memory::new()
                .unhealthy_above(2.0)
                .degraded_above(2.0)
                .look()
                .status(),
            Status::Healthy
        );
    }
}
