//! Programs that make ten times what the receiver takes.

use std::time::Duration;

use super::assert_balanced;
use crate::export::delivery::{Dispatch, Limits, Loss, Queue, Retry};
use crate::export::elastic::tests as elastic;
use crate::export::otlp::settings::Signal;
use crate::export::otlp::tests::{exporter as otlp, over_http};
use crate::export::receiver::{Receiver, answers_after};

/// What a request takes.
const PAUSE: Duration = Duration::from_millis(20);
const SOON: Duration = Duration::from_secs(30);

/// Hands over ten batches for each one that is answered, for so many of them, and then waits until all is settled.
fn overload(
    dispatch: &Dispatch,
    queue: &Queue,
    receiver: &Receiver,
    rounds: usize,
    hand_over: impl Fn(usize),
) {
    let limits = *queue.limits();
    for round in 0..rounds {
        for batch in 0..10 {
            hand_over(10 * round + batch);
            let books = queue.books();
            assert_balanced(&books);
            assert!(books.queued <= limits.queue_items as u64, "{books:?}");
            assert!(books.queued_bytes <= limits.queue_bytes as u64, "{books:?}");
            let memory = queue.memory();
            assert!(memory <= 2 * limits.queue_bytes, "{memory} bytes");
        }
        let deadline = std::time::Instant::now() + SOON;
        while receiver.requests().len() <= round {
            assert!(std::time::Instant::now() < deadline, "{:?}", queue.books());
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    assert!(dispatch.flush(SOON), "{:?}", queue.books());
    let books = queue.books();
    assert_balanced(&books);
    assert_eq!(books.queued, 0);
    let dropped = books.lost(Loss::QueueFull);
    assert!(dropped > 0, "{books:?}");
    assert_eq!(books.produced, books.delivered + dropped, "{books:?}");
}

#[test]
fn otlp_drops_what_is_ten_times_too_much() {
    const BATCH: usize = 50;
    let receiver = Receiver::start([answers_after(PAUSE, "")]);
    let endpoint = format!("http://{}", receiver.address);
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)];
    let dispatch = Dispatch::start().unwrap();
    let limits = Limits {
        queue_items: 6 * BATCH,
        queue_bytes: 64 * 1024,
        batch_items: BATCH,
        delay: Duration::from_millis(10),
        retry: Retry {
            first: PAUSE,
            ..Retry::default()
        },
        ..Limits::default()
    };
    let queue = dispatch.open(otlp::sender_of(Signal::Traces, &variables), limits);
    overload(&dispatch, &queue, &receiver, 20, |batch| {
        let numbers = batch * BATCH..(batch + 1) * BATCH;
        let names: Vec<_> = numbers.map(|number| format!("{number:06}")).collect();
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        queue.push_all(&otlp::spans_called(&names));
    });
    // Each of them once, and in order.
    let names = over_http::names(&receiver);
    assert_eq!(names.len() as u64, queue.books().delivered);
    assert!(names.is_sorted_by(|one, other| one < other));
}

#[test]
fn elastic_drops_what_is_ten_times_too_much() {
    const BATCH: usize = 2048;
    let taken = answers_after(PAUSE, r#"{"errors":false}"#);
    let receiver = Receiver::start([taken]);
    let exporter = elastic::Exporter::to(&receiver, &[]);
    let queue = &exporter.queue;
    overload(&exporter.dispatch, queue, &receiver, 6, |batch| {
        let numbers = batch * BATCH..(batch + 1) * BATCH;
        numbers.for_each(|number| exporter.log(&[&format!("{number:06}")]));
    });
    let requests = receiver.requests();
    let messages: Vec<_> = requests.iter().flat_map(elastic::messages).collect();
    assert_eq!(messages.len() as u64, queue.books().delivered);
    assert!(messages.is_sorted_by(|one, other| one < other));
}
