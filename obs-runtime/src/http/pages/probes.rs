//! Whether the service lives, can take work, has started, and is well.

use ::http::StatusCode;
use serde_json::{Value, json};

use super::{Call, Page};
use crate::http::answer::Answer;
use crate::http::problem::Problem;
use crate::lifecycle;

pub(in crate::http) const LIVE: Page = Page::light("200 as long as the process can answer.", live);
pub(in crate::http) const READY: Page = Page::light(
    "200 from the start until the shutdown begins, 503 before and after.",
    ready,
);
pub(in crate::http) const STARTUP: Page =
    Page::light("200 once the service has started, 503 before.", startup);
pub(in crate::http) const HEALTH: Page = Page::light(
    "The aggregate: `healthy` or `unhealthy`, with status 200 or 503.",
    health,
);

/// How far the service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    NotStarted,
    Running,
    Stopping,
}

/// The result of a probe.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    healthy: bool,
    /// Why not.
    reason: Option<&'static str>,
}

impl Phase {
    fn now() -> Self {
        match lifecycle::state() {
            None => Self::NotStarted,
            Some(state) if state.is_ready() => Self::Running,
            Some(_) => Self::Stopping,
        }
    }

    fn started(self) -> Finding {
        match self {
            Self::NotStarted => Finding::bad("the service has not started"),
            Self::Running | Self::Stopping => Finding::GOOD,
        }
    }

    fn ready(self) -> Finding {
        match self {
            Self::NotStarted => Finding::bad("the service has not started"),
            Self::Running => Finding::GOOD,
            Self::Stopping => Finding::bad("the service is shutting down"),
        }
    }
}

impl Finding {
    const GOOD: Self = Self {
        healthy: true,
        reason: None,
    };

    const fn bad(reason: &'static str) -> Self {
        Self {
            healthy: false,
            reason: Some(reason),
        }
    }

    fn answer(&self) -> Answer {
        let status = if self.healthy { "healthy" } else { "unhealthy" };
        let mut body = json!({"status": status});
        if let (Some(fields), Some(reason)) = (body.as_object_mut(), self.reason) {
            fields.insert("reason".to_owned(), Value::from(reason));
        }
        let code = if self.healthy {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        Answer::from(body).with_status(code)
    }
}

fn live(_: &Call<'_>) -> Result<Answer, Problem> {
    Ok(Finding::GOOD.answer())
}

fn ready(_: &Call<'_>) -> Result<Answer, Problem> {
    Ok(Phase::now().ready().answer())
}

fn startup(_: &Call<'_>) -> Result<Answer, Problem> {
    Ok(Phase::now().started().answer())
}

/// What is ready is healthy, as long as there is nothing else to look at.
fn health(_: &Call<'_>) -> Result<Answer, Problem> {
    Ok(Phase::now().ready().answer())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readiness_lasts_from_start_to_shutdown() {
        let ready = |phase: Phase| phase.ready().healthy;
        assert_eq!(
            [Phase::NotStarted, Phase::Running, Phase::Stopping].map(ready),
            [false, true, false]
        );
    }

    #[test]
    fn what_has_started_stays_started() {
        let started = |phase: Phase| phase.started().healthy;
        assert_eq!(
            [Phase::NotStarted, Phase::Running, Phase::Stopping].map(started),
            [false, true, true]
        );
    }
}
