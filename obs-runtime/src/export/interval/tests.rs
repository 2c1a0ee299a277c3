//! When readings are taken, and what they are for.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

use super::*;
use crate::export::delivery::{Answer, Limits, Sink};
use crate::metric::snapshot::{Family, Kind, Series, Value};

const EVERY: Duration = Duration::from_secs(10);

/// Readings as they were encoded: the value of the only metric, with a `.` behind the last.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Encode for Seen {
    fn encode(&mut self, reading: Reading<'_>, batch: &mut Batch) {
        let value = &reading.snapshot.families[0].series[0].value;
        let end = if reading.is_last { "." } else { "" };
        let text = match value {
            Value::Counter(count) => format!("{count}{end}"),
            other => format!("{other:?}"),
        };
        batch.push(text.as_bytes());
        self.0.lock().unwrap().push(text);
    }
}

fn snapshot(count: u64) -> Snapshot {
    let family = Family {
        name: "readings_total".into(),
        help: "".into(),
        kind: Kind::Counter,
        unit: "".into(),
        series: vec![Series {
            labels: Vec::new(),
            value: Value::Counter(count),
        }],
    };
    Snapshot {
        families: vec![family],
        ..Snapshot::default()
    }
}

/// Says each time that it was asked once more.
fn counting() -> impl Fn() -> Snapshot + Send + 'static {
    let asked = AtomicU64::new(0);
    move || snapshot(asked.fetch_add(1, Relaxed) + 1)
}

fn reader(seen: &Seen, source: impl Fn() -> Snapshot + Send + 'static) -> Reader {
    let queue = Arc::new(Queue::new(Limits::default()));
    Reader {
        source: Box::new(source),
        outlets: vec![Outlet::new(seen.clone(), queue)],
    }
}

#[tokio::test(start_paused = true)]
async fn a_reading_is_taken_once_per_interval_and_the_first_within_one() {
    let seen = Seen::default();
    let (_wishes, received) = mpsc::channel(1);
    tokio::spawn(run(reader(&seen, counting()), EVERY, received));
    tokio::time::sleep(EVERY / 2 - Duration::from_millis(1)).await;
    assert_eq!(seen.all(), [""; 0]);
    tokio::time::sleep(EVERY / 2 + Duration::from_millis(2)).await;
    assert_eq!(seen.all(), ["1"]);
    tokio::time::sleep(EVERY * 3).await;
    assert_eq!(seen.all(), ["1", "2", "3", "4"]);
}

#[tokio::test(start_paused = true)]
async fn readings_end_with_what_asks_for_them() {
    let seen = Seen::default();
    let (wishes, received) = mpsc::channel(1);
    let task = tokio::spawn(run(reader(&seen, counting()), EVERY, received));
    drop(wishes);
    task.await.unwrap();
    assert_eq!(seen.all(), [""; 0]);
}

#[test]
fn a_reading_out_of_turn_is_there_when_it_is_said_to_be() {
    let dispatch = Dispatch::start().unwrap();
    let (first, second) = (Seen::default(), Seen::default());
    let queue = dispatch.open(Void, Limits::default());
    let outlets = [&first, &second].map(|seen| Outlet::new(seen.clone(), queue.clone()));
    let interval = Interval::start(LONGEST, counting(), outlets.into(), &dispatch);
    assert!(interval.read(Duration::from_secs(10)));
    assert!(interval.finish(Duration::from_secs(10)));
    // One reading for both, and none after the last.
    assert_eq!(first.all(), ["1", "2."]);
    assert_eq!(second.all(), ["1", "2."]);
    assert!(!interval.read(Duration::from_millis(200)));
    assert_eq!(queue.books().produced, 4);
}

#[test]
fn a_source_that_hangs_holds_nobody_up_for_longer_than_the_limit() {
    let dispatch = Dispatch::start().unwrap();
    let seen = Seen::default();
    let outlet = Outlet::new(seen.clone(), dispatch.open(Void, Limits::default()));
    let slow = || {
        thread::sleep(Duration::from_secs(2));
        snapshot(1)
    };
    let interval = Interval::start(LONGEST, slow, vec![outlet], &dispatch);
    let started = std::time::Instant::now();
    assert!(!interval.finish(Duration::from_millis(100)));
    // Deliveries go on meanwhile.
    let other = dispatch.open(Void, Limits::default());
    let mut batch = Batch::default();
    batch.push(b"item");
    other.push_all(&batch);
    assert!(dispatch.flush(Duration::from_secs(1)));
    assert!(started.elapsed() < Duration::from_secs(2));
    assert_eq!(seen.all(), [""; 0]);
}

#[test]
fn an_encoder_that_panics_ends_the_readings_and_nothing_else() {
    struct Panics;
    impl Encode for Panics {
        fn encode(&mut self, _: Reading<'_>, _: &mut Batch) {
            panic!("on purpose");
        }
    }
    let dispatch = Dispatch::start().unwrap();
    let outlet = Outlet::new(Panics, dispatch.open(Void, Limits::default()));
    let interval = Interval::start(LONGEST, counting(), vec![outlet], &dispatch);
    assert!(!interval.read(Duration::from_secs(10)));
    assert!(!interval.read(Duration::from_secs(10)));
    assert!(dispatch.flush(Duration::from_secs(10)));
}

/// Takes everything.
struct Void;

impl Sink for Void {
    fn name(&self) -> &'static str {
        "interval_test"
    }

    async fn send(&mut self, _: &Batch) -> Answer {
        Answer::Taken {
            rejected: 0,
            why: String::new(),
        }
    }
}
