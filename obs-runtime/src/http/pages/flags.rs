//! The debug flags of the program.

use std::time::Duration;

use serde_json::{Value, json};

use super::values::system_time;
use super::{Call, Page};
use crate::debug::{self, Flag, UnknownFlag};
use crate::http::answer::Answer;
use crate::http::params::Param;
use crate::http::problem::Problem;

pub(in crate::http) const LIST: Page = Page::light(
    "The debug flags of the program, whether they are on, and the functions that have them.",
    list,
);
pub(in crate::http) const SET: Page = Page::light(
    "Turns a debug flag on or off, for good or for a while.",
    set,
)
.with(FLAG);

const FLAG: &[Param] = &[
    Param {
        name: "flag",
        doc: "the flag: `payments`",
    },
    Param {
        name: "on",
        doc: "`true` or `false`",
    },
    Param {
        name: "for",
        doc: "after this time the flag is again what it was, from 1s to 7d: `10m`",
    },
];

/// For how long a setting can be changed.
pub(super) const SHORTEST: Duration = Duration::from_secs(1);
pub(super) const LONGEST: Duration = Duration::from_secs(7 * 86_400);

fn list(_: &Call<'_>) -> Result<Answer, Problem> {
    let flags: Vec<Value> = debug::flags().iter().map(shown).collect();
    Ok(json!({ "flags": flags }).into())
}

fn set(call: &Call<'_>) -> Result<Answer, Problem> {
    let params = call.params;
    let (Some(flag), Some(on)) = (params.get("flag"), params.flag("on")?) else {
        let message = "`flag` or `on` is missing; write `{\"flag\": \"payments\", \"on\": true}`";
        return Err(Problem::bad("missing_parameter", message));
    };
    let time = params.duration_within("for", SHORTEST..=LONGEST)?;
    let before = debug::flags().into_iter().find(|known| known.name == flag);
    match debug::switch(flag, on, time) {
        Ok(flag) => {
            let before = before.map(|before| before.on);
            Ok(Answer::from(shown(&flag)).changing(before, flag.on))
        }
        Err(unknown) => Err(not_found(&unknown)),
    }
}

fn not_found(unknown: &UnknownFlag) -> Problem {
    let known = unknown.known.iter().map(|&name| name.to_owned()).collect();
    Problem::not_found(unknown.to_string()).with_known(known)
}

fn shown(flag: &Flag) -> Value {
    json!({
        "flag": flag.name,
        "on": flag.on,
        "until": flag.until.map_or(Value::Null, system_time),
        "functions": flag.functions,
    })
}
