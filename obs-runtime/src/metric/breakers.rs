//! The metrics of circuit breakers.

use std::sync::Arc;

use super::builtin::{BREAKER_CALLS, BREAKER_FAILURE_RATIO, BREAKER_STATE, BREAKER_TRANSITIONS};
use super::own::family;
use super::snapshot::{Family, Label, Series, Value};
use crate::breaker::{self, Breaker, Status};

/// The series of a policy, without the label `name`.
pub(super) type Unnamed = Vec<(Vec<Label>, Value)>;

/// The families, if the program has breakers.
pub(super) fn families() -> Vec<Family> {
    let breakers: Vec<(Arc<Breaker>, Status)> = breaker::all()
        .into_iter()
        .map(|breaker| {
            let status = breaker.status();
            (breaker, status)
        })
        .collect();
    if breakers.is_empty() {
        return Vec::new();
    }
    let each = |series: &dyn Fn(&Status) -> Unnamed| -> Vec<Series> {
        breakers
            .iter()
            .flat_map(|(breaker, status)| named(breaker.name(), series(status)))
            .collect()
    };
    vec![
        family(&BREAKER_CALLS, each(&calls)),
        family(
            &BREAKER_FAILURE_RATIO,
            each(&|status| vec![(Vec::new(), Value::Gauge(status.failure_ratio))]),
        ),
        family(
            &BREAKER_STATE,
            each(&|status| vec![(Vec::new(), Value::Gauge(status.state.gauge()))]),
        ),
        family(&BREAKER_TRANSITIONS, each(&transitions)),
    ]
}

fn calls(status: &Status) -> Unnamed {
    let calls = status.calls.iter();
    calls
        .map(|(result, count)| {
            let labels = vec![("result".into(), result.as_str().into())];
            (labels, Value::Counter(*count))
        })
        .collect()
}

fn transitions(status: &Status) -> Unnamed {
    let transitions = status.transitions.iter();
    transitions
        .map(|(from, to, count)| {
            let labels = vec![
                ("from".into(), from.as_str().into()),
                ("to".into(), to.as_str().into()),
            ];
            (labels, Value::Counter(*count))
        })
        .collect()
}

/// The series with the label `name` in front.
pub(super) fn named(name: &str, series: Unnamed) -> impl Iterator<Item = Series> {
    let name = name.to_owned();
    series.into_iter().map(move |(labels, value)| Series {
        labels: [("name".into(), name.clone().into())]
            .into_iter()
            .chain(labels)
            .collect(),
        value,
    })
}
