//! Attributes that the semantic conventions want of their metrics, and that follow from labels.
//!
//! Source: <https://opentelemetry.io/docs/specs/semconv/http/http-metrics/> and
//! <https://opentelemetry.io/docs/specs/semconv/db/database-metrics/>

use obs_schema::def::CallOutcome;

use super::names;
use crate::metric::snapshot::Label;
use crate::series::UNMATCHED;

/// What a metric is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Requests,
    Queries,
    /// Nothing that there is a convention for.
    Other,
}

impl About {
    /// That of a metric, by its name in OpenTelemetry.
    pub(super) fn of(metric: &str) -> Self {
        match metric {
            "http.server.request.duration" | names::ACTIVE_REQUESTS => Self::Requests,
            "db.client.operation.duration" => Self::Queries,
            _ => Self::Other,
        }
    }

    /// Whether a label says anything: that there was no route is said by leaving it out.
    pub(super) fn keeps(self, (name, value): &Label) -> bool {
        self != Self::Requests || (&**name, &**value) != ("http_route", UNMATCHED)
    }

    /// The attributes that a series has beside its labels.
    pub(super) fn beside(self, labels: &[Label]) -> impl Iterator<Item = (&'static str, &str)> {
        let value = |wanted: &str| {
            let label = labels.iter().find(|(name, _)| name == wanted);
            label.map(|(_, value)| &**value)
        };
        let (scheme, error) = match self {
            // As spans have it: a server cannot tell what a proxy before it was asked by.
            Self::Requests => {
                let status = value("http_response_status_code");
                (Some("http"), status.filter(|status| is_failure(status)))
            }
            Self::Queries => (None, value("outcome").and_then(error_type)),
            Self::Other => (None, None),
        };
        let scheme = scheme.map(|scheme| ("url.scheme", scheme));
        scheme
            .into_iter()
            .chain(error.map(|error| ("error.type", error)))
    }
}

/// Whether a status says that the server failed.
fn is_failure(status: &str) -> bool {
    status.parse().is_ok_and(|status: u16| status >= 500)
}

/// The error that an outcome is, if it is one.
fn error_type(outcome: &str) -> Option<&str> {
    let ended_by_caller = [CallOutcome::Ok, CallOutcome::Cancelled];
    if ended_by_caller.iter().any(|none| none.as_str() == outcome) {
        return None;
    }
    // What the error was is not known here.
    Some(if outcome == CallOutcome::Error.as_str() {
        "_OTHER"
    } else {
        outcome
    })
}
