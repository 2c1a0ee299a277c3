//! Where the control group file systems are mounted: `/proc/self/mountinfo`.

use std::path::{Path, PathBuf};

use super::Version;

/// A mounted hierarchy of control groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mount<'a> {
    /// The group that is visible at the mount point.
    pub(super) root: PathBuf,
    /// Where it is mounted.
    pub(super) point: PathBuf,
    pub(super) version: Version,
    /// In version 1 the controllers of the hierarchy, among other words.
    options: &'a str,
}

impl<'a> Mount<'a> {
    /// One line, by proc(5):
    /// `36 35 98:0 /root /point rw,noatime master:1 - type source options`.
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        let (place, kind) = line.split_once(" - ")?;
        let mut kind = kind.split(' ');
        let version = match kind.next()? {
            "cgroup" => Version::V1,
            "cgroup2" => Version::V2,
            _ => return None,
        };
        let mut place = place.split(' ').skip(3);
        Some(Self {
            root: unescape(place.next()?),
            point: unescape(place.next()?),
            version,
            options: kind.nth(1).unwrap_or(""),
        })
    }

    /// Whether this hierarchy is the one of `controller` in the given version.
    pub(super) fn serves(&self, controller: &str, version: Version) -> bool {
        self.version == version
            && (version == Version::V2 || self.options.split(',').any(|word| word == controller))
    }

    /// Where the group `path` is found, or `None` if it lies outside of this mount.
    pub(super) fn locate(&self, path: &Path) -> Option<PathBuf> {
        let inside = path.strip_prefix(&self.root).ok()?;
        let plain = |part| matches!(part, std::path::Component::Normal(_));
        // `..` appears when the group lies above the process's cgroup namespace.
        inside
            .components()
            .all(plain)
            .then(|| self.point.join(inside))
    }
}

/// Resolves `\040` and the like: space, tab, newline and backslash are written in octal.
pub(super) fn unescape(field: &str) -> PathBuf {
    let mut text = String::with_capacity(field.len());
    let mut rest = field;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        let code = after.get(..3);
        match code.and_then(|code| u8::from_str_radix(code, 8).ok()) {
            Some(byte) if byte.is_ascii() => {
                text.push(char::from(byte));
                rest = after.get(3..).unwrap_or("");
            }
            _ => {
                text.push('\\');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    PathBuf::from(text)
}
