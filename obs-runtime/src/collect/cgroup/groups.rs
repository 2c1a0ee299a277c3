//! Which groups the process is in, from its own up to the outermost that is visible.

use std::path::{Path, PathBuf};

use super::Version;
use super::mounts::Mount;

/// How many groups above the process are looked at.
const MAX_DEPTH: usize = 32;

/// The directories of the process's groups in one hierarchy, innermost first.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hierarchy {
    pub(super) version: Version,
    own: PathBuf,
    above: Vec<PathBuf>,
}

impl Hierarchy {
    pub(super) fn own(&self) -> &Path {
        &self.own
    }

    /// The group whose limit is the smallest, the innermost of several; with that limit.
    pub(super) fn tightest<T: PartialOrd + Copy>(
        &self,
        limit: impl Fn(&Path) -> Option<T>,
    ) -> Option<(&Path, T)> {
        let groups = std::iter::once(&self.own).chain(&self.above);
        let limited = groups.filter_map(|group| Some((group.as_path(), limit(group)?)));
        limited.reduce(|tightest, next| if next.1 < tightest.1 { next } else { tightest })
    }
}

/// The hierarchy in which `controller` limits this process.
///
/// `membership` is the text of `/proc/self/cgroup`, `mounts` that of
/// `/proc/self/mountinfo`; the paths in them are taken to lie below `file_system`.
pub(super) fn find(
    controller: &str,
    membership: &str,
    mounts: &str,
    file_system: &Path,
) -> Option<Hierarchy> {
    let (version, path) = membership_of(controller, membership)?;
    let mounts: Vec<Mount<'_>> = mounts
        .lines()
        .filter_map(Mount::parse)
        .filter(|mount| mount.serves(controller, version))
        .collect();
    // A path that no mount covers belongs to another namespace. The mount point is
    // then the innermost group that can be seen.
    let (mount, own) = mounts
        .iter()
        .find_map(|mount| Some((mount, mount.locate(path)?)))
        .or_else(|| mounts.first().map(|mount| (mount, mount.point.clone())))?;
    let depth = own.strip_prefix(&mount.point).ok()?.components().count();
    let mut groups = own
        .ancestors()
        .take(depth.min(MAX_DEPTH) + 1)
        .map(|group| below(file_system, group));
    Some(Hierarchy {
        version,
        own: groups.next()?,
        above: groups.collect(),
    })
}

/// The process's path in the hierarchy of `controller`: a line `4:cpu,cpuacct:/path` of
/// version 1 if there is one, else the line `0::/path` of version 2.
pub(super) fn membership_of<'a>(
    controller: &str,
    membership: &'a str,
) -> Option<(Version, &'a Path)> {
    let mut unified = None;
    for line in membership.lines() {
        let mut parts = line.splitn(3, ':');
        let (Some(id), Some(controllers), Some(path)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        if controllers.split(',').any(|word| word == controller) {
            return Some((Version::V1, Path::new(path)));
        }
        if id == "0" && controllers.is_empty() {
            unified = Some((Version::V2, Path::new(path)));
        }
    }
    unified
}

fn below(root: &Path, absolute: &Path) -> PathBuf {
    root.join(absolute.strip_prefix("/").unwrap_or(absolute))
}
