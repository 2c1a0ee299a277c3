//! What becomes of a call that has ended.

use std::time::Duration;

use super::books::CallResult;
use super::event::EventKind;
use super::feed::{self, Noted};
use super::machine::{Ended, Machine};
use super::permit::Permit;
use super::registry::is_ticking;
use super::rules::{Span, Verdict};
use super::sync::{AtomicU64, Ordering::Relaxed, Ordering::SeqCst, fence};
use super::word::{Generation, State, Word};
use crate::hot::clock;

/// How often a breaker says that it rejects calls, or that calls are slow.
const SAY_EVERY: Duration = Duration::from_secs(1);

impl Machine {
    /// Ends a call.
    pub(super) fn end(&self, permit: &Permit<'_>, how: Ended) {
        let watch = self.watch.get();
        let counted = match (permit.seat, watch) {
            (Some(seat), Some(watch)) => watch.leave(seat),
            _ => false,
        };
        if counted {
            return;
        }
        if self.is_left_behind() {
            how.result(false)
                .into_iter()
                .for_each(|one| self.books.add(one));
            return;
        }
        let slow = self.rules.slow().filter(|_| permit.begin != 0);
        let now = match slow.is_some() || self.rules.span() == Span::Time {
            true => clock::ticks(),
            false => 0,
        };
        // Before the call is counted: it belongs to the slot in which it ends.
        self.roll(now);
        if slow.is_some() {
            self.look_if_due(now);
        }
        let is_slow = slow.is_some_and(|slow| now.saturating_sub(permit.begin) >= slow);
        let failed = matches!(how, Ended::Failure | Ended::Timeout);
        how.result(is_slow)
            .into_iter()
            .for_each(|one| self.books.add(one));
        if matches!(how, Ended::Ignored | Ended::Undecided) {
            if permit.word.state() == State::HalfOpen {
                self.gate.give_back(permit.word.generation());
            }
            return;
        }
        if is_slow {
            self.say_slow(now);
        }
        self.record(permit.word.generation(), failed, is_slow);
    }

    /// What has to be done from time to time: it counts calls that have become slow, and begins slots of the window.
    pub(super) fn tick(&self) {
        let now = clock::ticks();
        self.roll(now);
        self.look(now);
        let word = self.gate.word();
        if word.has_window() && self.rules.span() == Span::Time {
            // All threads read it, so it is written only where that changes something.
            if !self.calm.is_of(word) {
                self.calm.begin(word);
            }
            let tally = self.time.tally(|| self.judged());
            if self.rules.judge(tally) == Verdict::Exceeded {
                self.exceed(word);
            }
        }
    }

    /// Counts the calls under way that have become slow.
    fn look(&self, now: u64) {
        if let (Some(watch), Some(slow)) = (self.watch.get(), self.rules.slow()) {
            watch.scan(now, slow, |generation| {
                self.books.add(CallResult::Slow);
                self.say_slow(now);
                self.record(generation, false, true);
            });
        }
    }

    /// The same where nobody does it from time to time, as in a program that was not started: whoever comes does.
    pub(super) fn look_if_due(&self, now: u64) {
        let Some(slow) = self.rules.slow().filter(|_| !self.is_ticked()) else {
            return;
        };
        if now >= self.look_due.load(Relaxed) {
            self.look_due.store(now.saturating_add(slow / 8), Relaxed);
            self.look(now);
        }
    }

    /// Counts a result for the state of this generation, and draws the conclusion.
    fn record(&self, generation: Generation, failed: bool, slow: bool) {
        let word = self.gate.word();
        if word.generation() == generation {
            if word.has_window() {
                return self.record_in_window(word, failed, slow);
            }
            if word.state() == State::HalfOpen && self.settle_trial(word, failed, slow) {
                return;
            }
        }
        self.stray.fetch_add(1, Relaxed);
    }

    /// Counts a result of a half-open state. False if the breaker is in another one by now.
    fn settle_trial(&self, word: Word, failed: bool, slow: bool) -> bool {
        let Some(trial) = self.gate.settle(word.generation(), failed, slow) else {
            return false;
        };
        if self.rules.judge_trial(trial.failed, trial.slow) == Verdict::Exceeded {
            self.go(word, State::Open, clock::ticks());
        } else if trial.done >= self.rules.permits() {
            self.go(word, State::Closed, clock::ticks());
        }
        true
    }

    fn record_in_window(&self, word: Word, failed: bool, slow: bool) {
        let verdict = match failed || slow {
            true => self.record_bad(word, failed, slow),
            false if self.calm.is_of(word) => return,
            false => self.record_good(word),
        };
        if verdict == Verdict::Exceeded {
            self.exceed(word);
        }
    }

    /// Counts a call that went wrong. That is one write to memory that threads share, whatever the window is.
    fn record_bad(&self, word: Word, failed: bool, slow: bool) -> Verdict {
        let generation = word.generation();
        match self.rules.span() {
            Span::Consecutive => match self.calm.fail(word) {
                Some(length) => self.rules.judge_row(length),
                None => Verdict::Fine,
            },
            Span::Count(size) => {
                let mut total = self.judged();
                let Some(calls) = self.count.note(generation, total, failed, slow) else {
                    return Verdict::Fine;
                };
                if calls < u64::from(self.rules.min_calls()) {
                    // The call that makes enough of them may end at this moment: it sees what was noted, or is seen.
                    total = self.judged();
                }
                self.rules.judge(self.count.tally(size, total))
            }
            Span::Time => match self.time.count(generation, failed, slow) {
                true => self.rules.judge(self.time.tally(|| self.judged())),
                false => Verdict::Fine,
            },
        }
    }

    /// What a call that went well can decide: it ends a row, it is the one that makes enough of them, or the first after a
    /// change of the settings. After that such calls decide nothing, as none of them makes the share of bad ones larger.
    fn record_good(&self, word: Word) -> Verdict {
        let span = self.rules.span();
        if span == Span::Consecutive {
            self.calm.succeed(word);
            return Verdict::Fine;
        }
        // A bad call that ends at this moment is seen, or sees that this one has ended.
        fence(SeqCst);
        match span {
            Span::Count(_) if !self.has_enough() => return Verdict::Fine,
            // Nobody else would see that there are enough.
            Span::Time if !self.is_ticked() => {}
            // Settings that change from here on end the calm again.
            _ => self.calm.begin(word),
        }
        let verdict = self.rules.judge(self.tally());
        if matches!(span, Span::Count(_)) && !self.has_enough() {
            // There were enough by the settings of before.
            self.calm.end();
        }
        verdict
    }

    fn has_enough(&self) -> bool {
        self.count.calls(self.judged()) >= u64::from(self.rules.min_calls())
    }

    /// Whether somebody calls [`tick`](Self::tick) from time to time.
    fn is_ticked(&self) -> bool {
        self.is_listed && is_ticking()
    }

    /// Makes calls that go well change nothing in a state that begins, if they would not.
    pub(super) fn begin_calm(&self, word: Word) {
        let is_calm = match self.rules.span() {
            Span::Consecutive => true,
            Span::Count(_) => false,
            // The slots begin in time, and by then it is judged whether there are enough calls.
            Span::Time => self.is_ticked(),
        };
        match word.has_window() && is_calm {
            true => self.calm.begin(word),
            false => self.calm.end(),
        }
    }

    fn exceed(&self, word: Word) {
        let tally = self.tally();
        let exceeded = EventKind::ThresholdExceeded {
            calls: tally.calls,
            failure_ratio: tally.failure_ratio(),
            slow_ratio: tally.slow_ratio(),
        };
        if word.is_closed() {
            self.go_because(word, State::Open, clock::ticks(), Some(exceeded));
        } else {
            self.say_at_times(&self.say_slow, clock::ticks(), exceeded);
        }
    }

    #[inline]
    pub(super) fn roll(&self, now: u64) {
        if self.rules.span() == Span::Time && self.time.is_over(now) {
            self.time.roll(now, self.judged());
        }
    }

    /// How many calls belong to windows.
    pub(super) fn judged(&self) -> u64 {
        self.books.judged().saturating_sub(self.stray.load(Relaxed))
    }

    #[cold]
    #[inline(never)]
    pub(super) fn say_rejected(&self, now: u64) {
        let total = self.counts()[CallResult::CircuitOpen as usize];
        self.say_at_times(&self.say_rejected, now, EventKind::Rejected { total });
    }

    fn say_slow(&self, now: u64) {
        if now >= self.say_slow.load(Relaxed) {
            let total = self.counts()[CallResult::Slow as usize];
            self.say_at_times(&self.say_slow, now, EventKind::SlowCall { total });
        }
    }

    /// Publishes an event, unless that was done a moment ago.
    fn say_at_times(&self, next: &AtomicU64, now: u64, kind: EventKind) {
        let due = next.load(Relaxed);
        let later = now.saturating_add(clock::from_duration(SAY_EVERY));
        let is_first = now >= due && next.compare_exchange(due, later, Relaxed, Relaxed).is_ok();
        if is_first {
            self.note(kind).into_iter().for_each(Noted::tell);
        }
    }

    /// Notes an event, if anybody is to be told.
    pub(super) fn note(&self, kind: EventKind) -> Option<Noted> {
        self.is_listed.then(|| feed::note(&self.name, kind))
    }
}
