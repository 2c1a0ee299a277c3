//! The turnstile of one process.

use std::sync::Arc;

use obs_schema::resilience::BulkheadSettings;

use super::turnstile::{Ticket, Turnstile};
use crate::fork;

/// The turnstile of one process. A child of `fork` leaves that of its parent alone: threads that it does not have may
/// hold its lock for ever.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) turnstile: Turnstile,
    process: u32,
}

impl Door {
    pub(super) fn new(settings: &BulkheadSettings) -> Self {
        Self {
            turnstile: Turnstile::new(settings.concurrent, settings.queue),
            process: fork::generation(),
        }
    }

    /// Gives a place back.
    #[inline]
    pub(super) fn leave(&self) {
        if self.is_own() {
            self.turnstile.leave();
        }
    }

    /// Gives up a place in line. `true` if it was its turn already: then it is inside.
    pub(super) fn withdraw(&self, ticket: &Arc<Ticket>) -> bool {
        self.is_own() && self.turnstile.withdraw(ticket)
    }

    #[inline]
    fn is_own(&self) -> bool {
        self.process == fork::generation()
    }
}
