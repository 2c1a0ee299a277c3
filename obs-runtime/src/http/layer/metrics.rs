//! What is counted of requests, found by method and route.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock};

use ::http::StatusCode;
use obs_schema::def::{LabelDef, MetricDef, MetricKind, Source, Values};

use super::head::{METHODS, OTHER};
use crate::label::Labels;
use crate::metric::{Family, Gauge, Histogram, Instrument};
use crate::series::{OVERFLOW, SeriesKey, UNMATCHED};

/// Routes that are told apart; later ones share the label `__overflow__`.
const MAX_ROUTES: u32 = 500;
/// Statuses per route and method, on average.
const MAX_STATUSES: u32 = 10;

const METHOD: LabelDef = LabelDef {
    name: "http_request_method",
    values: Values::Finite(METHODS),
};
const ROUTE: LabelDef = LabelDef {
    name: "http_route",
    values: Values::Capped {
        max_series: MAX_ROUTES + 2,
    },
};
const STATUS: LabelDef = LabelDef {
    name: "http_response_status_code",
    values: Values::Capped {
        max_series: MAX_STATUSES,
    },
};

const SOURCE: Source = Source {
    module: module_path!(),
    file: file!(),
    line: line!(),
};

static DURATION: MetricDef = MetricDef {
    unit: "seconds",
    labels: ByStatus::LABELS,
    // Those that OpenTelemetry's conventions advise.
    buckets: &[
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
    ],
    owner: "ServerLayer",
    source: SOURCE,
    ..MetricDef::new(
        "http_server_request_duration_seconds",
        "Duration of the requests that this server answered, up to the last byte of the body.",
        MetricKind::Histogram,
    )
};

static ACTIVE: MetricDef = MetricDef {
    labels: ByRoute::LABELS,
    owner: "ServerLayer",
    source: SOURCE,
    ..MetricDef::new(
        "http_server_active_requests",
        "Requests that this server is answering.",
        MetricKind::Gauge,
    )
};

/// Whether requests are counted: whether the configuration has the collector `request`.
static COUNTED: AtomicBool = AtomicBool::new(true);

static FAMILIES: LazyLock<Families> = LazyLock::new(|| Families {
    duration: Family::register(&DURATION),
    active: Family::register(&ACTIVE),
});
static ROUTES: LazyLock<Routes> = LazyLock::new(|| Routes::new(MAX_ROUTES));

struct Families {
    duration: Family<Histogram, ByStatus>,
    active: Family<Gauge, ByRoute>,
}

/// The routes that have been asked for.
struct Routes {
    known: RwLock<HashMap<Box<str>, Arc<Route>>>,
    max: usize,
}

/// The metrics of each method.
type Route = [Arc<Series>; METHODS.len()];

#[derive(Debug, Clone)]
struct ByRoute {
    method: &'static str,
    route: Box<str>,
}

struct ByStatus {
    of: ByRoute,
    status: Option<StatusCode>,
}

/// The metrics of one method on one route.
#[derive(Debug)]
pub(super) struct Series {
    span_name: String,
    labels: ByRoute,
    active: OnceLock<Gauge>,
    durations: RwLock<Vec<(Option<StatusCode>, Histogram)>>,
}

/// Counts a request as active until it ends.
#[derive(Debug)]
pub(super) struct Counting {
    series: Arc<Series>,
    active: Gauge,
}

impl Labels for ByRoute {
    const LABELS: &'static [LabelDef] = &[METHOD, ROUTE];

    fn with_key<R>(&self, use_key: impl FnOnce(SeriesKey<'_>) -> R) -> R {
        use_key(SeriesKey::Values(&[self.method, &self.route]))
    }
}

impl Labels for ByStatus {
    const LABELS: &'static [LabelDef] = &[METHOD, ROUTE, STATUS];

    fn with_key<R>(&self, use_key: impl FnOnce(SeriesKey<'_>) -> R) -> R {
        let status = self.status.as_ref().map_or("", StatusCode::as_str);
        use_key(SeriesKey::Values(&[self.of.method, &self.of.route, status]))
    }
}

/// Turns the counting on or off, for requests that begin from now on.
pub(in crate::http) fn count(on: bool) {
    COUNTED.store(on, Relaxed);
}

/// The metrics of a request.
pub(super) fn series(method: &'static str, route: Option<&str>) -> Arc<Series> {
    ROUTES.find(method, route.unwrap_or(UNMATCHED))
}

impl Routes {
    fn new(max: u32) -> Self {
        Self {
            known: RwLock::default(),
            max: max as usize,
        }
    }

    fn find(&self, method: &'static str, route: &str) -> Arc<Series> {
        let route = self.route(route);
        let index = METHODS.iter().position(|known| *known == method);
        let [.., other] = &*route;
        let found = index.and_then(|index| route.get(index));
        found.unwrap_or(other).clone()
    }

    fn route(&self, route: &str) -> Arc<Route> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(route) {
            return found.clone();
        }
        drop(known);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let has_room = known.len() < self.max || known.contains_key(route);
        let route = if has_room { route } else { OVERFLOW };
        let found = known.entry(route.into());
        found
            .or_insert_with(|| Arc::new(all_methods(route)))
            .clone()
    }
}

fn all_methods(route: &str) -> Route {
    std::array::from_fn(|index| {
        let method = METHODS.get(index).copied().unwrap_or(OTHER);
        Arc::new(Series::new(method, route))
    })
}

impl Series {
    fn new(method: &'static str, route: &str) -> Self {
        // The conventions: a name must not depend on what the caller made up.
        let verb = if method == OTHER { "HTTP" } else { method };
        let span_name = match route {
            UNMATCHED => verb.to_owned(),
            route => format!("{verb} {route}"),
        };
        let route = route.into();
        Self {
            span_name,
            labels: ByRoute { method, route },
            active: OnceLock::new(),
            durations: RwLock::default(),
        }
    }

    pub(super) fn span_name(&self) -> &str {
        &self.span_name
    }

    /// Counts the beginning of a request, unless none are counted.
    pub(super) fn begin(self: Arc<Self>) -> Option<Counting> {
        if !COUNTED.load(Relaxed) {
            return None;
        }
        let active = *self
            .active
            .get_or_init(|| FAMILIES.active.with(&self.labels));
        active.inc();
        Some(Counting {
            series: self,
            active,
        })
    }

    fn duration(&self, status: Option<StatusCode>) -> Histogram {
        let known = self
            .durations
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((_, histogram)) = known.iter().find(|(code, _)| *code == status) {
            return *histogram;
        }
        drop(known);
        let of = self.labels.clone();
        let histogram = FAMILIES.duration.with(&ByStatus { of, status });
        histogram.follow_spans();
        let mut known = self
            .durations
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if known.iter().all(|(code, _)| *code != status) {
            known.push((status, histogram));
        }
        histogram
    }
}

impl Counting {
    /// Counts the duration of the request. `status` is `None` if there was no answer. Returns the
    /// mark of the histogram that observed it.
    pub(super) fn end(self, status: Option<StatusCode>, seconds: f64) -> u32 {
        let histogram = self.series.duration(status);
        histogram.observe(seconds);
        histogram.mark()
    }
}

impl Drop for Counting {
    fn drop(&mut self) {
        self.active.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_beyond_the_limit_share_one_label() {
        let routes = Routes::new(2);
        let name = |method, route| routes.find(method, route).span_name.clone();
        assert_eq!(name("GET", "/a"), "GET /a");
        assert_eq!(name(OTHER, UNMATCHED), "HTTP");
        for route in ["/b", "/c", "/d"] {
            assert_eq!(name("PUT", route), "PUT __overflow__");
        }
        assert_eq!(name("PUT", "/a"), "PUT /a");
        assert_eq!(routes.known.read().unwrap().len(), 3);
    }

    #[test]
    fn the_rule_book_agrees() {
        for metric in [&DURATION, &ACTIVE] {
            let issues = obs_schema::check::metric_findings(metric).issues();
            assert!(issues.is_empty(), "{issues:?}");
        }
    }
}
