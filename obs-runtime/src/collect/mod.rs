//! Collectors: numbers that are read when somebody asks for them.
//!
//! A counter or histogram of the program is kept up to date by the program. The
//! memory of the process, the load of the host or the depth of a queue is
//! different: it exists already and only has to be read. A [`Collect`] does that,
//! once per scrape, and hands what it found to a [`Sink`].
//!
//! | collector | metrics |
//! |---|---|
//! | [`Process`] | `process_*`: CPU, memory, file descriptors, threads, I/O of this process |
//! | [`Host`] | `system_*`: CPU, memory, load, disks, network of the machine |
//! | [`Cgroups`] | `cgroup_*`: the limits of the container and how close it is to them |
//! | `Runtimes` | `tokio_*`: workers, tasks and queues (feature `tokio`) |
//! | [`BuildInfo`] | `build_info` |
//!
//! A value that the platform does not offer is left out; it is never NaN and never
//! a 0 that means "unknown". Linux offers all of them, other Unix systems what
//! `getrusage`, `getrlimit` and `statvfs` know.
//!
//! Reading costs a few system calls per collector, well under a millisecond of CPU
//! altogether, and every file is read up to a bound. A collector may be asked from
//! several threads at once.

pub mod cgroup;
pub mod host;
pub mod info;
pub mod process;
#[cfg(feature = "tokio")]
pub mod runtime;
mod sink;
mod source;
#[cfg(test)]
mod tests;

pub use self::cgroup::Cgroups;
pub use self::host::Host;
pub use self::info::{BuildInfo, SystemInfo};
pub use self::process::Process;
#[cfg(feature = "tokio")]
pub use self::runtime::Runtimes;
pub use self::sink::{Collect, CollectedFamily, CollectedSample, MAX_SAMPLES, Sink};
