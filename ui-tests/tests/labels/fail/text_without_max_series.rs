//! Types with any number of values, and no cap.

use std::borrow::Cow;

use obs_runtime::Labels;

#[derive(Labels)]
struct Request<'a> {
    host: String,
    path: &'a str,
    agent: Cow<'a, str>,
    status: u16,
}

fn main() {}
