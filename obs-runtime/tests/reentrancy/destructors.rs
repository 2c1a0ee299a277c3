//! Calls while the locals of a thread are being destroyed, the framework's own among them.

use std::cell::RefCell;
use std::future::{Future, pending};
use std::pin::Pin;
use std::thread;

use obs_runtime::{Label, testing, trace_request};

use crate::{calls, in_flight, total, within_a_minute};

#[derive(Label, Debug, Clone, Copy)]
enum When {
    First,
    Last,
}

#[trace_request("destructor.call", labels(when = when), attributes(text = "text"))]
fn call(when: When) -> Result<(), String> {
    inside();
    match when {
        When::First => Ok(()),
        When::Last => Err("too late".to_owned()),
    }
}

#[trace_request("destructor.inside")]
fn inside() {}

#[trace_request("destructor.waits")]
async fn waits() {
    inside();
    pending::<()>().await;
}

#[trace_request("destructor.returns")]
async fn returns() {}

/// Makes calls when it is dropped.
struct AtEnd(When);

impl Drop for AtEnd {
    fn drop(&mut self) {
        let _ = call(self.0);
        // An executor has locals itself, which may be gone.
        let done = futures::FutureExt::now_or_never(returns());
        assert_eq!(done, Some(()));
    }
}

type Waiting = RefCell<Option<Pin<Box<dyn Future<Output = ()>>>>>;

thread_local! {
    static BEFORE: AtEnd = const { AtEnd(When::Last) };
    static AFTER: AtEnd = const { AtEnd(When::First) };
    static WAITING: Waiting = const { RefCell::new(None) };
}

/// Locals that are used for the first time before, and others after the framework has used its own: the one or the
/// other outlives it.
fn use_locals() {
    BEFORE.with(|_| ());
    inside();
    AFTER.with(|_| ());
    let mut waiting = Box::pin(waits());
    assert!(futures::FutureExt::now_or_never(&mut waiting).is_none());
    WAITING.set(Some(waiting));
}

#[test]
fn calls_in_destructors_of_locals_are_counted() {
    within_a_minute(|| {
        const THREADS: usize = 40;
        let _spans_are_recorded = testing::capture();
        let shards = || total("obs_thread_shards", &[]);
        inside();
        let before = shards();
        for n in 0..THREADS {
            // One at a time: each takes over what the last one has left.
            thread::spawn(match n % 2 {
                0 => use_locals,
                _ => || BEFORE.with(|_| ()),
            })
            .join()
            .unwrap();
        }
        let (all, half) = (THREADS as f64, THREADS as f64 / 2.0);
        assert_eq!(calls("destructor.call", "ok"), half);
        assert_eq!(calls("destructor.call", "error"), all);
        assert_eq!(calls("destructor.waits", "cancelled"), half);
        assert_eq!(calls("destructor.returns", "ok"), half + all);
        let inside = 1.0 + half + half + half + all;
        assert_eq!(calls("destructor.inside", "ok"), inside);
        for operation in ["call", "inside", "returns", "waits"] {
            assert_eq!(
                in_flight(&format!("destructor.{operation}")),
                0.0,
                "{operation}"
            );
        }
        // Other tests run beside this one.
        assert!(shards() < before + 20.0, "{} after {before}", shards());
    });
}
