//! What a caller may decide.

use ::http::HeaderMap;

use super::Options;
use crate::propagate::{self, Baggage, Extracted};
use crate::span::Origin;
use crate::trace::{self, SpanContext};

/// How far a server believes what callers say about their trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Trust {
    /// The request continues the caller's trace and is sampled as the caller decided. The default, for servers
    /// behind others of one's own.
    #[default]
    Full,
    /// The request continues the caller's trace, and this process decides whether to record it. For
    /// callers whose trace ids are of use, and who must not fill the store.
    IgnoreSampled,
    /// The request starts a new trace, with a link to the caller's span. For servers at the edge,
    /// whose callers must choose neither trace ids nor what is recorded. `tracestate` is dropped.
    Restart,
}

/// What is left of what a caller said.
#[derive(Debug)]
pub(super) struct Trusted {
    sent: Extracted,
    trust: Trust,
}

impl Trusted {
    pub(super) fn read(options: &Options, headers: &HeaderMap) -> Self {
        let mut sent = propagate::extract(headers);
        if options.strip_baggage {
            sent.baggage = Baggage::EMPTY;
        }
        if options.trust != Trust::Full {
            sent.sampled = None;
        }
        Self {
            sent,
            trust: options.trust,
        }
    }

    pub(super) fn baggage(&self) -> Baggage {
        self.sent.baggage.clone()
    }

    /// The caller's span, if none of this process takes its place.
    pub(super) fn handed_on(&self) -> Option<SpanContext> {
        (self.trust != Trust::Restart)
            .then(|| self.sent.handed_on())
            .flatten()
    }

    /// Where the span of the request belongs.
    pub(super) fn origin(&self) -> Origin<'_> {
        let Extracted {
            parent, sampled, ..
        } = &self.sent;
        match (self.trust, parent, sampled) {
            (Trust::Restart, ..) => Origin::Root,
            (_, None, None) => Origin::Here,
            (_, parent, sampled) => Origin::Asked {
                parent: parent.as_ref(),
                sampled: *sampled,
            },
        }
    }

    /// Links the current span to the caller's if that is not its parent.
    pub(super) fn link(&self) {
        if let (Trust::Restart, Some(foreign)) = (self.trust, self.foreign()) {
            trace::add_link(foreign);
        }
    }

    fn foreign(&self) -> Option<&SpanContext> {
        self.sent.parent.as_ref()
    }
}
