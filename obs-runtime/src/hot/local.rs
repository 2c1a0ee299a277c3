//! What a thread knows: its shard, the trace it is in, and its source of ids.
//!
//! The block has no destructor, so reaching it is one load relative to the
//! thread pointer. A second thread-local, touched only when the shard is
//! adopted, has the destructor that gives the shard back.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::ptr::null;

use obs_schema::def::OperationDef;

use super::cells::{self, Shard};
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
#[cfg_attr(
    not(feature = "log"),
    expect(dead_code, reason = "log lines say where they belong")
)]
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

struct Local {
    shard: Cell<*const Shard>,
    closed: Cell<bool>,
    current: Cell<Current>,
    next_id: Cell<u64>,
    stride: Cell<u64>,
    random: Cell<u64>,
    spare: Cell<Option<&'static Segment>>,
    writing: Cell<bool>,
    reads_own: Cell<bool>,
}

thread_local! {
    static LOCAL: Local = const {
        Local {
            shard: Cell::new(null()),
            closed: Cell::new(false),
            current: Cell::new(Current::NONE),
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
        LOCAL.with(|local| {
            local.closed.set(true);
            let shard = local.shard.replace(null());
            if let Some(shard) = as_static(shard) {
                cells::release(shard);
            }
            super::pool::give_back(local.spare.take());
        });
    }
}

/// This thread's shard, if it has one.
#[inline(always)]
pub(super) fn shard() -> Option<&'static Shard> {
    LOCAL.with(|local| as_static(local.shard.get()))
}

#[inline(always)]
fn as_static(shard: *const Shard) -> Option<&'static Shard> {
    // SAFETY: the pointer is null or comes from `cells::acquire`, whose shards are never freed.
    unsafe { shard.as_ref() }
}

/// Takes a shard for this thread and arranges that it is given back when the thread ends.
/// `None` beyond the cap, and once the thread's locals are being destroyed.
pub(super) fn adopt() -> Option<&'static Shard> {
    LOCAL.with(|local| {
        if local.closed.get() || EXIT.try_with(|_| ()).is_err() {
            return None;
        }
        let shard = cells::acquire()?;
        local.shard.set(shard);
        Some(shard)
    })
}

/// The trace that this thread is in.
#[inline(always)]
pub(crate) fn current() -> Current {
    LOCAL.with(|local| local.current.get())
}

/// Changes the trace that this thread is in and returns the former.
#[inline(always)]
pub(super) fn replace_current(current: Current) -> Current {
    LOCAL.with(|local| local.current.replace(current))
}

/// Makes totals on this thread those of this thread alone, or of all. Returns what held before.
pub(super) fn set_reads_own(own: bool) -> bool {
    LOCAL.with(|local| local.reads_own.replace(own))
}

/// Whether totals on this thread are those of this thread alone.
pub(super) fn reads_own() -> bool {
    LOCAL.with(|local| local.reads_own.get())
}

/// Marks that this thread writes into its segment, and says whether it did already: code that
/// runs inside an allocation made meanwhile must not write as well.
#[inline(always)]
pub(super) fn set_writing(writing: bool) -> bool {
    LOCAL.with(|local| local.writing.replace(writing))
}

/// A span id that this process has not used: never 0.
#[inline(always)]
pub(crate) fn next_span_id() -> u64 {
    LOCAL.with(|local| {
        let stride = local.stride.get();
        if stride == 0 {
            seed(local);
        }
        let id = local.next_id.get().wrapping_add(local.stride.get());
        local.next_id.set(id);
        if id == 0 { local.stride.get() } else { id }
    })
}

/// 64 random bits, not for secrets (wyrand).
pub(crate) fn random() -> u64 {
    LOCAL.with(|local| {
        if local.stride.get() == 0 {
            seed(local);
        }
        let state = local.random.get().wrapping_add(0xa076_1d64_78bd_642f);
        local.random.set(state);
        let wide = u128::from(state) * u128::from(state ^ 0xe703_7ed1_a0b4_28db);
        (wide >> 64) as u64 ^ wide as u64
    })
}

/// A trace id whose 128 bits are all random: never 0.
pub(crate) fn random_trace_id() -> u128 {
    let id = (u128::from(random()) << 64) | u128::from(random());
    if id == 0 { 1 } else { id }
}

#[cold]
fn seed(local: &Local) {
    let fresh = || RandomState::new().hash_one(std::thread::current().id());
    local.random.set(fresh());
    local.next_id.set(fresh());
    local.stride.set(fresh() | 1);
}

/// Takes the segment that this thread keeps warm.
pub(super) fn take_spare() -> Option<&'static Segment> {
    LOCAL.with(|local| local.spare.take())
}

/// Keeps a segment for this thread's next trace; returns it if there is one already.
pub(super) fn keep_spare(segment: &'static Segment) -> Option<&'static Segment> {
    LOCAL.with(|local| {
        if local.closed.get() || local.spare.get().is_some() {
            return Some(segment);
        }
        local.spare.set(Some(segment));
        None
    })
}
