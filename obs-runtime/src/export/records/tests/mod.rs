//! Records between the threads that log and the receivers.

mod stress;
mod time;

use std::slice::from_ref;
use std::thread;
use std::time::Duration;

use proptest::prelude::*;
use tracing::Level;

use super::*;
use crate::export::delivery::tests::{QUICK, Receiver, assert_balanced};
use crate::export::delivery::{Limits, Loss};
use crate::log::Record;
use crate::log::ship::draft;

const SOON: Duration = Duration::from_secs(20);

const BOUNDS: Bounds = Bounds {
    all: Size {
        items: 20,
        bytes: 16 * 1024,
    },
    portion: Size {
        items: 4,
        bytes: 4 * 1024,
    },
};

/// Writes the message of a record, and takes so long for it.
struct Message(Duration);

impl Encode for Message {
    fn encode(&mut self, out: &mut Vec<u8>, record: View<'_>) {
        if !self.0.is_zero() {
            thread::sleep(self.0);
        }
        out.extend_from_slice(record.text(record.head.message).as_bytes());
    }
}

fn log(records: &Records, message: &str) {
    let record = Record {
        message: message.to_owned(),
        ..Record::empty(Level::INFO)
    };
    records.ship(draft(&record).view());
}

/// Records that only those encode who want them at once, on their way to these queues.
fn before(queues: &[Arc<Queue>], bounds: Bounds) -> Arc<Records> {
    let lane = |queue: &Arc<Queue>| Lane::new(Message(Duration::ZERO), queue.clone());
    Records::before(queues.iter().map(lane).collect(), bounds).unwrap()
}

/// The items that a queue hands to its courier from now to its end.
fn rest(queue: &Queue) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut all = Vec::new();
        queue.end(tokio::time::Instant::now());
        while let Some(batch) = queue.next().await {
            let items = batch.items().map(<[u8]>::to_vec);
            all.extend(items.map(|item| String::from_utf8(item).unwrap()));
        }
        all
    })
}

#[test]
fn a_flush_takes_what_is_not_encoded_yet() {
    let dispatch = Dispatch::start().unwrap();
    let receivers = [Receiver::default(), Receiver::default()];
    let queues = receivers
        .clone()
        .map(|receiver| dispatch.open(receiver, QUICK));
    let records = before(&queues, BOUNDS);
    for number in 0..10 {
        log(&records, &number.to_string());
    }
    for queue in &queues {
        let books = queue.books();
        assert_eq!((books.produced, books.queued, books.delivered), (10, 10, 0));
        assert!(books.queued_bytes > 0);
    }
    assert!(dispatch.flush(SOON));
    for (queue, receiver) in queues.iter().zip(&receivers) {
        let books = queue.books();
        assert_eq!((books.produced, books.queued, books.delivered), (10, 0, 10));
        assert_eq!(books.queued_bytes, 0);
        let expected: Vec<_> = (0..10).map(|number| number.to_string()).collect();
        assert_eq!(receiver.requests(), [expected]);
    }
}

#[test]
fn the_end_delivers_what_is_not_encoded_yet_and_takes_nothing_more_in() {
    let dispatch = Dispatch::start().unwrap();
    let queue = dispatch.open(Receiver::default(), QUICK);
    let records = before(from_ref(&queue), BOUNDS);
    dispatch.spawn(records.clone().encode());
    (0..3).for_each(|_| log(&records, "in time"));
    dispatch.finish(SOON);
    log(&records, "late");
    let books = queue.books();
    assert_eq!((books.produced, books.delivered), (4, 3));
    assert_eq!(books.lost(Loss::Shutdown), 1);
    assert_eq!((books.queued, books.queued_bytes), (0, 0));
}

#[test]
fn whoever_does_not_wait_for_the_end_loses_what_is_not_encoded_yet() {
    let dispatch = Dispatch::start().unwrap();
    let queue = dispatch.open(Receiver::taking(SOON), QUICK);
    let records = before(from_ref(&queue), BOUNDS);
    (0..3).for_each(|_| log(&records, "lost"));
    drop(dispatch);
    log(&records, "late");
    let books = queue.books();
    assert_eq!((books.produced, books.lost(Loss::Shutdown)), (4, 4));
    assert_balanced(&books);
}

#[test]
fn what_finds_no_room_is_lost_for_every_receiver() {
    let queues = [(); 2].map(|()| Arc::new(Queue::new(QUICK)));
    let records = before(&queues, BOUNDS);
    (0..25).for_each(|number| log(&records, &number.to_string()));
    log(&records, &"x".repeat(BOUNDS.all.bytes));
    for queue in &queues {
        let books = queue.books();
        assert_eq!((books.produced, books.queued), (26, 20));
        assert_eq!(books.lost(Loss::QueueFull), 5);
        assert_eq!(books.lost(Loss::TooLarge), 1);
        assert_balanced(&books);
    }
    records.drain();
    log(&records, "there is room again");
    for queue in &queues {
        let mut expected: Vec<_> = (0..20).map(|number| number.to_string()).collect();
        expected.push("there is room again".to_owned());
        assert_eq!(rest(queue), expected);
    }
}

#[test]
fn bytes_bound_what_waits_too() {
    let queue = Arc::new(Queue::new(QUICK));
    let records = before(from_ref(&queue), BOUNDS);
    let message = "x".repeat(2000);
    (0..20).for_each(|_| log(&records, &message));
    let books = queue.books();
    assert!(books.queued_bytes <= BOUNDS.all.bytes as u64, "{books:?}");
    assert!(books.queued >= 6, "{books:?}");
    assert_eq!(books.lost(Loss::QueueFull), 20 - books.queued);
}

#[test]
fn memory_is_bounded_and_used_again() {
    let bounds = Bounds::default();
    let queue = Arc::new(Queue::new(Limits {
        queue_bytes: 2 * bounds.all.bytes,
        ..QUICK
    }));
    let records = before(from_ref(&queue), bounds);
    let message = "x".repeat(400);
    let fill = |count: usize| {
        (0..count).for_each(|_| log(&records, &message));
        records.waiting.memory()
    };
    let most = fill(2 * bounds.all.items);
    assert!(most <= 2 * bounds.all.bytes, "{most} bytes");
    records.drain();
    let kept = records.waiting.memory();
    assert!(kept <= 2 * 5 * bounds.portion.bytes, "{kept} bytes");
    // As many portions as are kept at rest.
    for _ in 0..10 {
        assert_eq!(fill(4 * 256), kept);
        records.drain();
    }
}

#[test]
fn what_a_queue_may_hold_includes_what_waits_before_it() {
    let queue = Arc::new(Queue::new(Limits {
        queue_items: BOUNDS.all.items + 5,
        ..QUICK
    }));
    let records = before(from_ref(&queue), BOUNDS);
    for _ in 0..2 {
        (0..20).for_each(|_| log(&records, "item"));
        records.drain();
    }
    (0..20).for_each(|_| log(&records, "item"));
    let books = queue.books();
    assert_eq!((books.produced, books.queued), (60, 25));
    assert_eq!(books.lost(Loss::QueueFull), 35);
}

#[test]
fn a_queue_that_is_closed_loses_what_waits_and_others_do_not() {
    let queues = [(); 2].map(|()| Arc::new(Queue::new(QUICK)));
    let records = before(&queues, BOUNDS);
    let [sound, broken] = &queues;
    (0..3).for_each(|_| log(&records, "item"));
    broken.close();
    for _ in 0..2 {
        let (books, lost) = (sound.books(), broken.books());
        assert_eq!((books.queued, books.lost(Loss::Shutdown)), (3, 0));
        assert_eq!((lost.queued, lost.lost(Loss::Shutdown)), (0, 3));
        assert_eq!((books.produced, lost.produced), (3, 3));
        records.drain();
    }
    assert_eq!(rest(sound).len(), 3);
}

/// What may happen, in any order.
#[derive(Debug, Clone)]
enum Step {
    Log(usize),
    /// A portion is encoded, if one is full.
    Encode,
    Drain,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        8 => (0..3000_usize).prop_map(Step::Log),
        2 => Just(Step::Encode),
        1 => Just(Step::Drain),
    ];
    proptest::collection::vec(step, 0..100)
}

proptest! {
    #[test]
    fn the_books_are_exact_after_each_step(steps in steps()) {
        let narrow = Limits {
            queue_items: BOUNDS.all.items + 10,
            queue_bytes: BOUNDS.all.bytes + 8 * 1024,
            batch_items: 7,
            batch_bytes: 2500,
            ..QUICK
        };
        let queues = [QUICK, narrow].map(|limits| Arc::new(Queue::new(limits)));
        let records = before(&queues, BOUNDS);
        let mut logged = Vec::new();
        for step in steps {
            match step {
                Step::Log(length) => {
                    let message = format!("{:04}{}", logged.len(), "x".repeat(length));
                    log(&records, &message);
                    logged.push(message);
                }
                Step::Encode => {
                    records.pass_on(false);
                }
                Step::Drain => records.drain(),
            }
            for queue in &queues {
                let (books, limits) = (queue.books(), queue.limits());
                assert_balanced(&books);
                prop_assert_eq!(books.produced, logged.len() as u64);
                prop_assert!(books.queued <= limits.queue_items as u64, "{:?}", books);
                prop_assert!(books.queued_bytes <= limits.queue_bytes as u64, "{:?}", books);
            }
        }
        for queue in &queues {
            let lost: u64 = Loss::ALL.iter().map(|loss| queue.books().lost(*loss)).sum();
            let rest = rest(queue);
            let lost_at_last: u64 = Loss::ALL.iter().map(|loss| queue.books().lost(*loss)).sum();
            prop_assert_eq!(rest.len() as u64 + lost_at_last, logged.len() as u64);
            prop_assert!(lost_at_last >= lost);
            prop_assert!(rest.is_sorted_by(|one, other| one < other));
            prop_assert!(rest.iter().all(|item| logged.contains(item)));
        }
    }
}
