//! The list of endpoints.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{Call, Page};
use crate::http::accept;
use crate::http::answer::Answer;
use crate::http::endpoint::{ENDPOINTS, Endpoint};
use crate::http::problem::Problem;

pub(in crate::http) const INDEX: Page = Page::light(
    "The list of endpoints, as JSON or as a page, by `Accept`.",
    index,
);

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em}\
    table{border-collapse:collapse;width:100%}\
    td,th{border-bottom:1px solid #8884;padding:.35em .6em;text-align:left;vertical-align:top}\
    code{font:13px ui-monospace,monospace}";

fn index(call: &Call<'_>) -> Result<Answer, Problem> {
    if accept::html(call.headers) {
        return Ok(Answer::page(page(call)));
    }
    let endpoints: Vec<Value> = ENDPOINTS.iter().map(|one| entry(call, one)).collect();
    Ok(json!({"endpoints": endpoints}).into())
}

fn path(call: &Call<'_>, endpoint: &Endpoint) -> String {
    format!("{}{}", call.base, endpoint.path_at(call.paths))
}

fn entry(call: &Call<'_>, endpoint: &Endpoint) -> Value {
    let params = endpoint.params().iter();
    let params: Vec<Value> = params
        .map(|param| json!({"name": param.name, "doc": param.doc}))
        .collect();
    json!({
        "path": path(call, endpoint),
        "method": endpoint.method(),
        "access": endpoint.access().as_str(),
        "doc": endpoint.doc(),
        "params": params,
    })
}

fn page(call: &Call<'_>) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Monitoring</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style>\n\
         <h1>Monitoring</h1>\n<table>\n<tr><th>Endpoint<th>Access<th>Answer\n"
    );
    for endpoint in ENDPOINTS {
        let path = escape(&path(call, endpoint));
        let shown = format!("<code>{} {path}</code>", endpoint.method());
        let is_link = endpoint.method() == "GET" && !path.contains('{');
        let shown = if is_link {
            format!("<a href=\"{path}\">{shown}</a>")
        } else {
            shown
        };
        let (access, doc) = (endpoint.access().as_str(), code(endpoint.doc()));
        // Writing to a string cannot fail.
        let _ = write!(html, "<tr><td>{shown}<td>{access}<td>{doc}");
        for param in endpoint.params() {
            let _ = write!(html, "<br><code>{}</code>: {}", param.name, code(param.doc));
        }
        html.push('\n');
    }
    html.push_str("</table>\n</html>\n");
    html
}

/// Text with `code` in backticks, as HTML.
fn code(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts
        .map(|(index, part)| match index % 2 {
            0 => escape(part),
            _ => format!("<code>{}</code>", escape(part)),
        })
        .collect()
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
