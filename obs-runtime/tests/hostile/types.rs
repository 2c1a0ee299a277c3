//! Returned types that inference, coercion and borrowing make difficult.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::pin::Pin;
use std::sync::Arc;

use obs_runtime::{monitor_performance, trace_request};

use crate::counts::{ok, with_outcome};

#[trace_request("coerced")]
fn coerced(n: u8) -> Result<Box<dyn Display>, Box<dyn Error + Send + Sync>> {
    match n {
        0 => Err("zero".into()),
        1 => Ok(Box::new(1)),
        2 => return Ok(Box::new("two")),
        _ => Err(Box::new(std::io::Error::other("many"))),
    }
}

#[trace_request("coerced_async")]
async fn coerced_async(n: u8) -> Result<Box<dyn Display + Send>, Box<dyn Error>> {
    if n == 2 {
        return Ok(Box::new("two"));
    }
    let parsed: i8 = "1".parse()?;
    Ok(Box::new(parsed))
}

#[derive(Debug)]
struct Order(u8);

#[monitor_performance("object")]
fn object(value: &Order) -> &dyn Debug {
    if value.0 == 0 {
        return &"none";
    }
    value
}

#[monitor_performance("object_async")]
async fn object_async<'a>(value: &'a Order, _other: &str) -> &'a (dyn Debug + Sync) {
    value
}

type Step = fn(u8) -> u8;

#[trace_request("pointer")]
fn pointer(up: bool) -> Result<Step, String> {
    if up {
        Ok(|n| n + 1)
    } else {
        Ok(u8::swap_bytes)
    }
}

#[trace_request("closure")]
fn closure(by: u32) -> impl Fn(u32) -> u32 + Copy {
    move |n| n + by
}

#[trace_request("opaque")]
fn opaque(names: &[String]) -> Result<impl Iterator<Item = impl Display + '_> + use<'_>, String> {
    if names.is_empty() {
        return Err("none".to_owned());
    }
    Ok(names.iter().map(String::as_str))
}

#[trace_request("opaque_pair")]
fn opaque_pair() -> (impl Display, Option<impl Debug>) {
    (1, Some("x"))
}

#[trace_request("opaque_async")]
async fn opaque_async(n: u8) -> Result<impl Iterator<Item = u8>, impl Debug> {
    if n == 0 { Err("zero") } else { Ok(0..n) }
}

#[trace_request("future_of_result", attributes(n = n))]
fn future_of_result(n: u8) -> impl Future<Output = Result<Box<dyn Display>, String>> + use<> {
    async move {
        if n == 0 {
            return Err("zero".to_owned());
        }
        let boxed: Box<dyn Display> = Box::new(n);
        Ok(boxed)
    }
}

#[trace_request("result_of_future")]
fn result_of_future(n: u8) -> Result<impl Future<Output = u8>, String> {
    if n == 0 {
        Err("zero".to_owned())
    } else {
        Ok(async move { n })
    }
}

#[trace_request("unfinished")]
fn unfinished(known: Option<u8>) -> Result<u8, Box<dyn Error>> {
    let Some(known) = known else { panic!("later") };
    Ok(known)
}

struct Buffer {
    bytes: Vec<u8>,
}

impl Buffer {
    #[trace_request("reborrowed_field")]
    fn field(&mut self, at: usize) -> Result<&mut u8, String> {
        self.bytes.push(0);
        let len = self.bytes.len();
        self.bytes
            .get_mut(at)
            .ok_or_else(|| format!("{at} of {len}"))
    }

    #[trace_request("reborrowed_async")]
    async fn field_later(&mut self, at: usize) -> Option<&mut u8> {
        tokio::task::yield_now().await;
        self.bytes.get_mut(at)
    }

    #[trace_request("pinned", attributes(len = self.bytes.len()))]
    fn pinned(mut self: Pin<&mut Self>) -> Result<Pin<&mut u8>, String> {
        self.bytes.push(1);
        let last = self.get_mut().bytes.last_mut().ok_or("empty")?;
        Ok(Pin::new(last))
    }

    #[trace_request("shared", labels(shared = Arc::strong_count(&self) > 1))]
    async fn shared(self: Arc<Self>, from: Arc<Self>) -> Result<Arc<Self>, String> {
        if self.bytes.len() > from.bytes.len() {
            Ok(self)
        } else {
            Err("short".to_owned())
        }
    }

    #[trace_request("chained")]
    fn chained(&mut self, depth: u32) -> Result<&mut Self, String> {
        if depth == 0 {
            return Ok(self);
        }
        self.chained(depth - 1)?.chained(0)
    }
}

#[trace_request("depth")]
fn depth(n: u32) -> Pin<Box<dyn Future<Output = Result<u32, String>> + Send>> {
    Box::pin(async move {
        if n == 0 {
            Ok(0)
        } else {
            Ok(depth(n - 1).await? + 1)
        }
    })
}

#[trace_request("async_closures")]
async fn async_closures(n: u32) -> Result<u32, String> {
    let add =
        async |by: u32| -> Result<u32, String> { n.checked_add(by).ok_or("large".to_owned()) };
    let sum = add(1).await? + add(2).await?;
    let found = 'outer: {
        for i in 0..sum {
            if i * i > sum {
                break 'outer Some(i);
            }
        }
        None
    };
    found.ok_or_else(|| "none".to_owned())
}

#[tokio::test]
async fn values_of_every_type() {
    assert_eq!(
        coerced(1).unwrap().to_string() + &coerced(2).unwrap().to_string(),
        "1two"
    );
    assert!(coerced(0).is_err() && coerced(3).is_err());
    assert_eq!((ok("coerced"), with_outcome("coerced", "error")), (2, 2));
    assert_eq!(coerced_async(2).await.unwrap().to_string(), "two");
    assert_eq!(coerced_async(1).await.unwrap().to_string(), "1");
    assert_eq!(
        format!(
            "{:?}{:?}",
            object(&Order(1)),
            object_async(&Order(2), "").await
        ),
        "Order(1)Order(2)"
    );
    assert_eq!((pointer(true).unwrap()(1), closure(2)(3)), (2, 5));
    let names = ["a".to_owned()];
    assert_eq!(
        opaque(&names)
            .unwrap()
            .map(|name| name.to_string())
            .collect::<String>(),
        "a"
    );
    assert_eq!(opaque_pair().0.to_string(), "1");
    assert_eq!(opaque_async(3).await.unwrap().sum::<u8>(), 3);
    assert!(opaque_async(0).await.is_err());
    assert_eq!(future_of_result(3).await.unwrap().to_string(), "3");
    assert_eq!(result_of_future(3).unwrap().await, 3);
    assert_eq!(unfinished(Some(1)).unwrap(), 1);
    assert_eq!(
        (ok("opaque_async"), with_outcome("opaque_async", "error")),
        (1, 1)
    );
}

#[tokio::test]
async fn borrows_and_recursion() {
    let mut buffer = Buffer { bytes: vec![1] };
    *buffer.field(0).unwrap() += 1;
    assert_eq!(buffer.field(9), Err("9 of 3".to_owned()));
    *buffer.field_later(1).await.unwrap() = 7;
    assert_eq!(*Pin::new(&mut buffer).pinned().unwrap(), 1);
    assert_eq!(buffer.chained(3).unwrap().bytes, [2, 7, 0, 1]);
    assert_eq!(ok("chained"), 7);
    let shared = Arc::new(buffer);
    assert!(
        Arc::clone(&shared)
            .shared(Arc::new(Buffer { bytes: Vec::new() }))
            .await
            .is_ok()
    );
    assert_eq!(depth(5).await, Ok(5));
    assert_eq!(ok("depth"), 6);
    assert_eq!(async_closures(4).await, Ok(4));
}
