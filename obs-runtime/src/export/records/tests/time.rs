//! When records are encoded, on a clock that jumps.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Wake, Waker};

use tokio::time::Instant;

use super::*;

const SECOND: Limits = Limits {
    batch_items: 8,
    delay: Duration::from_secs(1),
    ..QUICK
};

/// A queue behind records that are encoded when it is time.
fn started() -> (Arc<Records>, Arc<Queue>) {
    let queue = Arc::new(Queue::new(SECOND));
    let records = before(from_ref(&queue), BOUNDS);
    tokio::spawn(records.clone().encode());
    (records, queue)
}

#[tokio::test(start_paused = true)]
async fn a_record_leaves_when_it_is_as_old_as_an_item_may_be() {
    let (records, queue) = started();
    for _ in 0..3 {
        let started = Instant::now();
        log(&records, "first");
        tokio::time::sleep(Duration::from_millis(700)).await;
        log(&records, "second");
        let batch = queue.next().await.unwrap();
        assert_eq!(batch.bytes(), b"firstsecond");
        let took = started.elapsed();
        let late = Duration::from_millis(5);
        assert!(
            (SECOND.delay..SECOND.delay + late).contains(&took),
            "{took:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_age_of_records_counts_from_when_they_were_logged() {
    let (records, queue) = started();
    let started = Instant::now();
    log(&records, "a");
    tokio::time::sleep(Duration::from_millis(400)).await;
    // The portion is full and encoded, and the batch is not.
    (0..3).for_each(|_| log(&records, "b"));
    assert_eq!(queue.next().await.unwrap().bytes(), b"abbb");
    assert!(started.elapsed() < SECOND.delay + Duration::from_millis(5));
}

#[tokio::test(start_paused = true)]
async fn a_full_batch_does_not_wait() {
    let (records, queue) = started();
    let started = Instant::now();
    (0..8).for_each(|_| log(&records, "a"));
    assert_eq!(queue.next().await.unwrap().len(), 8);
    assert_eq!(started.elapsed(), Duration::ZERO);
}

/// Counts how often it is woken.
#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Relaxed);
    }
}

#[tokio::test(start_paused = true)]
async fn the_encoder_is_woken_after_a_rest_and_for_many_records() {
    let bounds = Bounds {
        all: Size {
            items: 100,
            ..BOUNDS.all
        },
        ..BOUNDS
    };
    let queue = Arc::new(Queue::new(SECOND));
    let records = before(from_ref(&queue), bounds);
    let count = Arc::new(Count::default());
    let waker = Waker::from(count.clone());
    let mut encode = pin!(records.clone().encode());
    let mut turn = || encode.as_mut().poll(&mut Context::from_waker(&waker));
    let woken = || count.0.swap(0, Relaxed);
    assert_eq!(turn(), Poll::Pending);
    // It rests.
    log(&records, "item");
    assert_eq!(woken(), 1);
    assert_eq!(turn(), Poll::Pending);
    // It waits until the first record is due; a batch of eight and a full portion are a reason to come before.
    (2..SECOND.batch_items).for_each(|_| log(&records, "item"));
    assert_eq!(woken(), 0);
    log(&records, "item");
    assert_eq!(woken(), 1);
    // Nobody has come for it yet: more of them are no news.
    (0..SECOND.batch_items).for_each(|_| log(&records, "item"));
    assert_eq!(woken(), 0);
}

#[tokio::test(start_paused = true)]
async fn records_that_come_regularly_wake_nobody() {
    let queue = Arc::new(Queue::new(SECOND));
    let records = before(from_ref(&queue), BOUNDS);
    let count = Arc::new(Count::default());
    let waker = Waker::from(count.clone());
    let mut encode = pin!(records.clone().encode());
    let mut logs = 0;
    for _ in 0..100 {
        let turn = encode.as_mut().poll(&mut Context::from_waker(&waker));
        assert_eq!(turn, Poll::Pending);
        count.0.store(0, Relaxed);
        log(&records, "item");
        logs += count.0.load(Relaxed);
        tokio::time::advance(Duration::from_millis(600)).await;
    }
    assert_eq!(logs, 1);
}
