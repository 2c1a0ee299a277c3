//! What is counted of requests, found by method and route.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use ::http::StatusCode;

use super::head::{METHODS, OTHER};
use crate::series::OVERFLOW;

/// The label of a request that no route matched. A template begins with `/`, so it is none.
const UNMATCHED: &str = "unmatched";
/// Routes that are told apart; later ones share the label `__overflow__`.
const MAX_ROUTES: usize = 500;

static KNOWN: LazyLock<RwLock<HashMap<Box<str>, Arc<Route>>>> = LazyLock::new(RwLock::default);

type Route = [Arc<Series>; METHODS.len()];

/// The metrics of one method on one route.
#[derive(Debug)]
pub(super) struct Series {
    span_name: String,
}

/// The metrics of a request.
pub(super) fn series(method: &'static str, route: Option<&str>) -> Arc<Series> {
    let route = find(route.unwrap_or(UNMATCHED));
    let index = METHODS.iter().position(|known| *known == method);
    let [.., other] = &*route;
    index
        .and_then(|index| route.get(index))
        .unwrap_or(other)
        .clone()
}

fn find(route: &str) -> Arc<Route> {
    if let Some(found) = KNOWN
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(route)
    {
        return found.clone();
    }
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    let route = if known.len() < MAX_ROUTES {
        route
    } else {
        OVERFLOW
    };
    known
        .entry(route.into())
        .or_insert_with(|| {
            Arc::new(std::array::from_fn(|index| {
                let method = METHODS.get(index).copied().unwrap_or(OTHER);
                Arc::new(Series::new(method, route))
            }))
        })
        .clone()
}

impl Series {
    fn new(method: &'static str, route: &str) -> Self {
        // The conventions: a name must not depend on what the caller made up.
        let verb = if method == OTHER { "HTTP" } else { method };
        let span_name = if route == UNMATCHED {
            verb.to_owned()
        } else {
            format!("{verb} {route}")
        };
        Self { span_name }
    }

    pub(super) fn span_name(&self) -> &str {
        &self.span_name
    }

    /// Counts the beginning of a request.
    pub(super) fn begin(&self) {}

    /// Counts its end.
    pub(super) fn end(&self, _status: Option<StatusCode>, _seconds: f64) {}
}
