//! The one table of endpoints: the router, the index, the error answers and the documentation all
//! come from it.

mod reference;
#[cfg(test)]
mod tests;

use ::http::Method;
use Place::{Below, Fixed};

use super::guard::Access;
use super::pages::{
    Page, analytics, audit, breakers, caches, catalog, config, flags, health, index, memory,
    metrics, probes, process, summary, system, traces,
};
#[cfg(feature = "log")]
use super::pages::{levels, logs};
use super::params::Param;
use super::paths::{GROUP, Paths};

pub use reference::reference;

/// An endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint {
    place: Place,
    verb: Verb,
    access: Access,
    page: &'static Page,
}

/// Where an endpoint is.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// At this path. A word in braces stands for one segment.
    Fixed(&'static str),
    /// Where the configuration puts the metrics.
    Metrics,
    /// Below the configured prefix. A word in braces stands for one segment.
    Below(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    /// And HEAD with it.
    Get,
    Post,
    #[cfg(feature = "log")]
    Put,
}

/// Every endpoint, in the order in which people should read of them.
pub static ENDPOINTS: &[Endpoint] = &[
    open(Place::Metrics, &metrics::EXPOSITION),
    open(Fixed("/live"), &probes::LIVE),
    open(Fixed("/ready"), &probes::READY),
    open(Fixed("/startup"), &probes::STARTUP),
    open(Fixed("/health"), &probes::HEALTH),
    open(Fixed(GROUP), &probes::GROUP),
    read(Below(""), &index::INDEX),
    open(Below("/metrics"), &metrics::EXPOSITION),
    read(Below("/metrics/summary"), &summary::SUMMARY),
    read(Below("/catalog"), &catalog::CATALOG),
    read(Below("/health/detailed"), &health::DETAILED),
    read(Below("/system/info"), &system::INFO),
    read(Below("/traces"), &traces::LIST),
    read(Below("/traces/{id}"), &traces::ONE),
    read(Below("/traces/{id}/waterfall"), &traces::WATERFALL),
    read(Below("/traces/{id}/critical-path"), &traces::CRITICAL_PATH),
    write(Below("/traces/cleanup"), &traces::CLEANUP),
    read(Below("/circuit-breakers"), &breakers::LIST),
    read(Below("/circuit-breakers/events"), &breakers::EVENTS),
    read(Below("/circuit-breakers/{name}"), &breakers::ONE),
    write(Below("/circuit-breakers/{name}/reset"), &breakers::RESET),
    write(
        Below("/circuit-breakers/{name}/force-open"),
        &breakers::FORCE_OPEN,
    ),
    write(
        Below("/circuit-breakers/{name}/disable"),
        &breakers::DISABLE,
    ),
    write(Below("/circuit-breakers/reset-all"), &breakers::RESET_ALL),
    read(Below("/cache/status"), &caches::STATUS),
    write(Below("/cache/memory/clear"), &caches::CLEAR_MEMORY),
    write(Below("/cache/redis/clear"), &caches::CLEAR_REDIS),
    read(Below("/analytics/summary"), &analytics::SUMMARY),
    #[cfg(feature = "log")]
    read(Below("/logs"), &logs::LOGS),
    #[cfg(feature = "log")]
    read(Below("/debug/log-level"), &levels::SHOW),
    #[cfg(feature = "log")]
    put(Below("/debug/log-level"), &levels::CHANGE),
    read(Below("/debug/flags"), &flags::LIST),
    write(Below("/debug/flags"), &flags::SET),
    read(Below("/debug/config"), &config::CONFIG),
    read(Below("/debug/memory"), &memory::MEMORY),
    read(Below("/debug/memory-analysis"), &memory::ANALYSIS),
    read(Below("/debug/memory-leak-check"), &memory::LEAK_CHECK),
    write(Below("/debug/memory/trim"), &memory::TRIM),
    read(Below("/debug/threads"), &process::THREADS),
    read(Below("/debug/tasks"), &process::TASKS),
    read(Below("/debug/environment"), &process::ENVIRONMENT),
    write(Below("/debug/force-error"), &process::FORCE_ERROR),
    read(Below("/audit"), &audit::TRAIL),
];

/// Anybody may see it.
const fn open(place: Place, page: &'static Page) -> Endpoint {
    Endpoint {
        place,
        verb: Verb::Get,
        access: Access::Open,
        page,
    }
}

/// It shows what the program does.
const fn read(place: Place, page: &'static Page) -> Endpoint {
    Endpoint {
        access: Access::Read,
        ..open(place, page)
    }
}

/// It changes something.
const fn write(place: Place, page: &'static Page) -> Endpoint {
    Endpoint {
        verb: Verb::Post,
        access: Access::Write,
        ..open(place, page)
    }
}

/// It puts something in the place of what was there.
#[cfg(feature = "log")]
const fn put(place: Place, page: &'static Page) -> Endpoint {
    Endpoint {
        verb: Verb::Put,
        ..write(place, page)
    }
}

impl Endpoint {
    /// Its path with the default configuration. A word in braces, such as `{id}`, stands for one segment.
    #[must_use]
    pub fn path(&self) -> String {
        self.path_at(&Paths::default())
    }

    /// Its method; an endpoint of `GET` answers `HEAD` too.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self.verb {
            Verb::Get => "GET",
            Verb::Post => "POST",
            #[cfg(feature = "log")]
            Verb::Put => "PUT",
        }
    }

    /// What the caller must be allowed to do.
    #[must_use]
    pub const fn access(&self) -> Access {
        self.access
    }

    /// What it answers: one sentence.
    #[must_use]
    pub const fn doc(&self) -> &'static str {
        self.page.doc
    }

    /// The parameters that it takes, in the query or, for `POST` and `PUT`, in a JSON body as well.
    #[must_use]
    pub const fn params(&self) -> &'static [Param] {
        self.page.params
    }

    /// Whether it is one that the user of the metrics may see.
    pub(super) fn shows_metrics(&self) -> bool {
        matches!(self.place, Place::Metrics | Below("/metrics"))
    }

    pub(super) fn page(&self) -> &'static Page {
        self.page
    }

    pub(super) fn path_at(&self, paths: &Paths) -> String {
        match self.place {
            Fixed(path) => path.to_owned(),
            Place::Metrics => paths.metrics.clone(),
            Below(path) => format!("{}{path}", paths.prefix),
        }
    }

    /// The path with a segment in the place of the word in braces.
    pub(super) fn path_of(&self, paths: &Paths, id: &str) -> String {
        let path = self.path_at(paths);
        let segments = path.split('/');
        let filled = segments.map(|own| if own.starts_with('{') { id } else { own });
        filled.collect::<Vec<_>>().join("/")
    }

    pub(super) fn allows(&self, method: &Method) -> bool {
        match self.verb {
            Verb::Get => method == Method::GET || method == Method::HEAD,
            Verb::Post => method == Method::POST,
            #[cfg(feature = "log")]
            Verb::Put => method == Method::PUT,
        }
    }

    pub(super) fn takes_body(&self) -> bool {
        self.verb != Verb::Get
    }

    /// The segment for the word in braces, or empty, if this endpoint is at `path`.
    fn matches<'a>(&self, path: &'a str, paths: &Paths) -> Option<&'a str> {
        match self.place {
            Fixed(own) => matches_template(own, path),
            Place::Metrics => (path == paths.metrics).then_some(""),
            Below(own) => matches_template(own, path.strip_prefix(&*paths.prefix)?),
        }
    }
}

/// The segment in the place of the word in braces, or empty, if `path` has the form of `template`.
fn matches_template<'a>(template: &str, path: &'a str) -> Option<&'a str> {
    let mut id = "";
    let mut segments = path.split('/');
    for own in template.split('/') {
        let segment = segments.next()?;
        if own.starts_with('{') && !segment.is_empty() {
            id = segment;
        } else if own != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(id)
}

/// What is at a path.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    pub(super) endpoints: Vec<&'static Endpoint>,
    pub(super) id: &'a str,
}

/// The endpoints at `path`: several, if they differ in their method. A path of constants wins over
/// one with a word in braces. A slash at the end makes no difference.
pub(super) fn find<'a>(path: &'a str, paths: &Paths) -> Found<'a> {
    let without_slash = path.strip_suffix('/').filter(|path| !path.is_empty());
    let path = without_slash.unwrap_or(path);
    let mut found = Found::default();
    for endpoint in ENDPOINTS {
        let Some(id) = endpoint.matches(path, paths) else {
            continue;
        };
        if id.is_empty() && !found.id.is_empty() {
            found = Found::default();
        }
        if found.endpoints.is_empty() || id == found.id {
            found.id = id;
            found.endpoints.push(endpoint);
        }
    }
    found
}
