//! Disk traffic of the machine, from `/proc/diskstats`.

use super::MAX_DEVICES;
use crate::collect::Sink;

/// Sectors in `/proc/diskstats` have this size, whatever the device's own is.
const SECTOR_BYTES: f64 = 512.0;

/// Beginnings of the names of devices that are not physical disks: memory, loops,
/// removable media, and volumes that other listed disks hold.
const NOT_PHYSICAL: [&str; 10] = [
    "ram", "zram", "loop", "fd", "sr", "dm-", "md", "nbd", "drbd", "zd",
];

/// The columns of one line that are exported.
#[derive(Debug, PartialEq)]
pub(super) struct Disk<'a> {
    pub(super) name: &'a str,
    pub(super) reads: u64,
    pub(super) sectors_read: u64,
    pub(super) writes: u64,
    pub(super) sectors_written: u64,
    pub(super) busy_millis: u64,
}

impl<'a> Disk<'a> {
    /// Columns by the kernel's `Documentation/admin-guide/iostats.rst`.
    pub(super) fn parse(line: &'a str) -> Option<Self> {
        let mut columns = line.split_whitespace().skip(2);
        let name = columns.next()?;
        let mut number = |skip| columns.nth(skip)?.parse().ok();
        Some(Self {
            name,
            reads: number(0)?,
            sectors_read: number(1)?,
            writes: number(1)?,
            sectors_written: number(1)?,
            busy_millis: number(2)?,
        })
    }
}

pub(super) fn collect(text: &str, sink: &mut Sink<'_>) {
    let disks = text.lines().filter_map(Disk::parse);
    for (index, disk) in disks.filter(|disk| is_physical(disk.name)).enumerate() {
        if index < MAX_DEVICES {
            emit(&disk, sink);
        } else {
            sink.drop_samples(5);
        }
    }
}

fn emit(disk: &Disk<'_>, sink: &mut Sink<'_>) {
    let device = disk.name;
    for (direction, operations, sectors) in [
        ("read", disk.reads, disk.sectors_read),
        ("write", disk.writes, disk.sectors_written),
    ] {
        let labels = [("device", device), ("direction", direction)];
        sink.counter(
            "system_disk_operations_total",
            "Reads and writes that the disk completed.",
            "",
            &labels,
            operations as f64,
        );
        sink.counter(
            "system_disk_io_bytes_total",
            "Bytes moved from and to the disk.",
            "bytes",
            &labels,
            sectors as f64 * SECTOR_BYTES,
        );
    }
    sink.counter(
        "system_disk_busy_seconds_total",
        "Time during which the disk had work.",
        "seconds",
        &[("device", device)],
        disk.busy_millis as f64 / 1000.0,
    );
}

/// Whether this is a whole physical disk, as opposed to a partition or a volume.
pub(super) fn is_physical(name: &str) -> bool {
    if NOT_PHYSICAL.iter().any(|prefix| name.starts_with(prefix)) {
        return false;
    }
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if base.len() == name.len() {
        return true;
    }
    // `nvme0n1` and `mmcblk0` end in a digit themselves; their partitions in `p1`.
    if name.starts_with("nvme") || name.starts_with("mmcblk") {
        return !base
            .strip_suffix('p')
            .is_some_and(|disk| disk.ends_with(|c: char| c.is_ascii_digit()));
    }
    // `sda1`, `vda1`, `xvda1`, `hda1`.
    !["sd", "vd", "xvd", "hd"]
        .iter()
        .any(|prefix| base.starts_with(prefix))
}
