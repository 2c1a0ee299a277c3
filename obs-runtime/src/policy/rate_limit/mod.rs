//! Limits of rate.

mod bucket;
#[cfg(test)]
mod tests;

/// What the files that the model checker runs as well are built of: `tests/loom.rs` compiles the same files with its
/// own.
mod sync {
    pub(super) use std::sync::atomic::{AtomicU64, Ordering};
}

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use obs_schema::resilience::RateLimitSettings;

use self::bucket::{Bucket, Turn};
use super::admission::{Admission, Admissions, Waits};
use super::registry::{Policy, policy};
use super::{InvalidSettings, Name, Reason, Rejected, limit};
use crate::fork::Renewed;
use crate::hot::clock;
use crate::op::{Begun, Clock};

policy!(RateLimit, RateLimitSettings, "rate limit", RATE_LIMIT_SITES);

/// A limit of how many calls begin in a time. Calls beyond it wait for their turn, if they may, or are rejected.
///
/// Calls are spaced evenly: with 100 calls per second one is let through every 10 ms, and up to `burst` of them at once
/// after a time without calls. So in no time of any length there are more than a burst and what the rate allows.
///
/// ```
/// use obs_runtime::policy::{RateLimit, RateLimitSettings, Reason};
///
/// let settings = RateLimitSettings { calls: 10, burst: 2, ..RateLimitSettings::DEFAULT };
/// let mails = RateLimit::named("docs-mails", settings)?;
/// assert!(mails.enter().is_ok() && mails.enter().is_ok());
/// let rejected = mails.enter().unwrap_err();
/// assert_eq!(rejected.reason(), Reason::RateLimited);
/// assert!(rejected.retry_after().unwrap().as_millis() <= 100);
/// # Ok::<(), obs_runtime::policy::InvalidSettings>(())
/// ```
pub struct RateLimit {
    name: Name,
    settings: RateLimitSettings,
    bucket: Bucket,
    /// How long a call waits, in ticks.
    patience: u64,
    admissions: Admissions,
    waiting: Renewed<AtomicU64>,
}

impl RateLimit {
    /// The limit of this name, which is made if there is none. The settings are those of whoever asked first.
    ///
    /// # Errors
    ///
    /// If the settings contradict themselves.
    pub fn named(name: &str, settings: RateLimitSettings) -> Result<Arc<Self>, InvalidSettings> {
        InvalidSettings::none(settings.check())?;
        Ok(Self::registry().named(name, settings))
    }

    fn create(name: Name, settings: RateLimitSettings) -> Self {
        let interval =
            clock::from_duration(settings.per).div_ceil(u64::from(settings.calls.max(1)));
        Self {
            name,
            settings,
            bucket: Bucket::new(interval, settings.burst),
            patience: clock::from_duration(settings.wait),
            admissions: Admissions::new(),
            waiting: Renewed::new(AtomicU64::new(0)),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Its settings.
    #[must_use]
    pub fn settings(&self) -> RateLimitSettings {
        self.settings
    }

    /// How many calls could begin now.
    #[must_use]
    pub fn available(&self) -> u64 {
        self.bucket.available(clock::ticks())
    }

    /// How many calls wait for their turn.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.line().load(Relaxed)
    }

    /// How many calls were told what since the start.
    #[must_use]
    pub fn admissions(&self) -> Vec<(Admission, u64)> {
        self.admissions.read()
    }

    /// Lets a call begin if it may do so at once.
    ///
    /// # Errors
    ///
    /// If it is not its turn.
    pub fn try_enter(&self) -> Result<(), Rejected> {
        self.take(clock::ticks(), 0).map(|_| self.permit())
    }

    /// Lets a call begin, after it has blocked its thread until it is its turn.
    ///
    /// # Errors
    ///
    /// If that is longer than `wait`.
    #[inline]
    pub fn enter(&self) -> Result<(), Rejected> {
        self.enter_with(&Begun::UNKNOWN)
    }

    /// The same for a function that may know what time it is.
    #[doc(hidden)]
    #[inline]
    pub fn enter_with(&self, clock: &impl Clock) -> Result<(), Rejected> {
        let turn = self.take(clock.now(), self.patience)?;
        if turn.wait > 0 {
            let _waits = Waits::in_line(self.line());
            clock::sleep(duration(turn.wait));
        }
        self.permit();
        Ok(())
    }

    /// Lets a call begin once it is its turn. Given up before that, it leaves its turn to others.
    ///
    /// # Errors
    ///
    /// If that is longer than `wait`, and outside of a runtime of tokio if it is not now.
    pub async fn enter_async(&self) -> Result<(), Rejected> {
        let now = clock::ticks();
        let patience = match self.patience > 0 && limit::has_timer() {
            true => self.patience,
            false => 0,
        };
        let turn = self.take(now, patience)?;
        if turn.wait > 0 {
            let mut reserved = Reserved {
                limit: self,
                turn: Some(turn),
                _waits: Waits::in_line(self.line()),
            };
            limit::pause(duration(turn.wait)).await;
            reserved.turn = None;
        }
        self.permit();
        Ok(())
    }

    /// Those of this process.
    fn line(&self) -> &AtomicU64 {
        self.waiting.get(|_| AtomicU64::new(0))
    }

    #[inline]
    fn take(&self, now: u64, patience: u64) -> Result<Turn, Rejected> {
        self.bucket
            .take(now, patience)
            .map_err(|left| self.reject(left))
    }

    #[inline(always)]
    fn permit(&self) {
        self.admissions.add(Admission::Permitted);
    }

    fn reject(&self, left: u64) -> Rejected {
        self.admissions.add(Admission::Rejected);
        Rejected::new(self.name.clone(), Reason::RateLimited, Some(left))
    }
}

/// A call that waits for its turn.
#[derive(Debug)]
struct Reserved<'a> {
    limit: &'a RateLimit,
    /// Until it has come.
    turn: Option<Turn>,
    _waits: Waits<'a>,
}

impl Drop for Reserved<'_> {
    fn drop(&mut self) {
        if let Some(turn) = self.turn.take() {
            self.limit.bucket.give_back(turn);
            self.limit.admissions.add(Admission::Cancelled);
        }
    }
}

fn duration(ticks: u64) -> Duration {
    Duration::from_nanos(clock::to_nanos(ticks))
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("name", &self.name())
            .field("available", &self.available())
            .finish_non_exhaustive()
    }
}
