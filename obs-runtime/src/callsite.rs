//! The static of each annotated function.
//!
//! One word says everything that a call has to know before it does anything:
//! whether the callsite is registered and what is switched on. It starts at 0,
//! which sends the first call to the registration; a change of the
//! configuration rewrites the words.

use std::sync::atomic::{
    AtomicBool, AtomicU64, AtomicUsize, Ordering::Acquire, Ordering::Relaxed, Ordering::Release,
};
use std::sync::{Mutex, OnceLock, PoisonError};

use linkme::distributed_slice;
use obs_schema::def::OperationDef;

use crate::operation::{self, LiveBlock};

/// The callsites of the program, collected by the linker.
#[distributed_slice]
pub static CALLSITES: [&'static Callsite];

const REGISTERED: u64 = 1;
const METRICS: u64 = 1 << 1;
const SPAN: u64 = 1 << 2;
/// Another `tracing` subscriber listens to the span of this callsite.
const BRIDGE: u64 = 1 << 3;

/// Who wants spans: the collector from `start` on, and each test that captures. Without anybody,
/// none are recorded.
static SPANS_WANTED: AtomicUsize = AtomicUsize::new(0);

/// The registered callsites. The lock is held while a word is computed and stored.
static REGISTERED_CALLSITES: Mutex<Vec<&'static Callsite>> = Mutex::new(Vec::new());

/// One annotated function. Created by the expansion, as a `static`.
#[derive(Debug)]
pub struct Callsite {
    word: AtomicU64,
    off: AtomicBool,
    live: OnceLock<Box<[&'static LiveBlock]>>,
    def: &'static OperationDef,
    #[cfg(feature = "log")]
    bridge: crate::bridge::Slot,
}

/// What a callsite's word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word(u64);

impl Word {
    /// Whether the call does anything beside running the body.
    #[inline(always)]
    pub(crate) fn is_active(self) -> bool {
        self.0 & (METRICS | SPAN | BRIDGE) != 0
    }

    #[inline(always)]
    fn is_registered(self) -> bool {
        self.0 & REGISTERED != 0
    }

    /// Whether metrics are on.
    #[inline(always)]
    pub(crate) fn metrics(self) -> bool {
        self.0 & METRICS != 0
    }

    /// Whether spans are on.
    #[inline(always)]
    pub(crate) fn span(self) -> bool {
        self.0 & SPAN != 0
    }

    /// Whether another subscriber listens.
    #[cfg(feature = "log")]
    #[inline(always)]
    pub(crate) fn bridge(self) -> bool {
        self.0 & BRIDGE != 0
    }
}

impl Callsite {
    /// A callsite that registers itself at its first call, or at start when the linker lists it.
    #[must_use]
    pub const fn new(def: &'static OperationDef) -> Self {
        Self {
            word: AtomicU64::new(0),
            off: AtomicBool::new(false),
            live: OnceLock::new(),
            def,
            #[cfg(feature = "log")]
            bridge: crate::bridge::Slot::new(),
        }
    }

    /// The definition of the function.
    #[must_use]
    pub const fn def(&self) -> &'static OperationDef {
        self.def
    }

    /// The word, after the registration if this is the first call.
    #[inline(always)]
    pub(crate) fn word(&'static self) -> Word {
        let word = Word(self.word.load(Acquire));
        if word.is_registered() {
            word
        } else {
            self.register()
        }
    }

    /// The cells of the operation, one for each of its metric blocks. Empty before registration.
    #[inline(always)]
    pub(crate) fn live(&self) -> &[&'static LiveBlock] {
        self.live.get().map_or(&[], |live| live)
    }

    #[cfg(feature = "log")]
    pub(crate) fn bridge(&self) -> &crate::bridge::Slot {
        &self.bridge
    }

    /// Takes the function into the catalogue and stores its word.
    #[cold]
    #[inline(never)]
    pub(crate) fn register(&'static self) -> Word {
        {
            let mut registered = lock();
            if !self.is_registered() {
                registered.push(self);
                self.live.get_or_init(|| operation::blocks(self.def));
            }
            self.store_word();
        }
        // Runs code of the program's subscribers, so no lock is held.
        #[cfg(feature = "log")]
        self.bridge.register(self);
        Word(self.word.load(Acquire))
    }

    fn is_registered(&self) -> bool {
        Word(self.word.load(Acquire)).is_registered()
    }

    /// Computes the word anew. The caller holds the lock.
    fn store_word(&self) {
        let mut word = REGISTERED;
        if !self.off.load(Relaxed) {
            if !self.live().is_empty() {
                word |= METRICS;
            }
            if self.def.span.is_some() && spans_on() {
                word |= SPAN;
            }
            #[cfg(feature = "log")]
            if self.bridge.is_heard() {
                word |= BRIDGE;
            }
        }
        self.word.store(word, Release);
    }

    /// Computes the word anew after something that it depends on has changed.
    #[cfg(feature = "log")]
    pub(crate) fn refresh(&self) {
        let _registered = lock();
        if self.is_registered() {
            self.store_word();
        }
    }
}

/// Registers every callsite that the linker lists.
pub(crate) fn register_all() {
    for callsite in CALLSITES {
        callsite.word();
    }
}

/// Spans are recorded as long as one of these lives.
#[derive(Debug)]
pub(crate) struct SpansWanted(());

impl SpansWanted {
    pub(crate) fn new() -> Self {
        SPANS_WANTED.fetch_add(1, Relaxed);
        refresh_all();
        Self(())
    }
}

impl Drop for SpansWanted {
    fn drop(&mut self) {
        SPANS_WANTED.fetch_sub(1, Relaxed);
        refresh_all();
    }
}

fn refresh_all() {
    for callsite in lock().iter() {
        callsite.store_word();
    }
}

/// Whether spans are recorded.
pub(crate) fn spans_on() -> bool {
    SPANS_WANTED.load(Relaxed) > 0
}

/// Turns every operation that `which` picks on or off: neither metrics nor spans are made of a
/// call that begins while it is off. Returns how many callsites were picked.
pub fn switch(on: bool, mut which: impl FnMut(&OperationDef) -> bool) -> usize {
    let picked: Vec<_> = known()
        .into_iter()
        .filter(|callsite| which(callsite.def))
        .collect();
    let _registered = lock();
    for callsite in &picked {
        callsite.off.store(!on, Relaxed);
        if callsite.is_registered() {
            callsite.store_word();
        }
    }
    picked.len()
}

/// Every callsite that is registered or listed by the linker, each once.
pub(crate) fn known() -> Vec<&'static Callsite> {
    let mut all: Vec<_> = CALLSITES.iter().copied().collect();
    let registered = lock().clone();
    all.extend(
        registered
            .into_iter()
            .filter(|one| !CALLSITES.iter().any(|c| std::ptr::eq(*c, *one))),
    );
    all
}

fn lock() -> std::sync::MutexGuard<'static, Vec<&'static Callsite>> {
    REGISTERED_CALLSITES
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}
