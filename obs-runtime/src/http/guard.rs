//! Who may ask for what.

use std::net::{IpAddr, SocketAddr};

use ::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use ::http::request::Parts;
use ::http::uri::Authority;
use ::http::{HeaderName, StatusCode, Version};

use super::problem::Problem;

/// A header that no browser sends to another site without asking it first.
pub(super) const X_OBS_REQUEST: HeaderName = HeaderName::from_static("x-obs-request");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// What a caller must be allowed to do to use an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// Nothing: for probes and scrapers.
    Open,
    /// To see what the program does.
    Read,
    /// To change something.
    Write,
}

impl Access {
    /// The lower-case word for this level.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// Refuses what a page of another site made a browser send. Following a link to a page here is no such thing:
/// the other page sees nothing of it.
pub(super) fn same_site(access: Access, head: &Parts) -> Result<(), Problem> {
    let text = |name: &HeaderName| Some(head.headers.get(name)?.to_str().unwrap_or("?"));
    let is_link = access != Access::Write
        && text(&SEC_FETCH_MODE) == Some("navigate")
        && text(&SEC_FETCH_DEST) == Some("document");
    let is_foreign = match text(&SEC_FETCH_SITE) {
        Some(site) => !matches!(site, "same-origin" | "none") && !is_link,
        // Browsers without `Sec-Fetch-Site`: the origin has to be the host that was asked.
        None => text(&ORIGIN).is_some_and(|origin| {
            let origin = origin.split_once("://").map(|(_, host)| host);
            origin.is_none() || origin != text(&HOST)
        }),
    };
    if is_foreign {
        let message = "the request comes from a page of another site; send it from a program";
        return Err(Problem::new(StatusCode::FORBIDDEN, "cross_origin", message));
    }
    Ok(())
}

/// Refuses what a form could have sent.
pub(super) fn deliberate(head: &Parts) -> Result<(), Problem> {
    let is_json = head.headers.get(CONTENT_TYPE).is_some_and(|value| {
        let value = value.to_str().unwrap_or("");
        let kind = value.split(';').next().unwrap_or("").trim();
        kind.eq_ignore_ascii_case("application/json")
    });
    if is_json || head.headers.contains_key(X_OBS_REQUEST) {
        return Ok(());
    }
    let message = "the request has no body of JSON; add the header `Content-Type: application/json` or `X-Obs-Request: 1`";
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported_media_type",
        message,
    ))
}

/// The names under which a listener may be asked. A page whose name was made to point here (DNS
/// rebinding) asks under its own.
#[derive(Debug, Clone)]
pub(super) struct Hosts {
    names: Vec<String>,
    /// Reachable by every address of the machine, so asked by any of them.
    any_address: bool,
}

impl Hosts {
    pub(super) fn new(listen: SocketAddr, names: &[String]) -> Self {
        let known = ["localhost", "127.0.0.1", "[::1]"].map(str::to_owned);
        let own = match listen.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        Self {
            names: known
                .into_iter()
                .chain([own])
                .chain(names.iter().cloned())
                .collect(),
            any_address: listen.ip().is_unspecified(),
        }
    }

    /// Lets a request pass that asks for one of the names.
    pub(super) fn check(&self, head: &Parts) -> Result<(), Problem> {
        let mut hosts = head.headers.get_all(HOST).into_iter();
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => Some(host.to_str().ok().and_then(|host| host.parse().ok())),
            (None, _) if head.version < Version::HTTP_11 => None,
            _ => {
                return Err(Problem::bad(
                    "bad_host",
                    "the request has not exactly one `Host`",
                ));
            }
        };
        let asked = [host, head.uri.authority().cloned().map(Some)];
        for authority in asked.into_iter().flatten() {
            let known = authority
                .as_ref()
                .is_some_and(|authority| self.has(authority));
            if !known {
                return Err(misdirected());
            }
        }
        Ok(())
    }

    fn has(&self, authority: &Authority) -> bool {
        let host = authority.host();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        self.names
            .iter()
            .any(|name| name.eq_ignore_ascii_case(host))
            || (self.any_address && address.parse::<IpAddr>().is_ok())
    }
}

fn misdirected() -> Problem {
    let message = "the `Host` of the request is not a name of this listener; ask `localhost`, or add the name to `http.hosts`";
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "unknown_host", message)
}
