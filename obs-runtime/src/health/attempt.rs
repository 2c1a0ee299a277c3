//! One attempt of a check, on the thread that runs it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use obs_schema::value::format_duration;

use super::probe::Probe;
use super::status::Health;
use crate::wait;

/// Looks once; what takes longer than `timeout` is given up, and a panic is a failure.
pub(super) fn attempt(probe: &dyn Probe, timeout: Duration) -> Health {
    let deadline = Instant::now() + timeout;
    let looked = catch_unwind(AssertUnwindSafe(|| wait::until(deadline, probe.probe())));
    match looked {
        Ok(Some(health)) => health,
        Ok(None) => too_slow(timeout),
        Err(_) => Health::unhealthy("the check panicked"),
    }
}

pub(super) fn too_slow(timeout: Duration) -> Health {
    Health::unhealthy(format!("no answer within {}", format_duration(timeout)))
}
