//! One circuit breaker.

use std::fmt;
use std::sync::atomic::{
    AtomicBool, AtomicU64,
    Ordering::{Relaxed, SeqCst},
};
use std::sync::{Arc, Mutex, OnceLock};

use obs_schema::resilience::{BreakerSettings, Window};

use super::books::{Books, CallResult, Counts};
use super::count::{CountWindow, Tally};
use super::event::EventKind;
use super::feed::{self, Subscription};
use super::gate::{Gate, Probe};
use super::health::HealthFeed;
use super::permit::Permit;
use super::registry;
use super::rules::{Rules, Span};
use super::streak::Streak;
use super::time::TimeWindow;
use super::transition::{Ledger, Transitions};
use super::watch::Watch;
use super::word::{Generation, State, Word};
use crate::hot::clock;
use crate::op::Clock;
use crate::policy::{InvalidSettings, Name, Reason, Rejected};

/// In [`Breaker::quiet`]: every call that goes well changes something.
pub(super) const NEVER_QUIET: u64 = u64::MAX;

/// A circuit breaker. See the [module](super).
///
/// What it costs while it is closed and all is well: a load and a comparison when a call begins, the same and a
/// count of the thread's own when it ends.
pub struct Breaker {
    pub(super) gate: Gate,
    /// The state in which a call that goes well changes nothing but the number of such calls.
    pub(super) quiet: AtomicU64,
    pub(super) books: Books,
    pub(super) rules: Rules,
    pub(super) streak: Streak,
    pub(super) count: CountWindow,
    pub(super) time: TimeWindow,
    pub(super) watch: OnceLock<Watch>,
    /// Whether the settings have changed since the window was judged.
    pub(super) is_unsettled: AtomicBool,
    /// Calls in the books that belong to no window: they ended in another state than they began in, or in one
    /// without a window.
    pub(super) stray: AtomicU64,
    /// When the next event of rejected calls is due, in ticks.
    pub(super) say_rejected: AtomicU64,
    pub(super) say_slow: AtomicU64,
    pub(super) name: Name,
    /// Whether others are told of it. One that is not listed is nobody's to look for.
    pub(super) is_listed: bool,
    pub(super) ledger: Mutex<Ledger>,
    pub(super) health: HealthFeed,
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

impl Breaker {
    /// The breaker of this name, which is made if there is none. The settings are those of whoever asked first.
    ///
    /// # Errors
    ///
    /// If the settings contradict themselves.
    pub fn named(name: &str, settings: BreakerSettings) -> Result<Arc<Self>, InvalidSettings> {
        InvalidSettings::none(settings.check())?;
        Ok(registry::named(name, settings))
    }

    pub(super) fn create(name: Name, settings: BreakerSettings, books: Books) -> Self {
        let now = clock::ticks();
        let generation = Generation::FIRST;
        let breaker = Self {
            gate: Gate::new(Word::new(State::Closed, generation, None)),
            quiet: AtomicU64::new(NEVER_QUIET),
            rules: Rules::new(&settings),
            streak: Streak::new(generation),
            count: CountWindow::new(generation, BreakerSettings::MAX_COUNT),
            time: TimeWindow::new(generation, span_of(&settings), now),
            watch: OnceLock::new(),
            is_unsettled: AtomicBool::new(false),
            stray: AtomicU64::new(0),
            say_rejected: AtomicU64::new(0),
            say_slow: AtomicU64::new(0),
            name,
            is_listed: true,
            books,
            ledger: Mutex::new(Ledger::new(settings, now)),
            health: HealthFeed::default(),
        };
        breaker.calm(breaker.gate.word());
        breaker
    }

    /// The same, but nobody is told what happens to it.
    pub(super) fn unlisted(self) -> Self {
        Self {
            is_listed: false,
            ..self
        }
    }

    /// Gets the events of this breaker from now on. See [`subscribe`](super::subscribe()).
    #[must_use]
    pub fn subscribe(&self) -> Subscription {
        feed::subscribe_to(self.name())
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Asks to be let through.
    ///
    /// # Errors
    ///
    /// If it is open, or half-open and enough calls are under way.
    #[inline]
    pub fn enter(&self) -> Result<Permit<'_>, Rejected> {
        self.enter_at(clock::ticks)
    }

    /// The same for a function that may know what time it is.
    #[doc(hidden)]
    #[inline(always)]
    pub fn enter_with(&self, clock: &impl Clock) -> Result<Permit<'_>, Rejected> {
        self.enter_at(|| clock.now())
    }

    #[inline(always)]
    fn enter_at(&self, now: impl Fn() -> u64) -> Result<Permit<'_>, Rejected> {
        let word = self.gate.peek();
        if word.is_closed() && self.rules.slow().is_none() {
            return Ok(Permit {
                breaker: self,
                word,
                begin: 0,
                seat: None,
            });
        }
        self.enter_slow(now())
    }

    #[inline(never)]
    fn enter_slow(&self, now: u64) -> Result<Permit<'_>, Rejected> {
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

    /// Calls `body` if the breaker lets it through, and looks at what it returns: an `Err` is a failure.
    ///
    /// # Errors
    ///
    /// Those of the body, and the rejection.
    pub fn call<T, E: From<Rejected>>(&self, body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let permit = self.enter()?;
        let value = body();
        match &value {
            Ok(_) => permit.success(),
            Err(_) => permit.failure(),
        }
        value
    }

    /// What it does with calls now: an open breaker whose time is over is half-open, although no call has come to
    /// find out.
    #[must_use]
    pub fn state(&self) -> State {
        effective(self.gate.word(), clock::ticks())
    }

    /// Closes it, with an empty window.
    pub fn reset(&self) {
        self.force(State::Closed, true);
        self.publish(EventKind::Reset)
            .iter()
            .for_each(|event| feed::log(event));
    }

    /// Rejects all calls from now on.
    pub fn force_open(&self) {
        self.force(State::ForcedOpen, false);
    }

    /// Lets all calls through from now on and looks at none of them.
    pub fn disable(&self) {
        self.force(State::Disabled, false);
    }

    /// Lets all calls through from now on and looks at them, but never opens.
    pub fn only_measure(&self) {
        self.force(State::MetricsOnly, false);
    }

    /// Its settings.
    #[must_use]
    pub fn settings(&self) -> BreakerSettings {
        self.ledger().settings
    }

    /// Changes its settings. The state, its deadline and what is in the window stay as they are; they are judged by
    /// the new settings from the next call on.
    ///
    /// # Errors
    ///
    /// If the settings contradict themselves. Then nothing is changed.
    pub fn update(&self, settings: BreakerSettings) -> Result<(), InvalidSettings> {
        InvalidSettings::none(settings.check())?;
        let mut ledger = self.ledger();
        ledger.settings = settings;
        self.rules.set(&settings);
        if let Window::Time(_) = settings.window {
            self.time.set_span(span_of(&settings));
        }
        self.is_unsettled.store(true, SeqCst);
        self.quiet.store(NEVER_QUIET, SeqCst);
        Ok(())
    }

    /// What the present window says.
    pub(super) fn tally(&self) -> Tally {
        match self.rules.span() {
            Span::Consecutive => {
                let failed = self.streak.length();
                Tally {
                    calls: failed,
                    failed,
                    slow: 0,
                }
            }
            Span::Count(size) => self.count.tally(size),
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

    /// The state, since when it is, and until when, in ticks.
    pub(super) fn now(&self) -> (State, u64, Option<u64>) {
        let since = self.ledger().since;
        let word = self.gate.word();
        (effective(word, clock::ticks()), since, word.deadline())
    }

    /// Whether a call that began in this state and went well changes nothing.
    #[inline(always)]
    pub(super) fn is_quiet(&self, word: Word) -> bool {
        self.quiet.load(Relaxed) == word.0
    }

    fn permit(&self, word: Word, now: u64) -> Permit<'_> {
        let is_watched = self.rules.slow().is_some() && word.state() != State::Disabled;
        let seat = is_watched.then(|| {
            let watch = self.watch.get_or_init(Watch::new);
            watch.sit(word.generation(), now)
        });
        Permit {
            breaker: self,
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

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Breaker")
            .field("name", &self.name())
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

/// The state that a call would find.
fn effective(word: Word, now: u64) -> State {
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
