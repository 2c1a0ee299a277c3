//! Whether the counter still tells the time.
//!
//! What can be seen depends on the kernel. While it tells the time by the same counter, its clocks err along
//! with it, and it is the kernel that finds the counter unsound, with clocks that a program cannot read;
//! [`counter::is_given_up`](super::counter::is_given_up) asks for that. The comparison here finds
//! what differs between the kernel's view of the counter and a program's: a counter that a hypervisor or a
//! sandbox emulates, a rate or an offset changed under a running machine, a wrong rate of the firmware's.
//!
//! A machine that was suspended must not be mistaken for that. Its clock stood still meanwhile; the counter
//! may have stood still, gone on, or begun anew. So the counter may be ahead by as much as the machine slept. A
//! counter that began anew is unsound whatever the reason, since all later ticks would be before all
//! earlier ones.

use std::time::Duration;

use super::rate::Rate;
use super::reading::Reading;

#[cfg(test)]
mod tests;

/// How far the counter's rate may be off, in parts per million. Quartz is within 100 over its whole range of
/// temperatures, and the calibration within half of the limit.
pub(super) const LIMIT_PPM: u64 = 500;
/// The shortest time to compare over. Readings take well under a microsecond, which is 1 ppm of it.
const WINDOW: Duration = Duration::from_secs(1);
/// How many bad windows in a row make it drift. One alone can be a jump that a pause of the virtual machine
/// left behind, after which time goes on as it should.
const SUSTAINED: u32 = 2;

/// Why the counter was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// Its rate changed, or was never what it was said to be.
    Drift,
    Backwards,
    StoodStill,
    /// The kernel does not tell the time by it any more.
    ClockSource,
}

/// The counter failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) reason: Reason,
    /// The tick that later ones must not be below.
    pub(super) floor: u64,
}

/// Compares the counter with the clock, from window to window.
#[derive(Debug)]
pub(super) struct Judge {
    rate: Rate,
    /// The beginning of the window.
    base: Reading,
    /// Bad windows in a row.
    bad: u32,
}

impl Reason {
    /// The word for it in metrics and endpoints.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::Backwards => "backwards",
            Self::StoodStill => "stood_still",
            Self::ClockSource => "clock_source",
        }
    }

    /// What happened, for the sentence that says so.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Drift => "runs at another rate than the system's clock",
            Self::Backwards => "went backwards",
            Self::StoodStill => "stood still",
            Self::ClockSource => "is not the kernel's clock source any more; `dmesg` may say why",
        }
    }
}

impl Judge {
    pub(super) fn new(rate: Rate, base: Reading) -> Self {
        Self { rate, base, bad: 0 }
    }

    /// The last tick that is known to be right.
    pub(super) fn floor(&self) -> u64 {
        self.base.clocks.counter
    }

    /// Looks at the window that `now` ends. A window that is too short goes on.
    pub(super) fn judge(&mut self, now: Reading) -> Option<Fault> {
        let passed = now.clocks.reference.checked_sub(self.base.clocks.reference);
        let passed = passed.filter(|passed| *passed >= WINDOW)?;
        let fault = |reason, floor| Some(Fault { reason, floor });
        let base = std::mem::replace(&mut self.base, now);
        let expected = self.rate.ticks_in(passed);
        let Some(counted) = now.clocks.counter.checked_sub(base.clocks.counter) else {
            // It may have counted rightly up to a moment ago.
            let floor = base.clocks.counter.saturating_add(expected);
            return fault(Reason::Backwards, floor);
        };
        if counted == 0 {
            return fault(Reason::StoodStill, now.clocks.counter);
        }
        let slept = now.slept.saturating_sub(base.slept);
        let longest = self.rate.ticks_in(passed.saturating_add(slept));
        let error = (base.clocks.width / 2).saturating_add(now.clocks.width / 2);
        let least = expected.saturating_sub(tolerance(expected).saturating_add(error));
        let most = longest.saturating_add(tolerance(longest).saturating_add(error));
        if (least..=most).contains(&counted) {
            self.bad = 0;
            return None;
        }
        self.bad += 1;
        (self.bad >= SUSTAINED)
            .then(|| fault(Reason::Drift, now.clocks.counter))
            .flatten()
    }
}

fn tolerance(ticks: u64) -> u64 {
    let ticks = u128::from(ticks) * u128::from(LIMIT_PPM) / 1_000_000;
    u64::try_from(ticks).unwrap_or(u64::MAX)
}
