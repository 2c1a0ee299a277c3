//! The metrics, for scrapers.

use std::io::Write;

use ::http::HeaderMap;
use ::http::header::ACCEPT;

use super::{Call, Page};
use crate::http::answer::Answer;
use crate::http::problem::Problem;
use crate::metric::Registry;
use crate::metric::encode::Format;

pub(in crate::http) const EXPOSITION: Page = Page::heavy(
    "The metrics, as Prometheus text 0.0.4 or OpenMetrics 1.0, by `Accept`; compressed on request.",
    exposition,
);

fn exposition(call: &Call<'_>) -> Result<Answer, Problem> {
    let format = Format::negotiate(&accept(call.headers));
    let write = move |out: &mut dyn Write| Registry::global().scrape_to(format, out);
    Ok(Answer::written(format.content_type(), write))
}

/// The header `Accept`; several are one list.
fn accept(headers: &HeaderMap) -> String {
    let values = headers.get_all(ACCEPT).into_iter();
    let values: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
    values.join(",")
}
