//! The thread, with the real clock.

use super::*;

#[test]
fn without_any_runtime_everything_is_delivered() {
    let dispatch = Dispatch::start().unwrap();
    let receiver = Receiver::answering([later(), later()]);
    let queue = dispatch.open(receiver.clone(), QUICK);
    fill(&queue, 0..250);
    assert!(dispatch.flush(Duration::from_secs(10)));
    let books = queue.books();
    assert_eq!((books.delivered, books.retries), (250, 2));
    assert_balanced(&books);
}

#[test]
fn what_is_settled_takes_no_memory() {
    let dispatch = Dispatch::start().unwrap();
    let queue = dispatch.open(Receiver::default(), QUICK);
    for round in 0..2000 {
        fill(&queue, round..round + 1);
        assert!(dispatch.flush(Duration::from_secs(10)));
        let books = queue.books();
        assert_eq!((books.queued, books.queued_bytes), (0, 0), "{round}");
    }
}

#[test]
fn a_runtime_that_does_nothing_meanwhile_is_no_obstacle() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let dispatch = Dispatch::start().unwrap();
        let queue = dispatch.open(Receiver::default(), QUICK);
        fill(&queue, 0..5);
        // This blocks the only thread that the runtime has.
        dispatch.finish(Duration::from_secs(10));
        assert_eq!(queue.books().delivered, 5);
    });
}

#[test]
fn the_end_comes_in_time_when_nobody_answers() {
    let dispatch = Dispatch::start().unwrap();
    let queue = dispatch.open(Receiver::taking(Duration::from_secs(600)), QUICK);
    fill(&queue, 0..5);
    dispatch.finish(Duration::from_millis(50));
    let books = queue.books();
    assert_eq!((books.lost(Loss::Shutdown), books.queued), (5, 0));
    fill(&queue, 5..6);
    assert_balanced(&queue.books());
}

#[test]
fn a_sink_that_panics_loses_what_it_has_and_holds_nobody_up() {
    struct Broken;
    impl Sink for Broken {
        fn name(&self) -> &'static str {
            "broken"
        }

        async fn send(&mut self, _: &Batch) -> Answer {
            panic!("on purpose");
        }
    }
    let dispatch = Dispatch::start().unwrap();
    let broken = dispatch.open(Broken, QUICK);
    let sound = dispatch.open(Receiver::default(), QUICK);
    fill(&broken, 0..5);
    fill(&sound, 0..5);
    assert!(dispatch.flush(Duration::from_secs(10)));
    assert_eq!(broken.books().lost(Loss::Shutdown), 5);
    assert_eq!(sound.books().delivered, 5);
}

#[test]
fn many_threads_may_hand_over_at_once() {
    let dispatch = Dispatch::start().unwrap();
    let queue = dispatch.open(Receiver::default(), QUICK);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| fill(&queue, 0..2000));
        }
        for _ in 0..50 {
            assert_balanced(&queue.books());
        }
    });
    assert!(dispatch.flush(Duration::from_secs(10)));
    let books = queue.books();
    assert_eq!(books.produced, 8000);
    assert_balanced(&books);
}
