//! The caches of the program.

use ::http::StatusCode;
use serde_json::{Value, json};

use super::{Call, Page};
use crate::cache::{self, Attempt, CacheKind, CacheStatus, Pattern};
use crate::http::answer::Answer;
use crate::http::params::Param;
use crate::http::problem::Problem;
use crate::redact::Redaction;

pub(in crate::http) const STATUS: Page = Page::heavy(
    "The caches of the program: hits, misses, entries, size and evictions, as far as they know them.",
    status,
);
pub(in crate::http) const CLEAR_MEMORY: Page = Page::heavy(
    "Takes the entries whose keys match a pattern out of the caches in memory.",
    clear_memory,
)
.with(WHICH);
pub(in crate::http) const CLEAR_REDIS: Page = Page::heavy(
    "Removes the keys that match a pattern behind the prefix of each cache from Redis.",
    clear_redis,
)
.with(WHICH);

const WHICH: &[Param] = &[
    Param {
        name: "pattern",
        doc: "which keys, as a glob of Redis: `user:*`; `*` for all",
    },
    Param {
        name: "cache",
        doc: "only in the cache with this name",
    },
];

fn status(_: &Call<'_>) -> Result<Answer, Problem> {
    let caches: Vec<Value> = cache::statuses().iter().map(shown).collect();
    Ok(json!({ "caches": caches }).into())
}

fn shown(status: &CacheStatus) -> Value {
    let stats = status.stats.unwrap_or_default();
    json!({
        "cache": status.name,
        "kind": status.kind.as_str(),
        "hits": stats.hits,
        "misses": stats.misses,
        "hit_ratio": stats.hit_ratio(),
        "entries": stats.entries,
        "size_bytes": stats.bytes,
        "evictions": stats.evictions,
    })
}

fn clear_memory(call: &Call<'_>) -> Result<Answer, Problem> {
    clear(call, CacheKind::Memory)
}

fn clear_redis(call: &Call<'_>) -> Result<Answer, Problem> {
    clear(call, CacheKind::Redis)
}

fn clear(call: &Call<'_>, kind: CacheKind) -> Result<Answer, Problem> {
    let Some(pattern) = call.params.parsed::<Pattern>("pattern")? else {
        let message =
            "`pattern` is missing; write `{\"pattern\": \"user:*\"}`, or `*` for all keys";
        return Err(Problem::bad("missing_parameter", message));
    };
    let only = call.params.get("cache");
    check_known(kind, only)?;
    let attempts = cache::clear(kind, only, &pattern);
    let answer = outcome(&pattern, &attempts);
    Ok(answer.changing(Value::Null, json!({ "removed": removed(&attempts) })))
}

/// Whether there is anything to be cleared.
fn check_known(kind: CacheKind, only: Option<&str>) -> Result<(), Problem> {
    let of_kind = cache::statuses()
        .into_iter()
        .filter(|status| status.kind == kind);
    let known: Vec<String> = of_kind.map(|status| status.name).collect();
    if only.map_or(!known.is_empty(), |only| {
        known.iter().any(|one| one == only)
    }) {
        return Ok(());
    }
    let kind = kind.as_str();
    let message = match only {
        Some(only) => format!("no cache `{only}` of the kind `{kind}`"),
        None => format!("the program has no cache of the kind `{kind}`"),
    };
    Err(Problem::not_found(message).with_known(known))
}

fn outcome(pattern: &Pattern, attempts: &[Attempt]) -> Answer {
    let is_complete = |one: &Attempt| one.result.as_ref().is_ok_and(|cleared| cleared.complete);
    let complete = attempts.iter().all(is_complete);
    let caches: Vec<Value> = attempts.iter().map(attempt).collect();
    let mut body = json!({
        "pattern": pattern.as_str(),
        "removed": removed(attempts),
        "complete": complete,
        "caches": caches,
    });
    if complete {
        return body.into();
    }
    body["error"] = "incomplete".into();
    body["message"] = "not every cache was cleared; `caches` says why, ask again".into();
    Answer::from(body).with_status(StatusCode::BAD_GATEWAY)
}

fn removed(attempts: &[Attempt]) -> u64 {
    let cleared = attempts.iter().filter_map(|one| one.result.as_ref().ok());
    cleared.map(|cleared| cleared.entries).sum()
}

fn attempt(attempt: &Attempt) -> Value {
    match &attempt.result {
        Ok(cleared) => json!({
            "cache": attempt.name,
            "removed": cleared.entries,
            "complete": cleared.complete,
        }),
        Err(error) => {
            let error = Redaction::new().hide(&error.to_string()).into_owned();
            json!({"cache": attempt.name, "error": error})
        }
    }
}
