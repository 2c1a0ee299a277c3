//! What a courier makes of answers.

use super::*;
use crate::export::delivery::courier::run;

const LIMITS: Limits = Limits {
    queue_items: 1000,
    queue_bytes: 100_000,
    batch_items: 4,
    batch_bytes: 1000,
    delay: Duration::from_millis(100),
    timeout: Duration::from_secs(5),
    retry: Retry {
        first: Duration::from_secs(1),
        longest: Duration::from_secs(8),
        within: Duration::from_secs(60),
    },
    newest_only: false,
};

/// Delivers so many items within the time, and returns the books.
async fn deliver(receiver: &Receiver, items: usize, within: Duration) -> Books {
    let queue = Arc::new(Queue::new(LIMITS));
    fill(&queue, 0..items);
    queue.end(tokio::time::Instant::now() + within);
    run(receiver.clone(), &queue, None).await;
    let books = queue.books();
    assert_balanced(&books);
    assert_eq!((books.queued, books.queued_bytes), (0, 0));
    books
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test(start_paused = true)]
async fn everything_arrives_in_order() {
    let receiver = Receiver::default();
    let books = deliver(&receiver, 10, HOUR).await;
    assert_eq!((books.delivered, books.requests, books.retries), (10, 3, 0));
    assert_eq!(receiver.requests().concat(), names(0..10));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_delivered_now_is_tried_again_and_overtaken_by_nothing() {
    let receiver = Receiver::answering([later(), later(), later()]);
    let books = deliver(&receiver, 8, HOUR).await;
    assert_eq!((books.delivered, books.requests, books.retries), (8, 5, 3));
    let sent = receiver.requests();
    assert_eq!(sent[0], names(0..4));
    assert_eq!(sent[3..].concat(), names(0..8));
    let times = receiver.times();
    for (at, expected) in times.windows(2).zip([1.0, 2.0, 4.0]) {
        let pause = (at[1] - at[0]).as_secs_f64();
        assert!(
            pause >= expected / 2.0 && pause <= expected + 0.01,
            "{times:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_receiver_says_when_to_come_back() {
    let after = Some(Duration::from_secs(20));
    let why = "429".to_owned();
    let receiver = Receiver::answering([Answer::Later { after, why }]);
    deliver(&receiver, 1, HOUR).await;
    assert!(receiver.times()[1] >= Duration::from_secs(20));
}

/// Asks to be left alone for so long, once, while four items come every half a minute for two hours.
async fn left_alone_for(after: Duration) -> (Receiver, Books) {
    let why = "429".to_owned();
    let after = Some(after);
    let receiver = Receiver::answering([Answer::Later { after, why }]);
    let queue = Arc::new(Queue::new(LIMITS));
    let courier = spawn(&receiver, &queue);
    for turn in 0..240 {
        fill(&queue, 4 * turn..4 * (turn + 1));
        assert_balanced(&queue.books());
        tokio::time::sleep(Duration::from_secs(30)).await;
    }
    queue.end(tokio::time::Instant::now() + HOUR);
    courier.await.unwrap();
    (receiver, queue.books())
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_more_time_than_a_batch_has_is_left_alone_by_all_of_them() {
    let (receiver, books) = left_alone_for(Duration::from_secs(600)).await;
    assert!(receiver.times()[1] >= Duration::from_secs(600));
    // One a minute, so that what waits is not older than it has to be.
    assert!((36..=40).contains(&books.lost(Loss::GaveUp)), "{books:?}");
    assert_eq!(books.delivered + books.lost(Loss::GaveUp), 960);
    assert_eq!(books.retries, 0, "what was refused has been given up");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_left_alone_for_ever() {
    for after in [Duration::from_secs(86_400), Duration::MAX] {
        let (receiver, books) = left_alone_for(after).await;
        let second = receiver.times()[1];
        assert!((HOUR..HOUR + Duration::from_secs(60)).contains(&second));
        assert!(books.delivered > 400, "{books:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_does_not_wait_for_who_wants_to_be_left_alone() {
    let why = "429".to_owned();
    let after = Some(HOUR);
    let receiver = Receiver::answering([Answer::Later { after, why }]);
    let queue = Arc::new(Queue::new(LIMITS));
    fill(&queue, 0..8);
    let courier = spawn(&receiver, &queue);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(receiver.requests().len(), 1);
    queue.end(tokio::time::Instant::now() + Duration::from_millis(100));
    courier.await.unwrap();
    assert_eq!(queue.books().delivered, 8);
}

#[tokio::test(start_paused = true)]
async fn it_gives_up_for_newer_ones() {
    let receiver = Receiver::answering(std::iter::repeat_n(later(), 1000));
    let books = deliver(&receiver, 8, HOUR).await;
    assert_eq!(books.lost(Loss::GaveUp), 8);
    assert!(receiver.times().last() <= Some(&Duration::from_secs(130)));
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_not_tried_again() {
    let why = "400".to_owned();
    let receiver = Receiver::answering([Answer::Refused { why }]);
    let books = deliver(&receiver, 8, HOUR).await;
    assert_eq!((books.lost(Loss::Rejected), books.delivered), (4, 4));
    assert_eq!(books.requests, 2);
}

#[tokio::test(start_paused = true)]
async fn items_that_a_success_left_out_are_lost() {
    let why = "bad name".to_owned();
    let receiver = Receiver::answering([Answer::Taken { rejected: 3, why }]);
    let books = deliver(&receiver, 4, HOUR).await;
    assert_eq!((books.lost(Loss::Rejected), books.delivered), (3, 1));
}

#[tokio::test(start_paused = true)]
async fn a_lie_about_rejected_items_does_not_upset_the_books() {
    let why = String::new();
    let receiver = Receiver::answering([Answer::Taken { rejected: 99, why }]);
    let books = deliver(&receiver, 4, HOUR).await;
    assert_eq!((books.lost(Loss::Rejected), books.delivered), (4, 0));
}

/// Sends items of these sizes in one batch to a receiver with a limit. Returns the books and how many items each request
/// had.
async fn send_sizes(sizes: &[usize], limit: usize) -> (Books, Vec<usize>) {
    let receiver = Receiver::refusing_from(limit);
    let limits = Limits {
        batch_items: 512,
        batch_bytes: 100_000,
        ..LIMITS
    };
    let queue = Arc::new(Queue::new(limits));
    sizes
        .iter()
        .for_each(|size| push(&queue, &vec![b'x'; *size]));
    queue.end(tokio::time::Instant::now() + HOUR);
    run(receiver.clone(), &queue, None).await;
    let books = queue.books();
    assert_balanced(&books);
    let requests = receiver.requests();
    (books, requests.iter().map(Vec::len).collect())
}

#[tokio::test(start_paused = true)]
async fn what_is_too_large_is_halved_and_at_last_given_up() {
    let (books, requests) = send_sizes(&[500, 10, 10, 10], 100).await;
    assert_eq!((books.delivered, books.lost(Loss::TooLarge)), (3, 1));
    assert_eq!(requests, [4, 2, 1, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn what_is_as_large_as_what_was_too_large_is_halved_at_once() {
    let (books, requests) = send_sizes(&[10; 64], 100).await;
    assert_eq!((books.delivered, books.lost(Loss::TooLarge)), (64, 0));
    assert_eq!(requests[..4], [64, 32, 16, 8]);
    assert_eq!(requests[4..], [8; 7]);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_to_which_everything_is_too_large_is_asked_a_few_times_a_batch() {
    let (books, requests) = send_sizes(&[10; 256], 5).await;
    assert_eq!((books.delivered, books.lost(Loss::TooLarge)), (0, 256));
    assert_eq!(requests, [256, 128, 64, 32, 16, 8, 4, 2, 1, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_a_reason_to_try_again() {
    let receiver = Receiver::taking(Duration::from_secs(600));
    let books = deliver(&receiver, 1, Duration::from_secs(12)).await;
    assert!(books.requests >= 2, "{books:?}");
    assert_eq!(books.lost(Loss::Shutdown), 1);
}

#[tokio::test(start_paused = true)]
async fn at_the_deadline_the_rest_is_given_up() {
    let receiver = Receiver::answering(std::iter::repeat_n(later(), 1000));
    let started = tokio::time::Instant::now();
    let books = deliver(&receiver, 20, Duration::from_secs(3)).await;
    assert_eq!(books.lost(Loss::Shutdown), 20);
    assert_eq!(started.elapsed(), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn the_end_is_worth_another_attempt_at_once() {
    let receiver = Receiver::answering([later()]);
    let queue = Arc::new(Queue::new(LIMITS));
    fill(&queue, 0..4);
    let courier = spawn(&receiver, &queue);
    tokio::time::sleep(Duration::from_millis(10)).await;
    assert_eq!(receiver.requests().len(), 1);
    queue.end(tokio::time::Instant::now() + Duration::from_millis(100));
    courier.await.unwrap();
    assert_eq!(queue.books().delivered, 4);
}

proptest::proptest! {
    #[test]
    fn nothing_is_missing_whatever_the_answers(
        answers in proptest::collection::vec((0u8..4, 0usize..6), 0..30),
        items in 0usize..60,
    ) {
        let answers = answers.into_iter().map(|(kind, rejected)| {
            let why = String::new();
            match kind {
                0 => Answer::Taken { rejected, why },
                1 => Answer::Later { after: None, why },
                2 => Answer::TooLarge { why },
                _ => Answer::Refused { why },
            }
        });
        let receiver = Receiver::answering(answers);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        let books = runtime.block_on(deliver(&receiver, items, HOUR));
        proptest::prop_assert_eq!(books.produced, items as u64);
        proptest::prop_assert_eq!(books.lost(Loss::Shutdown), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_replaced_is_not_tried_again() {
    let queue = Arc::new(Queue::new(Limits {
        newest_only: true,
        batch_items: 1,
        ..LIMITS
    }));
    let receiver = Receiver::answering([later(), later()]);
    fill(&queue, 0..1);
    let work = spawn(&receiver, &queue);
    tokio::time::sleep(Duration::from_millis(100)).await;
    fill(&queue, 1..4);
    queue.end(tokio::time::Instant::now() + HOUR);
    work.await.unwrap();
    // The second attempt is one at the newest, and so is the third.
    assert_eq!(receiver.requests(), [["0"], ["3"], ["3"]]);
    let books = queue.books();
    assert_eq!((books.lost(Loss::Replaced), books.delivered), (3, 1));
    assert_balanced(&books);
}

#[tokio::test(start_paused = true)]
async fn of_a_batch_only_what_did_not_arrive_is_sent_again() {
    let some = Answer::SomeLater {
        items: vec![1, 3],
        rejected: 1,
        why: "429".to_owned(),
    };
    let receiver = Receiver::answering([some]);
    let books = deliver(&receiver, 4, HOUR).await;
    assert_eq!((books.delivered, books.lost(Loss::Rejected)), (3, 1));
    assert_eq!((books.requests, books.retries), (2, 1));
    assert_eq!(receiver.requests(), [names(0..4), names([1, 3])]);
    assert!(receiver.times()[1] >= Duration::from_millis(500));
}

/// Delivers until told to end.
fn spawn(receiver: &Receiver, queue: &Arc<Queue>) -> tokio::task::JoinHandle<()> {
    let (receiver, queue) = (receiver.clone(), queue.clone());
    tokio::spawn(async move { run(receiver, &queue, None).await })
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_is_away_for_half_a_minute_misses_nothing() {
    const AWAY: Duration = Duration::from_secs(30);
    let receiver = Receiver::away_for(AWAY);
    let queue = Arc::new(Queue::new(LIMITS));
    let courier = spawn(&receiver, &queue);
    for second in 0..60 {
        fill(&queue, 10 * second..10 * (second + 1));
        assert_balanced(&queue.books());
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    queue.end(tokio::time::Instant::now() + HOUR);
    courier.await.unwrap();
    let books = queue.books();
    assert_eq!((books.produced, books.delivered), (600, 600));
    let requests = receiver.times().into_iter().zip(receiver.requests());
    let (early, late): (Vec<_>, Vec<_>) = requests.partition(|(at, _)| *at < AWAY);
    assert!(early.len() < 12, "{} attempts", early.len());
    let arrived: Vec<_> = late.into_iter().flat_map(|(_, items)| items).collect();
    assert_eq!(arrived, names(0..600));
}

#[tokio::test(start_paused = true)]
async fn ten_times_what_a_receiver_takes_costs_no_more_than_the_bound() {
    // 40 items a second.
    let receiver = Receiver::taking(Duration::from_millis(100));
    let queue = Arc::new(Queue::new(LIMITS));
    let courier = spawn(&receiver, &queue);
    for turn in 0..600 {
        fill(&queue, 40 * turn..40 * (turn + 1));
        let books = queue.books();
        assert_balanced(&books);
        assert!(books.queued <= LIMITS.queue_items as u64, "{books:?}");
        assert!(queue.memory() <= LIMITS.queue_bytes);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    queue.end(tokio::time::Instant::now() + HOUR);
    courier.await.unwrap();
    let books = queue.books();
    let dropped = books.lost(Loss::QueueFull);
    assert_eq!((books.produced, books.queued), (24_000, 0));
    assert_eq!(books.delivered + dropped, 24_000, "{books:?}");
    // As much as it took in a minute, and what waited then.
    assert!((3_000..=3_500).contains(&books.delivered), "{books:?}");
    assert_eq!(
        receiver.requests().concat().len() as u64,
        books.delivered,
        "each of them once"
    );
}
