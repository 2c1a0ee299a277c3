//! Asynchronous operations that are pending for a while.

use std::future::Future;
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use crate::body::Failed;
use crate::case::Finish;
use crate::paired::{Given, Paired};

/// Pending polls of the longer future.
const MANY: u32 = 33;
/// Pending polls of the shorter one.
const FEW: u32 = 1;
/// Polls of a round for each input.
pub const PER_INPUT: f64 = (MANY - FEW) as f64;

/// Is pending so many times.
#[derive(Debug)]
pub struct Pending(pub u32);

impl Future for Pending {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match self.0.checked_sub(1) {
            Some(left) => {
                self.0 = left;
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }
}

/// The operation without annotation: pending so often, then done.
///
/// # Errors
///
/// Never: it has the signature of the annotated ones.
#[allow(clippy::unused_async, reason = "as the annotated ones")]
pub async fn bare(polls: u32) -> Result<u64, Failed> {
    Pending(polls).await;
    Ok(u64::from(polls))
}

/// Polls a future until it is ready.
#[inline(never)]
fn drive<F: Future>(future: F) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = black_box(future.as_mut()).poll(&mut context) {
            black_box(value);
            return;
        }
    }
}

/// The cost of one more poll: annotated futures with many pending polls and bare ones with few, against
/// the other way round. `check` is told how many annotated calls there were.
pub fn polls<F>(
    annotated: impl Fn(u32) -> F + Copy + 'static,
    check: impl FnOnce(u64) -> Result<Finish, String> + 'static,
) -> Paired
where
    F: Future<Output = Result<u64, Failed>>,
{
    let run = move |inputs: &[u64], of_annotated: u32, of_bare: u32| {
        for _ in inputs {
            drive(annotated(black_box(of_annotated)));
            drive(bare(black_box(of_bare)));
        }
    };
    let check = move |given: Given| check(given.base + given.with);
    Paired::new(move |inputs| run(inputs, MANY, FEW), check)
        .base(move |inputs| run(inputs, FEW, MANY))
        .operations(PER_INPUT)
}
