//! Who is inside, and who stands in line: the first one that came goes in next.
//!
//! How many there are of each is one word, `inside, 32 bits | in line, 32 bits`. While nobody stands in line, it alone
//! decides. Who stands in line is a list behind a lock, and its length in the word changes under that lock only. Whoever
//! leaves while there is a line hands its place to the first one, so there is never room and a line.

use std::collections::VecDeque;
use std::sync::PoisonError;
use std::task::{Context, Poll, Waker};

use super::sync::{
    Arc, AtomicBool, AtomicU64, Mutex, MutexGuard,
    Ordering::{AcqRel, Acquire, Release},
};

const INSIDE: u64 = 1 << 32;
const IN_LINE: u64 = 1;

/// See the module.
#[derive(Debug)]
pub(super) struct Turnstile {
    word: AtomicU64,
    line: Mutex<VecDeque<Arc<Ticket>>>,
    places: u32,
    longest_line: u32,
}

/// A place in the line.
#[derive(Debug)]
pub(super) struct Ticket {
    /// It is its turn: a place inside is its own.
    is_called: AtomicBool,
    waker: Mutex<Option<Waker>>,
}

/// What becomes of somebody who comes.
#[derive(Debug)]
pub(super) enum Come {
    Inside,
    InLine(Arc<Ticket>),
    Full,
}

impl Turnstile {
    pub(super) fn new(places: u32, longest_line: u32) -> Self {
        Self {
            word: AtomicU64::new(0),
            line: Mutex::new(VecDeque::new()),
            places,
            longest_line,
        }
    }

    pub(super) fn inside(&self) -> u32 {
        (self.word.load(Acquire) / INSIDE) as u32
    }

    pub(super) fn in_line(&self) -> u32 {
        in_line(self.word.load(Acquire))
    }

    /// Goes in, if there is room and nobody stands in line.
    #[inline]
    pub(super) fn go_in(&self) -> bool {
        let before = self.change(|word| self.has_room(word).then_some(word + INSIDE));
        before.is_some()
    }

    /// Goes in or gets in line.
    pub(super) fn come(&self) -> Come {
        if self.go_in() {
            return Come::Inside;
        }
        let mut line = lock(&self.line);
        let before = self.change(|word| {
            if self.has_room(word) {
                return Some(word + INSIDE);
            }
            (in_line(word) < self.longest_line).then_some(word + IN_LINE)
        });
        match before {
            None => Come::Full,
            Some(word) if self.has_room(word) => Come::Inside,
            Some(_) => {
                let ticket = Arc::new(Ticket {
                    is_called: AtomicBool::new(false),
                    waker: Mutex::new(None),
                });
                line.push_back(ticket.clone());
                Come::InLine(ticket)
            }
        }
    }

    /// Comes out, and lets the first one in line in.
    #[inline]
    pub(super) fn leave(&self) {
        loop {
            let before = self.change(|word| (in_line(word) == 0).then(|| word - INSIDE));
            if before.is_some() || self.call_next() {
                return;
            }
        }
    }

    /// Gives up its place in line. `true` if it was its turn already: then it is inside.
    pub(super) fn withdraw(&self, ticket: &Arc<Ticket>) -> bool {
        let mut line = lock(&self.line);
        if ticket.is_called() {
            return true;
        }
        line.retain(|other| !Arc::ptr_eq(other, ticket));
        self.word.fetch_sub(IN_LINE, AcqRel);
        false
    }

    fn call_next(&self) -> bool {
        let mut line = lock(&self.line);
        let Some(next) = line.pop_front() else {
            return false;
        };
        self.word.fetch_sub(IN_LINE, AcqRel);
        // Under the lock, so that it cannot withdraw at the same time.
        next.is_called.store(true, Release);
        drop(line);
        let waker = lock(&next.waker).take();
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }

    #[inline]
    fn has_room(&self, word: u64) -> bool {
        in_line(word) == 0 && word / INSIDE < u64::from(self.places)
    }

    /// Changes the word, unless `next` would not. Returns what it was.
    #[inline]
    fn change(&self, next: impl Fn(u64) -> Option<u64>) -> Option<u64> {
        let mut word = self.word.load(Acquire);
        loop {
            let changed = next(word)?;
            match self.word.compare_exchange(word, changed, AcqRel, Acquire) {
                Ok(before) => return Some(before),
                Err(found) => word = found,
            }
        }
    }
}

impl Ticket {
    pub(super) fn is_called(&self) -> bool {
        self.is_called.load(Acquire)
    }

    /// Waits for its turn.
    pub(super) fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        if self.is_called() {
            return Poll::Ready(());
        }
        let former = lock(&self.waker).replace(context.waker().clone());
        drop(former);
        // Whoever called it before the waker was there has woken nobody.
        match self.is_called() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    }
}

#[inline]
fn in_line(word: u64) -> u32 {
    word as u32
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
