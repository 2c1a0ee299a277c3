//! Calls from the panic hook.

use std::cell::Cell;
use std::panic::{self, catch_unwind};

use obs_runtime::{CallOutcome, testing, trace_request};

thread_local! {
    /// Whether panics of this thread are those of the test.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

#[trace_request("panic.fails")]
fn fails() {
    panic!("on purpose");
}

#[trace_request("panic.hook")]
fn in_hook() {
    in_hook_too().unwrap_or_default();
}

#[trace_request("panic.hook.inside")]
fn in_hook_too() -> Result<(), String> {
    Err("expected".to_owned())
}

#[trace_request("panic.cleanup")]
fn clean_up() {}

struct CleansUp;

impl Drop for CleansUp {
    fn drop(&mut self) {
        clean_up();
    }
}

#[test]
fn calls_in_the_panic_hook_belong_to_the_call_that_panics() {
    let former = panic::take_hook();
    panic::set_hook(Box::new(move |info| match EXPECTED.get() {
        true => in_hook(),
        false => former(info),
    }));
    EXPECTED.set(true);
    let capture = testing::capture();
    let unwound = catch_unwind(|| {
        let _cleans_up = CleansUp;
        fails();
    });
    assert!(unwound.is_err());
    EXPECTED.set(false);

    let calls = |name, outcome| capture.calls(name, outcome);
    assert_eq!(calls("panic.fails", CallOutcome::Panic), 1);
    assert_eq!(calls("panic.hook", CallOutcome::Ok), 1);
    assert_eq!(calls("panic.hook.inside", CallOutcome::Error), 1);
    assert_eq!(calls("panic.cleanup", CallOutcome::Ok), 1);
    let parent = |name| capture.span(name).parent_id;
    assert_eq!(
        parent("panic.hook"),
        Some(capture.span("panic.fails").span_id)
    );
    assert_eq!(
        parent("panic.hook.inside"),
        Some(capture.span("panic.hook").span_id)
    );
    assert_eq!(parent("panic.cleanup"), None);
}
