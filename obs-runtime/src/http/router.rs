//! The endpoints for the program's own server.

use axum::Router;
use axum::extract::Request;
use axum::routing::{MethodRouter, any};

use super::access::Gate;
use super::paths::{self, Paths};
use super::settings;
use super::site::Site;

/// The endpoints, to be merged into or nested in a router of the program.
///
/// They are at the paths of the configuration and ask for its credentials: call it after [`start`](crate::start).
/// Without credentials in the configuration everybody who reaches the program's server can read, and nobody can change
/// anything: keep strangers away as you would from a debugger, or configure credentials. The `Host` of a request is the
/// affair of the program's server.
///
/// ```
/// use axum::{Router, routing::get};
/// use obs_runtime::http::{ServerLayer, router};
///
/// let app: Router = Router::new()
///     .route("/", get(|| async { "hello" }))
///     .merge(router())
///     .layer(ServerLayer::new());
/// ```
///
/// The requests to them are not observed by a [`ServerLayer`](super::ServerLayer) around it all. Where they are
/// nested, say so with [`leave_out`](super::ServerLayer::leave_out).
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let paths = settings::paths();
    paths::mount(&paths);
    routes(&paths)
}

pub(super) fn routes<S: Clone + Send + Sync + 'static>(paths: &Paths) -> Router<S> {
    let site = Site::new(paths.clone(), None, Gate::mounted());
    let answer: MethodRouter<S> = any(move |request: Request| site.clone().answer(request));
    let prefix = &paths.prefix;
    let mut routes: Vec<String> = paths::PROBES.map(str::to_owned).into();
    routes.extend([
        prefix.clone(),
        format!("{prefix}/"),
        format!("{prefix}/{{*rest}}"),
    ]);
    if !routes.contains(&paths.metrics) && !paths::is_at(&paths.metrics, prefix) {
        routes.push(paths.metrics.clone());
    }
    let add = |router: Router<S>, path: String| router.route(&path, answer.clone());
    routes.into_iter().fold(Router::new(), add)
}
