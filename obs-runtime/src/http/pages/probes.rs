//! Whether the service lives, can take work, has started, and is well.
//!
//! All of it is read from the last results: nobody waits for a check.

use ::http::StatusCode;
use serde_json::{Map, Value, json};

use super::health;
use super::{Call, Page};
use crate::health::{Overall, Verdict};
use crate::http::answer::Answer;
use crate::http::problem::Problem;

pub(in crate::http) const LIVE: Page = Page::light(
    "200 as long as the process can answer and no check of liveness is unhealthy, otherwise 503.",
    live,
);
pub(in crate::http) const READY: Page = Page::light(
    "200 while the service takes requests: it has started, it is not stopping, and its critical checks of readiness pass; otherwise 503.",
    ready,
);
pub(in crate::http) const STARTUP: Page = Page::light(
    "200 once the service has started and each of its critical checks of startup has passed, 503 before.",
    startup,
);
pub(in crate::http) const HEALTH: Page = Page::light(
    "The aggregate of all checks: `healthy`, `warning` and `critical` with status 200, `unhealthy` with 503.",
    whole,
);
pub(in crate::http) const GROUP: Page = Page::light(
    "The same for the checks of a group; `liveness`, `readiness` and `startup` are groups too.",
    group,
);

fn live(call: &Call<'_>) -> Result<Answer, Problem> {
    Ok(answer(&Verdict::live(), call))
}

fn ready(call: &Call<'_>) -> Result<Answer, Problem> {
    Ok(answer(&Verdict::ready(), call))
}

fn startup(call: &Call<'_>) -> Result<Answer, Problem> {
    Ok(answer(&Verdict::startup(), call))
}

fn whole(call: &Call<'_>) -> Result<Answer, Problem> {
    Ok(answer(&Verdict::whole(), call))
}

fn group(call: &Call<'_>) -> Result<Answer, Problem> {
    match Verdict::group(call.id) {
        Ok(verdict) => Ok(answer(&verdict, call)),
        Err(known) => {
            let message = format!("no group of health checks `{}`", call.id);
            Err(Problem::not_found(message).with_known(known))
        }
    }
}

/// The answer, with the checks for those who may see them.
fn answer(verdict: &Verdict, call: &Call<'_>) -> Answer {
    let mut body = Map::new();
    body.insert("status".to_owned(), json!(verdict.overall.as_str()));
    if let Some(reason) = verdict.reason {
        body.insert("reason".to_owned(), json!(reason));
    }
    if call.sees_details && !verdict.checks.is_empty() {
        body.insert("checks".to_owned(), health::checks(&verdict.checks));
    }
    Answer::from(Value::Object(body)).with_status(code(verdict.overall))
}

/// Only what is unhealthy is not served.
pub(super) fn code(overall: Overall) -> StatusCode {
    match overall {
        Overall::Unhealthy => StatusCode::SERVICE_UNAVAILABLE,
        Overall::Healthy | Overall::Warning | Overall::Critical => StatusCode::OK,
    }
}
