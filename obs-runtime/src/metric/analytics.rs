//! The metrics of business events: what of them is bounded.

use std::sync::OnceLock;

use obs_schema::def::{LabelDef, MetricDef, MetricKind, Values};

use super::Counter;
use super::builtin::{ANALYTICS_BYTES, ANALYTICS_DROPPED, ANALYTICS_USERS};
use super::keyed::Keyed;
use super::own::{family, unlabelled};
use super::snapshot::{Family, Series, Value};
use crate::analytics;
use crate::series::SeriesKey;

/// Models beyond are counted under `__overflow__`.
const MODEL: LabelDef = LabelDef {
    name: "model",
    values: Values::Capped { max_series: 100 },
};

static REQUESTS: MetricDef = MetricDef {
    labels: &[MODEL],
    ..MetricDef::new(
        "analytics_model_requests_total",
        "Business events that asked a model.",
        MetricKind::Counter,
    )
};

static TOKENS: MetricDef = MetricDef {
    labels: &[
        MODEL,
        LabelDef {
            name: "direction",
            values: Values::Finite(&["in", "out"]),
        },
    ],
    ..MetricDef::new(
        "analytics_model_tokens_total",
        "Tokens that models were given and answered with.",
        MetricKind::Counter,
    )
};

static COST: MetricDef = MetricDef {
    labels: &[
        MODEL,
        // A program changes it with its configuration, if ever.
        LabelDef {
            name: "currency",
            values: Values::Capped { max_series: 10 },
        },
    ],
    ..MetricDef::new(
        "analytics_model_cost_total",
        "What the tokens of models cost, by `analytics.prices`.",
        MetricKind::FloatCounter,
    )
};

/// The counters of models, registered when the first one is asked.
#[derive(Debug)]
struct Models {
    requests: Keyed<Counter>,
    tokens: Keyed<Counter>,
    cost: Keyed<Counter<f64>>,
}

impl Models {
    /// `None` if this thread is in the middle of registering something.
    fn get() -> Option<&'static Self> {
        static MODELS: OnceLock<Models> = OnceLock::new();
        let register = || Self {
            requests: Keyed::register(&REQUESTS),
            tokens: Keyed::register(&TOKENS),
            cost: Keyed::register(&COST),
        };
        match MODELS.get() {
            Some(known) => Some(known),
            None => analytics::registering(|| MODELS.get_or_init(register)),
        }
    }
}

/// Counts a use of a model. `cost` is `None` for one without a price.
pub(crate) fn count_model(
    model: &str,
    tokens_in: u64,
    tokens_out: u64,
    cost: Option<f64>,
    currency: &str,
) {
    let Some(models) = Models::get() else { return };
    models.requests.get(SeriesKey::Values(&[model])).inc();
    for (direction, count) in [("in", tokens_in), ("out", tokens_out)] {
        let series = models.tokens.get(SeriesKey::Values(&[model, direction]));
        series.add(count);
    }
    if let Some(cost) = cost {
        let series = models.cost.get(SeriesKey::Values(&[model, currency]));
        series.add(cost);
    }
}

/// The families that are read from the counts, if there are any.
pub(super) fn families() -> Vec<Family> {
    let mut all = Vec::new();
    if let Some(users) = analytics::users() {
        let users = Value::Gauge(users.count as f64);
        all.push(family(&ANALYTICS_USERS, vec![unlabelled(users)]));
    }
    if let Some(status) = analytics::status() {
        let bytes = Value::Gauge(status.bytes as f64);
        all.push(family(&ANALYTICS_BYTES, vec![unlabelled(bytes)]));
        let reasons = [("names", status.overflowed), ("memory", status.evicted)];
        let dropped = reasons.map(|(reason, count)| Series {
            labels: vec![("reason".into(), reason.into())],
            value: Value::Counter(count),
        });
        all.push(family(&ANALYTICS_DROPPED, dropped.into()));
    }
    all
}
