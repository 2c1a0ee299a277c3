use std::fs;

use proptest::prelude::*;

use super::mounts::{Mount, unescape};
use super::*;

/// A file system in a temporary directory.
struct Tree(tempfile::TempDir);

impl Tree {
    fn new(membership: &str, mounts: &str) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        tree.file("proc/self/cgroup", membership);
        tree.file("proc/self/mountinfo", mounts);
        tree
    }

    fn file(&self, path: &str, text: &str) -> &Self {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    fn stats(&self) -> CgroupStats {
        CgroupStats::read_at(self.0.path())
    }
}

const V2_MOUNT: &str = "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
31 22 0:28 / /sys/fs/cgroup rw,nosuid shared:4 master:9 - cgroup2 cgroup2 rw,nsdelegate
";
const V1_MOUNTS: &str = "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw shared:1 - cgroup cgroup rw,memory
";

#[test]
fn version_2_in_its_own_namespace() {
    let tree = Tree::new("0::/\n", V2_MOUNT);
    tree.file("sys/fs/cgroup/memory.max", "536870912\n")
        .file("sys/fs/cgroup/memory.current", "1048576\n")
        .file("sys/fs/cgroup/cpu.max", "150000 100000\n")
        .file(
            "sys/fs/cgroup/cpu.stat",
            "usage_usec 9\nnr_periods 40\nnr_throttled 4\nthrottled_usec 2500000\n",
        );
    assert_eq!(
        tree.stats(),
        CgroupStats {
            version: Some(Version::V2),
            memory_limit: Some(512 << 20),
            memory_usage: Some(1 << 20),
            cpu_limit: Some(1.5),
            cpu_throttled: Some(Duration::from_millis(2500)),
            cpu_periods: Some(40),
            cpu_throttled_periods: Some(4),
        }
    );
}

#[test]
fn version_1_with_joined_controllers() {
    let membership = "9:name=systemd:/\n4:memory:/docker/a b\n2:cpu,cpuacct:/docker/a b\n0::/\n";
    let tree = Tree::new(membership, V1_MOUNTS);
    let memory = "sys/fs/cgroup/memory/docker/a b";
    let cpu = "sys/fs/cgroup/cpu,cpuacct/docker/a b";
    tree.file(&format!("{memory}/memory.limit_in_bytes"), "1073741824\n")
        .file(&format!("{memory}/memory.usage_in_bytes"), "5\n")
        .file(&format!("{cpu}/cpu.cfs_quota_us"), "50000\n")
        .file(&format!("{cpu}/cpu.cfs_period_us"), "100000\n")
        .file(
            &format!("{cpu}/cpu.stat"),
            "nr_periods 2\nnr_throttled 1\nthrottled_time 250000000\n",
        );
    let stats = tree.stats();
    assert_eq!(stats.version, Some(Version::V1));
    assert_eq!(
        (stats.memory_limit, stats.memory_usage),
        (Some(1 << 30), Some(5))
    );
    assert_eq!(stats.cpu_limit, Some(0.5));
    assert_eq!(stats.cpu_throttled, Some(Duration::from_millis(250)));
}

#[test]
fn no_limit_is_no_number() {
    let tree = Tree::new("0::/\n", V2_MOUNT);
    tree.file("sys/fs/cgroup/memory.max", "max\n")
        .file("sys/fs/cgroup/memory.current", "77\n")
        .file("sys/fs/cgroup/cpu.max", "max 100000\n");
    let stats = tree.stats();
    assert_eq!((stats.memory_limit, stats.memory_usage), (None, Some(77)));
    assert_eq!((stats.cpu_limit, stats.cpu_throttled), (None, None));

    let tree = Tree::new("4:memory:/\n2:cpu:/\n", V1_MOUNTS);
    tree.file(
        "sys/fs/cgroup/memory/memory.limit_in_bytes",
        "9223372036854771712\n",
    )
    .file("sys/fs/cgroup/memory/memory.usage_in_bytes", "78\n")
    .file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
    .file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    let stats = tree.stats();
    assert_eq!((stats.memory_limit, stats.memory_usage), (None, Some(78)));
    assert_eq!(stats.cpu_limit, None);
}

#[test]
fn the_tightest_group_on_the_way_up_counts() {
    let tree = Tree::new("0::/pod/app/worker\n", V2_MOUNT);
    let base = "sys/fs/cgroup";
    for (group, limit, usage) in [
        ("pod", "1000", "900"),
        ("pod/app", "2000", "300"),
        ("pod/app/worker", "max", "100"),
    ] {
        tree.file(&format!("{base}/{group}/memory.max"), limit)
            .file(&format!("{base}/{group}/memory.current"), usage);
    }
    tree.file(&format!("{base}/pod/cpu.max"), "400000 100000")
        .file(&format!("{base}/pod/app/cpu.max"), "200000 100000")
        .file(&format!("{base}/pod/app/cpu.stat"), "throttled_usec 7")
        .file(&format!("{base}/pod/cpu.stat"), "throttled_usec 9");
    let stats = tree.stats();
    assert_eq!(
        (stats.memory_limit, stats.memory_usage),
        (Some(1000), Some(900))
    );
    assert_eq!(stats.cpu_limit, Some(2.0));
    assert_eq!(stats.cpu_throttled, Some(Duration::from_micros(7)));
}

#[test]
fn nothing_above_the_mount_point_is_read() {
    let tree = Tree::new("0::/app\n", V2_MOUNT);
    tree.file("sys/fs/cgroup/app/memory.max", "2000")
        .file("sys/fs/memory.max", "1")
        .file("memory.max", "1");
    assert_eq!(tree.stats().memory_limit, Some(2000));
}

#[test]
fn a_bind_mounted_group_is_found_below_its_root() {
    // A container without a cgroup namespace: the path is the host's, and what is
    // mounted is the container's part of the tree.
    let mount = "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
    let tree = Tree::new("4:memory:/docker/abc/job\n", mount);
    tree.file("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "4096")
        .file("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "10");
    assert_eq!(tree.stats().memory_limit, Some(4096));
}

#[test]
fn a_path_of_another_namespace_falls_back_to_the_mount_point() {
    for path in ["/../../other", "/elsewhere", "relative", ""] {
        let mount = "35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
        let tree = Tree::new(&format!("4:memory:{path}\n"), mount);
        tree.file("sys/fs/cgroup/memory/memory.limit_in_bytes", "4096");
        assert_eq!(tree.stats().memory_limit, Some(4096), "{path}");
    }
    let tree = Tree::new("0::/../secret\n", V2_MOUNT);
    tree.file("sys/fs/cgroup/memory.max", "8192")
        .file("sys/fs/secret/memory.max", "1");
    assert_eq!(tree.stats().memory_limit, Some(8192));
}

#[test]
fn hybrid_machines_use_version_1_where_it_is_mounted() {
    let mounts =
        format!("{V1_MOUNTS}41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
    let tree = Tree::new("4:memory:/a\n0::/b\n", &mounts);
    tree.file("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "11")
        .file("sys/fs/cgroup/unified/b/memory.max", "22")
        .file("sys/fs/cgroup/unified/b/cpu.max", "100000 50000");
    let stats = tree.stats();
    assert_eq!(stats.memory_limit, Some(11));
    assert_eq!(stats.cpu_limit, Some(2.0));
}

#[test]
fn awkward_files_are_left_out() {
    let tree = Tree::new("0::/\n", V2_MOUNT);
    tree.file("sys/fs/cgroup/memory.max", "99999999999999999999999")
        .file("sys/fs/cgroup/memory.current", "")
        .file("sys/fs/cgroup/cpu.max", "100000 0");
    assert_eq!(tree.stats(), CgroupStats::default());
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(CgroupStats::read_at(empty.path()), CgroupStats::default());
    let strange = Tree::new("garbage\n:\n0:\n", "- - -\n\n1 2 3 - cgroup2\n");
    assert_eq!(strange.stats(), CgroupStats::default());
}

#[test]
fn mount_points_may_contain_spaces() {
    let line = r"1 2 0:1 / /mnt/my\040groups\134x rw - cgroup2 cgroup2 rw";
    assert_eq!(
        Mount::parse(line).unwrap().point,
        Path::new(r"/mnt/my groups\x")
    );
    assert_eq!(unescape(r"a\04"), Path::new(r"a\04"));
    assert_eq!(unescape(r"a\999b"), Path::new(r"a\999b"));
}

#[test]
fn samples_exist_only_for_what_is_known() {
    let tree = Tree::new("0::/\n", V2_MOUNT);
    tree.file("sys/fs/cgroup/memory.max", "100")
        .file("sys/fs/cgroup/memory.current", "60")
        .file("sys/fs/cgroup/cpu.max", "50000 100000")
        .file(
            "sys/fs/cgroup/cpu.stat",
            "nr_periods 3\nthrottled_usec 500000\n",
        );
    let collector = Cgroups {
        root: tree.0.path().to_owned(),
    };
    let mut families = Vec::new();
    collector.collect(&mut Sink::new(&mut families));
    let found: Vec<_> = families
        .iter()
        .map(|f| (&*f.name, f.samples[0].value))
        .collect();
    assert_eq!(
        found,
        [
            ("cgroup_memory_limit_bytes", 100.0),
            ("cgroup_memory_usage_bytes", 60.0),
            ("cgroup_cpu_limit_cores", 0.5),
            ("cgroup_cpu_throttled_seconds_total", 0.5),
            ("cgroup_cpu_periods_total", 3.0),
        ]
    );
}

/// Looks for the file by searching the mounted trees for the group that lists this process.
#[cfg(target_os = "linux")]
#[test]
fn memory_of_this_machine_agrees_with_the_group_that_lists_this_process() {
    fn search(dir: &Path, pid: &str, depth: usize) -> Option<PathBuf> {
        let listed = fs::read_to_string(dir.join("cgroup.procs")).unwrap_or_default();
        if listed.lines().any(|line| line == pid) {
            return Some(dir.to_owned());
        }
        let entries = fs::read_dir(dir).ok()?.flatten();
        let mut dirs = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        (depth > 0).then(|| dirs.find_map(|dir| search(&dir.path(), pid, depth - 1)))?
    }
    let stats = CgroupStats::read();
    let pid = std::process::id().to_string();
    let (base, current, max) = match stats.version {
        Some(Version::V1) => (
            "/sys/fs/cgroup/memory",
            "memory.usage_in_bytes",
            "memory.limit_in_bytes",
        ),
        Some(Version::V2) => ("/sys/fs/cgroup", "memory.current", "memory.max"),
        None => return assert_eq!(stats.memory_usage, None),
    };
    let Some(group) = search(Path::new(base), &pid, 8) else {
        return; // mounted somewhere else
    };
    let number = |file| {
        fs::read_to_string(group.join(file))
            .ok()?
            .trim()
            .parse::<u64>()
            .ok()
    };
    if let Some(limit) = number(max).filter(|limit| *limit < 1 << 62) {
        assert!(stats.memory_limit.unwrap() <= limit);
    } else if stats.memory_limit.is_none() {
        let (own, read) = (number(current).unwrap(), stats.memory_usage.unwrap());
        assert!(own.abs_diff(read) < 1 << 30, "{own} and {read}");
    }
}

proptest! {
    #[test]
    fn any_text_is_taken(membership in "(?s).{0,80}", mounts in "(?s).{0,120}") {
        let root = Path::new("/nonexistent");
        let _ = groups::find("memory", &membership, &mounts, root);
        let _ = groups::find("memory", &format!("0::{membership}"), V2_MOUNT, root);
        let _ = unescape(&mounts);
    }

    #[test]
    fn no_membership_leads_out_of_the_mount(path in "[./a-c]{0,30}") {
        let root = Path::new("/r");
        let found = groups::find("memory", &format!("0::{path}\n"), V2_MOUNT, root).unwrap();
        let own = found.own();
        prop_assert!(own.starts_with("/r/sys/fs/cgroup"), "{}", own.display());
        prop_assert!(own.components().all(|part| part.as_os_str() != ".."));
    }

    #[test]
    fn escaping_is_undone(name in "[a-z \\\\\t\n]{0,20}") {
        let octal = |c: char| match c {
            ' ' | '\t' | '\n' | '\\' => format!("\\{:03o}", c as u32),
            other => other.to_string(),
        };
        let escaped: String = name.chars().map(octal).collect();
        prop_assert_eq!(unescape(&escaped), Path::new(&name));
    }
}
