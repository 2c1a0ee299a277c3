//! How many retries there may be: each call allows a share of one, and each retry takes one.
//!
//! What calls have allowed is only added up when a retry asks, from the counts that every thread keeps for itself: a call
//! that goes well writes nothing that others write.

use std::sync::{Mutex, MutexGuard, PoisonError};

use obs_schema::resilience::RetrySettings;

use crate::fork::Renewed;

/// See the module.
#[derive(Debug)]
pub(super) struct Budget {
    /// What each call allows.
    share: f64,
    account: Renewed<Mutex<Account>>,
}

#[derive(Debug)]
struct Account {
    saved: f64,
    /// The calls whose share is in it.
    calls: u64,
}

impl Budget {
    pub(super) fn new(share: f64) -> Self {
        Self {
            share,
            account: Renewed::new(Mutex::new(Account::NEW)),
        }
    }

    /// Takes a retry, if there is one. `calls` is how many there were since the start.
    pub(super) fn take(&self, calls: u64) -> bool {
        let mut account = self.account();
        account.settle(calls, self.share);
        let is_enough = account.saved >= 1.0;
        if is_enough {
            account.saved -= 1.0;
        }
        is_enough
    }

    /// How many retries are there.
    pub(super) fn left(&self, calls: u64) -> f64 {
        let mut account = self.account();
        account.settle(calls, self.share);
        account.saved
    }

    /// That of this process, in which calls are counted from 0 on.
    fn account(&self) -> MutexGuard<'_, Account> {
        let account = self.account.get(|_| Mutex::new(Account::NEW));
        account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    const NEW: Self = Self {
        saved: RetrySettings::RESERVE as f64,
        calls: 0,
    };

    /// Adds what calls have allowed since the last time.
    fn settle(&mut self, calls: u64, share: f64) {
        let new = calls.saturating_sub(self.calls);
        self.calls = self.calls.max(calls);
        let most = f64::from(RetrySettings::MAX_SAVED);
        self.saved = (self.saved + new as f64 * share).min(most);
    }
}
