//! Where the spans of one trace in one task are written.
//!
//! A segment has one owner at a time, the value [`Owned`]: the root call's
//! guard, the future that polls the trace, or the collector. While the owner is
//! active on a thread, the thread's block points to the segment, so that nested
//! spans find it without an argument; they reach it only through
//! [`with_current`]. Nothing in it is shared, so nothing in it is locked.
//!
//! Segments are never freed: a reference to one is always valid to read the
//! generation from, and the generation tells whether the trace that one
//! remembers is still the one in it.

mod place;

use std::cell::UnsafeCell;
use std::sync::atomic::{
    AtomicPtr, AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};
use std::sync::{Mutex, PoisonError};

use obs_schema::def::OperationDef;

use super::body::{Body, Item, Record};
use super::local::{self, Call, Current, Local};

pub(crate) use place::{Activation, activate, enter, enter_from, return_to};

impl std::fmt::Debug for Segment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Segment")
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

/// See the module.
pub(crate) struct Segment {
    /// Odd while a trace is in it. Changes when a trace begins and when it ends, and never has a value that
    /// another segment has had: the upper bits are the segment's number.
    generation: AtomicU64,
    trace_high: AtomicU64,
    trace_low: AtomicU64,
    started: AtomicU64,
    /// Up to this generation the traces in it were those of the process that this one was forked from.
    inherited: AtomicU64,
    operation: AtomicPtr<OperationDef>,
    /// The name of a root that is not an operation.
    name: Mutex<String>,
    body: UnsafeCell<Body>,
}

// SAFETY: `body` is reached only through the one `Owned` of the segment, which moves between
// threads as a value does, or through `with_current` on the thread on which that owner is active.
unsafe impl Sync for Segment {}

/// The right to read and write a segment.
pub(crate) struct Owned(&'static Segment);

/// A trace that has begun and not ended, as another thread sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Active {
    pub(crate) trace_id: u128,
    pub(crate) started: u64,
    pub(crate) name: String,
}

impl Segment {
    /// An empty segment, to live as long as the program. `number` tells it from all others.
    pub(super) fn new(number: usize) -> Self {
        Self {
            generation: AtomicU64::new((number as u64 + 1) << 40),
            trace_high: AtomicU64::new(0),
            trace_low: AtomicU64::new(0),
            started: AtomicU64::new(0),
            inherited: AtomicU64::new(0),
            operation: AtomicPtr::new(std::ptr::null_mut()),
            name: Mutex::new(String::new()),
            body: UnsafeCell::new(Body::default()),
        }
    }

    /// In a forked child: leaves the trace in it to the parent. No place in it that anybody remembers is good any
    /// longer. If its owner is on this thread, it may go on with it; what it hands over has no trace id, and the
    /// collector drops that. If not, nobody uses the segment again.
    pub(super) fn abandon(&self) {
        let generation = self.generation.load(Relaxed);
        let is_open = !generation.is_multiple_of(2);
        self.inherited.store(generation, Relaxed);
        if is_open {
            self.generation.store(generation.wrapping_add(2), Relaxed);
            self.trace_high.store(0, Relaxed);
            self.trace_low.store(0, Relaxed);
        }
        let body = self.body.get();
        // SAFETY: this thread is the only one and not within `write` or a method of `Owned`. Another one may
        // have been when it was left behind in the parent, so only plain numbers are used, which are whole.
        unsafe {
            if is_open || !(*body).spans.is_empty() || !(*body).items.is_empty() {
                (*body).trace_id = 0;
            }
        }
    }

    /// Whether the trace in it is still the one of `generation`.
    #[inline(always)]
    pub(super) fn is_at(&self, generation: u64) -> bool {
        self.generation.load(Relaxed) == generation
    }

    /// The trace in it, if there is one. May miss one that begins or ends meanwhile.
    pub(super) fn active(&self) -> Option<Active> {
        let generation = self.generation.load(Acquire);
        if generation.is_multiple_of(2) {
            return None;
        }
        let high = u128::from(self.trace_high.load(Relaxed)) << 64;
        let trace_id = high | u128::from(self.trace_low.load(Relaxed));
        if trace_id == 0 {
            return None;
        }
        let started = self.started.load(Relaxed);
        let name = self.name();
        std::sync::atomic::fence(Acquire);
        (self.generation.load(Relaxed) == generation).then_some(Active {
            trace_id,
            started,
            name,
        })
    }

    fn name(&self) -> String {
        // SAFETY: the pointer is null or comes from a `&'static OperationDef`.
        match unsafe { self.operation.load(Relaxed).as_ref() } {
            Some(operation) => operation.name.to_owned(),
            None => self
                .name
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        }
    }
}

impl Owned {
    /// Takes a free segment over. Only the pool calls this, with a segment that nobody owns.
    pub(super) fn new(segment: &'static Segment) -> Self {
        Self(segment)
    }

    /// Gives the segment up, empty.
    pub(super) fn into_free(mut self) -> &'static Segment {
        self.body().clear();
        self.0
    }

    /// Makes the segment visible as an active trace. `body` has been filled in.
    pub(crate) fn open(&mut self, operation: Option<&'static OperationDef>, name: &str) {
        let (trace_id, started) = (self.body().trace_id, self.body().started);
        let segment = self.0;
        segment.trace_high.store((trace_id >> 64) as u64, Relaxed);
        segment.trace_low.store(trace_id as u64, Relaxed);
        segment.started.store(started, Relaxed);
        let pointer = operation.map_or(std::ptr::null(), std::ptr::from_ref);
        segment.operation.store(pointer.cast_mut(), Relaxed);
        if operation.is_none() {
            let mut shown = segment.name.lock().unwrap_or_else(PoisonError::into_inner);
            shown.clear();
            shown.push_str(name);
        }
        self.turn(1);
    }

    /// Ends the trace: whoever still remembers the segment finds another generation in it.
    pub(crate) fn close(&mut self) {
        self.turn(1);
    }

    /// Makes every place in the segment that anybody remembers invalid; the trace goes on.
    #[cfg(feature = "log")]
    pub(crate) fn renew(&mut self) {
        self.turn(2);
    }

    /// Goes on to another generation. Only the owner writes it, so no locked addition is needed.
    #[inline(always)]
    fn turn(&mut self, by: u64) {
        let generation = &self.0.generation;
        generation.store(generation.load(Relaxed).wrapping_add(by), Release);
    }

    /// The contents.
    pub(crate) fn body(&mut self) -> &mut Body {
        // SAFETY: there is one `Owned` for a segment, and it is borrowed mutably here. The thread's
        // block may point to the same segment, but `with_current` is never on the stack while the
        // owner is used: it runs nothing of the caller's but plain writes.
        unsafe { &mut *self.0.body.get() }
    }

    /// Where a thread has to point to write into this segment as `span`, in `call`.
    pub(crate) fn as_current(&self, span: u64, call: Call) -> Current {
        Current {
            segment: Some(self.0),
            generation: self.0.generation.load(Relaxed),
            span,
            call,
        }
    }
}

impl std::fmt::Debug for Owned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Owned").field(&self.0.generation).finish()
    }
}

/// Makes a new span the current one below the one that is now. Returns its id and where the thread was;
/// `None` without an open trace, and before this thread has ever made an id. Without a call of its own it belongs
/// to the call around it.
#[inline(always)]
pub(crate) fn begin_child(local: &Local, call: Option<Call>) -> Option<(u64, Current)> {
    local.open_segment()?;
    let id = local.next_span_id_if_seeded()?;
    let former = local.current();
    local.set_span(id, call.unwrap_or(former.call));
    Some((id, former))
}

/// The same, also where this thread has made no id before.
pub(crate) fn begin_child_seeding(call: Option<Call>) -> Option<(u64, Current)> {
    let local = local::get();
    local.next_span_id();
    begin_child(local, call)
}

/// Writes the record of a span from [`begin_child`] and goes back to where the thread was. False if the thread
/// has left the trace, or there is no room for another record: then nothing is done.
#[inline(always)]
pub(crate) fn end_child(local: &Local, former: &Current, record: &Record) -> bool {
    let Some(segment) = local.open_segment() else {
        return false;
    };
    if !local.is_in(former) || local.set_writing(true) {
        return false;
    }
    // SAFETY: as in `write`; no closure here, because it would not be inlined.
    let body = unsafe { &mut *segment.body.get() };
    let has_room = body.has_room();
    if has_room {
        body.push(record);
        local.set_span(former.span, former.call);
    }
    local.set_writing(false);
    has_room
}

/// Adds something to the trace that the thread is in, if it is in one.
#[inline(always)]
pub(crate) fn add(item: Item) {
    let local = local::get();
    let Some(segment) = local.open_segment() else {
        return;
    };
    if local.set_writing(true) {
        return;
    }
    // SAFETY: as in `write`; no closure here, because it would not be inlined.
    let body = unsafe { &mut *segment.body.get() };
    body.add(item);
    local.set_writing(false);
}

/// Writes the record of a span if the thread is in the trace of `place`.
pub(crate) fn record(place: Current, record: Record) -> bool {
    is_in(place) && with_current(|body, _| body.push(&record)).is_some()
}

/// Whether the thread is in the same trace and task as `place`.
#[inline(always)]
pub(crate) fn is_in(place: Current) -> bool {
    local::get().is_in(&place)
}

/// Goes back to `former` if the thread is still in the segment of `entered`; guards that are
/// dropped out of order leave the thread where it is.
#[inline(always)]
pub(crate) fn leave(entered: Current, former: Current) {
    let local = local::get();
    if local.is_in(&entered) {
        local.set_current(&former);
    }
}

/// Reads or writes the segment that this thread is in. `None` without an open trace.
///
/// `change` must not run code of the program: no `Display`, no closure from outside.
#[inline(always)]
pub(crate) fn with_current<R>(change: impl FnOnce(&mut Body, Current) -> R) -> Option<R> {
    let local = local::get();
    let segment = local.open_segment()?;
    let current = local.current();
    write(local, segment, |body| change(body, current))
}

/// Changes the body of the segment that the thread is in. `None` when this thread is doing so already:
/// code that runs inside an allocation made meanwhile must not do it as well.
#[inline(always)]
fn write<R>(local: &Local, segment: &Segment, change: impl FnOnce(&mut Body) -> R) -> Option<R> {
    if local.set_writing(true) {
        return None;
    }
    // SAFETY: the callers have the segment from `open_segment`: its generation matches, so the trace is
    // open and its owner is active on this thread. A future's owner points the thread to the segment only
    // inside `poll` (`Activation` is never leaked), and the guards of synchronous spans cannot leave their
    // thread. The owner is not in use meanwhile, and a second change on this thread was turned away above.
    let body = unsafe { &mut *segment.body.get() };
    let result = change(body);
    local.set_writing(false);
    Some(result)
}
