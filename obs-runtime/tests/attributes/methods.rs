//! Methods by every receiver, in traits and in `impl` blocks.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;
use obs_runtime::trace_request;

use crate::counts::{calls, panics};

#[derive(Default)]
struct Counter {
    n: u32,
}

impl Counter {
    #[trace_request("by_ref")]
    fn by_ref(&self, limit: u32) -> Result<u32, String> {
        if self.n > limit {
            return Err(format!("{} > {limit}", self.n));
        }
        Ok(self.n)
    }

    #[trace_request("by_mut")]
    fn by_mut(&mut self) -> Result<&mut u32, String> {
        self.n += 1;
        if self.n > 2 {
            return Err("full".to_owned());
        }
        Ok(&mut self.n)
    }

    #[trace_request("by_value")]
    fn by_value(mut self) -> Result<Self, String> {
        self.n += 1;
        Ok(self)
    }

    #[trace_request("by_box")]
    fn by_box(self: Box<Self>) -> u32 {
        self.n
    }

    #[trace_request("by_arc")]
    fn by_arc(self: Arc<Self>) -> Result<u32, String> {
        Ok(self.n)
    }

    #[trace_request("by_rc")]
    fn by_rc(self: &Rc<Self>) -> u32 {
        self.n
    }

    #[trace_request("by_pin")]
    fn by_pin(self: Pin<&mut Self>) -> Result<&mut u32, String> {
        let this = self.get_mut();
        this.n += 1;
        Ok(&mut this.n)
    }

    #[trace_request("async_by_mut")]
    async fn async_by_mut(&mut self, n: u32) -> Result<&mut Self, String> {
        tokio::task::yield_now().await;
        self.n += n;
        if n == 0 {
            Err("zero".to_owned())
        } else {
            Ok(self)
        }
    }

    #[trace_request("async_by_pin")]
    async fn async_by_pin(mut self: Pin<&mut Self>) -> u32 {
        tokio::task::yield_now().await;
        self.n += 1;
        self.n
    }

    #[trace_request("constructor")]
    fn constructor(n: u32) -> Self {
        assert!(n > 0, "zero");
        Self { n }
    }
}

#[test]
fn receivers() {
    let mut counter = Counter::default();
    assert_eq!(counter.by_ref(1), Ok(0));
    *counter.by_mut().unwrap() += 1;
    assert!(counter.by_mut().is_err());
    assert!(counter.by_ref(1).is_err());
    *Pin::new(&mut counter).by_pin().unwrap() += 1;
    let counter = counter.by_value().unwrap();
    assert_eq!(counter.n, 6);
    assert_eq!(Box::new(counter).by_box(), 6);
    assert_eq!(Arc::new(Counter::constructor(1)).by_arc(), Ok(1));
    assert_eq!(Rc::new(Counter::constructor(2)).by_rc(), 2);
    panics(|| Counter::constructor(0));
    assert_eq!(calls("by_ref"), [("ok", 1), ("error", 1), ("panic", 0)]);
    assert_eq!(calls("by_mut"), [("ok", 1), ("error", 1), ("panic", 0)]);
    assert_eq!(calls("by_value"), [("ok", 1), ("error", 0), ("panic", 0)]);
    assert_eq!(calls("by_box"), [("ok", 1), ("panic", 0)]);
    assert_eq!(calls("by_arc"), [("ok", 1), ("error", 0), ("panic", 0)]);
    assert_eq!(calls("by_rc"), [("ok", 1), ("panic", 0)]);
    assert_eq!(calls("by_pin"), [("ok", 1), ("error", 0), ("panic", 0)]);
    assert_eq!(calls("constructor"), [("ok", 2), ("panic", 1)]);
}

#[tokio::test]
async fn asynchronous_receivers() {
    let mut counter = Counter::default();
    assert_eq!(counter.async_by_mut(2).await.unwrap().n, 2);
    assert!(counter.async_by_mut(0).await.is_err());
    assert_eq!(Pin::new(&mut counter).async_by_pin().await, 3);
    assert_eq!(
        calls("async_by_mut"),
        [("ok", 1), ("error", 1), ("panic", 0), ("cancelled", 0)]
    );
    assert_eq!(
        calls("async_by_pin"),
        [("ok", 1), ("panic", 0), ("cancelled", 0)]
    );
}

trait Shape {
    fn sides(&self) -> u32;

    #[trace_request("default_body")]
    fn angles(&self) -> Result<u32, String>
    where
        Self: std::fmt::Debug,
    {
        match self.sides() {
            0 => Err(format!("{self:?}")),
            n => Ok(n),
        }
    }

    #[trace_request("associated_type")]
    fn associated(self) -> Vec<Self>
    where
        Self: Sized,
    {
        vec![self]
    }
}

#[derive(Debug)]
struct Polygon(u32);

impl Shape for Polygon {
    #[trace_request("in_trait_impl")]
    fn sides(&self) -> u32 {
        self.0
    }
}

trait NativeAsync {
    #[trace_request("native_async")]
    async fn run(&self, n: u32) -> Result<u32, String> {
        tokio::task::yield_now().await;
        if n == 0 {
            Err("zero".to_owned())
        } else {
            Ok(n)
        }
    }
}

impl NativeAsync for Polygon {}

#[tokio::test]
async fn traits() {
    assert_eq!(Polygon(3).angles(), Ok(3));
    assert!(Polygon(0).angles().is_err());
    assert_eq!(Polygon(1).associated().len(), 1);
    assert_eq!(Polygon(1).run(1).await, Ok(1));
    assert!(Polygon(1).run(0).await.is_err());
    assert_eq!(
        calls("default_body"),
        [("ok", 1), ("error", 1), ("panic", 0)]
    );
    assert_eq!(calls("associated_type"), [("ok", 1), ("panic", 0)]);
    assert_eq!(calls("in_trait_impl"), [("ok", 2), ("panic", 0)]);
    assert_eq!(
        calls("native_async"),
        [("ok", 1), ("error", 1), ("panic", 0), ("cancelled", 0)]
    );
}

#[async_trait]
trait Remote: Sync {
    #[trace_request("async_trait_default")]
    async fn ping(&self, n: u32) -> Result<u32, String> {
        tokio::task::yield_now().await;
        self.call(n, "ping").await
    }

    async fn call(&self, n: u32, what: &str) -> Result<u32, String>;
}

#[async_trait]
impl Remote for Polygon {
    #[trace_request("async_trait_method", attributes(what = what))]
    async fn call(&self, n: u32, what: &str) -> Result<u32, String> {
        tokio::task::yield_now().await;
        if n == 0 {
            return Err(format!("{what} {}", self.0));
        }
        let n: u32 = n.to_string().parse().map_err(|_| "no number".to_owned())?;
        Ok(n)
    }
}

#[tokio::test]
async fn below_async_trait() {
    let remote: &dyn Remote = &Polygon(1);
    assert_eq!(remote.ping(1).await, Ok(1));
    assert_eq!(remote.ping(0).await, Err("ping 1".to_owned()));
    let mut cancelled = remote.ping(1);
    assert!(futures::poll!(&mut cancelled).is_pending());
    drop(cancelled);
    assert_eq!(
        calls("async_trait_default"),
        [("ok", 1), ("error", 1), ("panic", 0), ("cancelled", 1)]
    );
    assert_eq!(
        calls("async_trait_method"),
        [("ok", 1), ("error", 1), ("panic", 0), ("cancelled", 0)]
    );
}
