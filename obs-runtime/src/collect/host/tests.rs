use std::fs;
use std::sync::atomic::AtomicU64;

use proptest::prelude::*;

use super::cpu::{never_falling, online_cpus, total_ticks};
use super::*;
use crate::collect::CollectedFamily;

const STAT: &str = "cpu  2962 7 1902 194746 221 0 25 10 3 0
cpu0 1306 0 853 97696 19 0 10 3 0 0
cpu1 1656 0 1048 97050 202 0 14 6 0 0
intr 104230 0 0
ctxt 99
btime 1800000000
";
const MEMINFO: &str = "MemTotal:       24684084 kB
MemFree:         1000000 kB
MemAvailable:    4000000 kB
Buffers:             684 kB
Cached:            40368 kB
SwapCached:            1 kB
SwapTotal:          2048 kB
SwapFree:           1024 kB
";
const DISKSTATS: &str = "   7       0 loop0 9 9 9 9 9 9 9 9 0 9 9 0 0 0 0 0 0
 254       0 vda 8635 3903 3009994 8858 2061 14485 872352 1649 0 2928 10724 3355 67 56120 209 198 7
 254       1 vda1 1 1 1 1 1 1 1 1 0 1 1 0 0 0 0 0 0
 259       0 nvme0n1 4 0 8 0 5 0 16 0 0 1500 0
 259       1 nvme0n1p2 1 1 1 1 1 1 1 1 0 1 1
 253       0 dm-0 1 1 1 1 1 1 1 1 0 1 1
";
const NET: &str = "Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0
  eth0:45611201    3647    1    2    9     9          9         9   404372    2856    3    4    0     0       0          0
veth12:       7       7    0    0    0     0          0         0        7       7    0    0    0     0       0          0
";

fn fixture(files: &[(&str, &str)]) -> (tempfile::TempDir, Host) {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("net")).unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    let host = Host::at(dir.path());
    (dir, host)
}

fn collect(host: &Host) -> Vec<CollectedFamily> {
    let mut families = Vec::new();
    host.collect(&mut Sink::new(&mut families));
    families
}

/// The value of the sample whose label values are these.
fn value(families: &[CollectedFamily], name: &str, labels: &[&str]) -> Option<f64> {
    let family = families.iter().find(|family| family.name == name)?;
    let same = |sample: &&crate::collect::CollectedSample| {
        sample.labels.iter().map(|(_, value)| value).eq(labels)
    };
    family.samples.iter().find(same).map(|sample| sample.value)
}

#[test]
fn every_file_becomes_its_metrics() {
    let (_dir, host) = fixture(&[
        ("stat", STAT),
        ("loadavg", "0.15 1.08 12.02 2/85 4600\n"),
        ("meminfo", MEMINFO),
        ("diskstats", DISKSTATS),
        ("net/dev", NET),
    ]);
    let families = collect(&host);
    for (name, labels, expected) in [
        ("system_cpus", &[][..], 2.0),
        ("system_cpu_seconds_total", &["user"], 29.62),
        ("system_cpu_seconds_total", &["steal"], 0.10),
        ("system_boot_time_seconds", &[], 1_800_000_000.0),
        ("system_load1", &[], 0.15),
        ("system_load15", &[], 12.02),
        ("system_memory_total_bytes", &[], 24_684_084.0 * 1024.0),
        ("system_memory_used_bytes", &[], 20_684_084.0 * 1024.0),
        ("system_memory_swap_free_bytes", &[], 1024.0 * 1024.0),
        ("system_disk_operations_total", &["vda", "read"], 8635.0),
        ("system_disk_operations_total", &["vda", "write"], 2061.0),
        (
            "system_disk_io_bytes_total",
            &["vda", "read"],
            3_009_994.0 * 512.0,
        ),
        (
            "system_disk_io_bytes_total",
            &["vda", "write"],
            872_352.0 * 512.0,
        ),
        ("system_disk_busy_seconds_total", &["vda"], 2.928),
        ("system_disk_busy_seconds_total", &["nvme0n1"], 1.5),
        (
            "system_network_io_bytes_total",
            &["eth0", "receive"],
            45_611_201.0,
        ),
        (
            "system_network_io_bytes_total",
            &["eth0", "transmit"],
            404_372.0,
        ),
        ("system_network_errors_total", &["eth0", "receive"], 1.0),
        ("system_network_dropped_total", &["eth0", "receive"], 2.0),
        ("system_network_errors_total", &["eth0", "transmit"], 3.0),
        ("system_network_dropped_total", &["eth0", "transmit"], 4.0),
    ] {
        if cfg!(not(unix)) && name == "system_cpu_seconds_total" {
            continue; // the length of a tick is not known there
        }
        assert_eq!(
            value(&families, name, labels),
            Some(expected),
            "{name}{labels:?}"
        );
    }
    let disks = families
        .iter()
        .find(|f| f.name == "system_disk_busy_seconds_total");
    assert_eq!(disks.unwrap().samples.len(), 2);
    let packets = families
        .iter()
        .find(|f| f.name == "system_network_packets_total");
    assert_eq!(packets.unwrap().samples.len(), 2);
}

#[test]
fn without_files_only_what_needs_none_is_left() {
    let dir = tempfile::tempdir().unwrap();
    for family in collect(&Host::at(dir.path())) {
        let known = family.name == "system_cpus" || family.name == "system_uptime_seconds";
        assert!(
            known || family.name.starts_with("system_disk_"),
            "{}",
            family.name
        );
    }
}

#[test]
fn garbage_is_left_out_and_the_rest_stays() {
    let (_dir, host) = fixture(&[
        ("stat", "cpu  1 x 99999999999999999999 4\nbtime soon\n"),
        ("loadavg", "NaN inf 0.5"),
        (
            "meminfo",
            "MemTotal: 1 kB\nMemAvailable: 2 kB\nMemFree: -1 kB\n",
        ),
        (
            "diskstats",
            "\n\u{0} 1\n 8 0 sda 1 2 3\n 8 16 sdb x 0 8 0 5 0 16 0 0 1500 0\n",
        ),
        ("net/dev", "eth0: 1 2\n:::\nno colon\n"),
    ]);
    let families = collect(&host);
    let get = |name, labels: &[&str]| value(&families, name, labels);
    #[cfg(unix)]
    {
        assert_eq!(get("system_cpu_seconds_total", &["user"]), Some(0.01));
        assert_eq!(get("system_cpu_seconds_total", &["idle"]), Some(0.04));
    }
    assert_eq!(get("system_cpu_seconds_total", &["nice"]), None);
    assert_eq!(get("system_cpu_seconds_total", &["system"]), None);
    assert_eq!(get("system_boot_time_seconds", &[]), None);
    assert_eq!(get("system_load1", &[]), None);
    assert_eq!(get("system_load15", &[]), Some(0.5));
    assert_eq!(get("system_memory_total_bytes", &[]), Some(1024.0));
    assert_eq!(get("system_memory_used_bytes", &[]), None);
    assert_eq!(get("system_memory_free_bytes", &[]), None);
    assert!(
        families
            .iter()
            .all(|f| !f.name.starts_with("system_network"))
    );
    assert!(
        families
            .iter()
            .all(|f| f.name != "system_disk_operations_total")
    );
}

#[test]
fn disks_are_listed_once_each() {
    for whole in [
        "sda", "vdb", "xvdf", "hda", "nvme0n1", "nvme12n3", "mmcblk0",
    ] {
        assert!(disk::is_physical(whole), "{whole}");
    }
    for part in [
        "sda1",
        "vdb12",
        "xvda1",
        "nvme0n1p1",
        "mmcblk0p2",
        "loop7",
        "zram0",
        "dm-3",
        "md127",
        "sr0",
    ] {
        assert!(!disk::is_physical(part), "{part}");
    }
}

#[test]
fn packets_are_counted_once_each() {
    for own in ["eth0", "ens5", "enp3s0f1", "wlan0", "ib0", "br0"] {
        assert!(network::is_physical(own), "{own}");
    }
    for other in [
        "lo", "veth1a", "docker0", "br-12ab", "eth0.100", "eth0:1", "cali1", "bond0",
    ] {
        assert!(!network::is_physical(other), "{other}");
    }
}

#[test]
fn too_many_interfaces_are_cut_and_counted() {
    let line = |n: usize| format!("eth{n}: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n");
    let text: String = (0..MAX_DEVICES + 3).map(line).collect();
    let mut families = Vec::new();
    let mut sink = Sink::new(&mut families);
    network::collect(&text, &mut sink);
    assert_eq!(sink.dropped(), 3 * 8);
    assert_eq!(families[0].samples.len(), 2 * MAX_DEVICES);
}

#[test]
fn a_counter_holds_still_while_the_kernel_steps_back() {
    let seen = AtomicU64::new(0);
    let shown: Vec<_> = [1000, 1005, 1003, 1010]
        .map(|ticks| never_falling(&seen, ticks))
        .into();
    assert_eq!(shown, [1000, 1005, 1005, 1010]);
    assert_eq!(never_falling(&seen, 20), 20);
    assert_eq!(never_falling(&seen, 21), 21);
}

#[test]
fn mounts_are_bounded_and_listed_once() {
    let mut host = Host::new().mount("/");
    assert_eq!(host.mounts.len(), 1);
    for n in 0..2 * MAX_MOUNTS {
        host = host.mount(format!("/nonexistent/{n}"));
    }
    assert_eq!(host.mounts.len(), MAX_MOUNTS);
    #[cfg(unix)]
    {
        let families = collect(&host);
        let sizes = families.iter().find(|f| f.name == "system_disk_size_bytes");
        assert_eq!(sizes.unwrap().samples.len(), 1);
    }
}

#[cfg(target_os = "linux")]
mod on_linux {
    use std::path::Path;
    use std::process::Command;

    use super::*;

    #[test]
    fn counters_never_fall() {
        let host = Host::new();
        let totals = |families: Vec<CollectedFamily>| -> Vec<_> {
            let counters = families.into_iter().filter(|f| f.name.ends_with("_total"));
            counters
                .flat_map(|f| f.samples.into_iter().map(move |s| (f.name.clone(), s)))
                .collect()
        };
        let mut before = totals(collect(&host));
        assert!(
            before
                .iter()
                .any(|(name, _)| name == "system_cpu_seconds_total")
        );
        for _ in 0..20 {
            let after = totals(collect(&host));
            for ((name, old), (_, new)) in before.iter().zip(&after) {
                assert_eq!(old.labels, new.labels);
                assert!(old.value <= new.value, "{name}{:?}", old.labels);
            }
            before = after;
        }
    }

    #[test]
    fn the_root_file_system_agrees_with_df() {
        let Ok(df) = Command::new("df").args(["-P", "-B1", "/"]).output() else {
            return; // not every system has it
        };
        let text = String::from_utf8(df.stdout).unwrap();
        let columns: Vec<&str> = text.lines().nth(1).unwrap().split_whitespace().collect();
        let own = Filesystem::read(Path::new("/")).unwrap();
        assert_eq!(own.size, columns[1].parse::<u64>().unwrap());
        // Others write while this runs.
        let available: u64 = columns[3].parse().unwrap();
        assert!(own.available.abs_diff(available) < own.size / 50);
        assert!(own.available <= own.free && own.free <= own.size);
    }

    #[test]
    fn cpus_agree_with_sysfs() {
        let Ok(online) = fs::read_to_string("/sys/devices/system/cpu/online") else {
            return; // not mounted in every container
        };
        let ranges = online.trim().split(',').map(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            last.parse::<u64>().unwrap() - first.parse::<u64>().unwrap() + 1
        });
        assert_eq!(cpu_count(), Some(ranges.sum()));
    }

    #[test]
    fn uptime_and_boot_time_agree() {
        let boot = value(&collect(&Host::new()), "system_boot_time_seconds", &[]).unwrap();
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
        let up = uptime().unwrap().as_secs_f64();
        assert!((now - up - boot).abs() < 2.0, "{now} - {up} != {boot}");
    }
}

proptest! {
    #[test]
    fn parsers_take_any_text(text in "(?s).{0,200}") {
        let _ = (online_cpus(&text), total_ticks(&text), Memory::parse(&text).used());
        let mut families = Vec::new();
        let mut sink = Sink::new(&mut families);
        load(&text, &mut sink);
        time(Some(&text), &mut sink);
        disk::collect(&text, &mut sink);
        network::collect(&text, &mut sink);
        prop_assert!(families.iter().flat_map(|f| &f.samples).all(|s| s.value.is_finite()));
    }

    #[test]
    fn any_counters_of_an_interface_come_back(numbers in prop::array::uniform16(any::<u64>())) {
        let line = format!(" eth0: {}", numbers.map(|n| n.to_string()).join("  "));
        let (name, received, sent) = network::parse(&line).unwrap();
        prop_assert_eq!(name, "eth0");
        prop_assert_eq!((received.bytes, received.dropped), (numbers[0], numbers[3]));
        prop_assert_eq!((sent.bytes, sent.dropped), (numbers[8], numbers[11]));
    }

    #[test]
    fn any_counters_of_a_disk_come_back(n in prop::array::uniform11(any::<u64>())) {
        let line = format!("8 0 sda {}", n.map(|n| n.to_string()).join(" "));
        let disk = disk::Disk::parse(&line).unwrap();
        prop_assert_eq!((disk.reads, disk.sectors_read), (n[0], n[2]));
        prop_assert_eq!((disk.writes, disk.sectors_written), (n[4], n[6]));
        prop_assert_eq!(disk.busy_millis, n[9]);
    }
}
