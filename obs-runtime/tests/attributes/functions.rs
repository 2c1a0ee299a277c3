//! Functions that return their value directly.

use std::cell::Cell;

use obs_runtime::trace_request;

use crate::counts::{calls, in_flight, panics};

#[trace_request("fallible")]
fn fallible(n: u32) -> Result<u32, String> {
    if n == 0 {
        return Err("zero".to_owned());
    }
    assert!(n < 100, "too large");
    let half = u32::checked_div(n, 2).ok_or_else(|| "impossible".to_owned())?;
    Ok(half)
}

#[test]
fn each_outcome_once() {
    assert_eq!(calls("fallible"), [("ok", 0), ("error", 0), ("panic", 0)]);
    assert_eq!(fallible(4), Ok(2));
    assert!(fallible(0).is_err());
    assert!(fallible(0).is_err());
    panics(|| fallible(100));
    assert_eq!(calls("fallible"), [("ok", 1), ("error", 2), ("panic", 1)]);
}

#[trace_request("plain")]
fn plain(n: u32) -> u32 {
    assert!(n < 100, "too large");
    if n == 7 {
        return 8;
    }
    n + 1
}

#[test]
fn a_value_that_is_no_result() {
    assert_eq!((plain(1), plain(7)), (2, 8));
    panics(|| plain(100));
    assert_eq!(calls("plain"), [("ok", 2), ("panic", 1)]);
}

#[trace_request("unit")]
fn unit(seen: &Cell<u64>) {
    seen.set(in_flight("unit"));
}

#[test]
fn a_call_is_in_flight_while_it_runs() {
    let seen = Cell::new(0);
    unit(&seen);
    assert_eq!(seen.get(), 1);
    assert_eq!(calls("unit"), [("ok", 1), ("panic", 0)]);
}

#[trace_request]
fn named_by_itself() -> Option<u8> {
    let first = [1u8, 2].first().copied()?;
    Some(first)
}

#[test]
fn without_a_name_the_function_gives_it() {
    assert_eq!(named_by_itself(), Some(1));
    assert_eq!(calls("named_by_itself"), [("ok", 1), ("panic", 0)]);
}

#[trace_request("never")]
fn never(message: &str) -> ! {
    panic!("{message}");
}

#[test]
fn a_function_that_never_returns() {
    panics(|| never("stop"));
    assert_eq!(calls("never"), [("panic", 1)]);
}

#[trace_request("fibonacci")]
fn fibonacci(n: u64) -> Result<u64, String> {
    if n < 2 {
        return Ok(n);
    }
    Ok(fibonacci(n - 1)? + fibonacci(n - 2)?)
}

#[test]
fn recursion() {
    assert_eq!(fibonacci(5), Ok(5));
    assert_eq!(calls("fibonacci"), [("ok", 15), ("error", 0), ("panic", 0)]);
}

struct Buffer {
    bytes: Vec<u8>,
}

#[trace_request("reborrow")]
fn reborrow<'a>(buffer: &'a mut Buffer, at: usize) -> Result<&'a mut u8, String> {
    buffer.bytes.push(0);
    buffer.bytes.get_mut(at).ok_or_else(|| "beyond".to_owned())
}

#[test]
fn a_reborrow_of_an_argument() {
    let mut buffer = Buffer { bytes: vec![1] };
    *reborrow(&mut buffer, 0).unwrap() = 5;
    assert!(reborrow(&mut buffer, 10).is_err());
    assert_eq!(buffer.bytes, [5, 0, 0]);
    assert_eq!(calls("reborrow"), [("ok", 1), ("error", 1), ("panic", 0)]);
}

#[trace_request("longest")]
fn longest<'a, 'b: 'a>(left: &'a str, right: &'b str) -> &'a str {
    if left.len() > right.len() {
        left
    } else {
        right
    }
}

#[trace_request("sum")]
fn sum<T, const N: usize>(values: [T; N]) -> Result<T, String>
where
    T: Copy + std::iter::Sum<T> + PartialOrd + Default,
{
    let total: T = values.iter().copied().sum();
    if total < T::default() {
        return Err(format!("{N} values"));
    }
    Ok(total)
}

#[trace_request("impl_argument")]
fn impl_argument(values: impl IntoIterator<Item = u8>) -> impl Iterator<Item = u16> {
    values.into_iter().map(|value| u16::from(value) * 2)
}

#[trace_request("impl_in_result")]
fn impl_in_result(fail: bool) -> Result<impl Iterator<Item = u8>, String> {
    if fail {
        return Err("asked to".to_owned());
    }
    Ok([1u8, 2].into_iter())
}

#[test]
fn generics_and_lifetimes() {
    assert_eq!(longest("a", "bc"), "bc");
    assert_eq!(sum([1, 2, 3]), Ok(6));
    assert!(sum([-1i64]).is_err());
    assert_eq!(impl_argument([1, 2]).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(impl_in_result(false).unwrap().count(), 2);
    assert!(impl_in_result(true).is_err());
    assert_eq!(calls("longest"), [("ok", 1), ("panic", 0)]);
    assert_eq!(calls("sum"), [("ok", 1), ("error", 1), ("panic", 0)]);
    assert_eq!(calls("impl_argument"), [("ok", 1), ("panic", 0)]);
    assert_eq!(
        calls("impl_in_result"),
        [("ok", 1), ("error", 1), ("panic", 0)]
    );
}

#[trace_request("control_flow")]
fn control_flow(rows: &[Vec<i32>]) -> Result<i32, std::num::TryFromIntError> {
    let mut found = 0;
    'rows: for row in rows {
        for value in row {
            if *value < 0 {
                continue 'rows;
            }
            if *value == 9 {
                found = 9;
                break 'rows;
            }
        }
        found = row.iter().map(|n| n + found).sum();
    }
    let small = u8::try_from(found)?;
    Ok(i32::from(small))
}

#[test]
fn loops_labels_and_closures() {
    assert_eq!(control_flow(&[vec![1], vec![-1, 9], vec![9]]), Ok(9));
    assert_eq!(control_flow(&[vec![1], vec![2]]), Ok(3));
    assert_eq!(
        calls("control_flow"),
        [("ok", 2), ("error", 0), ("panic", 0)]
    );
}

type Boxed = Box<dyn Fn(u32) -> u32>;

#[trace_request("trait_object")]
fn trait_object(text: &str) -> Result<Boxed, Box<dyn std::error::Error + Send>> {
    let Ok(n) = text.parse::<u32>() else {
        return Err(Box::new(std::io::Error::other("no number")));
    };
    Ok(Box::new(move |m| n + m))
}

#[test]
fn coercions_by_the_return_type() {
    assert_eq!(trait_object("2").unwrap()(3), 5);
    assert!(trait_object("x").is_err());
    assert_eq!(
        calls("trait_object"),
        [("ok", 1), ("error", 1), ("panic", 0)]
    );
}

#[trace_request("arguments")]
fn arguments(
    mut count: u32,
    (left, _): (u32, u32),
    Buffer { bytes }: Buffer,
    _unused: u8,
    r#type: &str,
) -> Result<usize, String> {
    count += left;
    if r#type == "bad" {
        return Err(r#type.to_owned());
    }
    Ok(count as usize + bytes.len())
}

#[test]
fn patterns_as_arguments() {
    let buffer = || Buffer { bytes: vec![0; 3] };
    assert_eq!(arguments(1, (2, 9), buffer(), 0, "good"), Ok(6));
    assert!(arguments(1, (2, 9), buffer(), 0, "bad").is_err());
    assert_eq!(calls("arguments"), [("ok", 1), ("error", 1), ("panic", 0)]);
}

#[trace_request("inner_attributes")]
fn inner_attributes(n: u32) -> Result<u8, String> {
    #![allow(clippy::cast_possible_truncation)]
    Ok(n as u8)
}

#[trace_request("unwinding_abi")]
extern "C-unwind" fn unwinding_abi(n: u32) -> u32 {
    assert!(n > 0, "zero");
    n
}

#[track_caller]
#[inline]
#[must_use]
#[trace_request("tracked")]
fn tracked() -> u32 {
    std::panic::Location::caller().line()
}

#[track_caller]
#[trace_request("tracked_result")]
fn tracked_result(fail: bool) -> Result<u32, Box<dyn std::error::Error>> {
    assert!(matches!(u8::from(fail), 0), "asked to");
    match std::panic::Location::caller().line() {
        0 => Err("no line".into()),
        line => Ok(line),
    }
}

/// What leaves the function is still seen.
#[track_caller]
#[trace_request("tracked_and_left")]
fn tracked_and_left(text: &str) -> Result<u32, std::num::ParseIntError> {
    let n = text.parse()?;
    Ok(n)
}

#[track_caller]
#[trace_request("tracked_future")]
fn tracked_future() -> impl Future<Output = Result<u32, String>> {
    let line = std::panic::Location::caller().line();
    async move { Ok(line) }
}

#[tokio::test]
async fn the_caller_of_a_function_is_tracked() {
    assert_eq!(tracked_result(false).unwrap(), line!());
    panics(|| tracked_result(true));
    assert_eq!(
        calls("tracked_result"),
        [("ok", 1), ("error", 0), ("panic", 1)]
    );
    assert_eq!(tracked_and_left("1"), Ok(1));
    assert!(tracked_and_left("").is_err());
    assert_eq!(
        calls("tracked_and_left"),
        [("ok", 1), ("error", 1), ("panic", 0)]
    );
    let line = line!() + 1;
    let future = tracked_future();
    assert_eq!(future.await, Ok(line));
}

#[test]
fn other_attributes_and_abis() {
    assert_eq!(inner_attributes(257), Ok(1));
    assert_eq!(unwinding_abi(3), 3);
    panics(|| unwinding_abi(0));
    assert_eq!(calls("unwinding_abi"), [("ok", 1), ("panic", 1)]);
    assert_eq!(tracked(), line!());
}

#[trace_request("while_unwinding")]
fn while_unwinding() -> Result<(), String> {
    Ok(())
}

#[test]
fn a_call_made_while_unwinding_ends_by_itself() {
    struct CallsOnDrop;
    impl Drop for CallsOnDrop {
        fn drop(&mut self) {
            while_unwinding().unwrap();
            plain_while_unwinding();
        }
    }
    panics(|| {
        let _calls = CallsOnDrop;
        panic!("outer");
    });
    assert_eq!(
        calls("while_unwinding"),
        [("ok", 1), ("error", 0), ("panic", 0)]
    );
    assert_eq!(calls("plain_while_unwinding"), [("ok", 1), ("panic", 0)]);
}

#[trace_request]
fn plain_while_unwinding() {}
