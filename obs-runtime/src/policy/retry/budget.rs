//! How many retries there may be: each call allows a share of one, and each retry takes one.
//!
//! What calls have allowed is only added up when a retry asks, from the counts that every thread keeps for itself: a call
//! that goes well writes nothing that others write.

use std::sync::{Mutex, MutexGuard, PoisonError};

use obs_schema::resilience::RetrySettings;

use crate::fork::Renewed;

/// A retry, in the parts that are counted: of fractions that are added up, as many shares as one wants make no whole.
const RETRY: u64 = 1_000_000_000;

/// See the module.
#[derive(Debug)]
pub(super) struct Budget {
    /// What each call allows, in parts of a retry.
    share: u64,
    account: Renewed<Mutex<Account>>,
}

#[derive(Debug)]
struct Account {
    /// In parts of a retry.
    saved: u64,
    /// The calls whose share is in it.
    calls: u64,
}

impl Budget {
    pub(super) fn new(share: f64) -> Self {
        Self {
            share: (share * RETRY as f64).round() as u64,
            account: Renewed::new(Mutex::new(Account::NEW)),
        }
    }

    /// Takes a retry, if there is one. `calls` is how many there were since the start.
    pub(super) fn take(&self, calls: u64) -> bool {
        let mut account = self.account();
        account.settle(calls, self.share);
        let rest = account.saved.checked_sub(RETRY);
        account.saved = rest.unwrap_or(account.saved);
        rest.is_some()
    }

    /// How many retries are there.
    pub(super) fn left(&self, calls: u64) -> f64 {
        let mut account = self.account();
        account.settle(calls, self.share);
        account.saved as f64 / RETRY as f64
    }

    /// That of this process, in which calls are counted from 0 on.
    fn account(&self) -> MutexGuard<'_, Account> {
        let account = self.account.get(|_| Mutex::new(Account::NEW));
        account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    const NEW: Self = Self {
        saved: RetrySettings::RESERVE as u64 * RETRY,
        calls: 0,
    };

    /// Adds what calls have allowed since the last time.
    fn settle(&mut self, calls: u64, share: u64) {
        let new = calls.saturating_sub(self.calls);
        self.calls = self.calls.max(calls);
        let most = u64::from(RetrySettings::MAX_SAVED) * RETRY;
        self.saved = self
            .saved
            .saturating_add(new.saturating_mul(share))
            .min(most);
    }
}
