//! Reading.

use super::baggage::Baggage;
use super::carrier::Carrier;
use super::choice::{Propagator, Propagators};
use super::claim::Claim;
use super::names::{BAGGAGE, TRACEPARENT, TRACESTATE};
use super::{b3, xtrace};
use crate::callsite;
use crate::context::RequestContext;
use crate::trace::{SpanContext, w3c};

/// What a caller sent along.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Extracted {
    /// The caller's span.
    pub parent: Option<SpanContext>,
    /// Whether the caller wants the trace recorded. `None` leaves the decision to this process, even if there is a
    /// parent: B3 without a sampling state.
    pub sampled: Option<bool>,
    /// What the caller said about the request. Empty without the header.
    pub baggage: Baggage,
}

impl Extracted {
    /// A request context with the baggage.
    #[must_use]
    pub fn context(&self) -> RequestContext {
        RequestContext::new()
            .with_baggage(self.baggage.clone())
            .with_caller(self.handed_on())
    }

    /// The caller's span, if no span of this process takes its place.
    pub(crate) fn handed_on(&self) -> Option<SpanContext> {
        self.parent.clone().filter(|_| !callsite::spans_on())
    }
}

/// Reads what the caller sent, in the forms that are [enabled](Propagators::enabled). Nothing here
/// fails: what is malformed counts as absent.
///
/// ```
/// use obs_runtime::propagate;
///
/// let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// let headers = [("traceparent", parent), ("baggage", "tenant=acme")];
/// let message: std::collections::HashMap<String, String> =
///     headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
///
/// let sent = propagate::extract(&message);
/// assert_eq!(sent.sampled, Some(true));
/// assert_eq!(sent.baggage.get("tenant"), Some("acme"));
/// ```
pub fn extract(carrier: &impl Carrier) -> Extracted {
    Propagators::enabled().extract(carrier)
}

impl Propagators {
    /// Reads what the caller sent, in these forms.
    pub fn extract(self, carrier: &impl Carrier) -> Extracted {
        let mut found = Extracted::default();
        if self.contains(Propagator::Baggage) {
            found.baggage = Baggage::parse(carrier.values(BAGGAGE));
        }
        for claim in self.iter().filter_map(|form| claim(form, carrier)) {
            if claim.parent.is_some() {
                (found.parent, found.sampled) = (claim.parent, claim.sampled);
                break;
            }
            found.sampled = found.sampled.or(claim.sampled);
        }
        found
    }
}

fn claim(form: Propagator, carrier: &impl Carrier) -> Option<Claim> {
    match form {
        Propagator::TraceContext => {
            let parent = w3c::extract(carrier.values(TRACEPARENT), carrier.values(TRACESTATE))?;
            Some(Claim {
                sampled: Some(parent.flags.is_sampled()),
                parent: Some(parent),
            })
        }
        Propagator::Baggage => None,
        Propagator::B3 => b3::read_single(carrier),
        Propagator::B3Multi => b3::read_multi(carrier),
        Propagator::XTrace => xtrace::read(carrier),
    }
}
