//! The shapes of traces that several contenders run.

use crate::body::INPUTS;
use crate::case::Finish;
use crate::paired::{Given, Paired};

/// Children of a trace on the longer side, without those that both sides have.
pub const CHILDREN: usize = 100;
/// Children that both sides have.
pub const COMMON: usize = 10;
/// Children of a whole trace.
pub const SMALL: usize = 4;

/// A root span around `common` annotated calls, then the `rest`: annotated too, or bare.
pub type Root = fn(common: &[u64], rest: &[u64], annotated: bool);

/// What was made in a slope.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    /// Traces, which is roots too.
    pub traces: u64,
    /// Annotated children.
    pub children: u64,
}

/// The cost of a child span, without that of the root: traces of [`COMMON`] and [`CHILDREN`] annotated
/// calls against traces of [`COMMON`] annotated and [`CHILDREN`] bare ones.
#[must_use]
pub fn slope(root: Root, check: impl FnOnce(Made) -> Result<Finish, String> + 'static) -> Paired {
    let run = move |inputs: &[u64], annotated| {
        for chunk in inputs.chunks(CHILDREN) {
            root(&chunk[..COMMON], chunk, annotated);
        }
    };
    let check = move |given: Given| {
        let traces = (given.base + given.with) / CHILDREN as u64;
        check(Made {
            traces,
            children: traces * COMMON as u64 + given.with,
        })
    };
    Paired::new(move |inputs| run(inputs, true), check).base(move |inputs| run(inputs, false))
}

/// Whole traces of a root and [`SMALL`] children: `trace` makes one of as many inputs.
#[must_use]
pub fn traces(
    trace: fn(&[u64]),
    check: impl FnOnce(Made) -> Result<Finish, String> + 'static,
) -> Paired {
    const { assert!(INPUTS.is_multiple_of(SMALL)) }
    let run = move |inputs: &[u64]| inputs.chunks(SMALL).for_each(trace);
    let check = move |given: Given| {
        check(Made {
            traces: given.with / SMALL as u64,
            children: given.with,
        })
    };
    Paired::new(run, check).operations(1.0 / SMALL as f64)
}
