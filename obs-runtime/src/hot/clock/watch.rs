//! What has to be done to the clock from time to time.

use super::drift::{Fault, Judge, Reason};
use super::global::Clock;
use super::reading::Reading;
use super::{CLOCK, counter};
use crate::diagnostics;

/// Keeps the clock right: relates ticks to the wall clock anew and checks the counter. It belongs to one
/// thread, and holds what that thread saw last, so there is nothing to lock.
pub(crate) struct Watch {
    clock: &'static Clock,
    judge: Option<Judge>,
}

impl Watch {
    pub(crate) fn new() -> Self {
        Self::over(&CLOCK)
    }

    pub(super) fn over(clock: &'static Clock) -> Self {
        Self { clock, judge: None }
    }

    /// To be called about once a second. More often does not see more, more seldom sees it later.
    pub(crate) fn renew(&mut self) {
        if let Some(fault) = self.check() {
            self.give_up(fault);
        }
        self.clock.refresh_anchor();
    }

    fn check(&mut self) -> Option<Fault> {
        if !self.clock.counts() {
            return None;
        }
        let now = Reading::take();
        let judge = self
            .judge
            .get_or_insert_with(|| Judge::new(self.clock.rate(), now));
        if counter::is_given_up() {
            return Some(Fault {
                reason: Reason::ClockSource,
                floor: judge.floor(),
            });
        }
        judge.judge(now)
    }

    pub(super) fn give_up(&self, fault: Fault) {
        if self.clock.fall_back(fault.reason, fault.floor) {
            diagnostics::report(&format!(
                "the processor's time-stamp counter `{}` {}; the monotonic clock is read instead from now on, \
                 which takes longer but is right",
                counter::NAME,
                fault.reason.text(),
            ));
        }
    }
}
