//! The core with receivers that do what they are told, on a clock that jumps.

mod courier;
mod dispatch;
mod queue;
mod spool;

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;

/// What is sent is tried again soon, and nothing is sent because it is old.
pub(in crate::export) const QUICK: Limits = Limits {
    queue_items: 10_000,
    queue_bytes: 1_000_000,
    batch_items: 100,
    batch_bytes: 10_000,
    delay: Duration::from_secs(60),
    timeout: Duration::from_secs(5),
    retry: Retry {
        first: Duration::from_millis(5),
        longest: Duration::from_millis(20),
        within: Duration::from_secs(30),
    },
    newest_only: false,
};

/// Answers as it was told, then takes everything. Remembers what it was sent.
#[derive(Clone, Default)]
pub(in crate::export) struct Receiver(Arc<Mutex<Told>>);

#[derive(Default)]
struct Told {
    answers: VecDeque<Answer>,
    /// What was sent and when, since the start.
    requests: Vec<(Duration, Vec<String>)>,
    started: Option<tokio::time::Instant>,
    /// How long every answer takes.
    takes: Duration,
    /// For how long after the first request nobody is there.
    away: Duration,
    /// The bytes from which on a request is too large.
    too_large: Option<usize>,
}

impl Receiver {
    fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let receiver = Self::default();
        receiver.0.lock().unwrap().answers.extend(answers);
        receiver
    }

    pub(in crate::export) fn taking(takes: Duration) -> Self {
        let receiver = Self::default();
        receiver.0.lock().unwrap().takes = takes;
        receiver
    }

    fn away_for(away: Duration) -> Self {
        let receiver = Self::default();
        receiver.0.lock().unwrap().away = away;
        receiver
    }

    fn refusing_from(bytes: usize) -> Self {
        let receiver = Self::default();
        receiver.0.lock().unwrap().too_large = Some(bytes);
        receiver
    }

    pub(in crate::export) fn requests(&self) -> Vec<Vec<String>> {
        let told = self.0.lock().unwrap();
        told.requests
            .iter()
            .map(|(_, items)| items.clone())
            .collect()
    }

    fn times(&self) -> Vec<Duration> {
        let told = self.0.lock().unwrap();
        told.requests.iter().map(|(at, _)| *at).collect()
    }
}

impl Sink for Receiver {
    fn name(&self) -> &'static str {
        "test"
    }

    fn send(&mut self, batch: &Batch) -> impl Future<Output = Answer> + Send {
        let items = batch
            .items()
            .map(|item| String::from_utf8_lossy(item).into_owned());
        let items: Vec<_> = items.collect();
        let bytes = batch.bytes().len();
        let told = self.0.clone();
        async move {
            let (takes, is_away) = {
                let mut told = told.lock().unwrap();
                let started = *told.started.get_or_insert_with(tokio::time::Instant::now);
                told.requests.push((started.elapsed(), items));
                (told.takes, started.elapsed() < told.away)
            };
            tokio::time::sleep(takes).await;
            if is_away {
                return later();
            }
            let mut told = told.lock().unwrap();
            if told.too_large.is_some_and(|limit| bytes >= limit) {
                let why = "413".to_owned();
                return Answer::TooLarge { why };
            }
            told.answers.pop_front().unwrap_or(ALL)
        }
    }
}

fn later() -> Answer {
    Answer::Later {
        after: None,
        why: "refused".to_owned(),
    }
}

/// Items named by their number.
fn fill(queue: &Queue, items: std::ops::Range<usize>) {
    for item in items {
        push(queue, item.to_string().as_bytes());
    }
}

fn push(queue: &Queue, item: &[u8]) {
    let mut batch = Batch::default();
    batch.push(item);
    queue.push_all(&batch);
}

/// All of it arrived.
const ALL: Answer = Answer::Taken {
    rejected: 0,
    why: String::new(),
};

fn names(items: impl IntoIterator<Item = usize>) -> Vec<String> {
    items.into_iter().map(|item| item.to_string()).collect()
}

/// Nothing is ever missing.
pub(in crate::export) fn assert_balanced(books: &Books) {
    let lost: u64 = Loss::ALL.iter().map(|loss| books.lost(*loss)).sum();
    assert_eq!(
        books.produced,
        books.delivered + lost + books.queued,
        "{books:?}"
    );
}
