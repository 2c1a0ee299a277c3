//! What a thread knows: its shard, the trace it is in, and its source of ids.
//!
//! The block has no destructor, so reaching it is one load relative to the
//! thread pointer. A second thread-local, touched only when the shard is
//! adopted, has the destructor that gives the shard back.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::SystemTime;

use obs_schema::def::OperationDef;

use super::cells::{self, Cells, Shard};
use super::roster::Entry;
use super::segment::Segment;

/// The trace that this thread is in: whose segment, and which span is current.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Current {
    /// The segment that spans of this thread are written to.
    pub(super) segment: Option<&'static Segment>,
    /// The generation of the segment when it was entered.
    pub(super) generation: u64,
    /// The current span, or 0.
    pub(super) span: u64,
    /// The annotated call that the current span is of or is below.
    pub(super) call: Call,
}

/// The annotated call that a place in a trace belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    /// `None` outside of every annotated call.
    pub(crate) operation: Option<&'static OperationDef>,
    /// Which combination of the operation's finite labels.
    pub(crate) labels: u32,
}

impl Call {
    pub(crate) const NONE: Self = Self {
        operation: None,
        labels: 0,
    };
}

impl Current {
    pub(crate) const NONE: Self = Self {
        segment: None,
        generation: 0,
        span: 0,
        call: Call::NONE,
    };
}

pub(crate) struct Local {
    shard: Cell<Option<&'static Entry<Shard>>>,
    closed: Cell<bool>,
    place: Place,
    next_id: Cell<u64>,
    stride: Cell<u64>,
    random: Cell<u64>,
    spare: Cell<Option<&'static Segment>>,
    writing: Cell<bool>,
    reads_own: Cell<bool>,
}

/// The fields of [`Current`]; without a segment the last three mean nothing. Atomics, although no other thread sees them: so the compiler does not join
/// two of them into one wide load, which would have to wait for the two stores before it.
struct Place {
    segment: AtomicPtr<Segment>,
    generation: AtomicU64,
    span: AtomicU64,
    operation: AtomicPtr<OperationDef>,
    labels: AtomicU32,
}

thread_local! {
    static LOCAL: Local = const {
        Local {
            shard: Cell::new(None),
            closed: Cell::new(false),
            place: Place {
                segment: AtomicPtr::new(null_mut()),
                generation: AtomicU64::new(0),
                span: AtomicU64::new(0),
                operation: AtomicPtr::new(null_mut()),
                labels: AtomicU32::new(0),
            },
            next_id: Cell::new(0),
            stride: Cell::new(0),
            random: Cell::new(0),
            spare: Cell::new(None),
            writing: Cell::new(false),
            reads_own: Cell::new(false),
        }
    };
    static EXIT: Exit = const { Exit };
}

/// Gives the thread's shard and spare segment back when the thread ends.
struct Exit;

impl Drop for Exit {
    fn drop(&mut self) {
        let local = get();
        local.closed.set(true);
        if let Some(shard) = local.shard.take() {
            shard.give_back();
        }
        super::pool::give_back(local.spare.take());
    }
}

/// This thread's shard, if it has one.
#[inline(always)]
pub(super) fn shard() -> Option<&'static Entry<Shard>> {
    get().shard.get()
}

/// Takes a shard for this thread and arranges that it is given back when the thread ends.
/// `None` beyond the cap, and once the thread's locals are being destroyed.
pub(super) fn adopt() -> Option<&'static Entry<Shard>> {
    let local = get();
    super::fork::watch();
    if !local.can_keep() {
        return None;
    }
    let shard = cells::acquire()?;
    local.shard.set(Some(shard));
    Some(shard)
}

/// What this thread knows. To be called once for all that has to be done: an access costs the registers.
#[inline(always)]
pub(crate) fn get() -> &'static Local {
    // A closure that did more than this would not be inlined.
    let local = LOCAL.with(std::ptr::from_ref);
    // SAFETY: a local without destructor stays where it is until the thread is gone; and the reference
    // cannot leave the thread, because `Local` is not `Sync`.
    unsafe { &*local }
}

/// The trace that this thread is in.
pub(crate) fn current() -> Current {
    get().current()
}

impl Local {
    /// The part of this thread's cells that `offset` is in, if it exists.
    #[inline(always)]
    pub(super) fn cells(&self, offset: u32) -> Option<&'static Cells> {
        self.shard
            .get()
            .and_then(|shard| shard.value().part(offset))
    }

    /// Whether this thread may keep something, and sees to it that this is given back when the thread ends.
    #[inline]
    fn can_keep(&self) -> bool {
        // With a shard that has been seen to.
        self.shard.get().is_some() || !self.closed.get() && EXIT.try_with(|_| ()).is_ok()
    }

    /// The trace that this thread is in.
    #[inline(always)]
    pub(super) fn current(&self) -> Current {
        // SAFETY: null, or from `set_current`, which has it from a `&'static`.
        let segment = unsafe { self.place.segment.load(Relaxed).as_ref() };
        if segment.is_none() {
            return Current::NONE;
        }
        let operation = self.place.operation.load(Relaxed);
        Current {
            segment,
            generation: self.place.generation.load(Relaxed),
            span: self.place.span.load(Relaxed),
            call: Call {
                // SAFETY: as above.
                operation: unsafe { operation.as_ref() },
                labels: self.place.labels.load(Relaxed),
            },
        }
    }

    /// Changes the trace that this thread is in.
    #[inline(always)]
    pub(super) fn set_current(&self, current: &Current) {
        match current.segment {
            Some(segment) => {
                self.place.segment.store(to_pointer(segment), Relaxed);
                self.place.generation.store(current.generation, Relaxed);
                self.set_span(current.span, current.call);
            }
            None => self.clear(),
        }
    }

    /// Takes this thread out of every trace. Constants: what was loaded at the beginning of a poll and
    /// stored at its end would have to travel from one poll to the next.
    #[inline(always)]
    fn clear(&self) {
        self.place.segment.store(null_mut(), Relaxed);
        self.place.generation.store(0, Relaxed);
    }

    /// Changes the span and the call; the thread stays in its trace.
    #[inline(always)]
    pub(super) fn set_span(&self, span: u64, call: Call) {
        let operation = call.operation.map_or(null_mut(), to_pointer);
        self.place.span.store(span, Relaxed);
        self.place.operation.store(operation, Relaxed);
        self.place.labels.store(call.labels, Relaxed);
    }

    /// The segment of the trace that this thread is in, if that is still open.
    #[inline(always)]
    pub(super) fn open_segment(&self) -> Option<&'static Segment> {
        // SAFETY: null, or from `set_current`, which has it from a `&'static`.
        let segment = unsafe { self.place.segment.load(Relaxed).as_ref() }?;
        segment
            .is_at(self.place.generation.load(Relaxed))
            .then_some(segment)
    }

    /// Whether this thread is in the same trace and task as `place`.
    #[inline(always)]
    pub(super) fn is_in(&self, place: &Current) -> bool {
        // No two segments have a generation in common.
        self.place.generation.load(Relaxed) == place.generation
    }

    /// Whether this thread is at `place`: a span belongs to one call.
    #[inline(always)]
    pub(super) fn is_at(&self, place: &Current) -> bool {
        match place.segment {
            Some(segment) => {
                self.place.segment.load(Relaxed) == to_pointer(segment)
                    && self.is_in(place)
                    && self.place.span.load(Relaxed) == place.span
            }
            None => self.place.segment.load(Relaxed).is_null(),
        }
    }

    /// Marks that this thread writes into its segment, and says whether it did already.
    #[inline(always)]
    pub(super) fn set_writing(&self, writing: bool) -> bool {
        self.writing.replace(writing)
    }

    /// A span id that this process has not used: never 0.
    pub(super) fn next_span_id(&self) -> u64 {
        self.next_span_id_if_seeded().unwrap_or_else(|| {
            self.seed();
            self.next_id.get()
        })
    }

    /// The same, if this thread has made one before.
    #[inline(always)]
    pub(super) fn next_span_id_if_seeded(&self) -> Option<u64> {
        let stride = self.stride.get();
        if stride == 0 {
            return None;
        }
        let id = self.next_id.get().wrapping_add(stride);
        self.next_id.set(id);
        Some(if id == 0 { stride } else { id })
    }

    /// In a forked child: leaves the trace, which goes on in the parent, and forgets what ids are made of.
    pub(super) fn leave_parent(&self) {
        self.clear();
        self.stride.set(0);
    }

    #[cold]
    #[inline(never)]
    fn seed(&self) {
        super::fork::watch();
        // The keys of `RandomState` go on from those of the parent in a forked child.
        let process = (std::process::id(), crate::fork::generation());
        // Not its id: that may have to be allocated.
        let (thread, now) = (std::ptr::from_ref(self), SystemTime::now());
        let fresh = || RandomState::new().hash_one((thread, process, now));
        self.random.set(fresh());
        self.next_id.set(fresh().max(1));
        self.stride.set(fresh() | 1);
    }
}

#[inline(always)]
fn to_pointer<T>(reference: &'static T) -> *mut T {
    std::ptr::from_ref(reference).cast_mut()
}

/// Makes totals on this thread those of this thread alone, or of all. Returns what held before.
pub(super) fn set_reads_own(own: bool) -> bool {
    get().reads_own.replace(own)
}

/// Whether totals on this thread are those of this thread alone.
pub(super) fn reads_own() -> bool {
    get().reads_own.get()
}

/// A span id that this process has not used: never 0.
pub(crate) fn next_span_id() -> u64 {
    get().next_span_id()
}

/// 64 random bits, not for secrets (wyrand).
pub(crate) fn random() -> u64 {
    let local = get();
    if local.stride.get() == 0 {
        local.seed();
    }
    let state = local.random.get().wrapping_add(0xa076_1d64_78bd_642f);
    local.random.set(state);
    let wide = u128::from(state) * u128::from(state ^ 0xe703_7ed1_a0b4_28db);
    (wide >> 64) as u64 ^ wide as u64
}

/// A trace id whose 128 bits are all random: never 0.
pub(crate) fn random_trace_id() -> u128 {
    let id = (u128::from(random()) << 64) | u128::from(random());
    if id == 0 { 1 } else { id }
}

/// Takes the segment that this thread keeps warm.
pub(super) fn take_spare() -> Option<&'static Segment> {
    get().spare.take()
}

/// Keeps a segment for this thread's next trace; returns it if there is one already.
pub(super) fn keep_spare(segment: &'static Segment) -> Option<&'static Segment> {
    let local = get();
    if local.spare.get().is_some() || !local.can_keep() {
        return Some(segment);
    }
    local.spare.set(Some(segment));
    None
}
