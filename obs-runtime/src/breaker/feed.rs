//! The events of all breakers: a ring of the recent ones, and whoever wants to have them as they come.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::event::{Event, EventKind};
use crate::fork::PerProcess;
use crate::hot::clock;
use crate::policy::{Name, park};

/// How many events are kept.
pub const MAX_EVENTS: usize = 1_000;
/// How many events wait for a subscriber. One that lets more come is cut off.
pub const MAX_WAITING: usize = 256;

/// In a child of `fork` there are neither the events nor the subscribers of its parent.
static FEED: PerProcess<Mutex<Feed>> = PerProcess::new();

#[derive(Debug, Default)]
struct Feed {
    sequence: u64,
    recent: VecDeque<Arc<Event>>,
    subscribers: Vec<Weak<Mutex<Mailbox>>>,
}

#[derive(Debug, Default)]
struct Mailbox {
    /// The breaker whose events it gets; all if there is none.
    only: Option<String>,
    waiting: VecDeque<Arc<Event>>,
    /// It was full: what comes next is not what came next.
    is_cut: bool,
    reader: Option<Waker>,
}

/// Gets the events of all circuit breakers as they happen. See [`subscribe`].
#[derive(Debug)]
pub struct Subscription(Arc<Mutex<Mailbox>>);

impl Feed {
    fn add(&mut self, breaker: &Name, kind: EventKind) -> (Arc<Event>, Vec<Waker>) {
        self.sequence += 1;
        let event = Arc::new(Event {
            sequence: self.sequence,
            unix_ns: clock::to_unix_nanos(clock::ticks()),
            breaker: breaker.clone(),
            kind,
        });
        if self.recent.len() == MAX_EVENTS {
            self.recent.pop_front();
        }
        self.recent.push_back(event.clone());
        let mut readers = Vec::new();
        self.subscribers.retain(|subscriber| {
            let Some(mailbox) = subscriber.upgrade() else {
                return false;
            };
            let mut mailbox = lock(&mailbox);
            if !mailbox.wants(breaker) {
                return true;
            }
            readers.extend(mailbox.deliver(&event));
            !mailbox.is_cut
        });
        (event, readers)
    }
}

impl Mailbox {
    fn wants(&self, breaker: &Name) -> bool {
        let only = self.only.as_ref();
        only.is_none_or(|only| only == breaker.as_str())
    }

    fn deliver(&mut self, event: &Arc<Event>) -> Option<Waker> {
        if self.waiting.len() == MAX_WAITING {
            // Nobody reads: what waits is of no use.
            self.waiting = VecDeque::new();
            self.is_cut = true;
        } else {
            self.waiting.push_back(event.clone());
        }
        self.reader.take()
    }
}

/// An event that has been noted. Whoever wants to know is to be told once no lock is held: that runs code of theirs.
#[derive(Debug)]
#[must_use = "nobody is told of it before `tell`"]
pub(super) struct Noted {
    event: Arc<Event>,
    readers: Vec<Waker>,
}

/// Notes an event.
pub(super) fn note(breaker: &Name, kind: EventKind) -> Noted {
    let (event, readers) = feed().add(breaker, kind);
    Noted { event, readers }
}

impl Noted {
    /// Tells whoever waits for events, and the log.
    pub(super) fn tell(self) {
        self.readers.into_iter().for_each(Waker::wake);
        log(&self.event);
    }
}

/// Writes an event to the log.
fn log(event: &Event) {
    #[cfg(feature = "log")]
    {
        use super::word::State;
        let is_bad = match event.kind {
            EventKind::StateChange { to, .. } => matches!(to, State::Open | State::ForcedOpen),
            EventKind::ThresholdExceeded { .. } => true,
            _ => false,
        };
        let level = match is_bad {
            true => tracing::Level::WARN,
            false => tracing::Level::INFO,
        };
        let fields = [
            ("circuit_breaker", event.breaker()),
            ("event", event.kind.as_str()),
        ];
        crate::log::say_as(level, format_args!("{event}"), &fields);
    }
    #[cfg(not(feature = "log"))]
    let _ = event;
}

/// The events since the one with this number, the oldest first; at most [`MAX_EVENTS`] are known.
#[must_use]
pub fn events(after: u64) -> Vec<Arc<Event>> {
    let feed = feed();
    let recent = feed.recent.iter();
    recent
        .filter(|event| event.sequence > after)
        .cloned()
        .collect()
}

/// How many subscribers of a breaker there are that have not been cut off.
#[cfg(all(test, feature = "http"))]
pub(crate) fn subscribers(breaker: &str) -> usize {
    let feed = feed();
    let alive = feed.subscribers.iter().filter_map(Weak::upgrade);
    alive
        .filter(|mailbox| lock(mailbox).only.as_deref() == Some(breaker))
        .count()
}

/// Gets the events of all circuit breakers from now on.
///
/// Up to [`MAX_WAITING`] of them wait to be read. A subscriber that lets more come is cut off: it gets no more
/// events, and its end says so.
///
/// ```
/// use std::time::Duration;
/// use obs_runtime::breaker::{self, Breaker, BreakerSettings, EventKind};
///
/// let events = breaker::subscribe();
/// let payments = Breaker::named("docs-subscribe", BreakerSettings::DEFAULT).unwrap();
/// payments.force_open();
/// let event = events.next(Duration::from_secs(1)).unwrap();
/// assert_eq!(event.breaker(), "docs-subscribe");
/// assert!(matches!(event.kind, EventKind::StateChange { .. }));
/// ```
#[must_use]
pub fn subscribe() -> Subscription {
    Subscription::new(None)
}

/// The same of one breaker, which need not be there yet.
pub(crate) fn subscribe_to(breaker: &str) -> Subscription {
    Subscription::new(Some(breaker.to_owned()))
}

impl Subscription {
    fn new(only: Option<String>) -> Self {
        let mailbox = Arc::new(Mutex::new(Mailbox {
            only,
            ..Mailbox::default()
        }));
        feed().subscribers.push(Arc::downgrade(&mailbox));
        Self(mailbox)
    }

    /// The next event, if one comes within this time.
    #[must_use]
    pub fn next(&self, within: Duration) -> Option<Arc<Event>> {
        let deadline = std::time::Instant::now() + within;
        let waker = park::waker();
        loop {
            match self.poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(event) => return event,
                Poll::Pending => {
                    let left = deadline.saturating_duration_since(std::time::Instant::now());
                    if left.is_zero() {
                        return None;
                    }
                    std::thread::park_timeout(left);
                }
            }
        }
    }

    /// The next event, for futures. `None` says that this subscriber was cut off.
    pub fn poll(&self, context: &mut Context<'_>) -> Poll<Option<Arc<Event>>> {
        let mut mailbox = lock(&self.0);
        if let Some(event) = mailbox.waiting.pop_front() {
            return Poll::Ready(Some(event));
        }
        if mailbox.is_cut {
            return Poll::Ready(None);
        }
        mailbox.reader = Some(context.waker().clone());
        Poll::Pending
    }

    /// Whether it let too many events come.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        lock(&self.0).is_cut
    }
}

fn feed() -> MutexGuard<'static, Feed> {
    lock(FEED.get(Mutex::default))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
