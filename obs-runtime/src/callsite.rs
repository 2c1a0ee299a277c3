//! The static of each annotated function.
//!
//! One word says everything that a call has to know before it does anything:
//! whether the callsite is registered, what is switched on, and where the cells
//! are. It starts as "new", which sends the first call to the registration; a
//! change of the configuration rewrites the words.

use std::sync::atomic::{
    AtomicU8, AtomicU64, AtomicUsize, Ordering::Acquire, Ordering::Relaxed, Ordering::Release,
};
use std::sync::{Mutex, OnceLock, PoisonError};

use linkme::distributed_slice;
use obs_schema::def::{LabelDef, OperationDef, OperationFamily};

use crate::hot::alone::{alone, skip};
use crate::hot::block::Block;
use crate::operation::{self, LiveBlock};
use crate::series::SeriesKey;

/// The callsites of the program, collected by the linker.
#[distributed_slice]
pub static CALLSITES: [&'static Callsite];

/// The first call has to register the callsite.
const NEW: u64 = 1 << 16;
const METRICS: u64 = 1 << 17;
const SPAN: u64 = 1 << 18;
/// Another `tracing` subscriber listens to the span of this callsite.
const BRIDGE: u64 = 1 << 19;
/// Some part of the call needs to know how long it takes.
const TIMED: u64 = 1 << 20;
/// The first metric block counts the calls under way.
const IN_FLIGHT: u64 = 1 << 21;
/// There are metric blocks beside the first.
const MORE: u64 = 1 << 22;
/// The first block has only one series, and the other bits of the word say where its cells are.
const BLOCK: u64 = 1 << 23;
/// There is one metric block, whose series are known by a number, a span belongs to the current one, and nobody
/// else listens.
const PLAIN: u64 = 1 << 24;

const _: () = assert!((2 * PLAIN - NEW) & Block::MASK == 0);

/// Who wants spans: the collector from `start` on, and each test that captures. Without anybody,
/// none are recorded.
static SPANS_WANTED: AtomicUsize = AtomicUsize::new(0);

/// The registered callsites. The lock is held while a word is computed and stored.
static REGISTERED_CALLSITES: Mutex<Vec<&'static Callsite>> = Mutex::new(Vec::new());

/// One annotated function. Created by the expansion, as a `static`.
#[derive(Debug)]
pub struct Callsite {
    word: AtomicU64,
    /// What is switched off, see [`Signals`].
    off: AtomicU8,
    live: OnceLock<Box<[&'static LiveBlock]>>,
    /// Those of the first block's series that are known by a number, see [`LiveBlock::dense`].
    dense: OnceLock<&'static [AtomicU64]>,
    def: &'static OperationDef,
    #[cfg(feature = "log")]
    bridge: crate::bridge::Slot,
}

/// What can be switched off of an operation: a bit each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signals(u8);

impl Signals {
    pub(crate) const METRICS: Self = Self(1);
    pub(crate) const SPANS: Self = Self(2);
    pub(crate) const ALL: Self = Self(Self::METRICS.0 | Self::SPANS.0);
}

/// What a callsite's word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Word(u64);

impl Word {
    /// Nothing is on.
    const NOTHING: Self = Self(0);

    /// Whether the call does anything beside running the body.
    #[inline(always)]
    pub(crate) fn is_active(self) -> bool {
        self.has(NEW | METRICS | SPAN | BRIDGE)
    }

    #[inline(always)]
    pub(crate) fn is_new(self) -> bool {
        self.has(NEW)
    }

    /// Whether metrics are on.
    #[inline(always)]
    pub(crate) fn metrics(self) -> bool {
        self.has(METRICS)
    }

    /// Whether spans are on.
    #[inline(always)]
    pub(crate) fn span(self) -> bool {
        self.has(SPAN)
    }

    /// Whether another subscriber listens.
    #[cfg(feature = "log")]
    #[inline(always)]
    pub(crate) fn bridge(self) -> bool {
        self.has(BRIDGE)
    }

    /// Whether the clock has to be read.
    #[inline(always)]
    pub(crate) fn is_timed(self) -> bool {
        self.has(TIMED)
    }

    /// Whether the first block counts the calls under way.
    #[inline(always)]
    pub(crate) fn counts_in_flight(self) -> bool {
        self.has(IN_FLIGHT)
    }

    /// Whether there is one metric block, whose series are known by a number, a span belongs to the current
    /// one, and nobody else listens.
    #[inline(always)]
    pub(crate) fn is_plain(self) -> bool {
        self.has(PLAIN)
    }

    /// The same, of a call that is not of that kind after all.
    pub(crate) fn without_plain(self) -> Self {
        Self(self.0 & !PLAIN)
    }

    /// Whether there are metric blocks beside the first.
    pub(crate) fn has_more_blocks(self) -> bool {
        self.has(MORE)
    }

    /// The cells of the first block, if it has only one series.
    #[inline(always)]
    pub(crate) fn block(self) -> Option<Block> {
        self.has(BLOCK).then_some(Block::from_bits(self.0))
    }

    #[inline(always)]
    fn has(self, bits: u64) -> bool {
        self.0 & bits != 0
    }

    /// The bits for what is measured of an operation with these blocks.
    fn measuring(blocks: &[&'static LiveBlock], labels: &[LabelDef]) -> u64 {
        let Some((first, more)) = blocks.split_first() else {
            return 0;
        };
        let mut word = METRICS;
        if first.family() == OperationFamily::Operation {
            word |= IN_FLIGHT;
        }
        if blocks
            .iter()
            .any(|one| one.family() != OperationFamily::Calls)
        {
            word |= TIMED;
        }
        if !more.is_empty() {
            word |= MORE;
        } else if !first.dense().is_empty() {
            word |= PLAIN;
        }
        if labels.is_empty()
            && let Some(block) = first.block(SeriesKey::Index(0))
        {
            word |= BLOCK | block.bits();
        }
        word
    }
}

impl Callsite {
    /// A callsite that registers itself at its first call, or at start when the linker lists it.
    #[must_use]
    pub const fn new(def: &'static OperationDef) -> Self {
        Self {
            word: AtomicU64::new(NEW),
            off: AtomicU8::new(0),
            live: OnceLock::new(),
            dense: OnceLock::new(),
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

    /// The word as it is.
    #[inline(always)]
    pub(crate) fn peek(&self) -> Word {
        Word(self.word.load(Acquire))
    }

    /// The word, after the registration if this is the first call.
    #[inline]
    pub(crate) fn word(&'static self) -> Word {
        match self.peek() {
            word if word.is_new() => self.register(),
            word => word,
        }
    }

    /// The cells of the operation, one for each of its metric blocks. Empty before registration.
    pub(crate) fn live(&self) -> &[&'static LiveBlock] {
        self.live.get().map_or(&[], |live| live)
    }

    /// The cells of the first block for a combination of finite labels, if they exist.
    #[inline(always)]
    pub(crate) fn dense_block(&self, index: usize) -> Block {
        let row = self.dense.get().and_then(|dense| dense.get(index));
        row.map_or(Block::NONE, |bits| Block::from_bits(bits.load(Relaxed)))
    }

    /// The cells of a block for these labels.
    pub(crate) fn block(&self, block: usize, key: SeriesKey<'_>) -> Block {
        let live = self.live().get(block);
        live.and_then(|live| live.block(key)).unwrap_or(Block::NONE)
    }

    /// The bucket bounds of a block, in ticks.
    pub(crate) fn bounds(&self, block: usize) -> &'static [u64] {
        self.live().get(block).map_or(&[], |live| live.bounds())
    }

    #[cfg(feature = "log")]
    pub(crate) fn bridge(&self) -> &crate::bridge::Slot {
        &self.bridge
    }

    /// Takes the function into the catalogue and stores its word.
    #[cold]
    #[inline(never)]
    pub(crate) fn register(&'static self) -> Word {
        let known = alone(|| {
            let mut registered = lock();
            if self.live.get().is_none() {
                registered.push(self);
                let live = self.live.get_or_init(|| operation::blocks(self.def));
                if let Some(&first) = live.first() {
                    self.dense.get_or_init(|| first.dense());
                }
            }
        });
        if known.is_none() {
            skip();
            return Word::NOTHING;
        }
        {
            let _registered = lock();
            self.store_word();
        }
        // Runs code of the program's subscribers, so no lock is held.
        #[cfg(feature = "log")]
        self.bridge.register(self);
        self.peek()
    }

    fn is_registered(&self) -> bool {
        !self.peek().is_new()
    }

    /// Computes the word anew. The caller holds the lock.
    fn store_word(&self) {
        let off = self.off.load(Relaxed);
        let is_on = |signals: Signals| off & signals.0 == 0;
        let mut word = 0;
        if is_on(Signals::METRICS) {
            word |= Word::measuring(self.live(), self.def.labels);
        }
        let wants_span = is_on(Signals::SPANS) && self.def.span.is_some();
        if wants_span && spans_on() {
            word |= SPAN | TIMED;
            if self.def.root {
                word &= !PLAIN;
            }
        }
        #[cfg(feature = "log")]
        if wants_span && self.bridge.is_heard() {
            word = (word | BRIDGE) & !PLAIN;
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

/// Turns signals of every operation that `which` picks on or off. Returns how many callsites were picked.
pub(crate) fn switch(
    signals: Signals,
    on: bool,
    mut which: impl FnMut(&OperationDef) -> bool,
) -> usize {
    let picked: Vec<_> = known()
        .into_iter()
        .filter(|callsite| which(callsite.def))
        .collect();
    let _registered = lock();
    for callsite in &picked {
        if on {
            callsite.off.fetch_and(!signals.0, Relaxed);
        } else {
            callsite.off.fetch_or(signals.0, Relaxed);
        }
        if callsite.is_registered() {
            callsite.store_word();
        }
    }
    picked.len()
}

/// Every callsite that is registered or listed by the linker, each once.
pub(crate) fn known() -> Vec<&'static Callsite> {
    let mut all: Vec<_> = CALLSITES.iter().copied().collect();
    let registered = alone(|| lock().clone()).unwrap_or_default();
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
