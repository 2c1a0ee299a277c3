//! Every definition in the program.

use obs_schema::def::{
    BlockDef, CallOutcome, LabelDef, MetricDef, OperationDef, OperationFamily, Source, SpanKind,
    Values,
};
use serde_json::{Map, Value, json};

use super::values::{kind, number};
use super::{Call, Page};
use crate::callsite;
use crate::http::answer::Answer;
use crate::http::problem::Problem;
use crate::lifecycle;
use crate::metric::Registry;
use crate::metric::snapshot::Family;

pub(in crate::http) const CATALOG: Page = Page::heavy(
    "Every definition in the program: operations and metrics with their labels, values, buckets and source.",
    catalog,
);

fn catalog(_: &Call<'_>) -> Result<Answer, Problem> {
    Ok(json!({"operations": operations(), "metrics": metrics()}).into())
}

fn operations() -> Vec<Value> {
    let mut all: Vec<&OperationDef> = callsite::known()
        .iter()
        .map(|callsite| callsite.def())
        .collect();
    all.sort_by_key(|def| (def.service, def.name, def.function));
    all.into_iter().map(operation).collect()
}

/// What the program defines, then what collectors found and nobody defined.
fn metrics() -> Vec<Value> {
    let registry = Registry::global();
    let defined = registry.definitions();
    let snapshot = registry.snapshot();
    let state = lifecycle::state();
    let prefix = state.map_or("", |state| state.config.monitoring.metrics.prefix);
    let is_defined = |family: &&Family| {
        let name = family.name.strip_prefix(prefix);
        defined.iter().any(|def| name == Some(def.name))
    };
    let collected = snapshot
        .families
        .iter()
        .filter(|family| !is_defined(family));
    let defined = defined.iter().map(|def| metric(def));
    defined.chain(collected.map(found)).collect()
}

fn metric(def: &MetricDef) -> Value {
    let objectives = def.objectives.iter();
    let objectives: Vec<Value> = objectives
        .map(|(quantile, error)| json!({"quantile": quantile, "error": error}))
        .collect();
    json!({
        "name": def.name,
        "help": def.help,
        "kind": def.kind.as_str(),
        "unit": def.unit,
        "labels": labels(def.labels),
        "buckets": def.buckets.iter().copied().map(number).collect::<Vec<_>>(),
        "objectives": objectives,
        "max_age_seconds": (def.max_age_secs > 0.0).then_some(def.max_age_secs),
        "owner": def.owner,
        "source": (def.source.line > 0).then(|| source(&def.source)),
    })
}

fn found(family: &Family) -> Value {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in family.series.iter().flat_map(|series| &series.labels) {
        if !names.contains(&&**name) {
            names.push(name);
        }
    }
    let labels: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
    json!({
        "name": family.name,
        "help": family.help,
        "kind": kind(family.kind),
        "unit": family.unit,
        "labels": labels,
        "owner": "collector",
    })
}

fn operation(def: &OperationDef) -> Value {
    let metrics: Vec<Value> = def.blocks.iter().map(block).collect();
    json!({
        "name": def.name,
        "service": def.service,
        "function": def.function,
        "span": def.span.map(SpanKind::as_str),
        "root": def.root,
        "slow_seconds": (def.slow_secs > 0.0).then_some(def.slow_secs),
        "labels": labels(def.labels),
        "outcomes": outcomes(def.outcomes),
        "metrics": metrics,
        "attributes": pairs(def.attributes),
        "source": source(&def.source),
    })
}

fn block(def: &BlockDef) -> Value {
    json!({
        "names": names(def.family),
        "labels": pairs(def.constants),
        "buckets": def.buckets,
    })
}

fn names(family: OperationFamily) -> &'static [&'static str] {
    match family {
        OperationFamily::Operation => &[
            "operation_calls_total",
            "operation_duration_seconds",
            "operation_in_flight",
        ],
        OperationFamily::Calls => &["operation_calls_total"],
        OperationFamily::Duration => &["operation_duration_seconds"],
        OperationFamily::Database => &["db_client_operation_duration_seconds"],
        OperationFamily::ExternalApi => &["external_api_duration_seconds"],
    }
}

fn labels(labels: &[LabelDef]) -> Value {
    let label = |label: &LabelDef| match label.values {
        Values::Finite(values) => json!({"name": label.name, "values": values}),
        Values::Capped { max_series } => json!({"name": label.name, "max_series": max_series}),
    };
    labels.iter().map(label).collect()
}

fn outcomes(bits: u8) -> Vec<&'static str> {
    CallOutcome::ALL
        .iter()
        .filter(|outcome| bits & outcome.bit() != 0)
        .map(|outcome| outcome.as_str())
        .collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Value {
    let member = |(name, value): &(&str, &str)| ((*name).to_owned(), json!(value));
    Value::Object(pairs.iter().map(member).collect::<Map<_, _>>())
}

fn source(source: &Source) -> Value {
    json!({"module": source.module, "file": source.file, "line": source.line})
}
