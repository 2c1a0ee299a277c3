//! What waits, and what finds no room.

use super::*;
use crate::export::delivery::queue::{Gone, Size};

const SMALL: Limits = Limits {
    queue_items: 10,
    queue_bytes: 1000,
    batch_items: 4,
    batch_bytes: 100,
    delay: Duration::from_secs(1),
    timeout: Duration::from_secs(10),
    retry: Retry {
        first: Duration::from_secs(1),
        longest: Duration::from_secs(8),
        within: Duration::from_secs(60),
    },
    newest_only: false,
};

#[tokio::test(start_paused = true)]
async fn a_full_batch_does_not_wait() {
    let queue = Queue::new(SMALL);
    fill(&queue, 0..5);
    let started = tokio::time::Instant::now();
    assert_eq!(queue.next().await.unwrap().len(), 4);
    assert_eq!(started.elapsed(), Duration::ZERO);
    assert_eq!(queue.next().await.unwrap().len(), 1);
    assert!(started.elapsed() >= SMALL.delay);
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_bounded_by_bytes_too() {
    let queue = Queue::new(SMALL);
    push(&queue, &[b'a'; 60]);
    push(&queue, &[b'b'; 60]);
    assert_eq!(queue.next().await.unwrap().bytes(), [b'a'; 60]);
}

#[test]
fn what_finds_no_room_is_lost_and_counted() {
    let queue = Queue::new(SMALL);
    fill(&queue, 0..12);
    push(&queue, &[0; 101]);
    let books = queue.books();
    assert_eq!((books.produced, books.queued), (13, 10));
    assert_eq!(books.lost(Loss::QueueFull), 2);
    assert_eq!(books.lost(Loss::TooLarge), 1);
    assert_balanced(&books);
}

#[test]
fn bytes_bound_the_queue() {
    let limits = Limits {
        queue_items: 1000,
        ..SMALL
    };
    let queue = Queue::new(limits);
    for _ in 0..100 {
        push(&queue, &[0; 50]);
    }
    let books = queue.books();
    assert!(books.queued_bytes <= 1000, "{books:?}");
    assert!(books.queued >= 17, "{books:?}");
    assert_balanced(&books);
}

#[test]
fn after_the_end_nothing_comes_in() {
    let queue = Queue::new(SMALL);
    fill(&queue, 0..3);
    queue.close();
    fill(&queue, 3..5);
    let books = queue.books();
    assert_eq!((books.lost(Loss::Shutdown), books.queued), (5, 0));
    assert_eq!(books.queued_bytes, 0);
    assert_balanced(&books);
}

proptest::proptest! {
    /// Several at once are the same as one after the other.
    #[test]
    fn items_may_come_together(
        pushes in proptest::collection::vec(proptest::collection::vec(0usize..120, 0..6), 0..12),
    ) {
        let (together, apart) = (Queue::new(SMALL), Queue::new(SMALL));
        for sizes in pushes {
            let mut all = Batch::default();
            for size in sizes {
                all.push(&vec![b'a'; size]);
                push(&apart, &vec![b'a'; size]);
            }
            together.push_all(&all);
            assert_balanced(&together.books());
        }
        proptest::prop_assert_eq!(together.books(), apart.books());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let later = tokio::time::Instant::now() + SMALL.delay;
            together.end(later);
            apart.end(later);
            loop {
                let (one, other) = (together.next().await, apart.next().await);
                assert_eq!(one, other);
                if one.is_none() {
                    return;
                }
            }
        });
    }

    /// What is written into the open batch is kept or lost as what is handed over is.
    #[test]
    fn items_may_be_written_where_they_wait(
        pushes in proptest::collection::vec(proptest::collection::vec(0usize..120, 0..6), 0..12),
        closed_at in 0usize..20,
    ) {
        let queue = Queue::new(SMALL);
        let (mut written, mut taken) = (Vec::new(), Vec::new());
        for (at, sizes) in pushes.iter().enumerate() {
            let since = tokio::time::Instant::now();
            let mut lent = queue.lend(sizes.len());
            if at == closed_at {
                queue.close();
            }
            for size in sizes {
                let item = vec![b'a' + (written.len() % 26) as u8; *size];
                lent.batch.push(&item);
                written.push(item);
            }
            queue.take_back(lent, since);
            assert_balanced(&queue.books());
        }
        let books = queue.books();
        proptest::prop_assert_eq!(books.produced, written.len() as u64);
        queue.end(tokio::time::Instant::now());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        while let Some(batch) = runtime.block_on(queue.next()) {
            proptest::prop_assert!(batch.len() <= SMALL.batch_items);
            proptest::prop_assert!(batch.bytes().len() <= SMALL.batch_bytes);
            taken.extend(batch.items().map(<[u8]>::to_vec));
        }
        proptest::prop_assert_eq!(books.queued, taken.len() as u64);
        proptest::prop_assert!(books.queued_bytes <= SMALL.queue_bytes as u64);
        // In order, and none that is not too large is left out while there is room.
        let mut all = written.iter();
        proptest::prop_assert!(taken.iter().all(|item| all.any(|other| other == item)));
        if closed_at >= pushes.len() {
            let lost = books.lost(Loss::QueueFull) + books.lost(Loss::TooLarge);
            proptest::prop_assert_eq!(lost + books.queued, books.produced);
            let large = written.iter().filter(|item| item.len() > SMALL.batch_bytes).count();
            proptest::prop_assert!(books.lost(Loss::TooLarge) <= large as u64);
            proptest::prop_assert!(books.lost(Loss::QueueFull) == 0 || books.queued > 0);
        }
    }

    #[test]
    fn batches_keep_their_items(items: Vec<Vec<u8>>, at in 0usize..20) {
        let mut batch = Batch::default();
        items.iter().for_each(|item| batch.push(item));
        let read: Vec<_> = batch.items().map(<[u8]>::to_vec).collect();
        proptest::prop_assert_eq!(&read, &items);
        proptest::prop_assert_eq!(batch.bytes(), items.concat());
        let (first, second) = batch.halves();
        let both: Vec<_> = first.items().chain(second.items()).map(<[u8]>::to_vec).collect();
        proptest::prop_assert_eq!(&both, &items);
        let mut begin = batch.clone();
        let end = begin.split_off(at.min(items.len()));
        let both: Vec<_> = begin.items().chain(end.items()).map(<[u8]>::to_vec).collect();
        proptest::prop_assert_eq!(&both, &items);
        proptest::prop_assert_eq!(begin.bytes().len() + end.bytes().len(), batch.bytes().len());
        let one = batch.select(|index| index == at);
        proptest::prop_assert_eq!(one.bytes(), items.get(at).cloned().unwrap_or_default());
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_while_the_open_batch_is_lent_is_not_lost() {
    let queue = Queue::new(SMALL);
    let since = tokio::time::Instant::now();
    let mut lent = queue.lend(1);
    push(&queue, b"handed over");
    lent.batch.push(b"written");
    queue.take_back(lent, since);
    assert_eq!(queue.books().queued, 2);
    assert_balanced(&queue.books());
    assert_eq!(queue.next().await.unwrap().bytes(), b"handed over");
    assert_eq!(queue.next().await.unwrap().bytes(), b"written");
}

#[tokio::test(start_paused = true)]
async fn where_only_the_newest_counts_it_replaces_what_waits() {
    let queue = Queue::new(Limits {
        newest_only: true,
        ..SMALL
    });
    fill(&queue, 0..1);
    let taken = queue.next().await.unwrap();
    assert!(!queue.is_outdated());
    fill(&queue, 1..20);
    assert!(queue.is_outdated());
    let books = queue.books();
    assert_eq!((books.lost(Loss::Replaced), books.queued), (18, 2));
    assert_balanced(&books);
    queue.lose(1, Loss::Replaced, Gone::FromMemory(Size::of(&taken)));
    assert_eq!(queue.next().await.unwrap().bytes(), b"19");
    assert_balanced(&queue.books());
}
