//! Which returned values are errors.

use obs_runtime::{Class, Outcome, monitor_performance, trace_request};

use crate::counts::calls;

struct Reply {
    status: u16,
}

impl Reply {
    fn is_fine(&self) -> bool {
        self.status < 500
    }
}

#[trace_request("ok_if_path", ok_if = Reply::is_fine)]
fn by_path(status: u16) -> Reply {
    Reply { status }
}

#[trace_request("ok_if_closure", ok_if = |reply| reply.status < 400)]
fn by_closure(status: u16) -> Reply {
    Reply { status }
}

#[monitor_performance("error_if_none", error_if = Option::is_none)]
async fn by_option(n: Option<u8>) -> Option<u8> {
    Some(n? + 1)
}

#[trace_request("error_if_ok", error_if = |value| matches!(value, Ok(0) | Err(_)))]
fn by_result(n: u32) -> Result<u32, String> {
    n.checked_sub(1).ok_or_else(|| "below".to_owned())
}

#[trace_request("ok_if_error", ok_if = |value: &Result<u32, String>| value.is_err())]
fn inverted(n: u32) -> Result<u32, String> {
    n.checked_sub(1).ok_or_else(|| "below".to_owned())
}

#[tokio::test]
async fn by_a_function_of_the_value() {
    assert_eq!(by_path(200).status + by_path(404).status, 604);
    assert_eq!(by_path(500).status, 500);
    assert_eq!(calls("ok_if_path"), [("ok", 2), ("error", 1), ("panic", 0)]);
    assert_eq!(by_closure(404).status, 404);
    assert_eq!(
        calls("ok_if_closure"),
        [("ok", 0), ("error", 1), ("panic", 0)]
    );
    assert_eq!(
        (by_option(Some(1)).await, by_option(None).await),
        (Some(2), None)
    );
    assert_eq!(
        calls("error_if_none"),
        [("ok", 1), ("error", 1), ("panic", 0), ("cancelled", 0)]
    );
    assert!(by_result(0).is_err() && by_result(1) == Ok(0) && by_result(2) == Ok(1));
    assert_eq!(
        calls("error_if_ok"),
        [("ok", 1), ("error", 2), ("panic", 0)]
    );
    assert!(inverted(0).is_err() && inverted(1).is_ok());
    assert_eq!(
        calls("ok_if_error"),
        [("ok", 1), ("error", 1), ("panic", 0)]
    );
}

#[derive(Outcome, Debug)]
enum PayError {
    #[outcome(caller_fault)]
    Declined,
    #[outcome(failure)]
    Broken,
}

type Paid = Result<u32, PayError>;

#[trace_request("classified")]
fn classified(n: u32) -> Paid {
    match n {
        0 => Err(PayError::Declined),
        1 => Err(PayError::Broken),
        n => Ok(n),
    }
}

#[trace_request("classified_box")]
async fn classified_box(n: u32) -> Result<u32, Box<PayError>> {
    Ok(classified(n)?)
}

#[tokio::test]
async fn by_the_class_of_the_error() {
    assert_eq!(PayError::Declined.class(), Class::CallerFault);
    for n in 0..4 {
        let sync = classified(n);
        assert_eq!(sync.is_ok(), n > 1);
        assert_eq!(classified_box(n).await.is_ok(), n > 1);
    }
    assert_eq!(
        calls("classified_box"),
        [("ok", 3), ("error", 1), ("panic", 0), ("cancelled", 0)]
    );
    assert_eq!(calls("classified"), [("ok", 6), ("error", 2), ("panic", 0)]);
}

/// An error that is neither `Display` nor `Outcome`.
struct Opaque;

#[trace_request("opaque")]
fn opaque(fail: bool) -> Result<u8, Opaque> {
    if fail { Err(Opaque) } else { Ok(1) }
}

#[test]
fn any_other_error_is_a_failure() {
    assert!(opaque(true).is_err() && opaque(false).is_ok());
    assert_eq!(calls("opaque"), [("ok", 1), ("error", 1), ("panic", 0)]);
}
