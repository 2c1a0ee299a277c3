//! The name of a span as others know it.

use std::fmt;

use super::{SpanId, TraceId, TraceState};

/// The flags that travel with a trace, as W3C Trace Context level 2 defines them.
///
/// Bits that the level does not define are never held: a participant must not pass them on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TraceFlags(u8);

impl TraceFlags {
    /// No flag set.
    pub const NONE: Self = Self(0);
    /// Bit `0x01`: the caller recorded its part of the trace, or may have.
    pub const SAMPLED: Self = Self(0x01);
    /// Bit `0x02`: the right-most 7 bytes of the trace id are random. Set by whoever starts the
    /// trace; everybody after that passes it on unchanged.
    pub const RANDOM: Self = Self(0x02);

    /// The flags of a byte from the wire, without the bits that level 2 does not define.
    ///
    /// ```
    /// use obs_runtime::trace::TraceFlags;
    ///
    /// assert_eq!(TraceFlags::from_bits(0xff), TraceFlags::SAMPLED.with(TraceFlags::RANDOM));
    /// ```
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & (Self::SAMPLED.0 | Self::RANDOM.0))
    }

    /// The byte for the wire.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// These flags and `other`'s.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// These flags with [`SAMPLED`](Self::SAMPLED) set or cleared.
    #[must_use]
    pub const fn with_sampled(self, sampled: bool) -> Self {
        Self(self.0 & !Self::SAMPLED.0 | sampled as u8)
    }

    /// Whether [`SAMPLED`](Self::SAMPLED) is set.
    #[must_use]
    pub const fn is_sampled(self) -> bool {
        self.0 & Self::SAMPLED.0 != 0
    }

    /// Whether [`RANDOM`](Self::RANDOM) is set.
    #[must_use]
    pub const fn is_random(self) -> bool {
        self.0 & Self::RANDOM.0 != 0
    }
}

impl fmt::Debug for TraceFlags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TraceFlags({:02x})", self.0)
    }
}

/// The name of a span as others know it: enough to become its child, in this process or in another.
///
/// [`w3c`](super::w3c) reads one from request headers and writes one into them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SpanContext {
    /// The trace.
    pub trace_id: TraceId,
    /// The span within it.
    pub span_id: SpanId,
    /// The flags of the trace as this span passes them on.
    pub flags: TraceFlags,
    /// Whether the span lives in another process.
    pub remote: bool,
    /// What other tracing systems on the way want to be passed on; nearly always empty.
    pub state: TraceState,
}

impl SpanContext {
    /// The context of a span of this process.
    #[must_use]
    pub const fn new(trace_id: TraceId, span_id: SpanId, flags: TraceFlags) -> Self {
        Self {
            trace_id,
            span_id,
            flags,
            remote: false,
            state: TraceState::EMPTY,
        }
    }

    /// The context of another span of this process in the same trace: what a client sends on.
    #[must_use]
    pub fn child(&self, span_id: SpanId) -> Self {
        Self {
            span_id,
            remote: false,
            ..self.clone()
        }
    }
}
