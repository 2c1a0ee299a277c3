//! What is counted in a child.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::process::Command;
use std::task::{Context, Poll, Waker};

use obs_runtime::metric::snapshot::Value;

use crate::child::{in_child, split};
use crate::service::{Own, Workers, calls, in_flight, inner, outer, start_to_fork, waiting, work};

/// The counters of the program itself.
fn own() -> (u64, f64, u64, f64, u64, f64) {
    let own = Own::get();
    (
        own.things_total.get(),
        own.euros_total.get(),
        own.size_items.count(),
        own.size_items.sum(),
        own.age_seconds.count(),
        own.age_seconds.sum(),
    )
}

fn expected(calls: u64) -> (u64, f64, u64, f64, u64, f64) {
    let n = calls as f64;
    (calls, n * 0.5, calls, n * 5.0, calls, n * 2.0)
}

/// The threads of the parent leave no trace in a child's numbers, and the child none in the parent's.
pub(crate) fn of_a_child() {
    Own::get().workers.set(4.0);
    let workers = Workers::start(4);
    work();
    in_child(|| {
        assert_eq!(calls("fork.work"), 0);
        assert_eq!(in_flight("fork.work"), Value::Gauge(0.0));
        assert_eq!(own(), expected(0));
        assert_eq!(Own::get().age_seconds.quantile(0.5), None);
        assert_eq!(Own::get().workers.get(), 4.0, "a gauge is what was set");
        for _ in 0..5 {
            work();
        }
        std::thread::spawn(work).join().unwrap();
        assert_eq!(calls("fork.work"), 6);
        assert_eq!(in_flight("fork.work"), Value::Gauge(0.0));
        assert_eq!(own(), expected(6));
        assert_eq!(Own::get().age_seconds.quantile(0.5), Some(2.0));
    });
    let worked = workers.stop() + 1;
    assert_eq!(calls("fork.work"), worked);
    assert_eq!(own(), expected(worked));
}

pub(crate) fn of_a_child_of_a_child() {
    let before = calls("fork.work");
    in_child(|| {
        work();
        in_child(|| {
            assert_eq!(calls("fork.work"), 0);
            work();
            work();
            assert_eq!(calls("fork.work"), 2);
        });
        assert_eq!(calls("fork.work"), 1);
    });
    assert_eq!(calls("fork.work"), before);
}

/// The calls that the forking thread is in are under way in both processes, and end in both.
pub(crate) fn of_open_calls() {
    let side = outer(|| {
        inner(|| ());
        inner(|| {
            inner(|| {
                let side = split();
                assert_eq!(in_flight("fork.inner"), Value::Gauge(2.0));
                assert_eq!(in_flight("fork.outer"), Value::Gauge(1.0));
                assert_eq!(calls("fork.inner"), u64::from(!side.is_child()));
                assert_eq!(calls("fork.outer"), 0);
                side
            })
        })
    });
    assert_eq!(in_flight("fork.inner"), Value::Gauge(0.0));
    assert_eq!(in_flight("fork.outer"), Value::Gauge(0.0));
    assert_eq!(calls("fork.inner"), if side.is_child() { 2 } else { 3 });
    assert_eq!(calls("fork.outer"), 1);
    side.join();
}

/// A future that waits at the fork is polled to its end in both processes.
pub(crate) fn of_an_open_future() {
    let before = calls("fork.inner");
    let ready = Cell::new(false);
    let mut future = pin!(waiting(poll_fn(|_| match ready.get() {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })));
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());

    let side = split();
    assert_eq!(in_flight("fork.waiting"), Value::Gauge(1.0));
    assert_eq!(calls("fork.waiting"), 0);
    ready.set(true);
    assert!(future.as_mut().poll(&mut context).is_ready());
    assert_eq!(in_flight("fork.waiting"), Value::Gauge(0.0));
    assert_eq!(calls("fork.waiting"), 1);
    let expected = if side.is_child() { 1 } else { before + 2 };
    assert_eq!(calls("fork.inner"), expected);
    side.join();
}

/// Forks at any moment of other threads' calls, many times.
pub(crate) fn of_many_children() {
    many_children(|| {
        assert_eq!(calls("fork.work"), 3);
        assert_eq!(in_flight("fork.work"), Value::Gauge(0.0));
    });
    assert_eq!(Own::get().things_total.get(), calls("fork.work"));
}

/// The same while traces are recorded and collected. The children do not read the registry, because a thread of the
/// monitoring may be reading it.
pub(crate) fn of_many_traces() {
    let running = start_to_fork();
    many_children(|| ());
    running.shutdown().wait();
}

fn many_children(check: impl Fn()) {
    let workers = Workers::start(3);
    for _ in 0..100 {
        in_child(|| {
            for _ in 0..3 {
                outer(work);
            }
            assert_eq!(own(), expected(3));
            check();
        });
    }
    workers.stop();
    assert_eq!(in_flight("fork.work"), Value::Gauge(0.0));
}

/// A child that does nothing but to end or to become another program is not disturbed.
pub(crate) fn exec() {
    in_child(|| ());
    let before = calls("fork.work");
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "exit 7"]);
    // SAFETY: the closure does nothing; it makes the standard library use `fork`.
    unsafe { std::os::unix::process::CommandExt::pre_exec(&mut command, || Ok(())) };
    assert_eq!(command.status().unwrap().code(), Some(7));
    assert_eq!(calls("fork.work"), before);
}
