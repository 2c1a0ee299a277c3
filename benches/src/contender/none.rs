//! Nobody: what the machine does without any annotation, and the least that an observed poll can do.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use super::Entry;
use crate::body::{Failed, bare};
use crate::case::Finish;
use crate::polls;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        contender: "none",
        scenario: "threads",
        how: "the bare function: what the machine gives",
        set_up: || crate::threads::case(bare, |_| Ok(Finish::default())),
    },
    Entry {
        contender: "none",
        scenario: "poll",
        how: "the least: the thread's 5 words on where it is, exchanged for the task's and set back",
        set_up: || polls::polls(operation, |_| Ok(Finish::default())).boxed(),
    },
];

/// Where a thread is: segment and generation of a trace, span, operation, labels.
type Place = [u64; 5];

thread_local! {
    static PLACE: [Cell<u64>; 5] = const { [const { Cell::new(0) }; 5] };
}

fn exchange(place: Place) -> Place {
    PLACE.with(|words| {
        let mut former = place;
        for (word, former) in words.iter().zip(&mut former) {
            *former = word.replace(*former);
        }
        former
    })
}

/// A body that is polled with the thread in its place.
struct Placed<'a, F> {
    place: Place,
    body: Pin<&'a mut F>,
}

impl<F: Future> Future for Placed<'_, F> {
    type Output = F::Output;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let former = exchange(self.place);
        let poll = self.body.as_mut().poll(cx);
        exchange(former);
        poll
    }
}

async fn operation(polls: u32) -> Result<u64, Failed> {
    let body = pin!(polls::bare(polls));
    let place = [1, 2, 3, 4, polls.into()];
    Placed { place, body }.await
}
