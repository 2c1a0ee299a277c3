//! What an external API still allows.

use std::sync::OnceLock;

use obs_schema::def::{LabelDef, MetricDef, MetricKind, Values};

use super::encode::escape::strip_label_value;
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
    if let Some(family) = family() {
        let gauge = family.series(SeriesKey::Values(&[api, endpoint]));
        gauge.set(remaining);
    }
}

/// The smallest `external_api_rate_limit_remaining` of an API, or that of one of its endpoints. `None` if it has
/// not been set.
pub(crate) fn rate_limit_remaining(api: &str, endpoint: Option<&str>) -> Option<f64> {
    let mut least: Option<f64> = None;
    family()?.each(|labels, gauge| {
        if is_of(labels, api, endpoint) == Some(true) {
            let left = gauge.get();
            least = Some(least.map_or(left, |least| least.min(left)));
        }
    });
    least
}

/// Whether a series with these labels is that of an API, and of one of its endpoints if that is given.
fn is_of(labels: &[u8], api: &str, endpoint: Option<&str>) -> Option<bool> {
    let rest = strip_label_value(labels.strip_prefix(b"api=\"")?, api)?;
    let rest = rest.strip_prefix(b"\",endpoint=\"")?;
    Some(match endpoint {
        Some(endpoint) => strip_label_value(rest, endpoint)? == b"\"",
        None => true,
    })
}

fn family() -> Option<&'static LiveFamily<Gauge>> {
    static FAMILY: OnceLock<Option<&'static LiveFamily<Gauge>>> = OnceLock::new();
    *FAMILY.get_or_init(|| Registry::global().family(&REMAINING, <Gauge as Series>::KIND, LABELS))
}
