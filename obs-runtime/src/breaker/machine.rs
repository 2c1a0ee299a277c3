//! What a circuit breaker is made of, in one process.

use std::fmt;
use std::sync::OnceLock;

use obs_schema::resilience::{BreakerSettings, Window};

use super::books::{Books, CallResult, Counts};
use super::calm::Calm;
use super::count::{CountWindow, Tally};
use super::gate::{Gate, Probe};
use super::health::HealthFeed;
use super::permit::Permit;
use super::rules::{Rules, Span};
use super::sync::{AtomicU64, Mutex, Ordering::Relaxed};
use super::time::TimeWindow;
use super::transition::{Ledger, Transitions};
use super::watch::Watch;
use super::word::{Generation, State, Word};
use crate::fork;
use crate::hot::clock;
use crate::policy::{Name, Reason, Rejected};

/// See the module.
pub(super) struct Machine {
    pub(super) gate: Gate,
    pub(super) calm: Calm,
    pub(super) books: Books,
    pub(super) rules: Rules,
    pub(super) count: CountWindow,
    pub(super) time: TimeWindow,
    pub(super) watch: OnceLock<Watch>,
    /// Calls in the books that belong to no window: they ended in another state than they began in, or in one
    /// without a window.
    pub(super) stray: AtomicU64,
    /// When the next event of rejected calls is due, in ticks.
    pub(super) say_rejected: AtomicU64,
    pub(super) say_slow: AtomicU64,
    /// When calls under way are to be looked at next, in ticks, if nobody does so from time to time.
    pub(super) look_due: AtomicU64,
    pub(super) name: Name,
    /// Whether others are told of it. One that is not listed is nobody's to look for, nor to look at from time to time.
    pub(super) is_listed: bool,
    pub(super) ledger: Mutex<Ledger>,
    pub(super) health: HealthFeed,
    /// The settings that it was made with.
    declared: BreakerSettings,
    /// The process whose threads have its locks.
    process: u32,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Success,
    Failure,
    Timeout,
    Ignored,
    /// Nobody said how.
    Undecided,
}

impl Ended {
    /// What the call counts as, if anything.
    pub(super) const fn result(self, is_slow: bool) -> Option<CallResult> {
        match self {
            Self::Success if is_slow => Some(CallResult::Slow),
            Self::Success => Some(CallResult::Success),
            Self::Failure => Some(CallResult::Error),
            Self::Timeout => Some(CallResult::Timeout),
            Self::Ignored => Some(CallResult::Ignored),
            Self::Undecided => None,
        }
    }
}

impl Machine {
    /// A closed one.
    pub(super) fn new(name: Name, settings: BreakerSettings, books: Books) -> Self {
        let word = Word::new(State::Closed, Generation::FIRST, None);
        Self::begin(name, books, word, Ledger::new(settings, clock::ticks()))
    }

    /// The same, but nobody is told what happens to it.
    pub(super) fn unlisted(self) -> Self {
        self.listed(false)
    }

    fn listed(self, is_listed: bool) -> Self {
        let machine = Self { is_listed, ..self };
        machine.begin_calm(machine.gate.word());
        machine
    }

    /// That of a child of `fork`, whose parent had this one: in the same state, with an empty window.
    pub(super) fn in_child(former: &Self) -> Self {
        let found = former.gate.word();
        let word = Word::new(found.state(), Generation::FIRST, found.deadline());
        // A thread that the child does not have may hold the lock for ever.
        let ledger = match former.ledger.try_lock() {
            Ok(ledger) => ledger.in_child(),
            Err(_) => Ledger::new(former.declared, clock::ticks()),
        };
        let books = former.books.in_child();
        let own = Self::begin(former.name.clone(), books, word, ledger);
        Self {
            declared: former.declared,
            ..own.listed(former.is_listed)
        }
    }

    fn begin(name: Name, books: Books, word: Word, ledger: Ledger) -> Self {
        let (now, settings) = (clock::ticks(), ledger.settings);
        let generation = word.generation();
        let machine = Self {
            gate: Gate::new(word),
            calm: Calm::new(),
            rules: Rules::new(&settings),
            count: CountWindow::new(generation, BreakerSettings::MAX_COUNT, books.judged()),
            time: TimeWindow::new(generation, span_of(&settings), now),
            watch: OnceLock::new(),
            stray: AtomicU64::new(0),
            say_rejected: AtomicU64::new(0),
            say_slow: AtomicU64::new(0),
            look_due: AtomicU64::new(0),
            name,
            is_listed: true,
            books,
            ledger: Mutex::new(ledger),
            health: HealthFeed::default(),
            declared: settings,
            process: fork::generation(),
        };
        machine.begin_calm(word);
        machine
    }

    /// Whether it is that of the process that this one was forked from.
    pub(super) fn is_left_behind(&self) -> bool {
        self.process != fork::generation()
    }

    #[inline(always)]
    pub(super) fn enter_at(&self, now: impl Fn() -> u64) -> Result<Permit<'_>, Rejected> {
        let word = self.gate.peek();
        if word.is_closed() && self.rules.slow().is_none() {
            return Ok(Permit {
                machine: self,
                word,
                begin: 0,
                seat: None,
            });
        }
        self.enter_slow(now())
    }

    #[inline(never)]
    fn enter_slow(&self, now: u64) -> Result<Permit<'_>, Rejected> {
        self.look_if_due(now);
        loop {
            let word = self.gate.word();
            match word.state() {
                State::Closed | State::MetricsOnly | State::Disabled => {
                    return Ok(self.permit(word, now));
                }
                State::ForcedOpen => return Err(self.reject(None, now)),
                State::Open => {
                    if !word.is_due(now) {
                        let left = word.deadline().map(|at| at.saturating_sub(now));
                        return Err(self.reject(left, now));
                    }
                    self.go(word, State::HalfOpen, now);
                }
                State::HalfOpen if word.is_due(now) => {
                    self.go(word, State::Open, now);
                }
                State::HalfOpen => match self.gate.admit(word.generation(), self.rules.permits()) {
                    Probe::Admitted => return Ok(self.permit(word, now)),
                    Probe::Full => return Err(self.reject(None, now)),
                    Probe::Late => {}
                },
            }
        }
    }

    /// Changes the settings, which have been checked.
    pub(super) fn update(&self, settings: BreakerSettings) {
        let mut ledger = self.ledger();
        ledger.settings = settings;
        let former = self.rules.span();
        self.rules.set(&settings);
        if let Window::Time(_) = settings.window {
            self.time.set_span(span_of(&settings));
        }
        match (former, self.rules.span()) {
            // The failures in a row stay, and the next one is judged by the new settings.
            (Span::Consecutive, Span::Consecutive) => {}
            (_, Span::Consecutive) => self.begin_calm(self.gate.word()),
            // The next call is judged by them, also if it goes well.
            _ => self.calm.end(),
        }
    }

    /// What the present window says.
    pub(super) fn tally(&self) -> Tally {
        if !self.gate.word().has_window() {
            return Tally::default();
        }
        match self.rules.span() {
            Span::Consecutive => {
                let failed = self.calm.row();
                Tally {
                    calls: failed,
                    failed,
                    slow: 0,
                }
            }
            Span::Count(size) => self.count.tally(size, self.judged()),
            Span::Time => {
                self.roll(clock::ticks());
                self.time.tally(|| self.judged())
            }
        }
    }

    pub(super) fn counts(&self) -> Counts {
        self.books.read()
    }

    pub(super) fn transitions(&self) -> Transitions {
        self.ledger().transitions
    }

    /// The state that a call would find.
    pub(super) fn state(&self) -> State {
        let (word, now) = self.seen();
        effective(word, now)
    }

    /// The state, since when it is, and until when, in ticks.
    pub(super) fn now(&self) -> (State, u64, Option<u64>) {
        let since = self.ledger().since;
        let (word, now) = self.seen();
        (effective(word, now), since, word.deadline())
    }

    /// What is in force now, and when that is.
    fn seen(&self) -> (Word, u64) {
        let now = clock::ticks();
        self.look_if_due(now);
        (self.gate.word(), now)
    }

    fn permit(&self, word: Word, now: u64) -> Permit<'_> {
        let is_watched = self.rules.slow().is_some() && word.state() != State::Disabled;
        let seat = is_watched.then(|| {
            let watch = self.watch.get_or_init(Watch::new);
            watch.sit(word.generation(), now)
        });
        Permit {
            machine: self,
            word,
            begin: if is_watched { now } else { 0 },
            seat: seat.flatten(),
        }
    }

    fn reject(&self, left: Option<u64>, now: u64) -> Rejected {
        self.books.add(CallResult::CircuitOpen);
        if now >= self.say_rejected.load(Relaxed) {
            self.say_rejected(now);
        }
        Rejected::new(self.name.clone(), Reason::CircuitOpen, left)
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breaker")
            .field("name", &self.name.as_str())
            .field("state", &effective(self.gate.word(), clock::ticks()))
            .finish_non_exhaustive()
    }
}

/// The state that a call would find.
pub(super) fn effective(word: Word, now: u64) -> State {
    match word.state() {
        State::Open if word.is_due(now) => State::HalfOpen,
        State::HalfOpen if word.is_due(now) => State::Open,
        state => state,
    }
}

fn span_of(settings: &BreakerSettings) -> u64 {
    let span = match settings.window {
        Window::Time(span) => span,
        Window::Consecutive | Window::Count(_) => BreakerSettings::MIN_TIME,
    };
    clock::from_duration(span)
}
