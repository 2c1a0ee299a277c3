//! How often an address may guess.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::peer::Peer;

/// Wrong credentials per address and [`PERIOD`] that are answered; after that it has to wait.
pub(super) const ALLOWED: u32 = 10;
pub(super) const PERIOD: Duration = Duration::from_secs(60);
/// Addresses that are remembered; further ones share one count.
const MAX_ADDRESSES: usize = 1024;
/// How often room is made, at most.
const TIDY: Duration = Duration::from_secs(1);

/// The failures of each address.
#[derive(Debug, Default)]
pub(super) struct Failures(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    counts: HashMap<Source, Count>,
    /// When those that are over were last looked for.
    tidied: Option<Instant>,
}

/// Where guesses come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Source {
    /// One machine: an IPv4 address, or the network of an IPv6 address, in which a machine has any number.
    Machine(IpAddr),
    /// A Unix socket, or a server of the program that does not say who asks.
    Unknown,
    /// Whoever came when there was no room.
    Others,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    failures: u32,
    since: Instant,
}

impl Failures {
    /// For how long the caller has to wait, if so.
    pub(super) fn locked(&self, peer: Option<Peer>) -> Option<Duration> {
        let Table { counts, .. } = &*self.lock();
        let source = Source::of(peer);
        let count = counts.get(&source).or_else(|| {
            let is_full = counts.len() >= MAX_ADDRESSES;
            is_full.then(|| counts.get(&Source::Others)).flatten()
        });
        count?.wait()
    }

    /// Counts a failure, and says for how long the caller has to wait now, if so.
    pub(super) fn count(&self, peer: Option<Peer>) -> Option<Duration> {
        let mut table = self.lock();
        let source = table.place_of(Source::of(peer));
        let fresh = Count {
            failures: 0,
            since: Instant::now(),
        };
        let count = table.counts.entry(source).or_insert(fresh);
        if count.is_over() {
            *count = fresh;
        }
        count.failures = count.failures.saturating_add(1);
        count.wait()
    }

    #[cfg(test)]
    pub(super) fn forget(&self) {
        self.lock().counts.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// The source itself if there is room for it.
    fn place_of(&mut self, source: Source) -> Source {
        if self.counts.contains_key(&source) || self.counts.len() < MAX_ADDRESSES {
            return source;
        }
        if self.tidied.is_none_or(|last| last.elapsed() >= TIDY) {
            self.tidied = Some(Instant::now());
            self.counts.retain(|_, count| !count.is_over());
        }
        if self.counts.len() < MAX_ADDRESSES {
            source
        } else {
            Source::Others
        }
    }
}

impl Source {
    fn of(peer: Option<Peer>) -> Self {
        match peer {
            Some(Peer::Machine(address)) => Self::Machine(match address.ip().to_canonical() {
                IpAddr::V6(ip) => {
                    let network = u128::from(ip) >> 64 << 64;
                    Ipv6Addr::from(network).into()
                }
                ip => ip,
            }),
            Some(Peer::User(_)) | None => Self::Unknown,
        }
    }
}

impl Count {
    fn is_over(&self) -> bool {
        self.since.elapsed() >= PERIOD
    }

    fn wait(&self) -> Option<Duration> {
        let left = PERIOD.checked_sub(self.since.elapsed())?;
        (self.failures >= ALLOWED).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    fn peer(ip: impl Into<IpAddr>) -> Option<Peer> {
        Some(Peer::Machine(SocketAddr::new(ip.into(), 1)))
    }

    fn v6(text: &str) -> Option<Peer> {
        peer(text.parse::<Ipv6Addr>().unwrap())
    }

    #[test]
    fn an_address_that_guesses_has_to_wait_and_no_other() {
        let failures = Failures::default();
        let (one, other) = (peer([10, 0, 0, 1]), peer([10, 0, 0, 2]));
        for _ in 1..ALLOWED {
            assert_eq!(failures.count(one), None);
            assert_eq!(failures.locked(one), None);
        }
        assert!(failures.count(one).is_some_and(|wait| wait <= PERIOD));
        assert!(failures.locked(one).is_some());
        assert_eq!(failures.locked(other), None);
        assert_eq!(failures.count(other), None);
    }

    #[test]
    fn the_addresses_of_one_network_are_one() {
        let failures = Failures::default();
        for n in 0..ALLOWED {
            let _ = failures.count(v6(&format!("2001:db8::{n:x}")));
        }
        assert!(failures.locked(v6("2001:db8::ffff:1")).is_some());
        assert_eq!(failures.locked(v6("2001:db8:0:1::1")), None);
        assert_eq!(failures.locked(v6("::ffff:10.0.0.1")), None);
    }

    #[test]
    fn any_number_of_addresses_takes_no_more_room() {
        let failures = Failures::default();
        for n in 0..10_000u32 {
            let _ = failures.count(peer(std::net::Ipv4Addr::from(n)));
        }
        assert!(failures.lock().counts.len() <= MAX_ADDRESSES + 1);
        let new = peer([200, 0, 0, 1]);
        assert!(failures.locked(new).is_some(), "they share one count");
    }
}
