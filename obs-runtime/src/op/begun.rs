//! What time it is, for what guards a call that has just begun.

use super::Op;
use super::active::{Active, Slot};
use super::count::Count;
use crate::hot::clock;

/// Something that may know what time it is, because it has just looked.
pub trait Clock {
    /// The present time, in ticks.
    fn now(&self) -> u64;
}

/// When a call began.
#[derive(Debug, Clone, Copy)]
pub struct Begun(u64);

impl Begun {
    /// Nobody has looked at the clock.
    pub const UNKNOWN: Self = Self(0);

    #[inline(always)]
    pub(super) fn of(slot: &Slot) -> Self {
        Self(slot.get().map_or(0, Active::begun))
    }
}

impl Clock for Begun {
    #[inline(always)]
    fn now(&self) -> u64 {
        match self.0 {
            0 => clock::ticks(),
            ticks => ticks,
        }
    }
}

impl Clock for Op {
    #[inline(always)]
    fn now(&self) -> u64 {
        Begun::of(&self.slot).now()
    }
}

impl Clock for Count {
    #[inline(always)]
    fn now(&self) -> u64 {
        clock::ticks()
    }
}
