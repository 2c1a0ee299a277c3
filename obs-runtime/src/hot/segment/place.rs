//! Where a thread is: in which trace, span and call, and how it gets there and back.

use std::sync::atomic::Ordering::Relaxed;

use crate::hot::local::{self, Call, Current};

impl Current {
    /// Whether a trace is open here.
    #[inline(always)]
    pub(crate) fn is_open(self) -> bool {
        self.segment
            .is_some_and(|segment| segment.is_at(self.generation))
    }

    /// Whether this is a place in a trace of the process that this one was forked from.
    pub(crate) fn is_inherited(self) -> bool {
        self.segment
            .is_some_and(|segment| self.generation <= segment.inherited.load(Relaxed))
    }

    /// The current span, or 0.
    #[inline(always)]
    pub(crate) fn span(self) -> u64 {
        self.span
    }

    /// The annotated call at this place.
    #[inline(always)]
    pub(crate) fn call(self) -> Call {
        self.call
    }

    /// The same place with another current span.
    #[inline(always)]
    pub(crate) fn with_span(self, span: u64) -> Self {
        Self { span, ..self }
    }

    /// The same place in another call.
    #[inline(always)]
    pub(crate) fn with_call(self, call: Call) -> Self {
        Self { call, ..self }
    }
}

/// Points the thread to a place in a trace until the returned value is dropped.
#[must_use]
pub(crate) fn activate(current: Current) -> Activation {
    Activation::new(enter(&current))
}

/// Takes the thread back to where it was.
pub(crate) struct Activation {
    former: Current,
}

impl Activation {
    /// Goes back to `former` when the value is dropped.
    #[must_use]
    pub(crate) fn new(former: Current) -> Self {
        Self { former }
    }
}

impl Drop for Activation {
    fn drop(&mut self) {
        return_to(&self.former);
    }
}

/// Sets the thread's place in a trace and returns the former one.
#[inline(always)]
pub(crate) fn enter(current: &Current) -> Current {
    let local = local::get();
    let former = local.current();
    local.set_current(current);
    former
}

/// The same, with the former place kept in `former`. Where that has it from the last time, or there was none, it is
/// not written anew: what is loaded here and stored by [`return_to`] would travel from one poll to the next.
#[inline(always)]
pub(crate) fn enter_from(current: &Current, former: &mut Current) {
    let local = local::get();
    if !local.is_at(former) {
        *former = local.current();
    }
    local.set_current(current);
}

/// Sets the thread's place in a trace to one that [`enter`] returned.
#[inline(always)]
pub(crate) fn return_to(former: &Current) {
    local::get().set_current(former);
}
