//! Which forms are in use.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// A form of headers. See the [module](super#forms).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Propagator {
    /// `traceparent` and `tracestate`.
    TraceContext = 1,
    /// `baggage`.
    Baggage = 2,
    /// `b3`.
    B3 = 4,
    /// `x-b3-traceid` and its companions.
    B3Multi = 8,
    /// `x-trace-context`, or `x-trace-id` and its companions.
    XTrace = 16,
}

impl Propagator {
    /// All of them, in the order in which they are asked for a parent.
    pub const ALL: [Self; 5] = [
        Self::TraceContext,
        Self::Baggage,
        Self::B3,
        Self::B3Multi,
        Self::XTrace,
    ];

    /// The name in `OTEL_PROPAGATORS`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TraceContext => "tracecontext",
            Self::Baggage => "baggage",
            Self::B3 => "b3",
            Self::B3Multi => "b3multi",
            Self::XTrace => "xtrace",
        }
    }

    /// The form of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }
}

/// A choice of forms; by default W3C's trace context and baggage.
///
/// ```
/// use std::collections::HashMap;
/// use obs_runtime::propagate::{Propagator, Propagators};
///
/// let old = Propagators::NONE.with(Propagator::B3);
/// let b3 = "0af7651916cd43dd-b7ad6b7169203331-1";
/// let found = old.extract(&HashMap::from([("b3".to_owned(), b3.to_owned())]));
/// assert_eq!(found.parent.unwrap().trace_id.get(), 0x0af7_6519_16cd_43dd);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Propagators(u8);

impl Propagators {
    /// No form: nothing is read, nothing is sent.
    pub const NONE: Self = Self(0);
    /// W3C's trace context and baggage.
    pub const DEFAULT: Self = Self::NONE
        .with(Propagator::TraceContext)
        .with(Propagator::Baggage);

    /// The choice with `form` added.
    #[must_use]
    pub const fn with(self, form: Propagator) -> Self {
        Self(self.0 | form as u8)
    }

    /// Whether `form` is among them.
    #[must_use]
    pub const fn contains(self, form: Propagator) -> bool {
        self.0 & form as u8 != 0
    }

    /// The forms, in the order in which they are asked for a parent.
    pub fn iter(self) -> impl Iterator<Item = Propagator> {
        Propagator::ALL
            .into_iter()
            .filter(move |form| self.contains(*form))
    }

    /// The choice in force: what `tracing.propagators` or `OTEL_PROPAGATORS` said when the program started.
    #[must_use]
    pub fn enabled() -> Self {
        Self(ENABLED.load(Relaxed))
    }
}

impl Default for Propagators {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Debug for Propagators {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

static ENABLED: AtomicU8 = AtomicU8::new(Propagators::DEFAULT.0);

pub(crate) fn set_enabled(propagators: Propagators) {
    ENABLED.store(propagators.0, Relaxed);
}
