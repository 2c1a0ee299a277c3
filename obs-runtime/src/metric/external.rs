//! What an external API still allows.

use std::sync::OnceLock;

use obs_schema::def::{LabelDef, MetricDef, MetricKind, Values};

use super::family::LiveFamily;
use super::instrument::Series;
use super::{Gauge, Registry};
use crate::series::SeriesKey;

const LABELS: &[LabelDef] = &[
    LabelDef {
        name: "api",
        values: Values::Capped { max_series: 100 },
    },
    LabelDef {
        name: "endpoint",
        values: Values::Capped { max_series: 10 },
    },
];

static REMAINING: MetricDef = MetricDef {
    labels: LABELS,
    ..MetricDef::new(
        "external_api_rate_limit_remaining",
        "Calls that the external API still allows, as its last answer said.",
        MetricKind::Gauge,
    )
};

/// Sets `external_api_rate_limit_remaining`. Names come from attributes, so there are few of them.
pub(crate) fn set_rate_limit_remaining(api: &str, endpoint: &str, remaining: f64) {
    static FAMILY: OnceLock<Option<&'static LiveFamily<Gauge>>> = OnceLock::new();
    let family = FAMILY
        .get_or_init(|| Registry::global().family(&REMAINING, <Gauge as Series>::KIND, LABELS));
    if let Some(family) = family {
        let gauge = family.series(SeriesKey::Values(&[api, endpoint]));
        gauge.set(remaining);
    }
}
