//! Which connections are served, which wait, and which have to go when there are too many.
//!
//! A connection that asks for nothing costs nothing but its place, so it keeps that for as long as nobody else
//! wants it. Whoever comes when all places are taken waits a moment. A place becomes free when a connection ends, or is
//! taken from the one that has been silent for longest: of the address that wants another one, if that has its share,
//! and otherwise of the address that has most. Clients that do not read what they asked for count as silent. So clients
//! that ask are not kept out by those that do not, however many these open, and many that ask at once all get their
//! turn.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::http::access::Peer;
use crate::http::count;

/// How long a connection may be silent before others of its address are given its place.
const SILENCE: Duration = Duration::from_millis(250);
/// How long a client may not read what is sent before that counts as silence.
const STALL: Duration = Duration::from_secs(1);
/// Connections that wait for a place; of one address at most half of them. The oldest go first.
const MAX_WAITING: usize = 512;

/// The connections of a listener.
#[derive(Debug)]
pub(super) struct Connections {
    max: usize,
    max_per_address: usize,
    table: Mutex<Table>,
    /// Told when there is one less.
    gone: Notify,
}

#[derive(Debug, Default)]
struct Table {
    served: Vec<Arc<Place>>,
    /// The oldest first.
    waiting: Vec<Arc<Place>>,
}

/// A connection. It has left when this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    place: Arc<Place>,
    of: Arc<Connections>,
}

#[derive(Debug)]
struct Place {
    /// `None` for a Unix socket.
    address: Option<IpAddr>,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Clone, Copy)]
struct State {
    phase: Phase,
    /// Requests that are being answered.
    at_work: u32,
    silent_since: Instant,
    /// Since when the client does not read.
    stalled_since: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Waiting,
    Served,
    /// Another connection has the place.
    Out,
}

/// A request is being answered.
#[derive(Debug)]
pub(super) struct Working(Arc<Held>);

impl Connections {
    pub(super) fn new(max: u32, max_per_address: u32) -> Arc<Self> {
        Arc::new(Self {
            max: max as usize,
            max_per_address: max_per_address as usize,
            table: Mutex::default(),
            gone: Notify::new(),
        })
    }

    /// A new connection.
    pub(super) fn add(self: &Arc<Self>, peer: Peer) -> Held {
        let place = Arc::new(Place::new(match peer {
            Peer::Machine(address) => Some(address.ip().to_canonical()),
            Peer::User(_) => None,
        }));
        let mut table = lock(&self.table);
        table.make_waiting_room(place.address);
        table.waiting.push(place.clone());
        self.promote(&mut table);
        Held {
            place,
            of: self.clone(),
        }
    }

    /// Gives places to those that wait, as far as time has made some free.
    pub(super) fn tick(&self) {
        self.promote(&mut lock(&self.table));
    }

    /// Whether anybody waits for a place.
    pub(super) fn has_waiting(&self) -> bool {
        !lock(&self.table).waiting.is_empty()
    }

    /// Waits until there are none.
    pub(super) async fn are_gone(&self) {
        loop {
            let gone = self.gone.notified();
            if lock(&self.table).served.is_empty() {
                return;
            }
            gone.await;
        }
    }

    /// The newest first: it is the likeliest to ask for something at once.
    fn promote(&self, table: &mut Table) {
        let now = Instant::now();
        let mut at = table.waiting.len();
        // For whom there is no room just now.
        let mut stuck: Vec<Option<IpAddr>> = Vec::new();
        while at > 0 {
            at -= 1;
            let Some(address) = table.waiting.get(at).map(|place| place.address) else {
                return;
            };
            if stuck.contains(&address) {
                continue;
            }
            if !self.make_room(table, address, now) {
                stuck.push(address);
            } else {
                let place = table.waiting.remove(at);
                place.become_one(Phase::Served);
                table.served.push(place);
            }
        }
    }

    /// Whether there is a place for an address, maybe that of another connection.
    fn make_room(&self, table: &mut Table, address: Option<IpAddr>, now: Instant) -> bool {
        let served = &table.served;
        let own = served.iter().filter(|place| place.address == address);
        let own = own.count();
        let victim = if own >= self.max_per_address {
            silent(served, address, now, SILENCE)
        } else if served.len() < self.max {
            return true;
        } else {
            let crowd = crowd(served);
            let patience = if crowd == address {
                SILENCE
            } else {
                Duration::ZERO
            };
            silent(served, crowd, now, patience)
        };
        if let Some(at) = victim {
            table.served.swap_remove(at).become_one(Phase::Out);
            count::silent();
        }
        victim.is_some()
    }

    fn remove(&self, place: &Arc<Place>) {
        let mut table = lock(&self.table);
        table.served.retain(|other| !Arc::ptr_eq(other, place));
        table.waiting.retain(|other| !Arc::ptr_eq(other, place));
        self.promote(&mut table);
        drop(table);
        self.gone.notify_waiters();
    }
}

impl Table {
    /// Sends away who has waited for longest, where too many do.
    fn make_waiting_room(&mut self, address: Option<IpAddr>) {
        let own = |place: &&Arc<Place>| place.address == address;
        let crowd = if self.waiting.iter().filter(own).count() >= MAX_WAITING / 2 {
            address
        } else if self.waiting.len() >= MAX_WAITING {
            crowd(&self.waiting)
        } else {
            return;
        };
        let oldest = self.waiting.iter().position(|place| place.address == crowd);
        if let Some(at) = oldest {
            self.waiting.remove(at).become_one(Phase::Out);
            count::crowded();
        }
    }
}

/// The address with the most connections.
fn crowd(all: &[Arc<Place>]) -> Option<IpAddr> {
    let count = |address| all.iter().filter(|place| place.address == address).count();
    let most = all.iter().max_by_key(|place| count(place.address));
    most.and_then(|place| place.address)
}

/// Where the connection of an address is that has been silent for longest, at least for `patience`.
fn silent(
    all: &[Arc<Place>],
    address: Option<IpAddr>,
    now: Instant,
    patience: Duration,
) -> Option<usize> {
    let own = all
        .iter()
        .enumerate()
        .filter(|(_, place)| place.address == address);
    let silent = own.filter_map(|(at, place)| Some((at, place.state().silent(now, patience)?)));
    silent.min_by_key(|(_, since)| *since).map(|(at, _)| at)
}

impl State {
    /// Since when, if for long enough.
    fn silent(self, now: Instant, patience: Duration) -> Option<Instant> {
        let (since, patience) = match self.stalled_since {
            Some(since) => (since, STALL),
            None if self.at_work == 0 => (self.silent_since, patience),
            None => return None,
        };
        (now.saturating_duration_since(since) >= patience).then_some(since)
    }
}

impl Place {
    fn new(address: Option<IpAddr>) -> Self {
        Self {
            address,
            state: Mutex::new(State {
                phase: Phase::Waiting,
                at_work: 0,
                silent_since: Instant::now(),
                stalled_since: None,
            }),
            changed: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    fn become_one(&self, phase: Phase) {
        let mut state = self.state();
        state.phase = phase;
        state.silent_since = Instant::now();
        drop(state);
        self.changed.notify_one();
    }

    async fn leaves(&self, phase: Phase) -> Phase {
        loop {
            let now = self.state().phase;
            if now != phase {
                return now;
            }
            self.changed.notified().await;
        }
    }
}

impl Held {
    /// Waits for a place, and says whether there was one.
    pub(super) async fn is_served(&self) -> bool {
        self.place.leaves(Phase::Waiting).await == Phase::Served
    }

    /// Completes when another connection gets the place.
    pub(super) async fn must_leave(&self) {
        self.place.leaves(Phase::Served).await;
    }

    /// Notes that a request is answered, until what this returns is dropped.
    pub(super) fn work(self: &Arc<Self>) -> Working {
        self.place.state().at_work += 1;
        Working(self.clone())
    }

    /// Notes whether the client reads what is sent.
    pub(super) fn note_reading(&self, reads: bool) {
        let mut state = self.place.state();
        if reads {
            state.stalled_since = None;
        } else {
            state.stalled_since.get_or_insert_with(Instant::now);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.of.remove(&self.place);
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let mut state = self.0.place.state();
        state.at_work = state.at_work.saturating_sub(1);
        state.silent_since = Instant::now();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
