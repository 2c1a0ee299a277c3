//! The endpoints as a page of the documentation.

use std::fmt::Write;

use super::{ENDPOINTS, Endpoint};

const HEAD: &str = "# Endpoints

Printed from the table of `obs_runtime::http`; `OBS_BLESS=1 cargo test -p obs-runtime --test endpoint_reference` rewrites it.
The paths are those of the default configuration. Parameters stand in the query, those of `POST` and `PUT` also in a JSON body.
A `POST` or `PUT` must have the header `Content-Type: application/json` or `X-Obs-Request: 1`.

| Method and path | Access | Answer | Parameters |
|---|---|---|---|
";

/// The page `docs/reference/endpoints.md`: every endpoint with its parameters.
#[must_use]
pub fn reference() -> String {
    let mut page = HEAD.to_owned();
    for endpoint in ENDPOINTS {
        let (method, path) = (endpoint.method(), endpoint.path());
        let (access, doc) = (endpoint.access().as_str(), endpoint.doc());
        let params = params(endpoint);
        // Writing to a string cannot fail.
        let _ = writeln!(page, "| `{method} {path}` | {access} | {doc} | {params} |");
    }
    page
}

fn params(endpoint: &Endpoint) -> String {
    let params = endpoint.params().iter();
    let params: Vec<String> = params
        .map(|param| format!("`{}`: {}", param.name, param.doc))
        .collect();
    params.join("<br>")
}
