//! What tells of calls while somebody wants to know, and nobody does.

use obs_runtime::{debug, debug_trace};

use super::service::Service;
use crate::body::{Failed, bare_calls, body, each};
use crate::case::{Case, Finish};
use crate::contender::Entry;
use crate::paired::Paired;

pub(super) const OFF: Entry = Entry {
    contender: "obs",
    scenario: "debug",
    how: "#[debug_trace] while its flag is off",
    set_up,
};

#[inline(never)]
#[debug_trace("bench")]
fn told(input: u64) -> Result<u64, Failed> {
    body(input)
}

fn set_up() -> Box<dyn Case> {
    let service = Service::start(1.0);
    Paired::new(
        |inputs| each(inputs, told),
        move |_| {
            drop(service);
            let flags = debug::flags();
            match flags.iter().find(|flag| flag.name == "bench") {
                Some(flag) if !flag.on => Ok(Finish::checked("the flag is off")),
                _ => Err("the flag is not there, or not off".to_owned()),
            }
        },
    )
    .base(bare_calls)
    .boxed()
}
