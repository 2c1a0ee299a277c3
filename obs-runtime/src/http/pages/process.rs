//! This process from inside: threads, tasks, environment; and an error on request.

use serde_json::{Map, Value, json};

use super::values::seconds;
use super::{Call, Page};
use crate::collect::process::threads;
use crate::config::HIDDEN;
use crate::hot::body::cut;
use crate::http::answer::Answer;
use crate::http::problem::Problem;
use crate::metric::{self, Registry};
use crate::redact::Redaction;
use crate::{lifecycle, trace};

pub(in crate::http) const THREADS: Page = Page::heavy(
    "The threads of the process: name, state, CPU time.",
    list_threads,
);
pub(in crate::http) const TASKS: Page = Page::heavy(
    "What is under way: calls of each operation, traces, and the tasks of the tokio runtimes.",
    tasks,
);
pub(in crate::http) const ENVIRONMENT: Page = Page::heavy(
    "The environment and the arguments of the process. Secrets are hidden.",
    environment,
);
pub(in crate::http) const FORCE_ERROR: Page = Page::light(
    "Makes an error: a span that fails and a record of the log, to try out alerts. Says its trace.",
    force_error,
);

/// Variables and arguments that are shown, and bytes of each.
const MAX_SHOWN: usize = 1000;
const MAX_TEXT: usize = 4096;
/// Operations that are listed.
const MAX_ACTIVE: usize = 1000;

fn list_threads(_: &Call<'_>) -> Result<Answer, Problem> {
    let (threads, beyond) = threads();
    let listed: Vec<Value> = threads
        .iter()
        .map(|thread| {
            json!({
                "id": thread.id,
                "name": thread.name,
                "state": thread.state,
                "cpu_seconds": thread.cpu_time.map(seconds),
            })
        })
        .collect();
    Ok(json!({"count": listed.len() + beyond, "threads": listed, "not_listed": beyond}).into())
}

fn tasks(_: &Call<'_>) -> Result<Answer, Problem> {
    let traces = trace::active().len();
    Ok(json!({"operations": operations(), "traces": traces, "runtimes": runtimes()}).into())
}

/// The operations that have calls under way, those with the most first.
fn operations() -> Vec<Value> {
    let snapshot = Registry::global().snapshot();
    let families = snapshot.families.iter();
    let in_flight = families.filter(|family| family.name.ends_with("operation_in_flight"));
    let mut under_way: Vec<(&str, f64)> = in_flight
        .flat_map(|family| &family.series)
        .filter_map(|series| {
            let mut labels = series.labels.iter();
            let (_, operation) = labels.find(|(name, _)| name == "operation")?;
            match series.value {
                metric::snapshot::Value::Gauge(calls) if calls > 0.0 => Some((&**operation, calls)),
                _ => None,
            }
        })
        .collect();
    under_way.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    let listed = under_way.iter().take(MAX_ACTIVE);
    listed
        .map(|(operation, calls)| json!({"operation": operation, "in_flight": *calls as u64}))
        .collect()
}

fn runtimes() -> Vec<Value> {
    let running = crate::collect::Runtimes::global().running();
    let shown = running.iter().map(|(name, metrics)| {
        json!({
            "runtime": name,
            "workers": metrics.num_workers(),
            // The task that watches the runtime is not the program's.
            "alive_tasks": metrics.num_alive_tasks().saturating_sub(1),
            "waiting_tasks": metrics.global_queue_depth(),
        })
    });
    shown.collect()
}

fn environment(_: &Call<'_>) -> Result<Answer, Problem> {
    let rules = rules();
    let variables = std::env::vars_os().map(|(name, value)| {
        let name = name.to_string_lossy().into_owned();
        let value = shown(&rules, &name, &value.to_string_lossy());
        (name, Value::String(value))
    });
    let mut variables: Vec<(String, Value)> = variables.collect();
    variables.sort_by(|(one, _), (other, _)| one.cmp(other));
    let count = variables.len();
    let variables: Map<String, Value> = variables.into_iter().take(MAX_SHOWN).collect();
    let arguments = arguments(
        &rules,
        std::env::args_os().map(|text| text.to_string_lossy().into_owned()),
    );
    let directory = std::env::current_dir().ok();
    Ok(json!({
        "variables": variables,
        "not_listed": count.saturating_sub(MAX_SHOWN),
        "arguments": arguments,
        "working_directory": directory.map(|path| path.to_string_lossy().into_owned()),
    })
    .into())
}

/// The rules of the log, also where the log has none.
fn rules() -> Redaction {
    let state = lifecycle::state();
    let own = state.and_then(|state| Redaction::of(&state.config.monitoring.logging));
    own.unwrap_or_default()
}

fn shown(rules: &Redaction, name: &str, value: &str) -> String {
    if rules.hides_key(name) || crate::config::is_secret_name(name) {
        return HIDDEN.to_owned();
    }
    short(&crate::config::without_userinfo(&rules.hide(value)))
}

/// What follows a flag that names a secret, `--password x` or `--password=x`, is one.
fn arguments(rules: &Redaction, all: impl Iterator<Item = String>) -> Vec<String> {
    let mut follows_secret = false;
    all.take(MAX_SHOWN)
        .map(|text| {
            let hidden = std::mem::replace(&mut follows_secret, false);
            let flag = text
                .strip_prefix('-')
                .map(|text| text.trim_start_matches('-'));
            match flag.map(|flag| flag.split_once('=').ok_or(flag)) {
                Some(Ok((name, value))) => {
                    let dashes = &text[..text.len() - name.len() - value.len() - 1];
                    format!("{dashes}{name}={}", shown(rules, name, value))
                }
                Some(Err(name)) => {
                    follows_secret = rules.hides_key(name) || crate::config::is_secret_name(name);
                    short(&text)
                }
                None if hidden => HIDDEN.to_owned(),
                None => shown(rules, "", &text),
            }
        })
        .collect()
}

fn short(text: &str) -> String {
    cut(text, MAX_TEXT).to_owned()
}

fn force_error(call: &Call<'_>) -> Result<Answer, Problem> {
    const MESSAGE: &str = "an error was asked for";
    let mut span = trace::span("forced_error").root().enter();
    span.attribute("obs.path", call.paths.prefix.as_str());
    let trace = trace::current_trace_id().map(|id| id.to_string());
    #[cfg(feature = "log")]
    crate::log::say_as(tracing::Level::ERROR, format_args!("{MESSAGE}"), &[]);
    span.set_error(MESSAGE);
    drop(span);
    let answer = Answer::from(json!({"message": MESSAGE, "trace_id": trace}));
    Ok(answer.changing(Value::Null, trace))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_the_environment_are_hidden() {
        let rules = Redaction::new();
        for (name, value) in [
            ("DB_PASSWORD", "hunter2"),
            ("GITHUB_TOKEN", "hunter2"),
            ("AWS_SECRET_ACCESS_KEY", "hunter2"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x=hunter2"),
            ("DATABASE_URL", "postgres://ann:hunter2@db/shop"),
        ] {
            let shown = shown(&rules, name, value);
            assert!(!shown.contains("hunter2"), "{name}: {shown}");
        }
        assert_eq!(shown(&rules, "LANG", "C.UTF-8"), "C.UTF-8");
        assert!(shown(&rules, "LONG", &"ä".repeat(5000)).len() <= MAX_TEXT);
    }

    #[test]
    fn secrets_of_the_arguments_are_hidden() {
        let given = [
            "shop",
            "--port",
            "80",
            "--token",
            "hunter2",
            "--db-password=hunter2",
            "-v",
            "--url=http://a:hunter2@b",
        ];
        let shown = arguments(&Redaction::new(), given.map(str::to_owned).into_iter());
        assert_eq!(shown[..4], ["shop", "--port", "80", "--token"]);
        assert_eq!(shown[4], HIDDEN);
        assert_eq!(shown[5], format!("--db-password={HIDDEN}"));
        assert!(!shown.concat().contains("hunter2"), "{shown:?}");
    }
}
