//! Ten thousand tasks, and threads that come and go, call annotated functions while somebody scrapes: no call is
//! lost, and no scrape contradicts itself or an earlier one.
#![cfg(feature = "macros")]

#[path = "stress/scrape.rs"]
mod scrape;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use futures::FutureExt;
use obs_runtime::config::Layers;
use obs_runtime::trace::{self, Query};
use obs_runtime::{CallOutcome, Label, Starter, trace_request};
use scrape::{Scrape, Scraper};

const THREADS: usize = 64;

/// How much there is to do.
struct Size {
    tasks: usize,
    /// How many threads follow one another in the place of one.
    generations: usize,
    calls_per_thread: usize,
}

impl Size {
    /// As it should be, or as `STRESS=small` asks for: each step takes ten times as long where it is watched.
    fn get() -> Self {
        let size = |tasks, generations, calls_per_thread| Self {
            tasks,
            generations,
            calls_per_thread,
        };
        match std::env::var("STRESS").as_deref() {
            Ok("small") => size(2000, 3, 40),
            _ => size(10_000, 8, 200),
        }
    }
}

#[derive(Label, Debug, Clone, Copy)]
enum Route {
    Cart,
    Order,
}

/// How a call ends.
#[derive(Debug, Clone, Copy)]
enum End {
    Ok,
    Err,
    Panic,
    Cancel,
}

impl End {
    /// A call of each kind in turn.
    fn of(n: usize) -> Self {
        [Self::Ok, Self::Err, Self::Panic, Self::Cancel][n % 4]
    }

    fn reach(self) -> Result<(), String> {
        match self {
            Self::Ok | Self::Cancel => Ok(()),
            Self::Err => Err("on purpose".to_owned()),
            // As `panic!` without the message.
            Self::Panic => resume_unwind(Box::new(())),
        }
    }
}

#[trace_request("stress.sync", labels(route = route), attributes(n = n))]
fn handle(route: Route, n: usize) -> Result<(), String> {
    step();
    End::of(n).reach()
}

#[trace_request("stress.async", labels(route = route), attributes(n = n))]
async fn handle_later(route: Route, n: usize) -> Result<(), String> {
    step();
    tokio::task::yield_now().await;
    let ended = handle_inside(n).await;
    step();
    ended
}

#[trace_request("stress.inside")]
async fn handle_inside(n: usize) -> Result<(), String> {
    if let End::Cancel = End::of(n) {
        std::future::pending::<()>().await;
    }
    tokio::task::yield_now().await;
    End::of(n).reach()
}

#[trace_request("stress.step")]
fn step() {}

/// A call of each function, of which the `async` ones end as `n` says on whatever thread polls them then.
async fn task(route: Route, n: usize) {
    let panics = matches!(End::of(n), End::Panic);
    assert_eq!(catch_unwind(|| _ = handle(route, n)).is_err(), panics);
    let mut later = Box::pin(AssertUnwindSafe(handle_later(route, n)).catch_unwind());
    if let End::Cancel = End::of(n) {
        for _ in 0..3 {
            assert!(futures::poll!(&mut later).is_pending());
            tokio::task::yield_now().await;
        }
        return;
    }
    assert_eq!(later.await.is_err(), panics);
}

fn count_on_this_thread(calls: usize) {
    for n in 0..calls {
        let _ = catch_unwind(|| _ = handle(Route::Order, n));
    }
}

/// So many threads at a time, each of which is followed by another when it ends.
fn threads_that_come_and_go(size: &Size) {
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..size.generations {
                    let calls = size.calls_per_thread;
                    let thread = thread::spawn(move || count_on_this_thread(calls));
                    thread.join().unwrap();
                }
            });
        }
    });
}

fn tasks_of_all_kinds(size: &Size) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    runtime.block_on(async {
        let route = |n: usize| [Route::Cart, Route::Order][n / 4 % 2];
        let spawn = |n| tokio::spawn(task(route(n), n));
        let tasks: Vec<_> = (0..size.tasks).map(spawn).collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

#[test]
fn totals_are_exact_and_scrapes_consistent_throughout() {
    let size = Size::get();
    let layers = Layers::default().variables([
        ("OBS_SAMPLER", "0.01"),
        ("OBS_LISTEN", "127.0.0.1:0"),
        ("OBS_LOG", "off"),
    ]);
    let running = Starter::new(layers).start().unwrap();
    let scraper = Scraper::start("stress.");
    thread::scope(|scope| {
        scope.spawn(|| threads_that_come_and_go(&size));
        tasks_of_all_kinds(&size);
    });
    let scrapes = scraper.stop();
    assert!(scrapes > 2, "{scrapes} scrapes");
    assert!(running.flush(Duration::from_secs(30)));
    check_traces();
    running.shutdown().wait();

    let end = Scrape::now("stress.");
    end.check();
    let each = |all: usize| (all / 4) as f64;
    let by_threads = THREADS * size.generations * size.calls_per_thread;
    for (route, by_threads) in [("cart", 0), ("order", by_threads)] {
        let sync = each(size.tasks / 2 + by_threads);
        // A call that is not `async` cannot be cancelled, so those are fine.
        assert_calls(&end, "stress.sync", route, [2.0 * sync, sync, sync, 0.0]);
        assert_calls(&end, "stress.async", route, [each(size.tasks / 2); 4]);
    }
    assert_calls(&end, "stress.inside", "", [each(size.tasks); 4]);
    // One in each call, and another one in those that get over what they wait for.
    let steps = size.tasks + by_threads + size.tasks + size.tasks / 2;
    assert_calls(&end, "stress.step", "", [steps as f64, 0.0, 0.0, 0.0]);
}

/// Each outcome of an operation has so many calls, and nothing is under way.
fn assert_calls(end: &Scrape, operation: &str, route: &str, expected: [f64; 4]) {
    let route = match route {
        "" => String::new(),
        route => format!(",route=\"{route}\""),
    };
    for (outcome, calls) in ["ok", "error", "panic", "cancelled"]
        .into_iter()
        .zip(expected)
    {
        let labels = format!("operation=\"{operation}\",outcome=\"{outcome}\"{route}");
        if calls > 0.0 {
            assert_eq!(
                end.value(&format!("operation_calls_total{{{labels}}}")),
                calls,
                "{labels}"
            );
            let seconds = end.value(&format!("operation_duration_seconds_sum{{{labels}}}"));
            assert!(
                seconds > 0.0 && seconds < 60.0 * calls,
                "{labels}: {seconds} s"
            );
        }
    }
    let in_flight = format!("operation_in_flight{{operation=\"{operation}\"}}");
    assert_eq!(end.value(&in_flight), 0.0, "{operation}");
}

/// Each trace has the spans of one call, and all of them.
fn check_traces() {
    let query = Query {
        limit: usize::MAX,
        ..Query::default()
    };
    let traces = trace::store().search(&query);
    assert!(!traces.is_empty());
    for trace in traces {
        let spans = &trace.spans;
        let ids: Vec<_> = spans.iter().map(|span| Some(span.span_id)).collect();
        let (roots, children): (Vec<_>, Vec<_>) =
            spans.iter().partition(|span| span.parent_id.is_none());
        assert!(
            children.iter().all(|span| ids.contains(&span.parent_id)),
            "{trace:#?}"
        );
        let [root] = roots[..] else {
            panic!("several roots in {trace:#?}");
        };
        let expected = match (&*root.name, root.outcome) {
            ("stress.sync", _) => 2,
            ("stress.async", Some(CallOutcome::Ok | CallOutcome::Error)) => 4,
            ("stress.async", _) => 3,
            ("crowd.call", _) => 1,
            (other, _) => panic!("a trace of {other}"),
        };
        assert_eq!(spans.len(), expected, "{trace:#?}");
    }
}

#[trace_request("crowd.call", labels(route = route))]
fn in_crowd(route: Route, wait: &Barrier) {
    // Everybody is in the call: whoever has cells of his own keeps them until the last has come.
    wait.wait();
}

#[test]
fn threads_beyond_the_cap_of_cells_are_counted_as_exactly() {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let crowd = (cores * 8).max(64) + 50;
    let barrier = Barrier::new(crowd);
    let scraper = Scraper::start("crowd.");
    thread::scope(|scope| {
        for n in 0..crowd {
            let (route, barrier) = ([Route::Cart, Route::Order][n % 2], &barrier);
            scope.spawn(move || (0..20).for_each(|_| in_crowd(route, barrier)));
        }
    });
    scraper.stop();
    let end = Scrape::now("crowd.");
    for (route, threads) in [("cart", crowd.div_ceil(2)), ("order", crowd / 2)] {
        let calls = 20.0 * threads as f64;
        assert_calls(&end, "crowd.call", route, [calls, 0.0, 0.0, 0.0]);
    }
}
