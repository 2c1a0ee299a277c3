use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use proptest::prelude::*;

use super::turnstile::Turnstile;
use super::*;

fn bulkhead(concurrent: u32, queue: u32, wait: u64) -> Bulkhead {
    let settings = BulkheadSettings {
        concurrent,
        queue,
        wait: Duration::from_millis(wait),
    };
    assert_eq!(settings.check(), []);
    Bulkhead::create(Name::Static("test"), settings)
}

fn told(bulkhead: &Bulkhead, admission: Admission) -> u64 {
    let admissions = bulkhead.admissions();
    admissions
        .iter()
        .find(|(one, _)| *one == admission)
        .unwrap()
        .1
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Come,
    /// The one of these numbers, of those inside, leaves.
    Leave(usize),
    /// One in line gives up.
    GiveUp(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Come),
        3 => any::<usize>().prop_map(Step::Leave),
        1 => any::<usize>().prop_map(Step::GiveUp),
    ]
}

/// Who is inside and who is in line, by their numbers.
#[derive(Debug, Default, PartialEq)]
struct Model {
    inside: Vec<u32>,
    line: VecDeque<u32>,
}

impl Model {
    fn come(&mut self, number: u32, places: usize, longest: usize) {
        if self.line.is_empty() && self.inside.len() < places {
            self.inside.push(number);
        } else if self.line.len() < longest {
            self.line.push_back(number);
        }
    }

    fn leave(&mut self, at: usize) {
        self.inside.remove(at);
        self.inside.extend(self.line.pop_front());
    }
}

proptest! {
    #[test]
    fn whoever_came_first_goes_in_first(
        places in 1u32..4,
        longest in 0u32..4,
        steps in prop::collection::vec(step(), 1..100),
    ) {
        let turnstile = Turnstile::new(places, longest);
        let mut model = Model::default();
        let mut inside: Vec<u32> = Vec::new();
        let mut line: Vec<(u32, std::sync::Arc<Ticket>)> = Vec::new();
        for (number, step) in (0..).zip(steps) {
            match step {
                Step::Come => {
                    model.come(number, places as usize, longest as usize);
                    match turnstile.come() {
                        Come::Inside => inside.push(number),
                        Come::InLine(ticket) => line.push((number, ticket)),
                        Come::Full => {}
                    }
                }
                Step::Leave(_) if inside.is_empty() => {}
                Step::Leave(at) => {
                    model.leave(at % inside.len());
                    inside.remove(at % inside.len());
                    turnstile.leave();
                }
                Step::GiveUp(_) if line.is_empty() => {}
                Step::GiveUp(at) => {
                    let (number, ticket) = line.remove(at % line.len());
                    model.line.retain(|one| *one != number);
                    prop_assert!(!turnstile.withdraw(&ticket));
                }
            }
            let (called, waiting): (Vec<_>, Vec<_>) = line.into_iter().partition(|(_, ticket)| ticket.is_called());
            inside.extend(called.into_iter().map(|(number, _)| number));
            line = waiting;
            prop_assert_eq!(&inside, &model.inside);
            prop_assert_eq!(turnstile.inside() as usize, model.inside.len());
            prop_assert_eq!(turnstile.in_line() as usize, model.line.len());
        }
    }
}

#[test]
fn a_panic_gives_the_place_back() {
    let bulkhead = bulkhead(1, 0, 0);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _slot = bulkhead.enter().unwrap();
        panic!("in the body");
    }));
    assert!(panicked.is_err());
    assert_eq!(bulkhead.running(), 0);
    drop(bulkhead.try_enter().unwrap());
}

#[test]
fn a_full_bulkhead_says_so() {
    let bulkhead = bulkhead(1, 0, 0);
    let slot = bulkhead.enter().unwrap();
    let rejected = bulkhead.enter().unwrap_err();
    assert_eq!(
        (rejected.reason(), rejected.retry_after()),
        (Reason::BulkheadFull, None)
    );
    assert_eq!(rejected.to_string(), "the bulkhead `test` is full");
    drop(slot);
    assert_eq!(told(&bulkhead, Admission::Permitted), 1);
    assert_eq!(told(&bulkhead, Admission::Rejected), 1);
}

#[test]
fn threads_wait_for_their_turn_and_never_are_too_many() {
    let bulkhead = bulkhead(2, 8, 10_000);
    let (running, most) = (AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    let _slot = bulkhead.enter().unwrap();
                    most.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
                    thread::yield_now();
                    running.fetch_sub(1, SeqCst);
                }
            });
        }
    });
    assert_eq!(most.into_inner(), 2);
    assert_eq!((bulkhead.running(), bulkhead.waiting()), (0, 0));
    assert_eq!(told(&bulkhead, Admission::Permitted), 400);
}

#[test]
fn a_thread_that_waited_for_too_long_is_out_of_the_line() {
    let bulkhead = bulkhead(1, 1, 20);
    let slot = bulkhead.enter().unwrap();
    assert_eq!(bulkhead.enter().unwrap_err().reason(), Reason::BulkheadFull);
    assert_eq!(bulkhead.waiting(), 0);
    drop(slot);
    drop(bulkhead.enter().unwrap());
}

#[cfg(feature = "tokio")]
mod asynchronous {
    use std::task::{Poll, Waker};

    use futures::poll;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn calls_go_in_as_they_came_and_too_many_are_rejected() {
        let bulkhead = bulkhead(1, 2, 100);
        let slot = bulkhead.enter_async().await.unwrap();
        let mut first = Box::pin(bulkhead.enter_async());
        let mut second = Box::pin(bulkhead.enter_async());
        assert!(poll!(&mut first).is_pending());
        assert!(poll!(&mut second).is_pending());
        assert!(bulkhead.enter_async().await.is_err(), "two wait already");
        drop(slot);
        assert!(
            bulkhead.try_enter().is_err(),
            "the place is that of the first"
        );
        assert!(poll!(&mut second).is_pending());
        let slot = first.await.unwrap();
        drop(slot);
        drop(second.await.unwrap());
        assert_eq!((bulkhead.running(), bulkhead.waiting()), (0, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_waits_as_long_as_it_may() {
        let bulkhead = bulkhead(1, 2, 100);
        let _slot = bulkhead.enter_async().await.unwrap();
        let begun = tokio::time::Instant::now();
        assert!(bulkhead.enter_async().await.is_err());
        let waited = begun.elapsed().as_millis();
        assert!((100..=102).contains(&waited), "{waited}");
        assert_eq!(bulkhead.waiting(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_are_given_up_leave_neither_a_place_nor_the_line_behind() {
        let bulkhead = bulkhead(1, 4, 1_000);
        for is_called in [false, true] {
            let slot = bulkhead.enter_async().await.unwrap();
            let mut given_up = Box::pin(bulkhead.enter_async());
            let mut other = Box::pin(bulkhead.enter_async());
            assert!(poll!(&mut given_up).is_pending());
            assert!(poll!(&mut other).is_pending());
            if is_called {
                drop(slot);
                drop(given_up);
            } else {
                drop(given_up);
                drop(slot);
            }
            match poll!(&mut other) {
                Poll::Ready(slot) => drop(slot.unwrap()),
                Poll::Pending => panic!("the place went nowhere"),
            }
            assert_eq!((bulkhead.running(), bulkhead.waiting()), (0, 0));
        }
        assert_eq!(told(&bulkhead, Admission::Cancelled), 2);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn ten_thousand_calls_that_are_given_up_leave_it_empty() {
        let bulkhead = std::sync::Arc::new(bulkhead(3, 50, 1_000));
        let tasks: Vec<_> = (0..100u64)
            .map(|task| {
                let bulkhead = bulkhead.clone();
                tokio::spawn(async move {
                    for call in 0..100 {
                        let mut entered = Box::pin(bulkhead.enter_async());
                        if (task + call) % 3 == 0 {
                            let _ = poll!(&mut entered);
                        } else if let Ok(_slot) = entered.await {
                            tokio::task::yield_now().await;
                        }
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!((bulkhead.running(), bulkhead.waiting()), (0, 0));
        drop(bulkhead.try_enter().unwrap());
    }

    #[test]
    fn outside_of_a_runtime_nobody_waits() {
        let bulkhead = bulkhead(1, 1, 100);
        let _slot = bulkhead.enter().unwrap();
        let mut entered = std::pin::pin!(bulkhead.enter_async());
        let mut context = Context::from_waker(Waker::noop());
        match entered.as_mut().poll(&mut context) {
            Poll::Ready(Err(rejected)) => assert_eq!(rejected.reason(), Reason::BulkheadFull),
            other => panic!("{other:?}"),
        }
        assert_eq!(bulkhead.waiting(), 0);
    }
}
