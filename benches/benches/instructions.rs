//! Instructions of annotated calls, counted by callgrind. Run by the subcommand `instructions`, which compares
//! them with those that are checked in.

#![allow(
    missing_docs,
    reason = "the macros make items that are public and have no docs"
)]

use gungraun::prelude::*;
use obs_benches::body::Body;
use obs_benches::case::Case;
use obs_benches::contender;

/// A contender whose lazy registrations are made, with inputs.
struct Warm {
    case: Box<dyn Case>,
    inputs: Vec<u64>,
}

impl Warm {
    fn up(contender: &str, scenario: &str) -> Self {
        let entry = contender::find(contender, scenario).expect("there is such a contender");
        let mut warm = Self {
            case: (entry.set_up)(),
            inputs: Body::Empty.inputs(),
        };
        for _ in 0..4 {
            warm.pass(false);
            warm.pass(true);
            warm.case.paired().expect("it has two sides").catch_up();
        }
        warm
    }

    fn pass(&mut self, annotated: bool) {
        let Some(paired) = self.case.paired() else {
            return;
        };
        if annotated {
            paired.pass_annotated(&self.inputs);
        } else {
            paired.pass_bare(&self.inputs);
        }
    }
}

// What is counted. The value is handed back so that its end is not.
#[library_benchmark(setup = Warm::up)]
#[bench::off("obs", "off")]
#[bench::debug("obs", "debug")]
#[bench::counter("obs", "counter")]
#[bench::counted("obs-counted", "counter")]
#[bench::red("obs-steady", "red")]
#[bench::span("obs-steady", "span")]
#[bench::labelled("obs-steady", "labelled")]
#[bench::trace_kept("obs-steady", "trace-kept")]
#[bench::trace_dropped("obs-steady", "trace-dropped")]
#[bench::poll("obs", "poll")]
#[bench::log("obs", "log")]
#[bench::breaker("obs", "breaker")]
#[bench::breaker_failing("obs", "breaker-failing")]
#[bench::breaker_open("obs", "breaker-open")]
#[bench::policy("obs", "policy")]
fn annotated(mut warm: Warm) -> Warm {
    warm.pass(true);
    warm
}

// The same without annotation.
#[library_benchmark(setup = Warm::up)]
#[bench::off("obs", "off")]
#[bench::debug("obs", "debug")]
#[bench::counter("obs", "counter")]
#[bench::counted("obs-counted", "counter")]
#[bench::red("obs-steady", "red")]
#[bench::span("obs-steady", "span")]
#[bench::labelled("obs-steady", "labelled")]
#[bench::trace_kept("obs-steady", "trace-kept")]
#[bench::trace_dropped("obs-steady", "trace-dropped")]
#[bench::poll("obs", "poll")]
#[bench::log("obs", "log")]
#[bench::breaker("obs", "breaker")]
#[bench::breaker_failing("obs", "breaker-failing")]
#[bench::breaker_open("obs", "breaker-open")]
#[bench::policy("obs", "policy")]
fn bare(mut warm: Warm) -> Warm {
    warm.pass(false);
    warm
}

library_benchmark_group!(name = calls, benchmarks = [annotated, bare]);
main!(library_benchmark_groups = calls);
