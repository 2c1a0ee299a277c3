//! The lock-free structures under every interleaving that the memory model allows: the very files of the
//! crate, compiled with the atomics of [loom](https://docs.rs/loom).
#![expect(unsafe_code, reason = "the files under test have it")]
#![allow(dead_code, reason = "not all of each file is used here")]

mod sync {
    pub(super) use loom::cell::UnsafeCell;
    pub(super) use loom::sync::atomic::{
        AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence,
    };
    pub(super) use loom::sync::{Arc, Mutex, MutexGuard};
}
#[path = "../src/policy/rate_limit/bucket.rs"]
mod bucket;
#[path = "../src/hot/extremes.rs"]
mod extremes;
#[path = "../src/hot/ring.rs"]
mod ring;
#[path = "../src/hot/roster.rs"]
mod roster;
#[path = "../src/hot/tally.rs"]
mod tally;
#[path = "../src/policy/bulkhead/turnstile.rs"]
mod turnstile;

use bucket::Bucket;
use loom::sync::Arc;
use loom::thread;
use std::task::{Context, Waker};
use sync::{AtomicPtr, AtomicU64, AtomicUsize, Ordering::Relaxed, UnsafeCell};
use turnstile::{Come, Turnstile};

/// As many interleavings as fit into a few seconds: all with at most three preemptions.
fn model(check: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(check);
}

type Cells = roster::Roster<AtomicU64>;

fn roster() -> Arc<Cells> {
    Arc::new(Cells::new(
        AtomicPtr::new(std::ptr::null_mut()),
        AtomicUsize::new(0),
    ))
}

/// A thread takes cells, adds to them, and gives them back.
fn count_once(cells: &Cells) -> bool {
    let Some(entry) = cells.take(2, || AtomicU64::new(0)) else {
        return false;
    };
    tally::bump(entry.value(), 1);
    entry.give_back();
    true
}

#[test]
fn cells_that_change_hands_lose_no_addition() {
    model(|| {
        let cells = roster();
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let cells = cells.clone();
                thread::spawn(move || count_once(&cells))
            })
            .collect();
        thread::yield_now();
        let mut counted = u64::from(count_once(&cells));
        for thread in threads {
            counted += u64::from(thread.join().unwrap());
        }
        let total: u64 = cells.iter().map(|entry| entry.value().load(Relaxed)).sum();
        assert_eq!(total, counted);
        assert!(counted >= 2 && cells.len() <= 2);
    });
}

/// One addition of 5 to a sum, with its count.
struct Tally {
    entered: AtomicU64,
    sum: AtomicU64,
    bucket: AtomicU64,
}

#[test]
fn a_reader_sees_whole_additions_or_notices() {
    model(|| {
        let tally = Arc::new(Tally {
            entered: AtomicU64::new(0),
            sum: AtomicU64::new(0),
            bucket: AtomicU64::new(0),
        });
        let writer = {
            let tally = tally.clone();
            thread::spawn(move || {
                for _ in 0..2 {
                    tally::enter(&tally.entered);
                    tally::bump(&tally.sum, 5);
                    tally::publish(&tally.bucket);
                }
            })
        };
        // Without this loom runs the reader before the writer, and nothing else.
        thread::yield_now();
        let (mut sum, mut count) = (0, 0);
        let (consistent, entered) = tally::read(&tally.entered, || {
            count = tally::look(&tally.bucket);
            sum = tally::look(&tally.sum);
            count
        });
        if consistent {
            assert_eq!((sum, entered), (5 * count, count));
        }
        writer.join().unwrap();
    });
}

/// A window is taken, and the owner goes on in the next one: what was noted once never looks smaller to others.
#[cfg(feature = "export")]
#[test]
fn an_extreme_is_not_forgotten_when_its_window_ends() {
    model(|| {
        let cells = Arc::new([AtomicU64::new(0), AtomicU64::new(0)]);
        let reader = {
            let cells = cells.clone();
            thread::spawn(move || {
                let look = || extremes::look(&cells[0], &cells[1]);
                let (before, after) = (look(), look());
                assert!(before <= after, "{before} was known, and then {after}");
            })
        };
        extremes::note(&cells[0], 5);
        let taker = {
            let cells = cells.clone();
            thread::spawn(move || extremes::take(&cells[0], &cells[1]))
        };
        while cells[0].load(Relaxed) != 0 {
            thread::yield_now();
        }
        extremes::note(&cells[0], 3);
        reader.join().unwrap();
        assert_eq!(taker.join().unwrap(), 5);
        assert_eq!(extremes::look(&cells[0], &cells[1]), 5);
        assert_eq!(extremes::take(&cells[0], &cells[1]), 3);
    });
}

#[test]
fn a_reader_sees_whole_additions_of_several_threads_or_notices() {
    model(|| {
        let tally = Arc::new(Tally {
            entered: AtomicU64::new(0),
            sum: AtomicU64::new(0),
            bucket: AtomicU64::new(0),
        });
        let writers: Vec<_> = (0..2)
            .map(|_| {
                let tally = tally.clone();
                thread::spawn(move || {
                    tally::enter_common(&tally.entered);
                    tally.sum.fetch_add(5, Relaxed);
                    tally::publish_common(&tally.bucket);
                })
            })
            .collect();
        thread::yield_now();
        let (mut sum, mut count) = (0, 0);
        let (consistent, entered) = tally::read(&tally.entered, || {
            count = tally::look(&tally.bucket);
            sum = tally::look(&tally.sum);
            count
        });
        if consistent {
            assert_eq!((sum, entered), (5 * count, count));
        }
        writers
            .into_iter()
            .for_each(|writer| writer.join().unwrap());
    });
}

#[test]
fn what_goes_through_the_ring_arrives_once_and_in_order() {
    model(|| {
        let ring = Arc::new(ring::Ring::new(2));
        let producers: Vec<_> = (0..2)
            .map(|n| {
                let ring = ring.clone();
                thread::spawn(move || ring.push(n).is_ok())
            })
            .collect();
        thread::yield_now();
        let mut arrived: Vec<i32> = ring.pop().into_iter().collect();
        for producer in producers {
            assert!(producer.join().unwrap(), "there was room for both");
        }
        arrived.extend(std::iter::from_fn(|| ring.pop()));
        arrived.sort_unstable();
        assert_eq!(arrived, [0, 1]);
        assert_eq!(ring.len(), 0);
    });
}

#[test]
fn a_full_ring_gives_the_value_back() {
    model(|| {
        let ring = Arc::new(ring::Ring::new(2));
        assert_eq!((ring.push(1), ring.push(2)), (Ok(()), Ok(())));
        let consumer = {
            let ring = ring.clone();
            thread::spawn(move || ring.pop())
        };
        thread::yield_now();
        let third = ring.push(3);
        assert_eq!(consumer.join().unwrap(), Some(1));
        let rest: Vec<_> = std::iter::from_fn(|| ring.pop()).collect();
        match third {
            Ok(()) => assert_eq!(rest, [2, 3]),
            Err(value) => assert_eq!((value, rest), (3, vec![2])),
        }
    });
}

/// What a trace is written to: it has one owner at a time, and no lock.
struct Segment(UnsafeCell<u32>);

// SAFETY: what the test is about: whoever has taken it out of a ring is its only owner.
unsafe impl Sync for Segment {}

impl Segment {
    fn add(&self, n: u32) -> u32 {
        // SAFETY: the caller is the owner; loom fails the test if that is not so.
        self.0.with_mut(|body| unsafe {
            *body += n;
            *body
        })
    }
}

#[test]
fn a_segment_has_one_owner_from_the_task_to_the_collector_and_back() {
    model(|| {
        let finished = Arc::new(ring::Ring::new(2));
        let free = Arc::new(ring::Ring::new(2));
        let segment = Arc::new(Segment(UnsafeCell::new(0)));
        let task = {
            let (finished, segment) = (finished.clone(), segment);
            thread::spawn(move || {
                segment.add(1);
                assert!(finished.push(segment).is_ok());
            })
        };
        let next = {
            let free: Arc<ring::Ring<Arc<Segment>>> = free.clone();
            thread::spawn(move || free.pop().map(|segment| segment.add(100)))
        };
        thread::yield_now();
        if let Some(segment) = finished.pop() {
            assert_eq!(segment.add(10), 11);
            assert!(free.push(segment).is_ok());
        }
        task.join().unwrap();
        assert!(matches!(next.join().unwrap(), None | Some(111)));
    });
}

/// Comes, stays inside for a moment if it is let in, and leaves. Whether it was inside.
fn visit(turnstile: &Turnstile, gives_up: bool) -> bool {
    let is_inside = match turnstile.come() {
        Come::Inside => true,
        Come::Full => false,
        Come::InLine(ticket) => {
            let mut context = Context::from_waker(Waker::noop());
            let is_called = ticket.poll(&mut context).is_ready();
            if is_called || gives_up {
                turnstile.withdraw(&ticket)
            } else {
                // It waits on: whoever leaves has to call it.
                while !ticket.is_called() {
                    thread::yield_now();
                }
                true
            }
        }
    };
    if is_inside {
        assert_eq!(turnstile.inside(), 1, "there is one place");
        turnstile.leave();
    }
    is_inside
}

#[test]
fn a_place_in_a_bulkhead_goes_to_whoever_waits_and_none_is_lost() {
    for gives_up in [false, true] {
        model(move || {
            let turnstile = Arc::new(Turnstile::new(1, 1));
            assert!(turnstile.go_in());
            let other = turnstile.clone();
            let visitor = thread::spawn(move || visit(&other, gives_up));
            turnstile.leave();
            assert!(visitor.join().unwrap() || gives_up);
            assert_eq!((turnstile.inside(), turnstile.in_line()), (0, 0));
        });
    }
}

#[test]
fn visitors_of_a_bulkhead_are_never_inside_together() {
    model(|| {
        let turnstile = Arc::new(Turnstile::new(1, 1));
        let other = turnstile.clone();
        let visitor = thread::spawn(move || visit(&other, true));
        let was_inside = visit(&turnstile, true);
        assert!(visitor.join().unwrap() || was_inside);
        assert_eq!((turnstile.inside(), turnstile.in_line()), (0, 0));
    });
}

#[test]
fn a_permit_of_a_rate_is_given_to_one() {
    model(|| {
        let bucket = Arc::new(Bucket::new(10, 1));
        let other = bucket.clone();
        let thread = thread::spawn(move || other.take(100, 0).ok());
        let own = bucket.take(100, 0).ok();
        let others = thread.join().unwrap();
        assert!(own.is_some() != others.is_some());
        let given_back = own.or(others).map(|turn| bucket.give_back(turn));
        assert_eq!((given_back, bucket.available(100)), (Some(true), 1));
    });
}
