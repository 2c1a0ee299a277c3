//! The changes that were made through the endpoints.

use serde_json::{Map, Value, json};

use super::values::system_time;
use super::{Call, Page};
use crate::http::answer::Answer;
use crate::http::audit::{self, Entry};
use crate::http::params::Param;
use crate::http::problem::Problem;

pub(in crate::http) const TRAIL: Page = Page::light(
    "Who changed what through these endpoints, the newest first: when, from where, with which parameters, before and after.",
    trail,
)
.with(LIMIT);

const LIMIT: &[Param] = &[Param {
    name: "limit",
    doc: "at most this many, from 1 to 512; 100 without it",
}];

fn trail(call: &Call<'_>) -> Result<Answer, Problem> {
    let limit = call.params.count("limit", 1..=512)?.unwrap_or(100);
    let (entries, all) = audit::last(limit);
    let entries: Vec<Value> = entries.iter().map(shown).collect();
    Ok(json!({"entries": entries, "all": all}).into())
}

fn shown(entry: &Entry) -> Value {
    let params: Map<String, Value> = entry
        .params
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    json!({
        "time": system_time(entry.at),
        "who": entry.who,
        "from": entry.from,
        "method": entry.method,
        "path": entry.path,
        "params": params,
        "status": entry.status,
        "before": entry.before,
        "after": entry.after,
    })
}
