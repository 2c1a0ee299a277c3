//! Which records are logged, shown and changed.

use serde_json::{Value, json};

use super::flags::{LONGEST, SHORTEST};
use super::logs::running;
use super::values::system_time;
use super::{Call, Page};
use crate::http::answer::Answer;
use crate::http::params::Param;
use crate::http::problem::Problem;
use crate::log::{Levels, temporary};

pub(in crate::http) const SHOW: Page = Page::light(
    "Which records are logged: the level, and those of single targets.",
    show,
);
pub(in crate::http) const CHANGE: Page = Page::light(
    "Changes which records are logged, for good or for a while, and says what was logged before.",
    change,
)
.with(LEVELS);

const LEVELS: &[Param] = &[
    Param {
        name: "levels",
        doc: "the level, and those of single targets: `info,shop=debug,hyper=off`",
    },
    Param {
        name: "for",
        doc: "after this time the former levels hold again, from 1s to 7d: `10m`",
    },
];

fn show(_: &Call<'_>) -> Result<Answer, Problem> {
    let log = running()?;
    let temporary = temporary::current(&log).map(|temporary| {
        json!({
            "until": system_time(temporary.until),
            "former": temporary.former.to_string(),
        })
    });
    let levels = log.levels().to_string();
    Ok(json!({"levels": levels, "temporary": temporary}).into())
}

fn change(call: &Call<'_>) -> Result<Answer, Problem> {
    let log = running()?;
    let Some(levels) = call.params.parsed::<Levels>("levels")? else {
        let message = "`levels` is missing; write `{\"levels\": \"info,shop=debug\"}`";
        return Err(Problem::bad("missing_parameter", message));
    };
    let time = call.params.duration_within("for", SHORTEST..=LONGEST)?;
    let after = levels.to_string();
    let change = temporary::change(&log, levels, time)
        .map_err(|error| Problem::internal(format!("the levels are as before: {error}")))?;
    let before = change.before.to_string();
    let answer = Answer::from(json!({
        "before": before,
        "after": after,
        "until": change.until.map_or(Value::Null, system_time),
    }));
    Ok(answer.changing(before, after))
}
