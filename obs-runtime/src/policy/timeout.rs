//! Limits of time.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use obs_schema::resilience::PolicySettings;

use super::cells::Cells;
use super::limit::{Limited, time_limited};
use super::registry::{Policy, policy};
use super::{InvalidSettings, Name, Reason, Rejected};
use crate::words::words;

policy!(TimeLimit, Duration, "limit of time", TIME_LIMIT_SITES);

/// A limit of how long a call takes. Beyond it the future of the call is dropped.
///
/// ```
/// use std::time::Duration;
/// use obs_runtime::Rejected;
/// use obs_runtime::policy::{Reason, TimeLimit};
///
/// # #[cfg(feature = "tokio")]
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let search = TimeLimit::named("docs-search", Duration::from_millis(20))?;
/// let hits: Result<u32, Rejected> = search.call(async { Ok(3) }).await;
/// assert_eq!(hits, Ok(3));
///
/// let never = std::future::pending::<Result<u32, Rejected>>();
/// let rejected = search.call(never).await.unwrap_err();
/// assert_eq!(rejected.reason(), Reason::TimedOut);
/// # Ok::<(), obs_runtime::policy::InvalidSettings>(())
/// # }).unwrap();
/// ```
pub struct TimeLimit {
    name: Name,
    settings: Duration,
    cells: Cells<2>,
}

words! {
    /// How a call with a limit of time ended.
    pub enum TimeLimitResult {
        /// In time, whatever it returned.
        Completed = "completed",
        /// It was given up.
        Timeout = "timeout",
    }
}

impl TimeLimit {
    /// The limit of this name, which is made if there is none. It is as long as whoever asked first said.
    ///
    /// # Errors
    ///
    /// If it is 0.
    pub fn named(name: &str, limit: Duration) -> Result<Arc<Self>, InvalidSettings> {
        InvalidSettings::none(PolicySettings::of_limit(limit).check())?;
        Ok(Self::registry().named(name, limit))
    }

    fn create(name: Name, settings: Duration) -> Self {
        Self {
            name,
            settings,
            cells: Cells::new(),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// How long a call may take.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.settings
    }

    /// How many calls ended in each way since the start.
    #[must_use]
    pub fn calls(&self) -> Vec<(TimeLimitResult, u64)> {
        let counts = self.cells.read();
        TimeLimitResult::ALL.into_iter().zip(counts).collect()
    }

    /// What the future gives, if that is in time. Outside of a runtime of tokio there is no limit.
    ///
    /// # Errors
    ///
    /// Those of the future, and the rejection.
    pub async fn call<T, E: From<Rejected>>(
        &self,
        future: impl Limited<Output = Result<T, E>>,
    ) -> Result<T, E> {
        match self.run(future).await {
            Some(value) => value,
            None => Err(self.timed_out().into()),
        }
    }

    /// What the future gives, if that is in time.
    #[doc(hidden)]
    pub async fn run<F: Limited>(&self, future: F) -> Option<F::Output> {
        let value = time_limited(self.settings, future).await;
        let result = match value {
            Some(_) => TimeLimitResult::Completed,
            None => TimeLimitResult::Timeout,
        };
        self.cells.add(result as u32);
        value
    }

    /// What the caller of a call gets that took too long.
    #[doc(hidden)]
    #[must_use]
    pub fn timed_out(&self) -> Rejected {
        Rejected::new(self.name.clone(), Reason::TimedOut, None)
    }
}

impl fmt::Debug for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeLimit")
            .field("name", &self.name())
            .field("limit", &self.limit())
            .finish_non_exhaustive()
    }
}
