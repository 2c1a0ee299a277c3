//! Limits of concurrency.

mod door;
#[cfg(test)]
mod tests;
mod turnstile;

/// What the files that the model checker runs as well are built of: `tests/loom.rs` compiles the same files with its
/// own.
mod sync {
    pub(super) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    pub(super) use std::sync::{Arc, Mutex, MutexGuard};
}

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Context;
use std::thread;
use std::time::Instant;

use obs_schema::resilience::BulkheadSettings;

use self::door::Door;
use self::turnstile::{Come, Ticket};
use super::admission::{Admission, Admissions};
use super::registry::{Policy, policy};
use super::{InvalidSettings, Name, Reason, Rejected, limit, park};
use crate::fork::Renewed;
use crate::hot::clock;

policy!(Bulkhead, BulkheadSettings, "bulkhead", BULKHEAD_SITES);

/// A limit of how many calls run at the same time. Calls beyond it wait in the order in which they came, if there is
/// room for them, or are rejected.
///
/// ```
/// use obs_runtime::policy::{Bulkhead, BulkheadSettings, Reason};
///
/// let settings = BulkheadSettings { concurrent: 1, ..BulkheadSettings::DEFAULT };
/// let reports = Bulkhead::named("docs-reports", settings)?;
/// let slot = reports.enter().unwrap();
/// assert_eq!(reports.enter().unwrap_err().reason(), Reason::BulkheadFull);
/// drop(slot);
/// assert!(reports.enter().is_ok());
/// # Ok::<(), obs_runtime::policy::InvalidSettings>(())
/// ```
pub struct Bulkhead {
    name: Name,
    settings: BulkheadSettings,
    door: Renewed<Door>,
    admissions: Admissions,
}

/// A place in a bulkhead. It is given back when this is dropped, however the call ends.
#[derive(Debug)]
#[must_use = "the place is given back when this is dropped"]
pub struct Slot<'a>(&'a Door);

impl Drop for Slot<'_> {
    #[inline]
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl Bulkhead {
    /// The bulkhead of this name, which is made if there is none. The settings are those of whoever asked first.
    ///
    /// # Errors
    ///
    /// If the settings contradict themselves.
    pub fn named(name: &str, settings: BulkheadSettings) -> Result<Arc<Self>, InvalidSettings> {
        InvalidSettings::none(settings.check())?;
        Ok(Self::registry().named(name, settings))
    }

    fn create(name: Name, settings: BulkheadSettings) -> Self {
        Self {
            name,
            settings,
            door: Renewed::new(Door::new(&settings)),
            admissions: Admissions::new(),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Its settings.
    #[must_use]
    pub fn settings(&self) -> BulkheadSettings {
        self.settings
    }

    /// That of this process. In a child of `fork` nobody is inside.
    #[inline]
    fn door(&self) -> &Door {
        self.door.get(|_| Door::new(&self.settings))
    }

    /// How many calls run.
    #[must_use]
    pub fn running(&self) -> u32 {
        self.door().turnstile.inside()
    }

    /// How many calls wait for their turn.
    #[must_use]
    pub fn waiting(&self) -> u32 {
        self.door().turnstile.in_line()
    }

    /// How many calls were told what since the start.
    #[must_use]
    pub fn admissions(&self) -> Vec<(Admission, u64)> {
        self.admissions.read()
    }

    /// Takes a place if there is one and nobody waits for it.
    ///
    /// # Errors
    ///
    /// If there is none.
    #[inline]
    pub fn try_enter(&self) -> Result<Slot<'_>, Rejected> {
        let door = self.door();
        self.after(door, door.turnstile.go_in())
    }

    /// Takes a place; if there is none, it blocks its thread until it is its turn.
    ///
    /// # Errors
    ///
    /// If too many wait already, or it waited for too long.
    #[inline]
    pub fn enter(&self) -> Result<Slot<'_>, Rejected> {
        match self.settings.queue {
            0 => self.try_enter(),
            _ => self.enter_line(),
        }
    }

    #[inline(never)]
    fn enter_line(&self) -> Result<Slot<'_>, Rejected> {
        let door = self.door();
        let ticket = match door.turnstile.come() {
            Come::Inside => return Ok(self.permit(door)),
            Come::Full => return Err(self.reject()),
            Come::InLine(ticket) => ticket,
        };
        // Others leave, and their time is real.
        let (begun, end) = (Instant::now(), clock::virtual_after(self.settings.wait));
        let waker = park::waker();
        let mut context = Context::from_waker(&waker);
        while ticket.poll(&mut context).is_pending() {
            let left = self.settings.wait.saturating_sub(begun.elapsed());
            if left.is_zero() {
                clock::reach(end);
                return self.after(door, door.withdraw(&ticket));
            }
            thread::park_timeout(left);
        }
        Ok(self.permit(door))
    }

    /// Takes a place, once it is its turn. Given up before that, it is out of the line.
    ///
    /// # Errors
    ///
    /// If too many wait already, or it waited for too long, and outside of a runtime of tokio if there is no place
    /// now.
    pub async fn enter_async(&self) -> Result<Slot<'_>, Rejected> {
        if self.settings.queue == 0 {
            return self.try_enter();
        }
        let door = self.door();
        let ticket = match door.turnstile.come() {
            Come::Inside => return Ok(self.permit(door)),
            Come::Full => return Err(self.reject()),
            Come::InLine(ticket) => ticket,
        };
        let mut place = InLine {
            bulkhead: self,
            door,
            ticket: Some(ticket),
        };
        if limit::has_timer() {
            limit::within(self.settings.wait, place.turn()).await;
        }
        self.after(door, place.withdraw())
    }

    /// What becomes of a call that has tried to come in.
    #[inline]
    fn after<'a>(&self, door: &'a Door, is_inside: bool) -> Result<Slot<'a>, Rejected> {
        match is_inside {
            true => Ok(self.permit(door)),
            false => Err(self.reject()),
        }
    }

    #[inline(always)]
    fn permit<'a>(&self, door: &'a Door) -> Slot<'a> {
        self.admissions.add(Admission::Permitted);
        Slot(door)
    }

    #[cold]
    fn reject(&self) -> Rejected {
        self.admissions.add(Admission::Rejected);
        Rejected::new(self.name.clone(), Reason::BulkheadFull, None)
    }
}

/// A call that waits for its turn.
#[derive(Debug)]
struct InLine<'a> {
    bulkhead: &'a Bulkhead,
    door: &'a Door,
    /// Until it has left the line.
    ticket: Option<Arc<Ticket>>,
}

impl InLine<'_> {
    async fn turn(&self) {
        if let Some(ticket) = &self.ticket {
            poll_fn(|context| ticket.poll(context)).await;
        }
    }

    /// Leaves the line. `true` if it was its turn: then it is inside.
    fn withdraw(&mut self) -> bool {
        let ticket = self.ticket.take();
        ticket.is_some_and(|ticket| self.door.withdraw(&ticket))
    }
}

impl Drop for InLine<'_> {
    fn drop(&mut self) {
        if self.ticket.is_none() {
            return;
        }
        self.bulkhead.admissions.add(Admission::Cancelled);
        if self.withdraw() {
            self.door.leave();
        }
    }
}

impl fmt::Debug for Bulkhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bulkhead")
            .field("name", &self.name())
            .field("running", &self.running())
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}
