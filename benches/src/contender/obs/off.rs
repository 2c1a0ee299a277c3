//! Switched off at run time.

use obs_runtime::{switch, trace_request};

use super::service::{Metrics, Service};
use crate::body::{Failed, body, each};
use crate::case::Case;
use crate::contender::Entry;
use crate::paired::Paired;

pub(super) const OFF: Entry = Entry {
    contender: "obs",
    scenario: "off",
    how: "#[trace_request], switched off by its name while the service runs",
    set_up,
};

#[inline(never)]
#[trace_request("off")]
fn off(input: u64) -> Result<u64, Failed> {
    body(input)
}

fn set_up() -> Box<dyn Case> {
    let service = Service::start(1.0);
    let picked = switch(false, |operation| operation.name == "off");
    assert_eq!(picked, 1, "there is one such operation");
    Paired::new(
        |inputs| each(inputs, off),
        move |_| {
            drop(service);
            Metrics::now().expect_calls("off", 0, 0)
        },
    )
    .boxed()
}
