//! The circuit breakers of the program.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::values::{number, seconds, system_time, time};
use super::{Call, Page};
use crate::breaker::{self, Breaker, BreakerSettings, Event, EventKind, UnknownBreaker, Window};
use crate::http::accept;
use crate::http::answer::Answer;
use crate::http::live::Live;
use crate::http::params::{Param, decode_segment};
use crate::http::problem::Problem;

pub(in crate::http) const LIST: Page = Page::heavy(
    "The circuit breakers of the program: their states, what is in their windows, and how calls ended.",
    list,
);
pub(in crate::http) const ONE: Page = Page::light("One circuit breaker, with its settings.", one);
pub(in crate::http) const EVENTS: Page = Page::light(
    "What happened to circuit breakers, the oldest first; as it happens, for clients that accept `text/event-stream`.",
    events,
)
.with(WHICH);
pub(in crate::http) const RESET: Page =
    Page::light("Closes a circuit breaker, with an empty window.", reset);
pub(in crate::http) const FORCE_OPEN: Page = Page::light(
    "Lets a circuit breaker reject all calls until it is reset.",
    force_open,
);
pub(in crate::http) const DISABLE: Page = Page::light(
    "Lets a circuit breaker let all calls through, whatever becomes of them, until it is reset.",
    disable,
);
pub(in crate::http) const RESET_ALL: Page = Page::light(
    "Closes all circuit breakers, with empty windows.",
    reset_all,
);

const WHICH: &[Param] = &[
    Param {
        name: "name",
        doc: "of the circuit breaker with this name",
    },
    Param {
        name: "after",
        doc: "with a greater number than this, such as that of the last one that is known",
    },
];

fn list(_: &Call<'_>) -> Result<Answer, Problem> {
    let all: Vec<Value> = breaker::all().iter().map(|one| shown(one).into()).collect();
    Ok(json!({ "circuit_breakers": all }).into())
}

fn one(call: &Call<'_>) -> Result<Answer, Problem> {
    let breaker = named(call)?;
    let mut shown = shown(&breaker);
    shown.insert("settings".to_owned(), settings(&breaker.settings()));
    Ok(Value::from(shown).into())
}

fn events(call: &Call<'_>) -> Result<Answer, Problem> {
    let only = call.params.get("name");
    if let Some(name) = only {
        expect(name)?;
    }
    if accept::event_stream(call.headers) {
        return Ok(Answer::live(Live::new(call.headers, only)?));
    }
    let after = call.params.parsed::<u64>("after")?.unwrap_or(0);
    let mut events = breaker::events(after);
    if let Some(name) = only {
        events.retain(|event| event.breaker() == name);
    }
    let events: Vec<Value> = events.iter().map(|one| event(one)).collect();
    Ok(json!({ "events": events }).into())
}

/// Whether there can be events of this name. A breaker may be gone, and what happened to it is still there.
fn expect(name: &str) -> Result<(), Problem> {
    let mut known = breaker::events(0).into_iter();
    if known.any(|event| event.breaker() == name) {
        return Ok(());
    }
    breaker::expect(name).map_err(not_found)
}

fn reset(call: &Call<'_>) -> Result<Answer, Problem> {
    change(call, Breaker::reset)
}

fn force_open(call: &Call<'_>) -> Result<Answer, Problem> {
    change(call, Breaker::force_open)
}

fn disable(call: &Call<'_>) -> Result<Answer, Problem> {
    change(call, Breaker::disable)
}

fn reset_all(_: &Call<'_>) -> Result<Answer, Problem> {
    let all = breaker::all();
    let before = states(&all);
    all.iter().for_each(|breaker| breaker.reset());
    Ok(Answer::from(json!({ "reset": all.len() })).changing(before, states(&all)))
}

fn change(call: &Call<'_>, change: fn(&Breaker)) -> Result<Answer, Problem> {
    let breaker = named(call)?;
    let before = breaker.state();
    change(&breaker);
    let after = breaker.state();
    let answer = json!({
        "name": breaker.name(),
        "before": before.as_str(),
        "after": after.as_str(),
    });
    Ok(Answer::from(answer).changing(before.as_str(), after.as_str()))
}

/// The states of breakers by their names.
fn states(all: &[Arc<Breaker>]) -> Value {
    let states = all
        .iter()
        .map(|one| (one.name().to_owned(), one.state().as_str().into()));
    Value::Object(states.collect())
}

fn named(call: &Call<'_>) -> Result<Arc<Breaker>, Problem> {
    let name = decode_segment(call.id)?;
    breaker::find(&name).map_err(not_found)
}

fn not_found(unknown: UnknownBreaker) -> Problem {
    Problem::not_found(unknown.to_string()).with_known(unknown.known)
}

fn shown(breaker: &Breaker) -> Map<String, Value> {
    let status = breaker.status();
    let calls = status.calls.iter();
    let calls: Map<String, Value> = calls
        .map(|(result, count)| (result.as_str().to_owned(), json!(count)))
        .collect();
    let transitions = status.transitions.iter();
    let transitions: Vec<Value> = transitions
        .map(|(from, to, count)| json!({"from": from.as_str(), "to": to.as_str(), "count": count}))
        .collect();
    let fields = [
        ("name", json!(breaker.name())),
        ("state", json!(status.state.as_str())),
        ("since", system_time(status.since)),
        ("until", status.until.map_or(Value::Null, system_time)),
        (
            "window",
            json!({
                "calls": status.window_calls,
                "failure_ratio": number(status.failure_ratio),
                "slow_ratio": number(status.slow_ratio),
            }),
        ),
        ("calls", calls.into()),
        ("transitions", transitions.into()),
    ];
    let fields = fields.into_iter();
    fields
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

fn settings(settings: &BreakerSettings) -> Value {
    let window = match settings.window {
        Window::Consecutive => json!("consecutive"),
        Window::Count(calls) => json!({ "calls": calls }),
        Window::Time(span) => json!({ "seconds": span.as_secs_f64() }),
    };
    json!({
        "window": window,
        "failure_threshold": settings.failure_threshold,
        "failure_rate": settings.failure_rate,
        "min_calls": settings.min_calls,
        "slow_call": settings.slow_call.map(seconds),
        "slow_rate": settings.slow_rate,
        "timeout": settings.timeout.map(seconds),
        "recovery_timeout": seconds(settings.recovery_timeout),
        "backoff": settings.backoff,
        "max_recovery_timeout": seconds(settings.max_recovery_timeout),
        "jitter": settings.jitter,
        "half_open_calls": settings.half_open_calls,
        "half_open_max": seconds(settings.half_open_max),
    })
}

/// An event, as JSON.
pub(in crate::http) fn event(event: &Event) -> Value {
    let mut shown = json!({
        "sequence": event.sequence,
        "time": time(event.unix_ns),
        "circuit_breaker": event.breaker(),
        "event": event.kind.as_str(),
    });
    let more = match event.kind {
        EventKind::StateChange { from, to } => json!({"from": from.as_str(), "to": to.as_str()}),
        EventKind::Rejected { total } | EventKind::SlowCall { total } => json!({ "total": total }),
        EventKind::ThresholdExceeded {
            calls,
            failure_ratio,
            slow_ratio,
        } => json!({
            "calls": calls,
            "failure_ratio": number(failure_ratio),
            "slow_ratio": number(slow_ratio),
        }),
        EventKind::Reset => json!({}),
    };
    if let (Some(shown), Value::Object(more)) = (shown.as_object_mut(), more) {
        shown.extend(more);
    }
    shown
}
