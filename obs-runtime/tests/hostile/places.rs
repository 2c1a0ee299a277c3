//! Annotated functions in unusual places.

use obs_runtime::{counted, timed, trace_request};

use crate::counts::ok;

#[trace_request("outermost")]
fn outermost(n: u32) -> Result<u32, String> {
    #[trace_request("within")]
    fn within(n: u32) -> Result<u32, String> {
        #[trace_request("innermost")]
        fn within(n: u32) -> Result<u32, String> {
            n.checked_add(1).ok_or_else(|| "large".to_owned())
        }
        within(n)
    }

    struct Local(u32);

    impl Local {
        #[trace_request("method_within")]
        fn run(&self, n: u32) -> u32 {
            #[counted("counted_within")]
            fn run(n: u32) -> u32 {
                n + 1
            }
            run(n + self.0)
        }
    }

    let closure = |n| {
        #[timed("timed_within")]
        fn within(n: u32) -> u32 {
            n
        }
        within(n)
    };
    Ok(Local(0).run(within(n)?) + closure(0))
}

const FUNCTION: fn() -> u32 = {
    #[trace_request("in_a_constant")]
    fn function() -> u32 {
        7
    }
    function
};

#[cfg_attr(all(), trace_request("behind_cfg_attr", attributes(n = n)))]
#[cfg_attr(any(), timed("never"))]
fn behind_cfg_attr(n: u32) -> Result<u32, String> {
    Ok(n)
}

#[trace_request]
#[cfg_attr(all(), timed)]
#[cfg_attr(all(), counted)]
fn beside_cfg_attr() -> Result<u32, String> {
    Ok(1)
}

#[must_use = "of the result"]
#[inline]
#[doc(hidden)]
#[trace_request("attributes_around")]
#[cold]
#[allow(clippy::inline_always)]
/// Between the attributes.
#[track_caller]
fn attributes_around() -> &'static std::panic::Location<'static> {
    std::panic::Location::caller()
}

#[deprecated(note = "for the test")]
#[trace_request("deprecated")]
fn deprecated() -> u32 {
    1
}

#[trace_request("inner_attributes")]
fn inner_attributes() -> Result<u32, String> {
    #![allow(clippy::let_and_return, clippy::needless_return)]
    //! Documented inside.
    let result = Ok(1);
    return result;
}

#[trace_request("main_of_a_runtime")]
#[tokio::main(flavor = "current_thread")]
async fn main_of_a_runtime() -> Result<u32, String> {
    tokio::task::yield_now().await;
    Ok(1)
}

#[tokio::main(flavor = "current_thread")]
#[trace_request("inside_a_runtime")]
async fn inside_a_runtime() -> Result<u32, String> {
    tokio::task::yield_now().await;
    Ok(1)
}

/// Bodies on the line of their function, where the compiler looks for needless braces.
#[rustfmt::skip]
mod on_one_line {
    use obs_runtime::{timed, trace_request};

    #[trace_request("one_line")] pub(super) fn plain() -> u32 { 1 }
    #[timed("one_line_judged", ok_if = |n| *n > 0)] pub(super) fn judged(a: Vec<u8>, b: Vec<u8>) -> usize { drop(a); drop(b); 1 }
    #[trace_request("one_line_result")] pub(super) fn fallible(a: Vec<u8>, b: Vec<u8>) -> Result<Vec<u8>, Vec<u8>> { if a.is_empty() { Err(b) } else { Ok(a) } }
    #[timed("one_line_async")] pub(super) async fn later(n: u32) -> Result<u32, String> { Ok(n) }
    #[timed("one_line_future")] pub(super) fn future(n: u32) -> impl Future<Output = u32> { std::future::ready(n) }
}

#[tokio::test]
async fn bodies_on_one_line() {
    let bytes = || vec![1];
    assert_eq!(
        (on_one_line::plain(), on_one_line::judged(bytes(), bytes())),
        (1, 1)
    );
    assert_eq!(on_one_line::fallible(bytes(), Vec::new()), Ok(bytes()));
    assert_eq!(
        (on_one_line::later(1).await, on_one_line::future(2).await),
        (Ok(1), 2)
    );
    assert_eq!((ok("one_line"), ok("one_line_result")), (1, 1));
}

#[test]
fn functions_within_functions() {
    assert_eq!(outermost(1), Ok(3));
    for operation in [
        "outermost",
        "within",
        "innermost",
        "method_within",
        "counted_within",
    ] {
        assert_eq!(ok(operation), 1, "{operation}");
    }
    assert_eq!(FUNCTION(), 7);
    assert_eq!(ok("in_a_constant"), 1);
}

#[test]
fn attributes_that_depend_on_the_configuration() {
    assert_eq!(behind_cfg_attr(1), Ok(1));
    assert_eq!(ok("behind_cfg_attr"), 1);
    assert_eq!(beside_cfg_attr(), Ok(1));
    assert_eq!(ok("beside_cfg_attr"), 1);
}

#[test]
fn other_attributes() {
    let line = line!() + 1;
    assert_eq!(attributes_around().line(), line);
    #[allow(deprecated)]
    let value = deprecated();
    assert_eq!(value, 1);
    assert_eq!(inner_attributes(), Ok(1));
    assert_eq!((main_of_a_runtime(), inside_a_runtime()), (Ok(1), Ok(1)));
    for operation in [
        "attributes_around",
        "deprecated",
        "inner_attributes",
        "main_of_a_runtime",
        "inside_a_runtime",
    ] {
        assert_eq!(ok(operation), 1, "{operation}");
    }
}
