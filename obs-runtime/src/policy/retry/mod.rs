//! Retries.

mod advice;
mod attempts;
mod budget;
mod result;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use obs_schema::resilience::RetrySettings;

pub use self::advice::{
    RetryTest, Retryable, TimeOf, advice, advice_error_if, advice_ok_if, retry_after, retry_if,
};
pub use self::attempts::Attempts;
use self::budget::Budget;
use self::result::Results;
pub use self::result::{AttemptResult, CallKind};
use super::fate::Fate;
use super::registry::{Policy, policy};
use super::{InvalidSettings, Name, limit};
use crate::hot::clock;
use crate::op::{Begun, Clock};
use crate::outcome::Outcome;

policy!(Retry, RetrySettings, "retry", RETRY_SITES);

/// Makes calls that fail again, some time later.
///
/// Only errors are retried that [`Outcome`] calls retryable. A callee that is down for all its callers is not asked more
/// and more often: all calls of the same name share a budget, so of a thousand that fail some two hundred are retried.
///
/// ```
/// use std::time::Duration;
/// use obs_runtime::Class;
/// use obs_runtime::policy::{Retry, RetrySettings};
///
/// #[derive(Debug)]
/// struct Busy;
///
/// impl obs_runtime::Outcome for Busy {
///     fn class(&self) -> Class { Class::Retryable }
/// }
///
/// let settings = RetrySettings { delay: Duration::from_millis(1), ..RetrySettings::DEFAULT };
/// let retry = Retry::named("docs-stock", settings)?;
/// let mut attempts = 0;
/// let stock = retry.call(|| {
///     attempts += 1;
///     if attempts < 3 { Err(Busy) } else { Ok(7) }
/// });
/// assert_eq!((stock.unwrap(), attempts), (7, 3));
/// # Ok::<(), obs_runtime::policy::InvalidSettings>(())
/// ```
pub struct Retry {
    name: Name,
    settings: RetrySettings,
    results: Results,
    budget: Budget,
}

impl Retry {
    /// The retry of this name, which is made if there is none. The settings are those of whoever asked first.
    ///
    /// # Errors
    ///
    /// If the settings contradict themselves.
    pub fn named(name: &str, settings: RetrySettings) -> Result<Arc<Self>, InvalidSettings> {
        InvalidSettings::none(settings.check())?;
        Ok(Self::registry().named(name, settings))
    }

    fn create(name: Name, settings: RetrySettings) -> Self {
        Self {
            name,
            settings,
            results: Results::new(),
            budget: Budget::new(settings.budget),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Its settings.
    #[must_use]
    pub fn settings(&self) -> RetrySettings {
        self.settings
    }

    /// How many retries there may be until another call has allowed some.
    #[must_use]
    pub fn budget(&self) -> f64 {
        self.budget.left(self.results.number_of_calls())
    }

    /// How many calls ended in each way since the start.
    #[must_use]
    pub fn calls(&self) -> Vec<(CallKind, u64)> {
        self.results.calls()
    }

    /// How many attempts ended in each way since the start.
    #[must_use]
    pub fn attempts(&self) -> Vec<(AttemptResult, u64)> {
        self.results.attempts()
    }

    /// Calls `attempt` until it goes well or another one would make no sense. It blocks its thread from one to the next.
    ///
    /// # Errors
    ///
    /// That of the last attempt.
    pub fn call<T, E: Outcome>(&self, mut attempt: impl FnMut() -> Result<T, E>) -> Result<T, E> {
        let mut attempts = self.begin(&Begun::UNKNOWN);
        loop {
            let value = attempt();
            match attempts.next(Fate::Ran, advice(&value)) {
                Some(delay) => clock::sleep(delay),
                None => return value,
            }
        }
    }

    /// The same for an `async` one. Outside of a runtime of tokio there is one attempt.
    ///
    /// # Errors
    ///
    /// That of the last attempt.
    pub async fn call_async<T, E: Outcome, F: Future<Output = Result<T, E>>>(
        &self,
        mut attempt: impl FnMut() -> F,
    ) -> Result<T, E> {
        let mut attempts = self.begin(&Begun::UNKNOWN);
        loop {
            let value = attempt().await;
            match attempts.next_async(Fate::Ran, advice(&value)) {
                Some(delay) => limit::pause(delay).await,
                None => return value,
            }
        }
    }

    /// The attempts of a call that begins.
    #[doc(hidden)]
    #[inline]
    pub fn begin(&self, clock: &impl Clock) -> Attempts<'_> {
        Attempts::new(self, clock)
    }

    fn has_budget(&self) -> bool {
        self.budget.take(self.results.number_of_calls())
    }
}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}
