//! Threads that log at once, faster than records are encoded or sent.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::ScopedJoinHandle;

use super::*;

const THREADS: usize = 4;
const EACH: usize = 3000;

const BOUNDS: Bounds = Bounds {
    all: Size {
        items: 150,
        bytes: 512 * 1024,
    },
    portion: Size {
        items: 16,
        bytes: 64 * 1024,
    },
};

/// Those of each thread are there in order, and none twice.
fn assert_ordered(items: &[String]) {
    let mut last = BTreeMap::new();
    for item in items {
        let (thread, number) = item.split_once(' ').unwrap();
        let number: usize = number.parse().unwrap();
        let before = last.insert(thread.to_owned(), number);
        assert!(
            before.is_none_or(|before| before < number),
            "{item} after {before:?}"
        );
    }
}

#[test]
fn the_books_are_exact_at_any_time() {
    let dispatch = Dispatch::start().unwrap();
    let busy = Limits {
        delay: Duration::from_millis(1),
        batch_items: 50,
        ..QUICK
    };
    let narrow = Limits {
        queue_items: BOUNDS.all.items + 50,
        ..busy
    };
    let receivers = [
        Receiver::default(),
        Receiver::taking(Duration::from_millis(2)),
    ];
    let [quick, slow] = receivers.clone();
    let queues = [dispatch.open(quick, busy), dispatch.open(slow, narrow)];
    let takes = [Duration::ZERO, Duration::from_micros(1)];
    let lanes = queues.iter().zip(takes);
    let lanes = lanes.map(|(queue, takes)| Lane::new(Message(takes), queue.clone()));
    let records = Records::before(lanes.collect(), BOUNDS).unwrap();
    dispatch.spawn(records.clone().encode());

    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let loggers: Vec<_> = (0..THREADS)
            .map(|thread| {
                let records = &records;
                scope.spawn(move || {
                    for number in 0..EACH {
                        log(records, &format!("{thread} {number}"));
                        // In bursts, so that not everything finds the memory full.
                        if number % 50 == 0 {
                            thread::sleep(Duration::from_millis(1));
                        }
                    }
                })
            })
            .collect();
        // Whoever flushes encodes too.
        scope.spawn(|| {
            while !done.load(Relaxed) {
                dispatch.flush(Duration::from_millis(5));
            }
        });
        scope.spawn(|| {
            let mut before = [0; 2];
            while !done.load(Relaxed) {
                for (queue, before) in queues.iter().zip(&mut before) {
                    let (books, limits) = (queue.books(), queue.limits());
                    assert_balanced(&books);
                    assert!(books.queued <= limits.queue_items as u64, "{books:?}");
                    assert!(books.queued_bytes <= limits.queue_bytes as u64, "{books:?}");
                    assert!(books.produced >= *before, "{books:?} after {before}");
                    *before = books.produced;
                }
            }
        });
        let ends: Vec<_> = loggers.into_iter().map(ScopedJoinHandle::join).collect();
        done.store(true, Relaxed);
        assert!(ends.iter().all(Result::is_ok));
    });

    assert!(dispatch.flush(SOON));
    for (queue, receiver) in queues.iter().zip(&receivers) {
        let books = queue.books();
        let full = books.lost(Loss::QueueFull);
        assert_eq!(books.produced, (THREADS * EACH) as u64);
        assert_eq!((books.queued, books.delivered + full), (0, books.produced));
        let items = receiver.requests().concat();
        assert_eq!(items.len() as u64, books.delivered);
        assert_ordered(&items);
    }
    let [quick, slow] = queues.map(|queue| queue.books());
    assert!(quick.delivered > slow.delivered, "{quick:?}, {slow:?}");
}

#[test]
fn what_nobody_asks_for_arrives_too() {
    const ROUNDS: usize = 200;
    let dispatch = Dispatch::start().unwrap();
    let quick = Limits {
        delay: Duration::from_millis(2),
        ..QUICK
    };
    let queue = dispatch.open(Receiver::default(), quick);
    let records = before(from_ref(&queue), BOUNDS);
    dispatch.spawn(records.clone().encode());
    for round in 0..ROUNDS {
        // Sometimes a portion is full, sometimes its age counts, and sometimes it comes to its age meanwhile.
        let count = 1 + round % (2 * BOUNDS.portion.items);
        let before = queue.books().produced;
        for number in 0..count {
            log(&records, &number.to_string());
            if number % 7 == round % 7 {
                thread::sleep(Duration::from_micros(300));
            }
        }
        let deadline = std::time::Instant::now() + SOON;
        while queue.books().delivered < before + count as u64 {
            let books = queue.books();
            assert!(std::time::Instant::now() < deadline, "{books:?}");
            thread::sleep(Duration::from_micros(100));
        }
    }
}

#[test]
fn as_long_as_nobody_encodes_loggers_do_not_wait() {
    struct Stuck(Arc<Mutex<()>>);
    impl Encode for Stuck {
        fn encode(&mut self, _: &mut Vec<u8>, _: View<'_>) {
            drop(self.0.lock());
        }
    }
    let dispatch = Dispatch::start().unwrap();
    let queue = dispatch.open(Receiver::default(), QUICK);
    let gate = Arc::new(Mutex::new(()));
    let shut = gate.lock().unwrap();
    let lane = Lane::new(Stuck(gate.clone()), queue.clone());
    let records = Records::before(vec![lane], BOUNDS).unwrap();
    dispatch.spawn(records.clone().encode());
    (0..1000).for_each(|_| log(&records, "item"));
    let books = queue.books();
    assert_eq!(
        (books.produced, books.queued),
        (1000, BOUNDS.all.items as u64)
    );
    assert_eq!(books.lost(Loss::QueueFull), 1000 - books.queued);
    drop(shut);
    assert!(dispatch.flush(SOON));
    assert_eq!(queue.books().delivered, BOUNDS.all.items as u64);
}
