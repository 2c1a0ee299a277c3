//! What is looked at by people now and then, and costs too much for every scrape: the memory by kind, and
//! each thread. Where there is no `/proc`, nothing is known.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::collect::source::{field_kib, read};

/// Threads that are listed.
const MAX_THREADS: usize = 1024;

/// The memory of this process in bytes. `None` means that the kernel does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct MemoryDetail {
    pub(crate) resident: Option<u64>,
    pub(crate) peak_resident: Option<u64>,
    /// Pages that several processes share count for each by its share.
    pub(crate) proportional: Option<u64>,
    /// Written by this process alone: what ending it would give back.
    pub(crate) private_dirty: Option<u64>,
    /// Not backed by a file: heap and stacks.
    pub(crate) anonymous: Option<u64>,
    pub(crate) swapped: Option<u64>,
    pub(crate) virtual_size: Option<u64>,
    pub(crate) main_stack: Option<u64>,
}

/// One thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ThreadDetail {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) state: &'static str,
    pub(crate) cpu_time: Option<Duration>,
}

impl MemoryDetail {
    pub(crate) fn read() -> Self {
        Self::read_at(Path::new("/proc/self"))
    }

    fn read_at(own: &Path) -> Self {
        let status = read(&own.join("status")).unwrap_or_default();
        let maps = read(&own.join("smaps_rollup")).unwrap_or_default();
        Self {
            resident: field_kib(&status, "VmRSS"),
            peak_resident: field_kib(&status, "VmHWM"),
            proportional: field_kib(&maps, "Pss"),
            private_dirty: field_kib(&maps, "Private_Dirty"),
            anonymous: field_kib(&maps, "Anonymous"),
            swapped: field_kib(&status, "VmSwap"),
            virtual_size: field_kib(&status, "VmSize"),
            main_stack: field_kib(&status, "VmStk"),
        }
    }
}

/// The threads of this process by id, and how many there are beyond those listed.
pub(crate) fn threads() -> (Vec<ThreadDetail>, usize) {
    threads_at(Path::new("/proc/self/task"))
}

fn threads_at(tasks: &Path) -> (Vec<ThreadDetail>, usize) {
    let Ok(entries) = fs::read_dir(tasks) else {
        return (Vec::new(), 0);
    };
    let mut ids: Vec<u64> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    ids.sort_unstable();
    let beyond = ids.len().saturating_sub(MAX_THREADS);
    let listed = ids.into_iter().take(MAX_THREADS);
    // A thread that has ended meanwhile is not there any more.
    let threads = listed.filter_map(|id| thread(tasks, id)).collect();
    (threads, beyond)
}

fn thread(tasks: &Path, id: u64) -> Option<ThreadDetail> {
    let stat = read(&tasks.join(id.to_string()).join("stat"))?;
    let (head, rest) = stat.rsplit_once(')')?;
    let (_, name) = head.split_once('(')?;
    let mut fields = rest.split_whitespace();
    let state = state(fields.next()?);
    // proc(5): the state is field 3, 14 and 15 are the ticks in user and kernel mode.
    let user: u64 = fields.nth(14 - 3 - 1)?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    Some(ThreadDetail {
        id,
        name: name.to_owned(),
        state,
        cpu_time: in_time(user.saturating_add(kernel)),
    })
}

#[cfg(target_os = "linux")]
fn in_time(ticks: u64) -> Option<Duration> {
    use nix::unistd::{SysconfVar, sysconf};
    let per_second = sysconf(SysconfVar::CLK_TCK).ok()??;
    super::linux::ticks_to_duration(ticks, u64::try_from(per_second).ok()?)
}

#[cfg(not(target_os = "linux"))]
fn in_time(_: u64) -> Option<Duration> {
    None
}

fn state(letter: &str) -> &'static str {
    match letter {
        "R" => "running",
        "S" => "sleeping",
        "D" => "waiting for disk",
        "T" | "t" => "stopped",
        "Z" | "X" => "ended",
        "I" => "idle",
        _ => "unknown",
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn every_thread_is_listed_with_its_name() {
        let (end, wait) = std::sync::mpsc::channel::<()>();
        let worker = std::thread::Builder::new()
            .name("odd ) (name".to_owned())
            .spawn(move || {
                let _ = wait.recv();
            })
            .unwrap();
        let found = || {
            threads()
                .0
                .into_iter()
                .find(|thread| thread.name == "odd ) (name")
        };
        while found().is_none_or(|thread| thread.state != "sleeping") {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(found().unwrap().cpu_time.is_some());
        drop(end);
        worker.join().unwrap();
        let own = u64::from(std::process::id());
        assert!(threads().0.iter().any(|thread| thread.id == own));
    }

    #[test]
    fn memory_adds_up() {
        let memory = MemoryDetail::read();
        assert!(memory.resident > Some(0));
        assert!(memory.peak_resident >= memory.resident);
        assert!(memory.virtual_size > memory.resident);
        let nothing = MemoryDetail::read_at(Path::new("/nowhere"));
        assert_eq!(nothing, MemoryDetail::default());
        assert_eq!(threads_at(Path::new("/nowhere")), (Vec::new(), 0));
    }
}
