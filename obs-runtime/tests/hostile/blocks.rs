//! `#[service]` on blocks for types and traits of every kind.

use std::fmt::{self, Display, Formatter};
use std::pin::Pin;
use std::task::{Context, Poll};

use obs_runtime::service;

use crate::counts::ok;

struct Ticket(u32);

#[service]
impl Display for Ticket {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "ticket {}", self.0)
    }
}

#[service]
impl Iterator for Ticket {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}

#[service]
impl Future for Ticket {
    type Output = Result<u32, String>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(self.0))
    }
}

#[service]
impl Drop for Ticket {
    fn drop(&mut self) {
        self.0 = 0;
    }
}

trait Extent {
    fn extent(&self) -> usize;
}

#[service]
impl dyn Extent + '_ {
    fn twofold(&self) -> usize {
        self.extent() * 2
    }
}

#[service]
impl Extent for &str {
    fn extent(&self) -> usize {
        self.len()
    }
}

#[service]
impl Extent for [u8] {
    fn extent(&self) -> usize {
        self.len()
    }
}

#[service]
impl<F: Fn() -> usize> Extent for (F,) {
    fn extent(&self) -> usize {
        (self.0)()
    }
}

#[tokio::test]
async fn blocks_of_every_kind() {
    let mut ticket = Ticket(3);
    assert_eq!(ticket.to_string(), "ticket 3");
    assert_eq!(ticket.next(), Some(2));
    assert_eq!(ticket.await, Ok(2));
    for operation in [
        "Ticket::fmt",
        "Ticket::next",
        "Ticket::poll",
        "Ticket::drop",
    ] {
        assert_eq!(ok(operation), 1, "{operation}");
    }
    let text = "four";
    let object: &dyn Extent = &text;
    assert_eq!(object.twofold(), 8);
    assert_eq!(([1, 2].as_slice().extent(), (|| 5,).extent()), (2, 5));
    assert_eq!(ok("str::extent"), 1);
}
