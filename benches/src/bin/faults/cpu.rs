//! Which processor each thread runs on.
//!
//! Left to the system, the exporters' thread of a process is now on the processor of its caller and now on another one,
//! for seconds each. A call takes longer by that alone, as records then move from one processor to the other: two
//! processes of the same kind differed by more than most faults do.

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use obs_benches::figures::Outcome;

const THIS_THREAD: Pid = Pid::from_raw(0);

/// One processor or two of those that this process may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cpus {
    /// Of the threads that make calls.
    pub(crate) callers: usize,
    /// Of all other threads of their processes, exporters before all.
    pub(crate) exporters: usize,
    /// Of this process.
    pub(crate) receivers: usize,
}

impl Cpus {
    /// The last one is for callers, the first one for receivers, and exporters have either.
    pub(crate) fn choose(exporters_beside_callers: bool) -> Outcome<Self> {
        let allowed = sched_getaffinity(THIS_THREAD)?;
        let mut allowed = (0..CpuSet::count()).filter(|cpu| allowed.is_set(*cpu) == Ok(true));
        let first = allowed.next().ok_or("no processor")?;
        let last = allowed.next_back().unwrap_or(first);
        Ok(Self {
            callers: last,
            exporters: if exporters_beside_callers {
                last
            } else {
                first
            },
            receivers: first,
        })
    }
}

/// Keeps this thread, and what it starts from now on, on a processor.
pub(crate) fn keep_on(cpu: usize) -> Outcome<()> {
    let mut cpus = CpuSet::new();
    cpus.set(cpu)?;
    Ok(sched_setaffinity(THIS_THREAD, &cpus)?)
}
