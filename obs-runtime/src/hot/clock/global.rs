//! The clock itself: which source it reads, and its wall-clock time.

use std::sync::OnceLock;
use std::sync::atomic::{
    AtomicI64, AtomicU32,
    Ordering::{Relaxed, Release},
};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::drift::Reason;
use super::rate::Rate;
use super::reading::paired;
use super::source::{Line, Source};
use super::{Status, counter, virtual_time};

/// In [`Clock::state`]: the counter is the clock.
const COUNTER: u32 = 1;
/// In [`Clock::state`]: one thread more that runs on virtual time.
const VIRTUAL_THREAD: u32 = 2;

/// A clock of the process. There is one; tests make their own, whose faults are no other test's.
pub(super) struct Clock {
    /// [`COUNTER`], and [`VIRTUAL_THREAD`] for each thread on virtual time. In the usual case it is exactly
    /// `COUNTER`: one comparison tells the hot path that it need not look further.
    state: AtomicU32,
    source: OnceLock<Source>,
    fallback: OnceLock<Fallback>,
    /// The wall-clock time of tick 0 in nanoseconds since 1970, renewed by [`Watch`](super::Watch). One number, so that a
    /// reader never sees half of a renewal.
    origin: AtomicI64,
}

/// What took the counter's place.
struct Fallback {
    reason: Reason,
    line: Line,
}

impl Clock {
    pub(super) const fn new() -> Self {
        Self {
            state: AtomicU32::new(0),
            source: OnceLock::new(),
            fallback: OnceLock::new(),
            origin: AtomicI64::new(0),
        }
    }

    #[inline(always)]
    pub(super) fn ticks(&self) -> u64 {
        match self.counted() {
            Some(ticks) => ticks,
            None => self.ticks_slow(),
        }
    }

    #[inline(always)]
    pub(super) fn counted(&self) -> Option<u64> {
        (self.state.load(Relaxed) == COUNTER).then(counter::read)
    }

    #[cold]
    fn ticks_slow(&self) -> u64 {
        self.virtual_now().unwrap_or_else(|| self.real_ticks())
    }

    pub(super) fn real_ticks(&self) -> u64 {
        let source = self.source();
        let fallback = self.fallback.get().map(|fallback| &fallback.line);
        match fallback.or(source.line.as_ref()) {
            Some(line) => line.now(source.rate),
            None => counter::read(),
        }
    }

    fn virtual_now(&self) -> Option<u64> {
        (self.state.load(Relaxed) >= VIRTUAL_THREAD)
            .then(virtual_time::now)
            .flatten()
    }

    pub(super) fn rate(&self) -> Rate {
        self.source().rate
    }

    fn source(&self) -> &Source {
        self.source.get_or_init(|| {
            let source = Source::detect();
            match &source.line {
                Some(line) => self.anchor(line.now(source.rate), source.rate),
                None => {
                    self.anchor(counter::read(), source.rate);
                    self.state.fetch_or(COUNTER, Relaxed);
                }
            }
            source
        })
    }

    /// Whether the counter is the clock, be it that a thread runs on virtual time or not.
    pub(super) fn counts(&self) -> bool {
        self.source();
        self.state.load(Relaxed) & COUNTER != 0
    }

    /// Gives the counter up for good. Ticks go on from the last ones that it counted, and not below `floor`: a
    /// counter that went backwards must not take time along, as what waits for a tick would wait once more
    /// for all that was counted. False if this was done before.
    pub(super) fn fall_back(&self, reason: Reason, floor: u64) -> bool {
        let reading = paired(|| self.real_ticks(), Instant::now);
        let line = Line {
            ticks: reading.counter.max(floor),
            at: reading.reference,
        };
        let first = self.fallback.set(Fallback { reason, line }).is_ok();
        // A thread that does not see this yet counts on for a moment, which does no harm.
        self.state.fetch_and(!COUNTER, Release);
        first
    }

    pub(super) fn to_unix_nanos(&self, ticks: u64) -> u64 {
        let since = self.rate().to_nanos(ticks);
        let unix = self.origin.load(Relaxed).saturating_add_unsigned(since);
        u64::try_from(unix).unwrap_or(0)
    }

    #[cfg(any(feature = "log", feature = "export"))]
    pub(super) fn now_unix_nanos(&self) -> u64 {
        match self.virtual_now() {
            Some(now) => self.to_unix_nanos(now),
            None => u64::try_from(wall_nanos()).unwrap_or(0),
        }
    }

    /// Takes a new pair of readings, so that the wall clock's steps and slewing reach later conversions.
    pub(super) fn refresh_anchor(&self) {
        self.anchor(self.real_ticks(), self.rate());
    }

    fn anchor(&self, ticks: u64, rate: Rate) {
        let origin = wall_nanos().saturating_sub_unsigned(rate.to_nanos(ticks));
        self.origin.store(origin, Relaxed);
    }

    pub(super) fn freeze(&self) {
        if virtual_time::begin(self.ticks()) {
            self.state.fetch_add(VIRTUAL_THREAD, Relaxed);
        }
    }

    pub(super) fn resume(&self) {
        if virtual_time::end() {
            self.state.fetch_sub(VIRTUAL_THREAD, Relaxed);
        }
    }

    pub(super) fn status(&self) -> Status {
        let source = self.source();
        let counts = source.line.is_none() && self.fallback.get().is_none();
        Status {
            source: if counts { counter::NAME } else { "monotonic" },
            ticks_per_second: source.rate.per_second(),
            fallback: self.fallback.get().map(|fallback| fallback.reason.code()),
        }
    }
}

/// The wall-clock time in nanoseconds since 1970; 0 before that.
pub(super) fn wall_nanos() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let nanos = since.map_or(0, |since| {
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    });
    #[cfg(test)]
    let nanos = nanos.saturating_add(STEPPED.load(Relaxed)).max(0);
    nanos
}

/// By how much a test has set the wall clock of its process, in nanoseconds.
#[cfg(test)]
pub(super) static STEPPED: AtomicI64 = AtomicI64::new(0);
