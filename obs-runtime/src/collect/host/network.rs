//! Network traffic of the machine, from `/proc/net/dev`.

use super::MAX_DEVICES;
use crate::collect::Sink;

/// Beginnings of the names of interfaces at which no packet leaves the machine, or
/// whose packets another interface counts as well: host ends of containers, bridges,
/// bonds, tunnels, dummies.
const NOT_PHYSICAL: [&str; 20] = [
    "veth",
    "cali",
    "lxc",
    "cni",
    "cilium",
    "flannel",
    "vxlan",
    "docker",
    "podman",
    "virbr",
    "br-",
    "bond",
    "team",
    "tun",
    "tap",
    "wg",
    "ifb",
    "dummy",
    "nodelocaldns",
    "kube-",
];

/// Bytes, packets, errors and drops in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Traffic {
    pub(super) bytes: u64,
    pub(super) packets: u64,
    pub(super) errors: u64,
    pub(super) dropped: u64,
}

impl Traffic {
    fn parse<'a>(columns: &mut impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut number = || columns.next()?.parse().ok();
        Some(Self {
            bytes: number()?,
            packets: number()?,
            errors: number()?,
            dropped: number()?,
        })
    }
}

/// One line: the interface, what it received and what it sent.
pub(super) fn parse(line: &str) -> Option<(&str, Traffic, Traffic)> {
    // An alias such as `eth0:1` has a colon of its own, and counters may follow the
    // last one without a space.
    let (name, counters) = line.rsplit_once(':')?;
    let mut columns = counters.split_whitespace();
    let received = Traffic::parse(&mut columns)?;
    // fifo, frame, compressed and multicast stand between the directions.
    let sent = Traffic::parse(&mut columns.skip(4))?;
    Some((name.trim(), received, sent))
}

pub(super) fn collect(text: &str, sink: &mut Sink<'_>) {
    let interfaces = text.lines().filter_map(parse);
    let physical = interfaces.filter(|(name, ..)| is_physical(name));
    for (index, (device, received, sent)) in physical.enumerate() {
        if index < MAX_DEVICES {
            emit(device, "receive", received, sink);
            emit(device, "transmit", sent, sink);
        } else {
            sink.drop_samples(8);
        }
    }
}

fn emit(device: &str, direction: &str, traffic: Traffic, sink: &mut Sink<'_>) {
    let labels = [("device", device), ("direction", direction)];
    let mut counter =
        |name, help, unit, value| sink.counter(name, help, unit, &labels, value as f64);
    counter(
        "system_network_io_bytes_total",
        "Bytes that the interface moved.",
        "bytes",
        traffic.bytes,
    );
    counter(
        "system_network_packets_total",
        "Packets that the interface moved.",
        "",
        traffic.packets,
    );
    counter(
        "system_network_errors_total",
        "Errors of the interface.",
        "",
        traffic.errors,
    );
    counter(
        "system_network_dropped_total",
        "Packets that the interface dropped.",
        "",
        traffic.dropped,
    );
}

/// Whether packets leave the machine, or come to the container, at this interface.
pub(super) fn is_physical(name: &str) -> bool {
    // `eth0.100` is a VLAN on `eth0`, `eth0:1` an alias of it.
    name != "lo"
        && !name.contains(['.', ':'])
        && !NOT_PHYSICAL.iter().any(|prefix| name.starts_with(prefix))
}
