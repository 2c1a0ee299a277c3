//! A call whose body is a future.

use std::future::Future;
use std::mem::{self, ManuallyDrop};
use std::pin::Pin;
use std::task::{Context, Poll};

use obs_schema::def::CallOutcome;

use super::active::{Active, Slot};
use super::away::Away;
use super::{Begun, Parent, Recorder};
use crate::callsite::{Callsite, Word};
use crate::hot::local::Current;
use crate::hot::segment;
use crate::outcome::{ErrorInfo, Verdict};
use crate::series::SeriesKey;

/// A call whose body is a future, under way: a local variable of the `async fn`, so it lives where that is
/// pinned.
///
/// From its beginning the thread is in the call. A body that is done at its first poll ends like one that is
/// not `async`; only one that has to wait takes the call off the thread.
#[derive(Debug)]
#[must_use = "the call ends when this is dropped"]
pub struct Task {
    at: At,
    /// Whether the span has a segment of its own, once the call has waited.
    has_segment: bool,
    /// The span, or 0. It is asked for once, where the call has just begun.
    span: u64,
    /// Where the thread is while it is in the call, once that has waited.
    place: Current,
    /// Where the thread was before it went into the call.
    former: Current,
    /// Taken out when the call ends, so that nothing has to be dropped where it has ended.
    state: ManuallyDrop<State>,
}

/// Where the call is, seen from the thread that polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Nobody observes it, it has not begun or it has ended.
    Nowhere,
    /// The thread need not know of it.
    Anywhere,
    /// The thread is in it.
    Here,
    /// The same, after it has waited, and the thread knows of nothing but the span.
    HereAgain,
    /// It waits, and the thread has to know of nothing but the span.
    AwayBriefly,
    /// It waits.
    Away,
}

impl At {
    #[inline(always)]
    fn is_here(self) -> bool {
        matches!(self, Self::Here | Self::HereAgain)
    }

    #[inline(always)]
    fn is_away(self) -> bool {
        matches!(self, Self::AwayBriefly | Self::Away)
    }
}

#[derive(Debug)]
enum State {
    /// Its future has not had to wait yet.
    First(Slot),
    /// It has.
    Later(Away),
}

impl Task {
    /// The place of a call, before it has begun.
    #[inline(always)]
    #[expect(clippy::new_without_default, reason = "only expansions make one")]
    pub const fn new() -> Self {
        Self {
            at: At::Nowhere,
            has_segment: false,
            span: 0,
            place: Current::NONE,
            former: Current::NONE,
            state: ManuallyDrop::new(State::First(Slot::empty())),
        }
    }

    /// Begins the call. The thread is in it until the first poll has ended.
    #[inline(always)]
    pub fn enter(&mut self, callsite: &'static Callsite, key: SeriesKey<'_>, parent: Parent<'_>) {
        let word = callsite.peek();
        if word.is_active() {
            match (key, parent) {
                (SeriesKey::Index(index), None) => self.begin_plain(callsite, word, index),
                _ => self.begin(callsite, key, parent),
            }
        }
    }

    #[inline(never)]
    fn begin_plain(&mut self, callsite: &'static Callsite, word: Word, index: usize) {
        self.begin_by(|slot| slot.begin_plain(callsite, word, index));
    }

    #[inline(never)]
    fn begin(&mut self, callsite: &'static Callsite, key: SeriesKey<'_>, parent: Parent<'_>) {
        self.begin_by(|slot| match key {
            SeriesKey::Index(index) => slot.begin_index(callsite, index, parent),
            SeriesKey::Values(values) => slot.begin_values(callsite, values, parent),
        });
    }

    #[inline(always)]
    fn begin_by(&mut self, begin: impl FnOnce(&mut Slot)) {
        let State::First(slot) = &mut *self.state else {
            return;
        };
        begin(slot);
        if let Some(active) = slot.get_mut() {
            active.note_unwinding();
            self.span = active.span_id().unwrap_or(0);
            self.at = match active.is_in_place() {
                true => At::Here,
                false => At::Anywhere,
            };
        }
    }

    /// Whether the call is observed: if not, nobody has to find out how it ends.
    #[inline(always)]
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.at != At::Nowhere
    }

    /// Takes attributes, if they are of use to anybody. The call has just begun.
    #[inline(always)]
    #[must_use]
    pub fn recorder(&self) -> Option<Recorder> {
        (self.span != 0).then_some(Recorder::of(self.span))
    }

    /// When the call began. It has just done so.
    #[inline(always)]
    #[must_use]
    pub fn begun(&self) -> Begun {
        match &*self.state {
            State::First(slot) => Begun::of(slot),
            State::Later(_) => Begun::UNKNOWN,
        }
    }

    /// Runs the body inside the call. It stays where it is: moving a large future costs time and code.
    #[inline(always)]
    pub fn observe<'a, F: Future>(&'a mut self, body: Pin<&'a mut F>) -> Observed<'a, F> {
        Observed {
            stay: Stay(self),
            body,
        }
    }

    /// Ends the call.
    #[inline(always)]
    pub fn finish(&mut self, verdict: Verdict<'_>) {
        if self.is_active() {
            self.end(verdict.outcome, verdict.error);
            // Said here as well, where it shows that there is nothing to drop.
            self.at = At::Nowhere;
        }
    }

    /// Puts the thread into the call, if it is not.
    #[inline(always)]
    pub(crate) fn go_in(&mut self) {
        if self.at.is_away() {
            self.resume();
        }
    }

    /// Takes the thread out of the call, if it is in it.
    #[inline(always)]
    pub(crate) fn go_out(&mut self) {
        if self.at.is_here() {
            self.suspend();
        }
    }

    /// The same as [`go_in`](Self::go_in), for every poll: what is usual is done without a call.
    #[inline(always)]
    fn poll_in(&mut self) {
        if self.at == At::AwayBriefly && (self.has_segment || segment::is_in(self.place)) {
            segment::enter_from(&self.place, &mut self.former);
            self.at = At::HereAgain;
        } else {
            self.go_in();
        }
    }

    /// The same as [`go_out`](Self::go_out), for every poll.
    #[inline(always)]
    fn poll_out(&mut self) {
        if self.at == At::HereAgain {
            segment::return_to(&self.former);
            self.at = At::AwayBriefly;
        } else {
            self.go_out();
        }
    }

    #[inline(never)]
    fn resume(&mut self) {
        if let State::Later(away) = &mut *self.state {
            self.former = away.enter();
            self.at = match self.note_place() {
                true => At::HereAgain,
                false => At::Here,
            };
        }
    }

    #[inline(never)]
    fn suspend(&mut self) {
        match &mut *self.state {
            State::Later(away) => away.leave(&self.former),
            State::First(slot) => {
                if let Some(active) = slot.take() {
                    *self.state = State::Later(active.suspend());
                }
            }
        }
        self.at = match self.note_place() {
            true => At::AwayBriefly,
            false => At::Away,
        };
    }

    /// Notes where the thread has to go, if it has to know of nothing but a span.
    fn note_place(&mut self) -> bool {
        let State::Later(away) = &*self.state else {
            return false;
        };
        let Some(span) = away.only_span() else {
            return false;
        };
        self.place = span.place();
        self.has_segment = span.has_segment();
        true
    }

    #[inline(never)]
    fn end(&mut self, outcome: CallOutcome, error: Option<&dyn ErrorInfo>) {
        let was = mem::replace(&mut self.at, At::Nowhere);
        match &mut *self.state {
            State::First(slot) => {
                if let Some(active) = slot.get_mut() {
                    active.end(outcome, error);
                }
            }
            State::Later(away) => {
                away.note(outcome, error);
                if was.is_here() {
                    away.leave(&self.former);
                }
                away.end(outcome);
                *self.state = State::First(Slot::empty());
            }
        }
    }

    /// Ends a call that did not say how: its body unwound, or its future was given up.
    #[cold]
    #[inline(never)]
    pub(crate) fn abandon(&mut self) {
        let has_unwound = match &*self.state {
            State::First(slot) => slot.get().is_some_and(Active::has_unwound),
            State::Later(away) => away.has_unwound(),
        };
        let outcome = match has_unwound {
            true => CallOutcome::Panic,
            false => CallOutcome::Cancelled,
        };
        self.end(outcome, None);
    }
}

impl Drop for Task {
    #[inline(always)]
    fn drop(&mut self) {
        if self.is_active() {
            self.abandon();
        }
    }
}

/// Runs a future as the body of a call that has begun.
///
/// While it is polled, the call's span is the thread's current one; a poll reads no clock and allocates
/// nothing.
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Observed<'a, F> {
    stay: Stay<'a>,
    body: Pin<&'a mut F>,
}

/// The thread's stays in the call while the body is polled, and while it is dropped: that comes after this.
/// What the body's own values do then belongs to the call.
#[derive(Debug)]
struct Stay<'a>(&'a mut Task);

impl Drop for Stay<'_> {
    #[inline(always)]
    fn drop(&mut self) {
        self.0.go_in();
    }
}

impl<F: Future> Future for Observed<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.stay.0.poll_in();
        let poll = self.body.as_mut().poll(cx);
        if poll.is_pending() {
            self.stay.0.poll_out();
        }
        poll
    }
}
