//! The traces that were kept, and those under way.

use std::sync::Arc;

use obs_schema::value::format_duration;
use serde_json::{Value, json};

use super::span;
use super::values::{millis, time};
use super::{Call, Page};
use crate::hot::clock;
use crate::http::answer::Answer;
use crate::http::params::Param;
use crate::http::problem::Problem;
use crate::trace::{self, ActiveTrace, Query, StoreStats, Trace, TraceId, analysis};

pub(in crate::http) const LIST: Page = Page::heavy(
    "Traces that were kept, the newest first, and those under way.",
    list,
)
.with(FILTER);
pub(in crate::http) const ONE: Page = Page::heavy(
    "One trace: its spans with attributes, events and links, and its times by operation.",
    one,
);
pub(in crate::http) const WATERFALL: Page = Page::heavy(
    "One trace as rows: each span below its parent, with offset, duration and depth.",
    waterfall,
);
pub(in crate::http) const CRITICAL_PATH: Page = Page::heavy(
    "The chain of work that made one trace as long as it is.",
    critical_path,
);
pub(in crate::http) const CLEANUP: Page = Page::heavy(
    "Forgets traces that ended longer ago than `max_age`, and says how many they were.",
    cleanup,
)
.with(AGE);

const FILTER: &[Param] = &[
    Param {
        name: "trace_id",
        doc: "the trace with this id, 32 hex digits",
    },
    Param {
        name: "min_duration",
        doc: "the root took at least this long: `250ms`",
    },
    Param {
        name: "error",
        doc: "`true`: a span failed; `false`: none did",
    },
    Param {
        name: "operation",
        doc: "a span has exactly this name",
    },
    Param {
        name: "limit",
        doc: "how many at most, from 1 to 1000; 100 if left out",
    },
];
const AGE: &[Param] = &[Param {
    name: "max_age",
    doc: "keep what ended within this time: `10m`",
}];

/// The largest `limit`.
const MAX_LIMIT: usize = 1000;

fn list(call: &Call<'_>) -> Result<Answer, Problem> {
    let query = query(call)?;
    let store = trace::store();
    let stored: Vec<Value> = store
        .search(&query)
        .iter()
        .map(|trace| brief(trace))
        .collect();
    let active: Vec<Value> = active(&query).iter().map(under_way).collect();
    Ok(json!({
        "stored": stored,
        "active": active,
        "store": stats(&store.stats()),
    })
    .into())
}

fn query(call: &Call<'_>) -> Result<Query, Problem> {
    let params = call.params;
    Ok(Query {
        trace_id: params.parsed("trace_id")?,
        operation: params.get("operation").map(str::to_owned),
        min_duration: params.duration("min_duration")?,
        error: params.flag("error")?,
        limit: params
            .count("limit", 1..=MAX_LIMIT)?
            .unwrap_or(Query::DEFAULT_LIMIT),
    })
}

/// The traces under way that match, the oldest first. Whether they will fail is not known yet.
fn active(query: &Query) -> Vec<ActiveTrace> {
    if query.error.is_some() {
        return Vec::new();
    }
    let mut all = trace::active();
    all.retain(|trace| {
        query.trace_id.is_none_or(|id| id == trace.trace_id)
            && query
                .operation
                .as_ref()
                .is_none_or(|name| *name == trace.name)
            && query
                .min_duration
                .is_none_or(|least| trace.elapsed >= least)
    });
    all.truncate(query.limit);
    all
}

fn brief(trace: &Trace) -> Value {
    json!({
        "trace_id": trace.trace_id.to_string(),
        "name": trace.name(),
        "start": time(trace.start_unix_ns),
        "duration_ms": millis(trace.duration_ns()),
        "spans": trace.spans.len(),
        "errors": trace.errors,
        "kept": trace.keep.as_str(),
        "dropped_spans": trace.dropped_spans,
    })
}

fn under_way(trace: &ActiveTrace) -> Value {
    json!({
        "trace_id": trace.trace_id.to_string(),
        "name": trace.name,
        "start": time(trace.start_unix_ns),
        "elapsed_ms": trace.elapsed.as_secs_f64() * 1e3,
    })
}

fn stats(stats: &StoreStats) -> Value {
    json!({
        "traces": stats.traces,
        "spans": stats.spans,
        "bytes": stats.bytes,
        "budget_bytes": stats.budget_bytes,
        "evicted_traces": stats.evicted_traces,
        "refused_spans": stats.refused_spans,
    })
}

/// The trace that the path names.
fn named(call: &Call<'_>) -> Result<Arc<Trace>, Problem> {
    let id = call.id.parse::<TraceId>().map_err(|error| {
        Problem::bad(
            "bad_trace_id",
            format!("`{}` is not a trace id: {error}", call.id),
        )
    })?;
    trace::store().get(id).ok_or_else(|| {
        Problem::not_found(format!(
            "no trace `{id}` is stored: it was not kept, has not ended, or made room for others; `{}/traces` lists what there is",
            call.paths.prefix
        ))
    })
}

fn one(call: &Call<'_>) -> Result<Answer, Problem> {
    let trace = named(call)?;
    let summary = analysis::summary(&trace);
    let operations: Vec<Value> = summary
        .operations
        .iter()
        .map(|operation| {
            json!({
                "name": operation.name,
                "calls": operation.calls,
                "errors": operation.errors,
                "total_ms": millis(operation.total_ns),
                "own_ms": millis(operation.own_ns),
            })
        })
        .collect();
    let spans: Vec<Value> = trace
        .spans
        .iter()
        .map(|span| span::whole(span, trace.start_unix_ns))
        .collect();
    Ok(json!({
        "trace": brief(&trace),
        "levels": summary.levels,
        "service_ms": millis(summary.service_ns),
        "operations": operations,
        "spans": spans,
    })
    .into())
}

fn waterfall(call: &Call<'_>) -> Result<Answer, Problem> {
    let trace = named(call)?;
    let rows: Vec<Value> = analysis::waterfall(&trace)
        .iter()
        .map(|row| {
            let mut json = span::brief(row.span);
            add(&mut json, "offset_ms", millis(row.offset_ns));
            add(&mut json, "duration_ms", millis(row.span.duration_ns));
            add(&mut json, "depth", json!(row.depth));
            add(&mut json, "orphan", json!(row.orphan));
            json
        })
        .collect();
    Ok(json!({"trace": brief(&trace), "rows": rows}).into())
}

fn critical_path(call: &Call<'_>) -> Result<Answer, Problem> {
    let trace = named(call)?;
    let path = analysis::critical_path(&trace);
    let segments: Vec<Value> = path
        .segments
        .iter()
        .map(|segment| {
            let mut json = span::brief(segment.span);
            add(&mut json, "offset_ms", millis(segment.offset_ns));
            add(&mut json, "duration_ms", millis(segment.duration_ns));
            let share = segment.duration_ns as f64 / path.duration_ns.max(1) as f64;
            add(&mut json, "share", json!(share));
            json
        })
        .collect();
    Ok(json!({
        "trace": brief(&trace),
        "duration_ms": millis(path.duration_ns),
        "segments": segments,
    })
    .into())
}

fn add(json: &mut Value, name: &str, value: Value) {
    if let Some(fields) = json.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

fn cleanup(call: &Call<'_>) -> Result<Answer, Problem> {
    let Some(max_age) = call.params.duration("max_age")? else {
        let message =
            "`max_age` is missing; write `{\"max_age\": \"10m\"}`, or `\"0s\"` to forget all";
        return Err(Problem::bad("missing_parameter", message));
    };
    let now = clock::to_unix_nanos(clock::ticks());
    let age = u64::try_from(max_age.as_nanos()).unwrap_or(u64::MAX);
    let store = trace::store();
    let before = store.stats().traces;
    let removed = store.remove_older_than(now.saturating_sub(age));
    let after = store.stats();
    let answer = Answer::from(json!({
        "removed": removed,
        "max_age": format_duration(max_age),
        "store": stats(&after),
    }));
    Ok(answer.changing(before, after.traces))
}
