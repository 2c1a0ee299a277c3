//! What becomes of a call that has ended.

use std::sync::atomic::{
    AtomicU64,
    Ordering::{Relaxed, SeqCst},
};
use std::time::Duration;

use super::books::CallResult;
use super::count::RESULTS;
use super::event::EventKind;
use super::feed::{self, Noted};
use super::machine::{Ended, Machine, NEVER_QUIET};
use super::permit::Permit;
use super::registry::is_ticking;
use super::rules::{Span, Verdict};
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
        if let (Some(watch), Some(slow)) = (self.watch.get(), self.rules.slow()) {
            watch.scan(now, slow, |generation| {
                self.books.add(CallResult::Slow);
                self.say_slow(now);
                self.record(generation, false, true);
            });
        }
        let word = self.gate.word();
        let judges = matches!(word.state(), State::Closed | State::MetricsOnly);
        if judges && self.rules.span() == Span::Time {
            let tally = self.time.tally(|| self.judged());
            if self.rules.judge(tally) == Verdict::Exceeded {
                self.exceed(word);
            } else {
                self.calm(word);
            }
        }
    }

    /// Counts a result for the state of this generation, and draws the conclusion.
    fn record(&self, generation: Generation, failed: bool, slow: bool) {
        let word = self.gate.word();
        let is_late = word.generation() != generation;
        let has_window = matches!(word.state(), State::Closed | State::MetricsOnly);
        if !is_late && has_window {
            return self.record_in_window(word, failed, slow);
        }
        self.stray.fetch_add(1, Relaxed);
        if !is_late && word.state() == State::HalfOpen {
            self.settle_trial(word, failed, slow);
        }
    }

    fn settle_trial(&self, word: Word, failed: bool, slow: bool) {
        let Some(trial) = self.gate.settle(word.generation(), failed, slow) else {
            return;
        };
        if self.rules.judge_trial(trial.failed, trial.slow) == Verdict::Exceeded {
            self.go(word, State::Open, clock::ticks());
        } else if trial.done >= self.rules.permits() {
            self.go(word, State::Closed, clock::ticks());
        }
    }

    fn record_in_window(&self, word: Word, failed: bool, slow: bool) {
        let is_bad = failed || slow;
        let generation = word.generation();
        // Whether it may be that calls that go well change nothing from now on.
        let mut may_be_calm = !is_bad;
        let verdict = match self.rules.span() {
            Span::Consecutive if is_bad => match self.streak.fail(generation) {
                Some(length) => self.rules.judge_row(length),
                None => return,
            },
            Span::Consecutive => {
                self.streak.succeed(generation);
                Verdict::Fine
            }
            Span::Count(size) => {
                let Some(pushed) = self.count.push(generation, failed, slow) else {
                    return;
                };
                if !is_bad && !self.is_worth_a_look(pushed, size) {
                    return;
                }
                let tally = self.count.tally(size);
                may_be_calm = tally.is_clean(size);
                self.rules.judge(tally)
            }
            Span::Time => {
                if is_bad && !self.time.count(generation, failed, slow) {
                    return;
                }
                self.rules.judge(self.time.tally(|| self.judged()))
            }
        };
        if may_be_calm {
            self.calm(word);
        } else if is_bad && self.quiet.load(SeqCst) != NEVER_QUIET && !self.is_calm() {
            self.quiet.store(NEVER_QUIET, SeqCst);
        }
        if verdict == Verdict::Exceeded {
            self.exceed(word);
        }
    }

    /// Whether a call that went well can decide something, or be the one from which on such calls change nothing:
    /// as the call that makes enough of them, after a change of the settings, and else once in a while.
    fn is_worth_a_look(&self, pushed: u64, size: u32) -> bool {
        let is_unsettled =
            self.is_unsettled.load(Relaxed) && self.is_unsettled.swap(false, Relaxed);
        is_unsettled
            || pushed == u64::from(self.rules.min_calls())
            || pushed == u64::from(size)
            || pushed.is_multiple_of(u64::from(RESULTS))
    }

    /// Lets calls that go well change nothing, if they would not.
    pub(super) fn calm(&self, word: Word) {
        if !word.is_closed() || !self.is_calm() {
            return;
        }
        self.quiet.store(word.0, SeqCst);
        // A failure that came meanwhile is seen here, or it undoes this itself.
        if !self.is_calm() || self.gate.word() != word {
            self.quiet.store(NEVER_QUIET, SeqCst);
        }
    }

    fn is_calm(&self) -> bool {
        let is_unwatched = self.rules.slow().is_none();
        is_unwatched
            && match self.rules.span() {
                Span::Consecutive => self.streak.length() == 0,
                Span::Count(size) => self.count.tally(size).is_clean(size),
                // The slots begin in time, and by then it is judged whether there are enough calls.
                Span::Time => is_ticking(),
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
